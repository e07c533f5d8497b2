package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/config"
)

func TestLoadScript(t *testing.T) {
	t.Parallel()
	const block = "# /// script\n# [tool.oxgen]\n"
	for _, tt := range []struct{ file, text, want string }{
		{"tool.py", "print()\n", "tool "},
		{"my tool", "#!/usr/bin/env python3\n", "my tool "},
		{"tool.py", block + "# name = 'other'\n# wheels = ['w/*.whl']\n# [[tool.oxgen.rule]]\n# match = 'x'\n# include = false\n# ///\n", "other w/*.whl x"},
		{"tool.py", block + "# run = {module = 'x'}\n# ///\n", "FILE: [tool.oxgen] of a script can't have \"run\": it is the script that runs\n\nhint: leave it out, or make a project: `oxgen init`"},
		{"tool.py", block + "# nmae = 'x'\n# wheels = 'x'\n# ///\n", "FILE: [tool.oxgen]: unknown key \"nmae\"\nFILE: [tool.oxgen]: wheels must be an array of strings, not a string\n\n" +
			"hint: did you mean \"name\"?\nhint: write wheels = [\"x\"]"},
		{"tool.py", "# /// script\n# x = 1\n# ///\n", "FILE:2: metadata of the script: unknown key \"x\"\n\nhint: the block holds TOML with the keys requires-python and dependencies (PEP 723)"},
	} {
		path := filepath.Join(t.TempDir(), tt.file)
		if err := os.WriteFile(path, []byte(tt.text), 0o666); err != nil {
			t.Fatal(err)
		}
		c, err := config.LoadScript(path)
		got := strings.ReplaceAll(printed(err), path, "FILE")
		if err == nil {
			got = c.Name + " " + strings.Join(c.Wheels, " ")
			for _, r := range c.Rules {
				got += " " + r.Match
			}
			if c.Run.File != tt.file || c.Dir != filepath.Dir(path) {
				t.Errorf("runs %q in %q", c.Run.File, c.Dir)
			}
		}
		if diff := cmp.Diff(tt.want, strings.TrimRight(got, "\n")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}
