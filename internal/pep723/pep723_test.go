package pep723

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, source, want string }{
		{"none", "print()\n# /// other\n# x\n# ///\n", "none"},
		{"plain", "#!/usr/bin/env python3\n# /// script\n# requires-python = \">=3.11\"\n# dependencies = [\n#   \"rich\",\n#\n#   'a>1; os_name == \"x\"',\n# ]\n# ///\nimport rich\n", `>=3.11 [rich a>1; os_name == "x"]`},
		{"CRLF", "# /// script\r\n# dependencies = ['a']\r\n# ///\r\nx\r\n", " [a]"},
		{"not closed", "# /// script\n# dependencies = ['a']\n\n# ///\n", "none"},
		{"the last end counts", "# /// script\n# dependencies = ['''\n# ///\n# ''']\n# ///\n", " [///\n]"},
		{"tools", "# /// script\n# [tool.uv]\n# exclude-newer = 'x'\n# ///\n", " [] tool"},
		{"twice", "# /// script\n# dependencies = []\n# ///\n\n# /// script\n# dependencies = []\n# ///\n", "s.py:5: a second block `# /// script`"},
		{"unknown", "x\n# /// script\n# requires_python = '3'\n# ///\n", `s.py:3: metadata of the script: unknown key "requires_python"`},
		{"broken", "# /// script\n# dependencies = [\n# ///\n", "s.py:2: metadata of the script: "},
		{"wrong type", "# /// script\n# dependencies = 'a'\n# ///\n", "s.py:2: metadata of the script: dependencies must be an array of strings"},
		{"wrong type of an element", "# /// script\n# dependencies = [\n#   1,\n# ]\n# ///\n", "s.py:3: metadata of the script: dependencies must be an array of strings"},
		{"a number", "# /// script\n# dependencies = []\n# requires-python = 3.11\n# ///\n", "s.py:3: metadata of the script: requires-python must be a string"},
		{"no table", "# /// script\n# tool = 1\n# ///\n", "s.py:2: metadata of the script: tool must be a table"},
		{"a table", "# /// script\n# [dependencies]\n# a = 1\n# ///\n", "s.py:2: metadata of the script: dependencies must be an array of strings"},
		{"no specifier", "# /// script\n# requires-python = '3.11'\n# ///\n", "s.py:1: requires-python \"3.11\": "},
	} {
		m, err := Parse("s.py", []byte(tt.source))
		got := "none"
		switch {
		case err != nil:
			got = err.Error()
		case m != nil:
			got = m.RequiresPython.String() + " [" + strings.Join(m.Dependencies, " ") + "]"
			if m.Tool != nil {
				got += " tool"
			}
		}
		if err != nil && strings.HasPrefix(got, tt.want) {
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, diff)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	m, err := Parse("s.py", []byte("# /// script\n# requires-python = '>=3.11,<3.13'\n# ///\n"))
	if err != nil {
		t.Fatal(err)
	}
	for python, ok := range map[string]bool{"3.11.2": true, "3.12.9": true, "3.10.16": false, "3.14.6": false} {
		if err := m.Check("s.py", python); (err == nil) != ok {
			t.Errorf("%s: %v", python, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("# /// script\n# dependencies = ['a']\n# ///\n"))
	f.Fuzz(func(_ *testing.T, source []byte) { _, _ = Parse("s.py", source) })
}
