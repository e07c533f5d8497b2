package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/target"
)

const specHelp = `SPEC is a version ("3.14", "3.11.11"), the path of an interpreter, its name in PATH, or a
python-build-standalone directory or archive. Without one it is what "oxgen generate"
would take here: $` + envPython + `, python in oxgen.toml, or the default.`

func (a *app) pythonCommand() *cobra.Command {
	return groupOf(&cobra.Command{
		Use:   "python",
		Short: "Show and bring Python distributions",
		Long:  `Python is about the Pythons that programs are generated for.`,
		Example: `  oxgen python list
  oxgen python fetch 3.11
  oxgen python info /usr/bin/python3`,
	}, a.pythonListCommand(), a.pythonFetchCommand(), a.pythonInfoCommand())
}

// A listedRelease is one line of `oxgen python list`.
type listedRelease struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Default bool     `json:"default"`
	Ready   bool     `json:"ready"` // unpacked for this machine
	Module  string   `json:"module"`
	Targets []string `json:"targets"`
}

func (a *app) pythonListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the Pythons that oxgen can bring",
		Long: `List prints the distributions that oxgen knows, newest first: the name, "default" or "-",
"ready" when it is unpacked for this machine or "-", and the platforms.`,
		Args: cobra.NoArgs,
		RunE: a.action(func(c *cobra.Command, _ []string) error { return a.pythonList(c, asJSON) }),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

func (a *app) pythonList(c *cobra.Command, asJSON bool) error {
	store, err := a.store(c.Context())
	if err != nil {
		return err
	}
	var list []listedRelease
	for _, r := range dist.Known() {
		l := listedRelease{
			Name:    r.Name(),
			Version: r.Version,
			Default: r.Default,
			Ready:   store.Has(r, target.Host()),
			Module:  r.Module + "@" + r.ModuleVersion,
		}
		for _, t := range r.Targets {
			l.Targets = append(l.Targets, t.String())
		}
		list = append(list, l)
	}
	if asJSON {
		return printJSON(a.out, list)
	}
	out := newListing(a.out)
	for _, l := range list {
		out.row(l.Name, word(l.Default, "default"), word(l.Ready, "ready"), strings.Join(l.Targets, " "))
	}
	return out.flush()
}

// word returns s when it applies, and else nothing.
func word(applies bool, s string) string {
	if applies {
		return s
	}
	return ""
}

func (a *app) pythonFetchCommand() *cobra.Command {
	var platforms []string
	c := &cobra.Command{
		Use:   "fetch [SPEC]",
		Short: "Bring a Python, so that generate needs no network",
		Long: `Fetch brings a distribution through "go mod download" and unpacks it for this machine and
for each --target.

` + specHelp,
		Example: `  oxgen python fetch
  oxgen python fetch 3.14 --target linux/arm64`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: releaseVersions,
		RunE:              a.action(func(c *cobra.Command, args []string) error { return a.pythonFetch(c, args, platforms) }),
	}
	c.Flags().StringArrayVar(&platforms, "target", nil, "platform `GOOS/GOARCH` besides this machine's, repeatable")
	completeTargets(c)
	return c
}

func (a *app) pythonFetch(c *cobra.Command, args, platforms []string) error {
	targets, err := parseTargets(platforms)
	if err != nil {
		return err
	}
	_, d, err := a.resolve(c, args)
	if err != nil {
		return err
	}
	defer a.console.Done()
	for _, t := range append([]target.Target{target.Host()}, targets...) {
		if _, err := d.Target(c.Context(), t); err != nil {
			return err
		}
		a.console.Infof("%s for %s: ready", d.Name, t)
	}
	return nil
}

func (a *app) pythonInfoCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "info [SPEC]",
		Short: "Say all about one Python",
		Long: `Info prints what oxgen knows about a Python on this machine: version, magic number, cache
tag, extension suffixes, libpython, built-in modules, the libraries that it needs, and
the oldest glibc that it runs on.

` + specHelp,
		Example: `  oxgen python info
  oxgen python info --json 3.11`,
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: releaseVersions,
		RunE: a.action(func(c *cobra.Command, args []string) error {
			store, d, err := a.resolve(c, args)
			if err != nil {
				return err
			}
			info, err := store.Info(c.Context(), d)
			a.console.Done()
			switch {
			case err != nil:
				return err
			case asJSON:
				return printJSON(a.out, info)
			}
			return a.listInfo(info)
		}),
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// resolve finds the Python that the arguments name, or that generate would take here.
func (a *app) resolve(c *cobra.Command, args []string) (*dist.Store, *dist.Distribution, error) {
	store, err := a.store(c.Context())
	if err != nil {
		return nil, nil, err
	}
	want := dist.Want{Env: os.Getenv(envPython)}
	if len(args) > 0 {
		want.Flag = args[0]
	} else if want.Env == "" {
		conf, err := config.Load(".")
		switch {
		case err == nil:
			want.Config, want.ConfigFile = conf.Python, conf.File
		case !errors.Is(err, fs.ErrNotExist):
			return nil, nil, err
		}
	}
	d, err := store.Resolve(c.Context(), want)
	a.console.Done()
	return store, d, err
}

func (a *app) listInfo(i *dist.Info) error {
	l := newListing(a.out)
	line := func(name string, values ...string) {
		if s := strings.Join(values, " "); s != "" {
			l.row(name, s)
		}
	}
	line("name", i.Name)
	line("version", i.Version)
	line("interpreter", i.Interpreter)
	line("magic number", i.Magic)
	line("cache tag", i.CacheTag)
	line("extension suffixes", i.ExtensionSuffixes...)
	line("platform", i.Platform)
	line("targets", i.Targets...)
	line("standard library", i.Stdlib)
	line("lib-dynload", i.LibDynload)
	line("site-packages", i.SitePackages)
	line("libpython", fmt.Sprintf("%s (%s)", i.Libpython, size(i.LibpythonSize)))
	line("static libpython", i.StaticLibpython)
	line("needs", i.Needs...)
	line("minimum glibc", i.MinimumGlibc)
	line("libraries", i.Libraries...)
	line("licenses", i.Licenses...)
	line("license text", i.License)
	line("built-in modules", i.BuiltinModules...)
	line("frozen modules", i.FrozenModules...)
	return l.flush()
}
