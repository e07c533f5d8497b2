package gobuild

import (
	"errors"
	"strings"

	"github.com/oxgen/oxgen/internal/cc"
	"github.com/oxgen/oxgen/internal/diag"
)

const pyembedPath = "github.com/oxgen/oxgen/pyembed"

// explain returns the error for what the go command said. Problem is what is reported where nothing better is known.
func (o *Options) explain(said, problem string) error {
	says := func(parts ...string) bool {
		for _, p := range parts {
			if !strings.Contains(said, p) {
				return false
			}
		}
		return true
	}
	e := &diag.Error{File: o.Dir, Problem: problem}
	switch {
	case says("C compiler", "not found"):
		e.Problem, e.Hint = "the program links libpython statically, and there is no C compiler", cc.CompilerHint()
	case o.cgoIsOff() && says("build constraints exclude all Go files"):
		e.Problem = "the Go program needs cgo, which is off so that the executable runs on older systems too"
		e.Hint = "`CGO_ENABLED=1 oxgen build`"
	case says("executable file not found"):
		return noGo(errors.New("not found in PATH"))
	case says("go.mod file not found"), says("cannot find main module"):
		e.Problem, e.Hint = "no go.mod here or above", "`go mod init example.com/NAME`, then "+o.Mend
	case says("not one of the workspace modules"), says("outside modules listed in go.work"), says("no modules were found in the current workspace"):
		e.Problem = "the Go module is not part of the workspace that it lies in"
		e.Hint = "`go work use .` in " + o.Dir + " takes it in; `GOWORK=off` leaves the workspace out of this"
	case says(pyembedPath, "no required module provides package"), says(pyembedPath, "cannot find module providing package"),
		says(pyembedPath, "does not contain package"):
		e.Problem, e.Hint = "the Go module does not require "+pyembedPath+", which generated code imports", o.Mend
	case says("missing go.sum entry"):
		e.Problem, e.Hint = "go.sum has no sum for a module that is needed", "`go mod tidy` in "+o.Dir
	case says("updates to go.mod needed"):
		e.Problem, e.Hint = "go.mod is not up to date", "`go mod tidy` in "+o.Dir
	case says("pyembed.EnforceVersion"):
		e.Problem = "the version of " + pyembedPath + " does not fit the code that this oxgen generates"
		e.Hint = o.Mend
	case says("undefined: pyembed."), says("unknown field", "pyembed."):
		e.Problem, e.Hint = "the version of "+pyembedPath+" is older than this oxgen", o.Mend
	}
	return e
}

// lastLine returns the last line of text that is not empty.
func lastLine(text string) string {
	text = strings.TrimSpace(text)
	return text[strings.LastIndexByte(text, '\n')+1:]
}
