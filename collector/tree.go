package collector

import (
	"context"
	"strings"
)

// An entry is one file of an input on its way to a verdict. Its Resource is complete when the verdict includes it.
type entry struct {
	Resource
	name    string // last part of Path
	verdict VerdictKind
	rule    string // the excluding rule, "" when none
	reason  string
	left    string // the rule that leaves it out unless the user's rules take it in; "" when none does
	ruled   bool   // the user's rules decided about it
}

// settle gives e a verdict that leaves it out. The first verdict stands.
func (e *entry) settle(kind VerdictKind, rule, reason string) {
	if e.verdict == 0 {
		e.verdict, e.rule, e.reason = kind, rule, reason
	}
}

// finding returns the verdict in its public form.
func (e *entry) finding() Verdict {
	v := Verdict{Origin: e.Origin, Kind: e.verdict, Rule: e.rule, Reason: e.reason}
	if e.verdict.Included() {
		v.Path = e.Path
	}
	return v
}

// A folder is a directory of the virtual root as one input sees it.
type folder struct {
	name    string
	files   []*entry // in the order of the walk, which is sorted by name
	folders []*folder
	joins   bool // it adds to a package of an earlier input, and is not shadowed by it
}

// descend returns the folder at a slash path below f, made where it is missing; "" is f itself. Paths must come in
// sorted order, so that all that lies in one folder comes in one run.
func (f *folder) descend(path string) *folder {
	if path == "" {
		return f
	}
	for name := range strings.SplitSeq(path, "/") {
		if n := len(f.folders); n == 0 || f.folders[n-1].name != name {
			f.folders = append(f.folders, &folder{name: name})
		}
		f = f.folders[len(f.folders)-1]
	}
	return f
}

// A tree is what one input holds.
type tree struct {
	input   *Input
	recall  bool     // directories that are left out are looked into: a rule of the user's may take files of them in
	entries []*entry // every file
	root    folder   // the virtual root, with the files that had no verdict when they were found

	warnings []error // of a wheel
}

// gather lists the files of an input. Files that are left out by a rule, or can't be embedded whatever else
// there is, have their verdict then.
func gather(ctx context.Context, in *Input, opts Options) (*tree, error) {
	t := &tree{input: in, recall: opts.Rules.Includes()}
	var err error
	switch in.Kind {
	case Wheel:
		err = t.openWheel(ctx, opts)
	case SingleFile:
		err = t.takeFile()
	case Assembled:
		err = t.assemble(ctx, opts)
	default:
		err = t.walk(ctx)
	}
	if err != nil {
		return nil, err
	}
	t.attribute()
	return t, nil
}
