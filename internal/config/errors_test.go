package config_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/config"
)

type parseError struct{ name, text, want string }

func programErrors() []parseError {
	const a = "[[program]]\nname = 'a'\nmodule = 'm'\n"
	const modes = "module, entry, console-script, command, file, repl"
	return []parseError{
		{"no program", "[[program]]", "c.toml:1:3: a program has no name\nc.toml:1:3: nothing to run\n\n" +
			"hint: a file name without white space, such as \"tool\"\nhint: give one of " + modes + " in the table [[program]]"},
		{
			"second program", a + "[[program]]\nname = 'b'\nentry = 'x'\ncommand = 'y'\nfoo = 1",
			"c.toml:8:1: unknown key \"foo\" in [[program]]\n\nhint: known here: name, " + modes + ", argv",
		},
		{
			"two modes", a + "[[program]]\nname = 'b'\nentry = 'x'\ncommand = 'y'",
			"c.toml:6:9: program.entry \"x\" is not an object reference\n" +
				"c.toml:7:11: program.entry and program.command exclude each other\n\n" +
				"hint: an entry is written pkg.mod:func; to run a module as `python -m` does, use `module`\nhint: keep one of the two",
		},
		{"same name", a + "[[program]]\nname = 'A'\nrepl = true", "c.toml:5:8: two programs are named \"A\"\n\n" +
			"hint: names that differ in the case of letters are one on some platforms"},
		{"slash", "[[program]]\nname = 'a/b'\nrepl = true", "c.toml:2:8: program.name \"a/b\" is not a file name on every platform, or has white space\n\n" +
			"hint: a file name without white space, such as \"tool\""},
		{"blank", "[[program]]\nname = 'a b'\nrepl = true", "c.toml:2:8: program.name \"a b\" is not a file name on every platform, or has white space\n\n" +
			"hint: a file name without white space, such as \"tool\""},
		{"option", "[[program]]\nname = '-a'\nrepl = true", "c.toml:2:8: program.name \"-a\" is not a file name on every platform, or has white space\n\n" +
			"hint: a file name without white space, such as \"tool\""},
		{"ending", "[[program]]\nname = 'a.EXE'\nrepl = true", "c.toml:2:8: program.name \"a.EXE\" ends in .exe\n\nhint: leave the ending out: Windows adds it"},
		{"reserved", "[[program]]\nname = 'Python3'\nrepl = true", "c.toml:2:8: program.name \"Python3\" begins with python: " +
			"an executable of such a name acts as the command python\n\nhint: take another name"},
		{"empty name", "[[program]]\nname = ''\nrepl = true", "c.toml:2:8: program.name is empty\n\nhint: give it a value, or leave it out"},
		{"table for programs", "[program]\nname = 'a'", "c.toml:1:2: program must be an array of tables\n\n" +
			"hint: start each with a line [[program]]"},
		{"dotted", "program.name = 'a'", "c.toml:1:1: program must be an array of tables\n\nhint: start each with a line [[program]]"},
		{"inline programs", "program = [{name = 'a', repl = true}]", "c.toml:1:1: program must be an array of tables\n\nhint: start each with a line [[program]]"},
		{"run says nothing", a + "[run]\nargv = ['x']", "c.toml:4:2: nothing to run\n\nhint: give one of " + modes + " in the table [run]"},
		{"lock of another name", "lock = 'a/requirements.txt'\n[run]\nmodule = 'a'", "c.toml:1:8: \"a/requirements.txt\" is not the name of a lock file\n\n" +
			"hint: PEP 751 wants the name pylock.toml, or pylock.NAME.toml"},
		{"odd extra", "lock = 'pylock.toml'\nlock-extras = ['a b']\n[run]\nmodule = 'a'", "c.toml:2:16: \"a b\" is not the name of an extra or a group"},
		{"links without programs", "install-links = true\n[run]\nmodule = 'a'", "c.toml:1:17: install-links is for several programs, and there are none\n\n" +
			"hint: add programs, each in a table [[program]]"},
	}
}

