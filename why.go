package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/graph"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/program"
)

// A whyFlags are the flags of `oxgen why`.
type whyFlags struct {
	generate               generateFlags
	all, missing, computed bool
	json                   bool
}

func (a *app) whyCommand() *cobra.Command {
	var flags whyFlags
	c := &cobra.Command{
		Use:   "why MODULE [FILE|DIR]",
		Short: "Say why a module is in the program, or why it is not",
		Long: `Why prints the shortest chain of imports that leads to MODULE, from what the program runs, from
its own sources, from the configuration or from the interpreter, one import a line, with
the place in the importer's source and the circumstances under which it runs. Of a module
that is not in the program it says why, and who imports it nevertheless.

The program is that of the configuration in DIR, by default the current directory, whose
sources are compiled for it; or the one in FILE, an executable or a generated package.

  --missing   lists instead all modules that are imported and are nowhere, those that the
              program needs first, with their importers
  --computed  lists instead the places that import a module by a name that is computed:
              what they import is not to be seen`,
		Example: `  oxgen why decimal
  oxgen why --all email ./hello
  oxgen why --missing`,
		Args: func(c *cobra.Command, args []string) error {
			if flags.missing || flags.computed {
				return cobra.MaximumNArgs(1)(c, args)
			}
			return cobra.RangeArgs(1, 2)(c, args)
		},
		RunE: a.action(func(c *cobra.Command, args []string) error {
			module := ""
			if !flags.missing && !flags.computed {
				module, args = args[0], args[1:]
			}
			return a.why(c, module, dirArgument(args), &flags)
		}),
	}
	flags.generate.register(c)
	c.Flags().BoolVar(&flags.all, "all", false, "print all importers of the module too")
	c.Flags().BoolVar(&flags.missing, "missing", false, "list the modules that are imported and are nowhere")
	c.Flags().BoolVar(&flags.computed, "computed", false, "list imports whose names are computed")
	c.Flags().BoolVar(&flags.json, "json", false, "print JSON")
	c.MarkFlagsMutuallyExclusive("missing", "computed")
	return c
}

// An imported is a program whose imports are looked at.
type imported struct {
	graph    *graph.Graph
	verdicts []manifest.Verdict
}

func (a *app) why(c *cobra.Command, module, path string, flags *whyFlags) error {
	p, err := a.imported(c, path, flags)
	if err != nil {
		return err
	}
	switch {
	case flags.missing:
		return a.listMissing(p, flags.json)
	case flags.computed:
		return a.listComputed(p, flags.json)
	}
	return a.explain(p, module, flags)
}

