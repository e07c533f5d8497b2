package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/gen"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/pylock"
	"github.com/oxgen/oxgen/internal/pyname"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/target"
)

func (a *app) scanCommand() *cobra.Command {
	var asJSON bool
	var flags scanFlags
	c := &cobra.Command{
		Use:   "scan PATH...",
		Short: "Say what would become of each file of sources and wheels",
		Long: `Scan looks through source trees, packages, .py files, site-packages directories and wheels,
as "oxgen generate" does, and prints one line a file: the verdict, the module or path in
the program, the file, and the reason where there is one. It runs no Python. The PATHs
stand in the order of sys.path: a file in one may hide a file in a later one.

Wheels must fit the target. Of several wheels of one distribution the best one is taken,
as pip does, and the others are one line each. A lock file (pylock.toml) stands for the
wheels that it has for the target; those that are not at hand are downloaded.

The verdicts are module, extension, library, resource, metadata, script (of a wheel: not
embedded), excluded (by a rule) and unsupported. Totals go to standard error. The exit
status is 1 when a PATH is refused.`,
		Example: `  oxgen scan src
  oxgen scan wheels/*.whl
  oxgen scan --python 3.11 --target linux/arm64 wheels/*.whl
  oxgen scan --rules . src pylock.toml
  oxgen scan --json .venv/lib/python3.14/site-packages`,
		Args: cobra.MinimumNArgs(1),
		RunE: a.action(func(c *cobra.Command, args []string) error {
			about, err := flags.subject()
			if err != nil {
				return err
			}
			return a.scan(c, args, about, asJSON)
		}),
	}
	c.Flags().StringVar(&flags.python, "python", "", "the `VERSION` of Python that wheels must fit (default: that of the default Python)")
	c.Flags().StringVar(&flags.target, "target", "", "the platform `GOOS/GOARCH` that wheels must fit (default: that of the go command)")
	c.Flags().StringVar(&flags.rules, "rules", "", "apply the rules that the configuration in `DIR` has, its max-glibc, and what it says of lock files")
	mustComplete(c, "python", releaseVersions)
	completeTargets(c)
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// A scanned file is one line of the scan.
type scannedFile struct {
	Verdict      string `json:"verdict"`
	Path         string `json:"path,omitempty"`   // in the program
	Module       string `json:"module,omitempty"` // of a module or an extension
	Distribution string `json:"distribution,omitempty"`
	Size         int64  `json:"size,omitempty"` // of a file that goes into the program
	Origin       string `json:"origin"`
	Rule         string `json:"rule,omitempty"`
	Reason       string `json:"reason,omitempty"`
}

func (a *app) scan(c *cobra.Command, paths []string, about *scanSubject, asJSON bool) error {
	inputs, err := a.scanInputs(c.Context(), paths, about)
	if err != nil {
		return err
	}
	found, err := collector.Collect(c.Context(), inputs, about.options)
	if err != nil {
		return err
	}
	for _, w := range found.Warnings {
		a.console.Warn(w)
	}
	files := scannedFiles(found)
	if asJSON {
		err = printJSON(a.out, map[string]any{"files": files, "totals": totals(found)})
	} else {
		err = a.listScanned(files)
	}
	for _, t := range found.Totals() {
		a.console.Infof("%6d %s", t.Files, t.Kind)
	}
	return err
}

// scanInputs returns what is at the paths, in their order. Lock files come last, because packages may be among the others that they
// have no wheel of.
func (a *app) scanInputs(ctx context.Context, paths []string, about *scanSubject) ([]collector.Input, error) {
	at := make([][]collector.Input, len(paths))
	var problems []error
	var wheels []collector.Input
	for i, p := range paths {
		if pylock.IsName(filepath.Base(p)) {
			continue
		}
		found, err := a.inputsAt(p)
		at[i], problems = found, append(problems, err)
		for _, in := range found {
			if in.Kind == collector.Wheel {
				wheels = append(wheels, in)
			} else {
				about.conf.Sources = append(about.conf.Sources, in.Path)
			}
		}
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	for i, p := range paths {
		if at[i] == nil && pylock.IsName(filepath.Base(p)) {
			found, err := a.lockedAt(ctx, p, about, wheels)
			at[i], problems = found, append(problems, err)
		}
	}
	return slices.Concat(at...), errors.Join(problems...)
}

// lockedAt returns the wheels of a lock file.
func (a *app) lockedAt(ctx context.Context, path string, about *scanSubject, wheels []collector.Input) ([]collector.Input, error) {
	store, err := a.store(ctx)
	if err != nil {
		return nil, err
	}
	conf := *about.conf
	if conf.Lock, err = filepath.Abs(path); err != nil {
		return nil, err
	}
	if dir, err := filepath.Abs(conf.Dir); err == nil && !filepath.IsAbs(path) {
		if rel, err := filepath.Rel(dir, conf.Lock); err == nil {
			conf.Lock = rel
		}
	}
	opts := gen.Options{Config: &conf, Store: store, Warn: a.console.Warn}
	return gen.LockedWheels(ctx, opts, about.options.Python, about.target, wheels)
}

// inputsAt returns what is at a path: one input, or the directories of a virtual environment.
func (a *app) inputsAt(path string) ([]collector.Input, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(abs, "pyvenv.cfg")); err == nil {
		inputs, warning, err := collector.Environment(abs, path, "")
		if warning != nil {
			a.console.Warn(warning)
		}
		return inputs, err
	}
	input, err := collector.Classify(abs, path)
	return []collector.Input{input}, err
}

func classify(path string) (collector.Input, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return collector.Input{}, err
	}
	return collector.Classify(abs, path)
}

