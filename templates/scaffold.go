package templates

import "embed"

// Scaffold holds what `oxgen init` writes, below scaffold/, as text/template takes it; package internal/scaffold fills
// it in:
//
//	main.go.tmpl       the main package
//	gitignore.tmpl     what git leaves alone
//	app/*.py           the Python package of a project that begins with nothing; no template
//
//go:embed scaffold/*.tmpl scaffold/app/__init__.py scaffold/app/__main__.py
var Scaffold embed.FS
