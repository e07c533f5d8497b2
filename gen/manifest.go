package gen

import (
	"slices"

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
		Libraries:     prog.bundled,
		Runtimes:      prog.runtimes,
	}
	for _, l := range prog.launches {
		if l.name == "" {
			m.Run, m.Argv = l.text, l.argv
		} else {
			m.Choices = append(m.Choices, manifest.Choice{Name: l.name, Run: l.text, Argv: l.argv})
		}
	}
	for _, platform := range p.platforms {
		m.Targets = append(m.Targets, platform.Target.String())
	}
	slices.Sort(m.Targets)
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
	m.Verdicts = manifestVerdicts(p.collection.Verdicts)
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
