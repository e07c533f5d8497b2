package gen

import (
	"fmt"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/manifest"
)

// manifest says what the program carries about itself.
func (p *plan) manifest(prog *program) *manifest.Manifest {
	m := &manifest.Manifest{
		Name:         p.config.Name,
		Distribution: p.python.Name,
		Python:       p.python.Version,

		Distributions: prog.described,
		Bundled:       prog.bundled,
	}
	for _, l := range prog.launches {
		if l.name == "" {
			m.Run, m.Argv = l.text, l.argv
		} else {
			m.Choices = append(m.Choices, manifest.Choice{Name: l.name, Run: l.text, Argv: l.argv})
		}
	}
	for _, t := range p.targets {
		m.Targets = append(m.Targets, t.String())
	}
	if len(p.targets) > 1 {
		m.Target = p.platform.Target.String()
	}
	m.Requires = slices.SortedFunc(slices.Values(prog.requires), func(a, b manifest.Requirement) int { return strings.Compare(a.Target, b.Target) })
	for i := range prog.units {
		u := &prog.units[i]
		m.Files = append(m.Files, manifest.File{
			Path:         u.Path,
			Kind:         u.Kind.String(),
			Distribution: u.Distribution,
			Origin:       u.Origin.String(),
			Extracted:    u.extracted,
		})
	}
	m.Settings = p.settings()
	m.Verdicts = manifestVerdicts(p.collection.Verdicts)
	m.Imports = &manifest.Imports{
		GOOS:        prog.graphInput.GOOS,
		Builtin:     prog.graphInput.Builtin,
		Roots:       prog.graphInput.Roots,
		Hooks:       prog.graph.Hooks,
		EntryPoints: prog.graphInput.EntryPoints,
		Own:         p.own,
	}
	return m
}

// runText says in a line what a program does.
func runText(run config.Run) string {
	for _, mode := range []struct{ key, value string }{
		{"module", run.Module}, {"entry", run.Entry}, {"console-script", run.ConsoleScript}, {"command", run.Command}, {"file", run.File},
	} {
		if mode.value != "" {
			return mode.key + " " + mode.value
		}
	}
	return "repl"
}

// Verdicts returns what became of the files of a collection, as the manifest has it.
func Verdicts(c *collector.Collection) []manifest.Verdict { return manifestVerdicts(c.Verdicts) }

// manifestVerdicts leaves out the files whose coming and going does not change the program.
func manifestVerdicts(verdicts []collector.Verdict) []manifest.Verdict {
	list := make([]manifest.Verdict, 0, len(verdicts))
	for _, v := range verdicts {
		if !v.Passing() {
			list = append(list, manifest.Verdict{
				Origin: v.Origin.String(), Verdict: v.Kind.String(), Path: v.Path, Rule: v.Rule, Reason: v.Reason,
			})
		}
	}
	return list
}

// settings returns what differs from a configuration without settings, options of the interpreter last.
func (p *plan) settings() []manifest.Setting {
	var list []manifest.Setting
	c := p.config
	for _, s := range []struct {
		name  string
		plain bool // it is as without the key
		value any
	}{
		{"link", c.Link == config.Mapped, c.Link},
		{"bytecode", c.Bytecode, c.Bytecode},
		{"debug-ranges", c.DebugRanges, c.DebugRanges},
		{"include-source", c.IncludeSource, c.IncludeSource},
		{"virtual-files", c.VirtualFiles, c.VirtualFiles},
		{"lazy", len(c.Lazy) == 0, strings.Join(c.Lazy, " ")},
		{"fast-exit", !c.FastExit, c.FastExit},
		{"install-links", !c.InstallLinks, c.InstallLinks},
		{"act-as-python", c.Interpreter.ActAsPython, c.Interpreter.ActAsPython},
		{"sys-frozen", !c.Interpreter.SysFrozen, c.Interpreter.SysFrozen},
		{"sys-meipass", !c.Interpreter.SysMEIPASS, c.Interpreter.SysMEIPASS},
		{"module-search-paths", len(c.Interpreter.ModuleSearchPaths) == 0, strings.Join(c.Interpreter.ModuleSearchPaths, " ")},
	} {
		if !s.plain {
			list = append(list, manifest.Setting{Name: s.name, Value: fmt.Sprint(s.value)})
		}
	}
	for _, s := range Settings(c, p.interp.Version) {
		list = append(list, manifest.Setting{Name: s.Name, Value: strings.Trim(fmt.Sprint(s.Value), "[]")})
	}
	return list
}
