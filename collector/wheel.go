package collector

import (
	"cmp"
	"context"
	"path"
	"slices"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/wheel"
)

// openWheel lists the members of a wheel, each at the place where an installer would put it.
func (t *tree) openWheel(ctx context.Context, opts Options) error {
	w, err := wheel.Open(ctx, t.input.Path, t.input.Label, opts.WheelLimits)
	if err != nil {
		return err
	}
	for _, text := range append(w.Warnings, otherPython(w, opts.Python)...) {
		t.warnings = append(t.warnings, diag.Errorf(t.input.Label, "", "%s", text))
	}
	members := slices.Clone(w.Members)
	slices.SortFunc(members, func(a, b *wheel.Member) int { return cmp.Compare(a.Path, b.Path) })
	for _, m := range members {
		e := &entry{name: path.Base(m.Path)}
		e.Path = m.Path
		e.Origin = Origin{Input: t.input.Label, File: m.Name}
		e.Size, e.Executable, e.member = m.Size, m.Executable, m
		e.Distribution = w.Name()
		t.entries = append(t.entries, e)
		t.place(e, m.Scheme)
	}
	return nil
}

// otherPython is the warning about a wheel that is not for a version of Python by its metadata. Installers refuse such a wheel,
// but the limits that projects set are often too careful, and nobody could override them here.
func otherPython(w *wheel.Wheel, python string) []string {
	if python == "" || w.Metadata.RequiresPython == "" {
		return nil
	}
	version, ok := pep440.Parse(python)
	wanted, err := pep440.ParseSpecifier(w.Metadata.RequiresPython)
	if !ok || err != nil || wanted.Has(version) {
		return nil
	}
	return []string{"is for Python " + wanted.String() + " by its metadata, and not for " + python}
}

// passedOver is the tree of a wheel that is not read, as another one is taken.
func passedOver(in *Input, taken string) *tree {
	e := &entry{name: path.Base(in.Label)}
	e.Origin = Origin{Input: in.Label}
	e.settle(VerdictExcluded, ruleOtherWheel, "another wheel fits better: "+taken)
	return &tree{input: in, entries: []*entry{e}}
}

// place puts e where imports look, or settles it when the wheel's scheme puts it elsewhere.
func (t *tree) place(e *entry, scheme wheel.Scheme) {
	switch {
	case scheme == wheel.Scripts:
		e.settle(VerdictScript, "", "program of the distribution")
	case scheme == wheel.Headers:
		e.settle(VerdictUnsupported, "", "C header: nothing is compiled against an executable")
	case scheme == wheel.DataFiles:
		e.settle(VerdictUnsupported, "", "goes below sys.prefix, which an executable does not have")
	default:
		switch {
		case isEditorFile(e.name):
			e.left = ruleEditor
		case path.Base(path.Dir(e.Path)) == "__pycache__":
			e.left = ruleBytecode
		}
		f := t.root.descend(parent(e.Path))
		f.files = append(f.files, e)
	}
}
