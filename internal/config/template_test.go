package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/oxgen/oxgen/internal/config"
)

// reread parses a template and returns the values that it was made of.
func reread(t *testing.T, text []byte) config.TemplateValues {
	t.Helper()
	c, err := config.Parse("oxgen.toml", text)
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return config.TemplateValues{Name: c.Name, Python: c.Python, Sources: c.Sources, Wheels: c.Wheels, Run: c.Run}
}

func TestTemplate(t *testing.T) {
	t.Parallel()
	odd := "it's \"quoted\" \\ #=[]{} \t\r\n\x01\x1b\x7f\u0085\u2028 é漢😀 '''"
	for name, want := range map[string]config.TemplateValues{
		"plain":   {Name: "hello", Python: "3.14", Sources: []string{"src"}, Wheels: []string{"w/*.whl"}, Run: config.Run{Module: "hello"}},
		"nothing": {Run: config.Run{REPL: true}},
		"entry":   {Run: config.Run{Entry: "a.b:c", Argv: []string{"", "-x", odd}}},
		"file":    {Run: config.Run{File: odd}},
		"odd":     {Name: "it's #1", Python: odd, Sources: []string{odd, "gomod:a.b/c@v1.0.0"}, Wheels: []string{`a'"b.whl`}, Run: config.Run{Command: odd}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(want, reread(t, config.Template(want)), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// A template has one line for each key. Each that is a comment is right once its "#" is gone.
func TestTemplateComments(t *testing.T) {
	t.Parallel()
	lines := strings.Split(string(config.Template(config.TemplateValues{Name: "n", Run: config.Run{Module: "m"}})), "\n")
	table := ""
	found := make(map[string]bool)
	for i, line := range lines {
		if strings.HasPrefix(line, "[") {
			table = strings.Trim(line, "[]") + "."
			continue
		}
		if array, ok := strings.CutPrefix(line, "#[["); ok { // a comment as a whole, being one of several
			array, _, _ = strings.Cut(array, "]]")
			table = array + "."
			continue
		}
		assignment, comment := strings.CutPrefix(line, "#")
		name, _, isKey := strings.Cut(assignment, " = ")
		if !isKey || strings.HasPrefix(assignment, " ") {
			continue
		}
		found[table+name] = true
		if !comment {
			continue
		}
		text := strings.Join(append(append(append([]string{}, lines[:i]...), assignment), lines[i+1:]...), "\n")
		if table == "run." && name != "argv" { // only one thing can be run
			text = strings.Replace(text, "\nmodule = \"m\"", "\n", 1)
		}
		if table == "program." {
			header := "\n[[program]]\n"
			if name != "name" {
				header += "name = \"n\"\n"
			}
			if name == "name" || name == "argv" {
				header += "module = \"m\"\n"
			}
			text = strings.Replace(text, "\n#[[program]]", header+"#", 1)
		}
		if table == "rule." {
			header := "\n[[rule]]\n"
			if name != "match" && name != "distribution" {
				header += "match = \"n\"\n"
			}
			if name != "include" {
				header += "include = true\n"
			}
			text = strings.Replace(text, "\n#[[rule]]", header+"#", 1)
		}
		if table == "extension." {
			header := "\n[[extension]]\n"
			if name != "name" {
				header += "name = \"n\"\n"
			}
			if name != "sources" {
				header += "sources = [\"n.c\"]\n"
			}
			text = strings.Replace(text, "\n#[[extension]]", header+"#", 1)
		}
		if _, err := config.Parse("oxgen.toml", []byte(text)); err != nil {
			t.Errorf("%s: %v", assignment, err)
		}
	}
	for _, k := range config.Keys() {
		if !found[k.Path] {
			t.Errorf("%s is not in the template", k.Path)
		}
		delete(found, k.Path)
	}
	if len(found) > 0 {
		t.Errorf("lines for no key: %v", found)
	}
}

func FuzzTemplate(f *testing.F) {
	f.Add("a", "b.c:d")
	f.Add("\x7f\"\\", "'''\"\"\"\n")
	f.Fuzz(func(t *testing.T, python, command string) {
		if python == "" || command == "" || strings.ContainsRune(python+command, 0) {
			return // means "not set", and what Parse refuses
		}
		want := config.TemplateValues{
			Python: string([]rune(python)),
			Run:    config.Run{Command: string([]rune(command)), Argv: []string{python}},
		}
		got := reread(t, config.Template(want))
		got.Run.Argv, want.Run.Argv = nil, nil
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
}