func TestRuleErrors(t *testing.T) {
	t.Parallel()
	const run = "[run]\nmodule = 'm'\n"
	const rule = run + "[[rule]]\nmatch = 'a'\n"
	for _, test := range []parseError{
		{"nothing", run + "[[rule]]", "c.toml:3:3: the rule does not say what it is about\nc.toml:3:3: the rule says nothing\n\n" +
			"hint: give `match`, or `distribution`\nhint: give one of include, source, optimize, location, compress"},
		{"both", rule + "distribution = 'b'\ninclude = false", "c.toml:5:16: rule.match and rule.distribution exclude each other\n\nhint: keep one of the two"},
		{"pattern", run + "[[rule]]\nmatch = 'a..b'\ninclude = false", "c.toml:4:9: rule.match \"a..b\" is not a pattern: an element is empty\n\n" +
			"hint: a dotted name such as \"pkg.mod\" or \"pkg.**\", or a path such as \"pkg/data/*.json\""},
		{"distribution", run + "[[rule]]\ndistribution = 'a>=1'\ninclude = false", "c.toml:4:16: \"a>=1\" is not the name of a distribution\n\n" +
			"hint: the name that pip knows, without a version"},
		{"levels", rule + "optimize = [1, 1]", "c.toml:5:16: rule.optimize lists 1 twice"},
		{"second rule", rule + "include = true\n[[rule]]\nmatch = 'b'\nexclude = true", "c.toml:8:1: unknown key \"exclude\" in [[rule]]\n\n" +
			"hint: did you mean \"include\"?"},
		{"compress", rule + "compress = 'gzip'", "c.toml:5:12: unknown value \"gzip\" of rule.compress\n\nhint: one of \"none\", \"zlib\", \"zstd\""},
		{"no bytecode", "bytecode = false\n" + rule + "source = false", "c.toml:6:10: bytecode is false above the tables, so nothing of these modules is left\n\nhint: leave it out"},
		{"no levels", "bytecode = false\n" + rule + "optimize = 1", "c.toml:6:12: there is no bytecode, with bytecode = false above the tables\n\nhint: leave it out"},
	} {
		_, err := config.Parse("c.toml", []byte(test.text))
		if diff := cmp.Diff(test.want, printed(err)); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.name, diff)
		}
	}
}

