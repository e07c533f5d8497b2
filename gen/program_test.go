package gen

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/pyembed/table"
)

func TestNamespaces(t *testing.T) {
	code := [][]byte{[]byte("c")}
	modules := []table.Module{
		{Name: "regular", Package: true, Code: code},
		{Name: "plain", Code: code},
		{Name: "space.inner.module", Code: code},
	}
	files := []table.File{
		{Path: "regular/__init__.py"},
		{Path: "regular/templates/mail/a.html"},
		{Path: "regular/v1.2/a.json"},
		{Path: "plain/data.txt"}, // hidden: plain.py is what `import plain` finds
		{Path: "plain/deep/data.txt"},
		{Path: "dist-1.0.dist-info/METADATA"},
		{Path: "top/data.txt"},
		{Path: "root.txt"},
	}
	var got []string
	for _, m := range namespaces(modules, files) {
		if !m.Package || !m.Namespace || m.Code != nil {
			t.Errorf("%s is no namespace package: %+v", m.Name, m)
		}
		got = append(got, m.Name)
	}
	slices.Sort(got)
	want := []string{"regular.templates", "regular.templates.mail", "space", "space.inner", "top"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("namespace packages (-want +got):\n%s", diff)
	}
}