// imported makes the graph of the program at path.
func (a *app) imported(c *cobra.Command, path string, flags *whyFlags) (*imported, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		conf, err := config.Load(path)
		if err == nil {
			out, err := a.analyse(c, conf, &flags.generate)
			if err != nil {
				return nil, err
			}
			return &imported{graph: out.Graph, verdicts: gen.Verdicts(out.Collection)}, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	programs, err := program.Open(path)
	if err != nil {
		return nil, err
	}
	programs = ofOnePlatform(programs)
	g, err := graph.OfProgram(c.Context(), programs[0])
	if err != nil {
		return nil, err
	}
	return &imported{graph: g, verdicts: programs[0].Verdicts}, nil
}

// An explanation is what is to be said of one module.
type explanation struct {
	Module    string       `json:"module"`
	Verdict   string       `json:"verdict"` // included, excluded, built-in, missing, unknown
	Reason    string       `json:"reason,omitempty"`
	Chain     *graph.Chain `json:"chain,omitempty"`
	Node      *graph.Node  `json:"node,omitempty"`
	Importers []graph.Edge `json:"importers,omitempty"` // with --all, and of what is not in the program
}

func (a *app) explain(p *imported, module string, flags *whyFlags) error {
	x := p.explain(module)
	if x.Verdict == "unknown" {
		return diag.Errorf(module, "`oxgen inspect` lists the modules of a program", "no module of the program, and nothing imports it")
	}
	if flags.all || x.Chain == nil {
		x.Importers = p.graph.Importers(module)
		for _, u := range p.graph.Unmet {
			if u.Module == module {
				x.Importers = append(x.Importers, u.Edge)
			}
		}
	}
	if flags.json {
		return printJSON(a.out, x)
	}
	l := newListing(a.out)
	x.list(l, p.graph)
	return l.flush()
}

func (p *imported) explain(module string) *explanation {
	x := &explanation{Module: module, Verdict: "included"}
	node, known := p.graph.Node(module)
	x.Node = node
	chain, used := p.graph.Why(module)
	if used {
		x.Chain = &chain
	}
	verdict := p.verdictOf(module)
	switch {
	case known && node.Kind == graph.NodeBuiltin:
		x.Verdict, x.Reason = "built-in", "it is inside of the interpreter"
	case known && used:
	case verdict != nil && verdict.Verdict == "excluded":
		x.Verdict, x.Reason = "excluded", because(verdict.Rule, verdict.Reason)
	case !known:
		x.Verdict, x.Reason = "missing", "it is nowhere"
		if !slices.ContainsFunc(p.graph.Unmet, func(u graph.Unmet) bool { return u.Module == module }) {
			x.Verdict = "unknown"
		}
		if verdict != nil {
			x.Verdict, x.Reason = verdict.Verdict, because(verdict.Rule, verdict.Reason)
		}
	default:
		x.Reason = "all of its distribution is embedded; nothing that the program uses imports it"
	}
	return x
}

// verdictOf returns the verdict on the source of a module that did not come in; nil when none is known.
func (p *imported) verdictOf(module string) *manifest.Verdict {
	stem := strings.ReplaceAll(module, ".", "/")
	for i := range p.verdicts {
		v := &p.verdicts[i]
		if v.Path != "" || !strings.Contains(v.Origin, stem) {
			continue
		}
		_, inside, ok := strings.Cut(v.Origin, "!")
		if !ok {
			inside = v.Origin
		}
		for _, ending := range []string{".py", "/__init__.py", ".pyc"} {
			dir, ok := strings.CutSuffix("/"+inside, "/"+stem+ending)
			if ok && !p.inPackage(dir) {
				return v
			}
		}
	}
	return nil
}

// inPackage tells whether a directory is that of a package: pkg/mod.py is pkg.mod, and not mod.
func (p *imported) inPackage(dir string) bool {
	elements := strings.Split(dir, "/")
	for i := range elements {
		if _, known := p.graph.Node(strings.Join(elements[i:], ".")); known {
			return true
		}
	}
	return false
}

// list prints an explanation for people.
func (x *explanation) list(l *listing, g *graph.Graph) {
	if x.Chain == nil {
		l.row(fmt.Sprintf("%s: %s: %s", x.Module, x.Verdict, x.Reason))
	} else {
		l.row(shown(x.Chain.Root.Module), rootText(x.Chain.Root))
		for _, e := range x.Chain.Edges {
			l.row("  "+shown(e.To), edgeText(g, e))
		}
	}
	if len(x.Importers) == 0 {
		return
	}
	l.section()
	l.row("IMPORTED BY", "")
	for _, e := range x.Importers {
		l.row(shown(e.From), edgeText(g, e))
	}
}

// shown returns the name of a module as people know it.
func shown(module string) string {
	if path, ok := manifest.ScriptPath(module); ok {
		return path
	}
	return module
}

func rootText(r graph.Root) string {
	switch r.Kind {
	case graph.RootRun:
		return "is run by [" + r.Why + "]"
	case graph.RootSource:
		return "is in the sources, " + r.Why
	case graph.RootInclude:
		return "is asked for by the configuration: " + r.Why
	case graph.RootTrace:
		return "was used in a traced run"
	}
	return "is what " + r.Why + " needs"
}

// edgeText says where and how a module is imported.
func edgeText(g *graph.Graph, e graph.Edge) string {
	place := shown(e.From)
	if n, ok := g.Node(e.From); ok && n.File != "" && e.Line > 0 {
		place = fmt.Sprintf("%s:%d", n.File, e.Line)
	}
	text := ""
	switch e.Kind {
	case graph.EdgeImport:
		text = place
	case graph.EdgeParent:
		text = "is the package of " + e.From
	case graph.EdgeHook:
		text = "by the hook " + e.Why + " for " + e.From
	case graph.EdgeNative:
		text = "named in the machine code of " + e.From
	case graph.EdgeEntryPoint:
		text = "entry point " + e.Why
	case graph.EdgeStar:
		text = place + " by *"
	default:
		text = fmt.Sprintf("%s by %s()", place, e.Why)
	}
	if len(e.When) > 0 {
		text += " (" + strings.Join(e.When, ", ") + ")"
	}
	return text
}

func (a *app) listMissing(p *imported, asJSON bool) error {
	list := p.graph.Missing()
	for i := range list {
		if v := p.verdictOf(list[i].Module); v != nil && list[i].Reason == "" {
			list[i].Reason = because(v.Rule, v.Reason)
		}
	}
	if asJSON {
		return printJSON(a.out, map[string]any{"missing": list})
	}
	l := newListing(a.out)
	for _, optional := range []bool{false, true} {
		for _, m := range list {
			if m.Optional != optional {
				continue
			}
			kind := "needed"
			if optional {
				kind = "optional"
			}
			for i, e := range m.Importers {
				if i == 0 {
					l.row(kind, m.Module, edgeText(p.graph, e), m.Reason)
				} else {
					l.row("", "", edgeText(p.graph, e), "")
				}
			}
		}
	}
	return l.flush()
}

func (a *app) listComputed(p *imported, asJSON bool) error {
	list := slices.DeleteFunc(slices.Clone(p.graph.Computed), func(c graph.Computed) bool { return !p.graph.Reached(c.From) })
	if asJSON {
		return printJSON(a.out, map[string]any{"computed": list})
	}
	l := newListing(a.out)
	for _, c := range list {
		l.row(shown(c.From), edgeText(p.graph, graph.Edge{From: c.From, Line: c.Line, Why: c.Call, When: c.When}))
	}
	return l.flush()
}