// The wanted texts are what a user sees: one line for each error, a blank line, the hints.
func TestExtensionErrors(t *testing.T) {
	const run = "[run]\nmodule = 'm'\n"
	const a = run + "[[extension]]\nname = 'a'\nsources = ['a.c']\n"
	for _, test := range []struct{ name, text, want string }{
		{"nothing", run + "[[extension]]", "c.toml:3:3: an extension module has no name\nc.toml:3:3: an extension module has no sources\n\n" +
			"hint: a dotted name, such as \"pkg.mod\"\nhint: name the files in C or C++"},
		{"not ASCII", run + "[[extension]]\nname = 'ä'\nsources = ['a.c']", "c.toml:4:8: extension.name \"ä\" is not the name of an extension module\n\n" +
			"hint: a dotted name of ASCII letters, digits and underscores, such as \"pkg.mod\""},
		{"twice", a + "[[extension]]\nname = 'a'\nsources = ['b.c']", "c.toml:7:8: two extension modules are named \"a\""},
		{"pattern", a + "[[extension]]\nname = 'b'\nsources = ['[.c']", "c.toml:8:11: \"[.c\" is not a pattern: a bracket is left open\n\n" +
			"hint: a \"[\" of a name is written \"\\\\[\""},
		{"library", a + "libraries = ['-lz']", "c.toml:6:13: \"-lz\" is not the name of a library\n\nhint: \"z\" stands for -lz; a path or a flag goes into cflags"},
		{"macro", a + "defines = ['1=2']", "c.toml:6:11: \"1=2\" does not define a macro\n\nhint: \"NAME\" or \"NAME=VALUE\""},
		{"between programs", "[[program]]\nname = 'p'\nmodule = 'm'\n[[extension]]\nname = 'e'\nsources = ['e.c']\n[[program]]\nname = 'q'\n", "c.toml:7:3: nothing to run"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.Parse("c.toml", []byte(test.text))
			if got := printed(err); !strings.HasPrefix(got, test.want) {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	const run = "\n[run]\nmodule = 'a'\n"
	tests := []parseError{
		// Text that is no TOML.
		{"empty", "", "c.toml: the file is empty\n\nhint: give one of module, entry, console-script, command, file, repl in the table [run]"},
		{"NUL", "name = 'a'\n\x00", "c.toml:2:1: the file holds a NUL byte"},
		{"Latin-1", "# caf\xe9", "c.toml:1:6: byte 0xe9 is not UTF-8\n\nhint: save the file as UTF-8"},
		{"UTF-16", "\xff\xfe[\x00", "c.toml: the file is UTF-16\n\nhint: save it as UTF-8"},
		{"large", strings.Repeat("#\n", 8<<20) + "#", "c.toml: the file is larger than 16 MiB"},
		{"no quotes", "name =  app", "c.toml:1:9: unexpected character U+0061 'a' at start of value\n\nhint: a string is written in quotes"},
		{"keyword without quotes", "name = test", "c.toml:1:8: expected keyword \"true\"\n\nhint: a string is written in quotes"},
		{
			"Windows path", `sources = ["C:\lib"]`,
			`c.toml:1:15: invalid escape character U+006C 'l'` + "\n\n" + `hint: in "…" a backslash is written twice, in '…' once`,
		},
		{"open header", "[run\n", "c.toml:1:5: expected ']' to close table name"},
		{"after a mark", "\ufeffa", "c.toml:1:1: expected '=' after key"},
		{"key twice", "name = 'a'\nname = 'b'" + run, "c.toml:2:1: key name is already defined"},
		{"table twice", run + run, "c.toml:5:2: table run already exists"},
		{"odd integer", "optimize = 007" + run, "c.toml:1:12: integers cannot have leading zeroes"},

		// Unknown keys: all of them, in order, each with the nearest key.
		{
			"misspelt", "include_source = true\n[interpreter]\ndevmode = true\nNAME = 'x'" + run,
			"c.toml:1:1: unknown key \"include_source\"\n" +
				"c.toml:3:1: unknown key \"devmode\" in [interpreter]\n" +
				"c.toml:4:1: unknown key \"NAME\" in [interpreter]\n\n" +
				"hint: did you mean \"include-source\"?\n" +
				"hint: did you mean \"dev-mode\"?\n" +
				"hint: known here: profile, use-environment, utf8-mode, configure-locale, install-signal-handlers, optimize, " +
				"hash-seed, dev-mode, faulthandler, warn-options, x-options, bytes-warning, module-search-paths, safe-path, " +
				"site-import, user-site, pathconfig-warnings, write-bytecode, check-hash-pycs-mode, unbuffered, stdio-encoding, " +
				"stdio-errors, interactive, inspect, quiet, sys-frozen, sys-meipass, verbose, import-time, tracemalloc, int-max-str-digits, allocator, act-as-python",
		},
		{"unknown table", "[rnu]\nmodule = 'a'\nentry = 'b'", "c.toml:1:2: unknown table [rnu]\n\nhint: did you mean \"run\"?"},
		{
			"key of another table", "module = 'a'\n[run]\nsources = ['a']",
			"c.toml:1:1: unknown key \"module\"\nc.toml:3:1: unknown key \"sources\" in [run]\n\n" +
				"hint: \"module\" belongs in the table [run]\n" +
				"hint: \"sources\" belongs above the tables, before the first line in brackets",
		},
		{"inline", "run = {module = 'a', arg = []}", "c.toml:1:22: unknown key \"arg\" in [run]\n\nhint: did you mean \"argv\"?"},
		{"quoted path", "'run.module' = 'a'", "c.toml:1:1: unknown key \"run.module\"\n\nhint: " +
			"known here: " + strings.Join(namesAtTop(), ", ")},
		{"control characters", "[run]\n\"argv\\n\\u001b\" = 1", "c.toml:2:1: unknown key \"argv\\n\\x1b\" in [run]\n\nhint: did you mean \"argv\"?"},

		// Wrong types.
		{
			"types", "optimize = '1'\npython = 3.14\nsources = 'src'\ninclude-source = 'true'\nname = ['x']\ntargets = ['linux/amd64', 3]" + run,
			"c.toml:1:12: optimize must be an integer or an array of integers, not a string\n" +
				"c.toml:2:10: python must be a string, not a float\n" +
				"c.toml:3:11: sources must be an array of strings, not a string\n" +
				"c.toml:4:18: include-source must be true or false, not a string\n" +
				"c.toml:5:8: name must be a string, not an array\n" +
				"c.toml:6:27: element 2 of targets must be a string, not an integer\n\n" +
				"hint: write optimize = 1, without quotes\n" +
				"hint: write python = \"3.14\"\n" +
				"hint: write sources = [\"src\"]\n" +
				"hint: write include-source = true, without quotes\n" +
				"hint: write \"3\"",
		},
		{"elements", "wheels = [\n  'a',\n  {b = 1},\n]" + run, "c.toml:3:3: element 2 of wheels must be a string, not a table"},
		{"date", "name = 1979-05-27" + run, "c.toml:1:8: name must be a string, not a date or time"},
		{"no table", "run = 'a'", "c.toml:1:7: run must be a table, not a string"},
		{"array of tables", "[[run]]\nmodule = 'a'", "c.toml:1:3: run must be a table, not an array of tables"},
		{"table for a string", "[run.module]\na = 1", "c.toml:1:6: run.module must be a string, not a table"},

		// Wrong values.
		{
			"out of range", "optimize = 3\n[interpreter]\nhash-seed = 4294967296\nverbose = -1\ntracemalloc = 99999999999999999999" + run,
			"c.toml:1:12: optimize must be from 0 to 2, not 3\n" +
				"c.toml:3:13: interpreter.hash-seed must be from 0 to 4294967295, not 4294967296\n" +
				"c.toml:4:11: interpreter.verbose must be from 0 to 2147483647, not -1\n" +
				"c.toml:5:15: interpreter.tracemalloc must be from 0 to 65535, not 99999999999999999999",
		},
		{
			"modules", "include = ['a.*', 'a/b', 'a.*']" + run,
			"c.toml:1:19: \"a/b\" is not the name of a module\nc.toml:1:26: include lists \"a.*\" twice\n\n" +
				"hint: a dotted name, as it is imported, or a pattern such as \"package.*\"",
		},
		{
			"not among the values", "stdlib = 'user'\n[interpreter]\nprofile = 'pyton'\ncheck-hash-pycs-mode = 'x'" + run,
			"c.toml:1:10: unknown value \"user\" of stdlib\n" +
				"c.toml:3:11: unknown value \"pyton\" of interpreter.profile\n" +
				"c.toml:4:24: unknown value \"x\" of interpreter.check-hash-pycs-mode\n\n" +
				"hint: did you mean \"used\"?\nhint: did you mean \"python\"?\nhint: one of \"default\", \"always\", \"never\"",
		},
		{
			"empty strings", "name = ''\nsources = ['a', '']" + run,
			"c.toml:1:8: name is empty\nc.toml:2:17: element 2 of sources is empty\n\nhint: give it a value, or leave it out",
		},
		{"levels", "optimize = [0, 'x', 3, 2.5]" + run, "c.toml:1:16: element 2 of optimize must be an integer, not a string\n" +
			"c.toml:1:21: optimize must be from 0 to 2, not 3\nc.toml:1:24: element 4 of optimize must be an integer, not a float"},
		{"no level", "optimize = []" + run, "c.toml:1:12: optimize is empty\n\nhint: leave the key out, or give one at least"},
		{"size", "max-size = '60 MB2'" + run, `c.toml:1:12: max-size: "60 MB2" is not a size` + "\n\n" + `hint: a number with B, kB, MB, GB, KiB, MiB or GiB, such as "60 MB"`},
		{"no size", "max-size = 0" + run, "c.toml:1:12: max-size must be above 0, not 0"},
		{"kind of size", "max-size = true" + run, `c.toml:1:12: max-size must be a size, such as "60 MB", or a number of bytes, not a boolean`},
		{"skip", "[check]\nskip = ['a-b']" + run, `c.toml:2:9: "a-b" is not the name of a module` + "\n\nhint: a dotted name, as it is imported"},
		{"glibc", "max-glibc = 'new'" + run, `c.toml:1:13: max-glibc: "new" is no version of glibc` + "\n\n" + `hint: numbers and dots, as in "2.28"`},
		{"level twice", "optimize = [2, 0, 2]" + run, "c.toml:1:19: optimize lists 2 twice"},
		{"odd level", "optimize = [0, 01]" + run, "c.toml:1:16: integers cannot have leading zeroes"},
		{
			"columns of no bytecode", "bytecode = false\ndebug-ranges = false" + run,
			"c.toml:2:16: there is no bytecode to leave the columns out of, with bytecode = false\n\nhint: leave it out",
		},
		{
			"neither bytecode nor source", "bytecode = false\ninclude-source = false" + run,
			"c.toml:1:12: bytecode and include-source are both false, so nothing of a module is left\n\nhint: leave one of the two out",
		},
		{
			"extract", "extract = ['a', 'a.b', 'a', '../c']" + run,
			"c.toml:1:24: extract lists \"a\" twice\nc.toml:1:29: \"../c\" is not the name of a package\n\nhint: a dotted name, as it is imported",
		},
		{"NUL in a string", "name = \"a\\u0000\"" + run, "c.toml:1:8: name holds a NUL character"},
		{
			"too few digits", "interpreter.int-max-str-digits = 639" + run,
			"c.toml:1:34: interpreter.int-max-str-digits must be 0 or at least 640, not 639",
		},
		{"name", "name = 'a/b'" + run, "c.toml:1:8: name \"a/b\" is not a file name on every platform\n\nhint: a name such as \"a_b\""},
		{
			"targets", "targets = ['linux/amd64', 'linux/vax', 'linux/amd64']" + run,
			"c.toml:1:27: unknown target \"linux/vax\"\nc.toml:1:40: targets lists \"linux/amd64\" twice\n\n" +
				"hint: the targets are darwin/amd64, darwin/arm64, linux/amd64, linux/arm64, windows/amd64",
		},
		{
			"wheels", "wheels = ['a[b.whl']" + run,
			"c.toml:1:11: \"a[b.whl\" is not a pattern: a bracket is left open\n\nhint: a \"[\" of a name is written \"\\\\[\"",
		},
		{
			"module source elsewhere", "site-packages = ['gomod:a.b/c@v1.0.0']" + run,
			"c.toml:1:18: \"gomod:a.b/c@v1.0.0\" is not a path\n\nhint: only `sources` takes directories of Go modules",
		},
		{
			"module source without version", "sources = ['gomod:a.b/c']" + run,
			"c.toml:1:12: \"gomod:a.b/c\" has no @VERSION\n\nhint: the form is gomod:MODULE@VERSION/DIR",
		},
		{
			"search paths", "[interpreter]\nmodule-search-paths = ['lib', '$HOME/lib', '$ORIGINAL']" + run,
			"c.toml:2:24: \"lib\" depends on the directory in which the program is started\n" +
				"c.toml:2:31: \"$HOME/lib\" starts with an unknown variable\n" +
				"c.toml:2:44: \"$ORIGINAL\" starts with an unknown variable\n\n" +
				"hint: write \"$ORIGIN/…\" for a directory beside the executable\n" +
				"hint: $ORIGIN is the only variable, as in \"$ORIGIN/plugins\"",
		},

		// [run].
		{"nothing to run", "name = 'a'", "c.toml: nothing to run\n\nhint: give one of module, entry, console-script, command, file, repl in the table [run]"},
		{
			"nothing but false", "\n[run]\nrepl = false\nargv = ['x']",
			"c.toml:2:2: nothing to run\n\nhint: give one of module, entry, console-script, command, file, repl in the table [run]",
		},
		{
			"three to run", "[run]\nfile = 'a.py'\nmodule = 'a'\nrepl = true",
			"c.toml:3:10: run.file and run.module exclude each other\nc.toml:4:8: run.file and run.repl exclude each other\n\n" +
				"hint: keep one of the two",
		},
	}
	tests = append(tests, programErrors()...)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := config.Parse("c.toml", []byte(tt.text))
			if err == nil {
				t.Fatalf("no error, but %+v", c)
			}
			if diff := cmp.Diff(tt.want, printed(err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseRefusedValues(t *testing.T) {
	t.Parallel()
	tests := []struct {
		key, problem string
		values       []string // each is refused
	}{
		{
			"package", "is not the path of a directory that Go can import",
			[]string{"/a", "..", "../a", "a/../b", "a//b", "a/", ".", "./a", " a", `a\\b`, "con/a", "größe"},
		},
		{"package", "does not end in the name of a Go package", []string{"a-b", "func", "_", "main", "1a", "a/b.c"}},
		{"package", "lies in a vendor directory", []string{"vendor/a", "a/vendor"}},
		{"name", "is not a file name on every platform", []string{"-v", "a:b", "nul", "COM1.x", "a.", " ", "a\\tb", strings.Repeat("n", 201)}},
		{"run.module", "is not the name of a module", []string{".a", "a.", "a..b", "a b", "a/b", "a:b", "main.py"}},
		{"run.entry", "is not an object reference", []string{"a", "a.b", "a:", ":b", "a:b:c", "a:b()", "a-b:c", "a:b[x]", "1a:b", "a: b"}},
	}
	for _, tt := range tests {
		for _, v := range tt.values {
			text := tt.key + " = \"" + v + "\"\n"
			if !strings.HasPrefix(tt.key, "run.") {
				text += "run.module = 'a'\n"
			}
			_, err := config.Parse("c.toml", []byte(text))
			if all, _ := leaves(err); err == nil || len(all) != 1 || all[0].Line != 1 || all[0].Hint == "" || !strings.HasSuffix(all[0].Problem, tt.problem) {
				t.Errorf("%s = %q: error %v, want: … %s", tt.key, v, err, tt.problem)
			}
		}
	}
}

func TestParseProjectErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"no table", "[project]\nname = 'x'", "pyproject.toml: no table [tool.oxgen]\n\nhint: add the table, or type `oxgen init` for a file of its own"},
		{"nothing in it", "[tool.oxgen]", "pyproject.toml: nothing to run\n\n" +
			"hint: give one of module, entry, console-script, command, file, repl in the table [tool.oxgen.run]"},
		{
			"unknown", "[tool.oxgen]\nnmae = 'x'\n[tool.oxgen.runn]\n[tool.oxgen.run]\nmodul = 'x'\nagrv = []\n[tool.other]\nmodul = 1",
			"pyproject.toml:2:1: unknown key \"nmae\" in [tool.oxgen]\n" +
				"pyproject.toml:3:13: unknown table [tool.oxgen.runn]\n" +
				"pyproject.toml:5:1: unknown key \"modul\" in [tool.oxgen.run]\n" +
				"pyproject.toml:6:1: unknown key \"agrv\" in [tool.oxgen.run]\n\n" +
				"hint: did you mean \"name\"?\nhint: did you mean \"run\"?\nhint: did you mean \"module\"?\nhint: did you mean \"argv\"?",
		},
		{"not a table", "[tool]\noxgen = 3", "pyproject.toml:2:9: tool.oxgen must be a table, not an integer"},
		{"tables", "[[tool.oxgen]]", "pyproject.toml:1:8: tool.oxgen must be a table, not an array of tables"},
		{
			"capitals", "[tool.Oxgen]\nname = 'x'\n[tool.oxgen]\nrun.module = 'a'",
			"pyproject.toml:1:2: the table must be written [tool.oxgen], in small letters",
		},
		{"broken elsewhere", "[tool.oxgen]\nrun.module = 'a'\n[x]\na = 1\na = 2", "pyproject.toml:5:1: key a is already defined"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Parse("pyproject.toml", []byte(tt.text))
			if diff := cmp.Diff(tt.want, printed(err)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// namesAtTop returns the keys and tables that stand in no table, in the order of the documentation.
func namesAtTop() []string {
	var names []string
	for _, k := range config.Keys() {
		if table, name := k.Split(); table == "" {
			names = append(names, name)
		}
	}
	return append(names, config.Tables()...)
}
