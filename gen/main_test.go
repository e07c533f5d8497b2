package gen

import "testing"

func TestScriptModule(t *testing.T) {
	for path, want := range map[string]string{
		"main.py":     "_oxgen_script main%2Epy",
		"bin/tool":    "_oxgen_script bin/tool",
		"100%.2E":     "_oxgen_script 100%25%2E2E",
		"a%2E/b.c.py": "_oxgen_script a%252E/b%2Ec%2Epy",
	} {
		got := scriptModule(path)
		if got != want {
			t.Errorf("%q is %q, want %q", path, got, want)
		}
		if back, ok := ScriptPath(got); !ok || back != path {
			t.Errorf("%q is that of %q, want %q", got, back, path)
		}
	}
	if path, ok := ScriptPath("json.decoder"); ok {
		t.Errorf("json.decoder is the script %q", path)
	}
}

// The wanted texts are what textwrap.dedent of Python 3.14 returns.
func TestDedent(t *testing.T) {
	for text, want := range map[string]string{
		"":                                    "",
		"x = 1":                               "x = 1",
		"  x = 1":                             "x = 1",
		"\n    if x:\n        y()\n\n  \n":    "\nif x:\n    y()\n\n\n",
		"  a\n\tb\n":                          "  a\n\tb\n",
		"  a\n \tb\n":                         " a\n\tb\n",
		"    a\n  b\n      c":                 "  a\nb\n    c",
		"  a = '''\n    text\n  '''\n  b()\n": "a = '''\n  text\n'''\nb()\n",
		"  \n\t\n":                            "\n\n",
	} {
		if got := dedent(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
