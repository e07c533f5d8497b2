module github.com/oxgen/oxgen/example

go 1.26.0

require github.com/oxgen/oxgen/pyembed v0.1.0

require (
	github.com/ebitengine/purego v0.11.3 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
