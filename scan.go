package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/dist"
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
as pip does, and the others are one line each.

The verdicts are module, extension, library, resource, metadata, script (of a wheel: not
embedded), excluded (by a rule) and unsupported. Totals go to standard error. The exit
status is 1 when a PATH is refused.`,
		Example: `  oxgen scan src
  oxgen scan wheels/*.whl
  oxgen scan --python 3.11 --target linux/arm64 wheels/*.whl
  oxgen scan --rules . src
  oxgen scan --json .venv/lib/python3.14/site-packages`,
		Args: cobra.MinimumNArgs(1),
		RunE: a.action(func(c *cobra.Command, args []string) error {
			opts, err := flags.options()
			if err != nil {
				return err
			}
			return a.scan(c, args, opts, asJSON)
		}),
	}
	c.Flags().StringVar(&flags.python, "python", "", "the `VERSION` of Python that wheels must fit (default: that of the default Python)")
	c.Flags().StringVar(&flags.target, "target", "", "the platform `GOOS/GOARCH` that wheels must fit (default: that of the go command)")
	c.Flags().StringVar(&flags.rules, "rules", "", "apply the rules that the configuration in `DIR` has")
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

func (a *app) scan(c *cobra.Command, paths []string, opts collector.Options, asJSON bool) error {
	var inputs []collector.Input
	var problems []error
	for _, p := range paths {
		found, err := a.inputsAt(p)
		inputs, problems = append(inputs, found...), append(problems, err)
	}
	if err := errors.Join(problems...); err != nil {
		return err
	}
	found, err := collector.Collect(c.Context(), inputs, opts)
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

// options says what the Python loads on the target, without running one.
func (f *scanFlags) options() (collector.Options, error) {
	t := target.Environment()
	if f.target != "" {
		var err error
		if t, err = target.Parse(f.target); err != nil {
			return collector.Options{}, usageError{err}
		}
	}
	dir, err := os.Getwd()
	if err != nil {
		return collector.Options{}, err
	}
	python := knownVersion(f.python)
	list, err := tag.For(python, t, tag.Limits{})
	if err != nil {
		return collector.Options{}, usageError{err}
	}
	opts := collector.Options{
		ExtensionSuffixes: pyname.ExtensionSuffixes(feature(python), t.GOOS, t.GOARCH), Extensions: true, Base: dir, Python: python, Tags: []*tag.List{list},
	}
	if f.rules != "" {
		conf, err := config.Load(f.rules)
		if err != nil {
			return collector.Options{}, err
		}
		opts.Rules, err = conf.RuleList()
		return opts, err
	}
	return opts, nil
}

// feature returns "3.14" of "3.14.6".
func feature(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
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
