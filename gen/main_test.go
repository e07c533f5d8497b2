package gen

import "testing"

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
