package gen

import (
	"go/format"
	"testing"

	"github.com/dave/jennifer/jen"
	"github.com/google/go-cmp/cmp"
)

// TestRenderRows asserts that rows, which are written as text, are formatted, and are what they say.
func TestRenderRows(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		rows []row
		want string
	}{
		{"none", nil, "var rows = []pyembed.Row{}\n"},
		{
			"some",
			[]row{{path: "a.py", kind: "Module", digest: "00ff", size: 7}, {path: "ä \"\n\x00`", kind: "Data", extracted: true}},
			"var rows = []pyembed.Row{\n" +
				"\t{Path: \"a.py\", Kind: pyembed.Module, Size: 7, Digest: \"00ff\"},\n" +
				"\t{Path: \"ä \\\"\\n\\x00`\", Kind: pyembed.Data, Size: 0, Digest: \"\", Extracted: true},\n}\n",
		},
	}
	for _, tt := range tests {
		f := jen.NewFile("pyapp")
		f.ImportName(pyembedPath, "pyembed")
		got, err := renderRows("rows.go", f, "rows", tt.rows)
		if err != nil {
			t.Fatal(err)
		}
		want := "package pyapp\n\nimport \"" + pyembedPath + "\"\n\n" + tt.want
		if diff := cmp.Diff(want, string(got.Data)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
		formatted, err := format.Source(got.Data)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(formatted), string(got.Data)); diff != "" {
			t.Errorf("%s, formatted (-want +got):\n%s", tt.name, diff)
		}
	}
}
