package scaffold

import (
	"path/filepath"
	"strings"
)

// A Step is a command to type, and why.
type Step struct{ Command, Purpose string }

// Next returns what to type after the files are written, from the directory in which init was typed.
func (p *Project) Next() []Step {
	var steps []Step
	if filepath.Clean(p.Dir) != "." {
		steps = append(steps, Step{"cd " + shellQuote(p.Dir), ""})
	}
	steps = append(steps, p.joining()...)
	steps = append(steps, Step{"go generate", "compiles the Python and writes the package " + PackageName})
	if p.inBin() {
		return append(steps, Step{"go build -o bin/", "makes bin/" + execName(p.importPath()) + ", which needs nothing else"})
	}
	return append(steps, Step{"go build", "makes ./" + p.executable() + ", which needs nothing else"})
}

// joining returns the commands by which a module or workspace that is there already gets to know oxgen.
func (p *Project) joining() []Step {
	if p.Module == nil {
		if abs, err := filepath.Abs(p.Dir); err == nil && findWorkspace(abs) != "" {
			return []Step{{"go work use .", "the workspace above takes the module in"}}
		}
		return nil
	}
	return p.Origin.Join(p.Module)
}

// Join returns the commands, typed in its directory, after which the module m can build what oxgen generates and `go
// tool oxgen` works in it; nil when nothing is missing.
func (o *Origin) Join(m *Module) []Step {
	needsTool := o.known() && !m.Tool && !m.IsOxgen
	if m.Requires && !needsTool {
		return nil
	}
	var steps []Step
	if list := o.replaced(); list != nil {
		edit := "go mod edit"
		for _, r := range list {
			edit += " -replace=" + shellQuote(r.Path+"="+r.dir)
		}
		steps = append(steps, Step{edit, "takes oxgen from its checkout"})
	}
	if needsTool {
		steps = append(steps, Step{"go get -tool " + toolPath + "@" + o.version(), "for `go tool oxgen`"})
	}
	if version, err := o.pyembed(); err == nil && !m.Requires {
		steps = append(steps, Step{"go get " + pyembedPath + "@" + version, "which generated code imports"})
	}
	return steps
}

// Mend returns, as one line, what brings pyembed to the version that this oxgen generates code for.
func (o *Origin) Mend() string {
	var quoted []string
	for _, s := range o.Join(&Module{Tool: true}) {
		quoted = append(quoted, "`"+s.Command+"`")
	}
	return strings.Join(quoted, ", then ")
}

// shellQuote quotes s for a shell where it must be.
func shellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-/=@:,+", r)
	}
	if s != "" && strings.TrimFunc(s, plain) == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