// scanFlags are those that say what a scan is for.
type scanFlags struct {
	python string // a version; "" is the default Python's
	target string // "GOOS/GOARCH"; "" is the go command's
	rules  string // directory of a configuration; "" for no rules but oxgen's own
}

// A scanSubject is what a scan is for.
type scanSubject struct {
	target  target.Target
	conf    *config.Config // that of --rules; else one that says nothing, in the working directory
	options collector.Options
}

// subject says what the Python loads on the target, without running one.
func (f *scanFlags) subject() (*scanSubject, error) {
	s := &scanSubject{target: target.Environment(), conf: &config.Config{Dir: "."}}
	var err error
	if f.target != "" {
		if s.target, err = target.Parse(f.target); err != nil {
			return nil, usageError{err}
		}
	}
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	s.options = collector.Options{Extensions: true, Base: dir, Python: knownVersion(f.python)}
	if f.rules != "" {
		if s.conf, err = config.Load(f.rules); err != nil {
			return nil, err
		}
		if s.options.Rules, err = s.conf.RuleList(); err != nil {
			return nil, err
		}
	}
	list, err := tag.For(s.options.Python, s.target, tag.Limits{Glibc: s.conf.MaxGlibc})
	if err != nil {
		return nil, usageError{err}
	}
	s.options.Tags = list
	s.options.ExtensionSuffixes = pyname.ExtensionSuffixes(list.Python(), s.target.GOOS, s.target.GOARCH)
	return s, nil
}

// knownVersion completes a version of which there is a release, "3.11"; "" is that of the default Python.
func knownVersion(python string) string {
	for _, r := range dist.Known() {
		if python == "" && r.Default || python != "" && strings.HasPrefix(r.Version, python+".") {
			return r.Version
		}
	}
	return python
}

func scannedFiles(found *collector.Collection) []scannedFile {
	resources := make(map[string]*collector.Resource, len(found.Resources))
	for i := range found.Resources {
		resources[found.Resources[i].Origin.String()] = &found.Resources[i]
	}
	files := make([]scannedFile, 0, len(found.Verdicts))
	for _, v := range found.Verdicts {
		f := scannedFile{Verdict: v.Kind.String(), Path: v.Path, Origin: v.Origin.String(), Rule: v.Rule, Reason: v.Reason}
		if r := resources[f.Origin]; r != nil {
			f.Module, f.Distribution, f.Size = r.Module, r.Distribution, r.Size
		}
		files = append(files, f)
	}
	return files
}

func totals(found *collector.Collection) map[string]int {
	counts := map[string]int{}
	for _, t := range found.Totals() {
		counts[t.Kind.String()] = t.Files
	}
	return counts
}

func (a *app) listScanned(files []scannedFile) error {
	l := newListing(a.out)
	for _, f := range files {
		name := f.Module
		if name == "" {
			name = f.Path
		}
		l.row(f.Verdict, name, f.Origin, because(f.Rule, f.Reason))
	}
	return l.flush()
}

// because joins the name of a rule and a reason.
func because(rule, reason string) string {
	switch {
	case rule == "":
		return reason
	case reason == "":
		return rule
	}
	return fmt.Sprintf("%s: %s", rule, reason)
}
