// Package collector finds what a program is made of: it walks source trees, single files, site-packages directories,
// wheels and the standard library, and says of every file what becomes of it. It runs no Python and reads no module.
//
// All inputs together form one virtual directory, the only entry of the program's sys.path. The inputs are given in the
// order that they would have in sys.path, and names are resolved as importlib's path and file finders do
// (Lib/importlib/_bootstrap_external.py, PEP 420):
//
//   - Within one directory a package beats an extension module, that one a source file, that one a bytecode file.
//   - What an earlier input holds shadows what later inputs hold under the same name, for a package its whole subtree.
//   - A directory without __init__ is a portion of a namespace package. Portions of several inputs merge, in order;
//     a package or module of the same name in any input beats them all.
//   - Data is reached by path and not by import: the data of a portion that lost is kept, as it is found on disk too.
//
// The outcome depends on the inputs alone. Resources are sorted by path; verdicts by input, then by file.
package collector

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/rule"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/wheel"
)

// Options say what the target can load. The zero Options collect for a target without extension modules.
type Options struct {
	// ExtensionSuffixes are the endings of the target's extension modules, in the order of
	// importlib.machinery.EXTENSION_SUFFIXES: ".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so".
	ExtensionSuffixes []string
	// Extensions says that extension modules can be embedded. Without it they get the verdict unsupported, and a
	// source file of the same name is taken in their place.
	Extensions bool
	// Python is the version that wheels are for by their metadata, "3.14.6", or there is a warning; "" is any.
	Python string
	// Base is the absolute directory that the labels of directories are relative to to which .pth files and editable installs
	// lead; "" is none.
	Base string
	// Code is Python that the program runs and that is in no input. What it imports is not left out as a test.
	Code []string
	// Rules are what the user says about single files, in addition to the rules that hold for everybody.
	Rules rule.List
	// Tags are the tags of wheels that the target takes; of several wheels for one distribution the best is taken. With nil every
	// wheel fits.
	Tags *tag.List
	// WheelLimits bound what reading a wheel can cost.
	WheelLimits wheel.Limits
}

// A Collection is what was found in all inputs.
type Collection struct {
	Resources []Resource // what goes into the program, sorted by Path, each Path once
	Verdicts  []Verdict  // one for each file of the inputs; in the order of the inputs, then by File
	Idle      []int      // the places of those rules of Options that match no file, ascending
	Warnings  []error    // what is odd about editable installs, then about wheels, each in the order of the inputs; *diag.Error each
}

// Collect walks the inputs, which stand in the order of sys.path. Its error joins a *diag.Error for each file that is
// in the way: one that can't be read, a damaged or hostile wheel, one that does not fit the targets, a source tree with
// nothing in it. A wheel for which another one is taken has a single verdict, and is not read.
func Collect(ctx context.Context, inputs []Input, opts Options) (*Collection, error) {
	inputs, warnings := followPaths(inputs, opts.Base)
	instead, err := chooseWheels(inputs, opts.Tags)
	if err != nil {
		return nil, err
	}
	var errs []error
	var trees []*tree
	for i := range inputs {
		if other, ok := instead[i]; ok {
			trees = append(trees, passedOver(&inputs[i], inputs[other].Label))
			continue
		}
		t, err := gather(ctx, &inputs[i], opts)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		trees = append(trees, t)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	if err := setTestsAside(ctx, trees, opts); err != nil {
		return nil, err
	}
	c := &Collection{Idle: applyRules(trees, opts), Warnings: warnings}
	resolve(trees, opts)
	for _, t := range trees {
		c.Warnings = append(c.Warnings, t.warnings...)
		if err := c.add(t); err != nil {
			errs = append(errs, err)
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	slices.SortFunc(c.Resources, func(a, b Resource) int { return strings.Compare(a.Path, b.Path) })
	return c, nil
}

// add takes over the entries of one input after they were resolved.
func (c *Collection) add(t *tree) error {
	slices.SortFunc(t.entries, func(a, b *entry) int {
		if a.Origin.Input == b.Origin.Input {
			return strings.Compare(a.Origin.File, b.Origin.File)
		}
		return strings.Compare(a.Origin.String(), b.Origin.String())
	})
	used := 0
	for _, e := range t.entries {
		if e.verdict == 0 {
			return fmt.Errorf("%s: no verdict was reached; this is a defect of oxgen", e.Origin)
		}
		if e.verdict.Included() {
			used++
			c.Resources = append(c.Resources, e.Resource)
		}
		c.Verdicts = append(c.Verdicts, e.finding())
	}
	if used == 0 {
		return t.input.emptyError(t.entries)
	}
	return nil
}

// Totals counts the verdicts by kind, in the order of the kinds; kinds that did not occur are left out.
func (c *Collection) Totals() []Total {
	var counts [verdictKinds]int
	for _, v := range c.Verdicts {
		counts[v.Kind]++
	}
	var totals []Total
	for k, n := range counts {
		if n > 0 {
			totals = append(totals, Total{Kind: VerdictKind(k), Files: n})
		}
	}
	return totals
}

// A Total is the number of files with one kind of verdict.
type Total struct {
	Kind  VerdictKind
	Files int
}
