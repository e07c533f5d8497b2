package gen

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/rule"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyc"
	"github.com/oxgen/oxgen/pyembed/table"
)

// code311 is a code object of Python 3.11, which has the layout of 3.14.
var code311 = "c" + strings.Repeat("\x00", 20) + "s\x00\x00\x00\x00" + ")\x00)\x00)\x00" + "s\x00\x00\x00\x00" +
	"z\x04m.py" + "z\x01f" + "z\x01f" + "\x01\x00\x00\x00" + "s\x00\x00\x00\x00" + "s\x00\x00\x00\x00"

// TestBytecode takes the code out of a file, without the place where it was compiled.
func TestBytecode(t *testing.T) {
	magic := [4]byte{0xa7, 0x0d, '\r', '\n'}
	interp := &pyc.Interpreter{Version: pyc.Version{Major: 3, Minor: 11}, Magic: magic}
	r := &collector.Resource{Path: "pkg/mod.pyc"}
	data := string(magic[:]) + strings.Repeat("\x00", 12) + strings.Replace(code311, "z\x04m.py", "z\x0b/build/m.py", 1)
	got, err := bytecode(r, []byte(data), interp)
	if err != nil {
		t.Fatal(err)
	}
	code, err := pyc.ReadCode(got, interp.Version)
	if err != nil || code.Filename != "pkg/mod.py" || strings.Contains(string(got), "build") {
		t.Errorf("got %q of file %v, error %v", got, code, err)
	}
}

// TestBytecodeRefuses gives files that are no bytecode of the program's Python.
func TestBytecodeRefuses(t *testing.T) {
	interp := &pyc.Interpreter{Version: pyc.Version{Major: 3, Minor: 14}, Magic: [4]byte{0x2b, 0x0e, '\r', '\n'}}
	header := func(magic string) string { return magic + strings.Repeat("\x00", 12) }
	tests := []struct{ name, data, want string }{
		{"empty", "", "no valid bytecode: read .pyc header: 0 bytes"},
		{"no magic number", header("abcd"), "no valid bytecode: read .pyc header: "},
		{"flags", "\x2b\x0e\r\n\xff\x00\x00\x00" + strings.Repeat("\x00", 8), "unknown flags"},
		{"another Python", header("\xa7\x0d\r\n") + code311, "bytecode of Python 3.11, and the program's is 3.14 (magic number a7 0d 0d 0a, not 2b 0e 0d 0a)"},
		{"no code", header("\x2b\x0e\r\n"), "no valid bytecode: read .pyc: marshal data at byte 16"},
		{"no code object", header("\x2b\x0e\r\n") + "N", "no valid bytecode: read .pyc: marshal data at byte 16"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &collector.Resource{Path: "pkg/mod.pyc", Origin: collector.Origin{Input: "src", File: "pkg/mod.pyc"}}
			_, err := bytecode(r, []byte(test.data), interp)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.HasPrefix(err.Error(), "src/pkg/mod.pyc: ") {
				t.Errorf("got error %v, want one of the file with %q", err, test.want)
			}
		})
	}
}

// storageProgram is a program with a few packages and modules, as it is before extractions are looked for.
func storageProgram(extract ...string) *program {
	module := func(path, name string, pkg bool) unit {
		return unit{
			Resource: collector.Resource{Kind: collector.Module, Path: path, Module: name, IsPackage: pkg, Origin: collector.Origin{Input: "src", File: path}},
			digest:   [32]byte{byte(len(path))}, sourced: true,
		}
	}
	data := module("pkg/data/run.sh", "", false)
	data.Kind, data.Executable = collector.Data, true
	other := module("pil/__init__.py", "pil", true)
	other.Distribution = "pillow"
	prog := &program{
		plan: &plan{
			config:     &config.Config{File: "oxgen.toml", Extract: extract},
			interp:     &pyc.Interpreter{},
			platform:   &dist.Platform{Target: target.Target{GOOS: "linux", GOARCH: "amd64"}},
			collection: &collector.Collection{},
		},
		units: []unit{
			module("encodings/__init__.py", "encodings", true), module("mod.py", "mod", false), other, module("pkg/__init__.py", "pkg", true), data,
			module("pkg/sub/deep.py", "pkg.sub.deep", false), module("pkg2/m.py", "pkg2.m", false),
		},
	}
	for i := range prog.units {
		prog.plan.collection.Verdicts = append(prog.plan.collection.Verdicts, collector.Verdict{Origin: prog.units[i].Origin, Kind: collector.VerdictModule})
	}
	return prog
}

func TestFindExtractions(t *testing.T) {
	prog := storageProgram("pkg.sub", "pkg", "pkg2")
	if err := prog.findExtractions(); err != nil {
		t.Fatal(err)
	}
	var names, marked, remarked []string
	for _, x := range prog.extractions {
		names = append(names, x.Package)
		if len(x.Digest) != 32 {
			t.Errorf("digest %q", x.Digest)
		}
	}
	for i := range prog.units {
		if prog.units[i].extracted {
			marked = append(marked, prog.units[i].Path)
		}
		if prog.plan.collection.Verdicts[i].Reason == extractedReason {
			remarked = append(remarked, prog.units[i].Path)
		}
	}
	if diff := cmp.Diff([]string{"pkg", "pkg2"}, names); diff != "" {
		t.Errorf("packages (-want +got):\n%s", diff)
	}
	want := []string{"pkg/__init__.py", "pkg/data/run.sh", "pkg/sub/deep.py", "pkg2/m.py"}
	if diff := cmp.Diff(want, marked); diff != "" {
		t.Errorf("marked files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(want, remarked); diff != "" {
		t.Errorf("verdicts with a remark (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"pkg/data/run.sh"}, prog.extractions[0].Executables); diff != "" {
		t.Errorf("executables (-want +got):\n%s", diff)
	}
}

// TestExtractionDigest has another digest for everything that makes the files on disk differ.
func TestExtractionDigest(t *testing.T) {
	digest := func(change func(*program)) string {
		prog := storageProgram("pkg")
		change(prog)
		if err := prog.findExtractions(); err != nil {
			t.Fatal(err)
		}
		return prog.extractions[0].Digest
	}
	file := func(prog *program, path string) *unit {
		return &prog.units[slices.IndexFunc(prog.units, func(u unit) bool { return u.Path == path })]
	}
	base := digest(func(*program) {})
	seen := map[string]string{base: "nothing"}
	for name, change := range map[string]func(*program){
		"contents": func(p *program) { file(p, "pkg/data/run.sh").digest[31] = 1 },
		"path":     func(p *program) { file(p, "pkg/data/run.sh").Path = "pkg/data/run2.sh" },
		"mode":     func(p *program) { file(p, "pkg/data/run.sh").Executable = false },
		"code": func(p *program) {
			u := file(p, "pkg/__init__.py")
			u.Path, u.sourced, u.code = "pkg/__init__.pyc", false, [][]byte{{1}}
		},
		"magic": func(p *program) { p.plan.interp.Magic[0] = 1 },
	} {
		got := digest(change)
		if other, ok := seen[got]; ok {
			t.Errorf("a change of %s gives the digest of %s", name, other)
		}
		seen[got] = name
	}
	if got := digest(func(p *program) { file(p, "mod.py").digest[0] = 9 }); got != base {
		t.Error("the digest depends on a file of another package")
	}
}

func TestFindExtractionsRefuses(t *testing.T) {
	tests := []struct{ name, want, hint string }{
		{"pgk", `extract: no package is named "pgk"`, `did you mean "pkg"?`},
		{"zzzzzz", `extract: no package is named "zzzzzz"`, "`oxgen scan` lists the packages that are found"},
		{"Pillow", `extract: no package is named "Pillow"`, "the distribution Pillow has the packages pil"},
		{"mod", `extract: "mod" is a module and no package`, "name the package that it is part of"},
		{"encodings", "extract: the package encodings is imported before files can be written", "leave it out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := storageProgram(test.name).findExtractions()
			var d *diag.Error
			if !errors.As(err, &d) || d.Problem != test.want || d.Hint != test.hint || d.File != "oxgen.toml" {
				t.Errorf("got %#v, want problem %q, hint %q", err, test.want, test.hint)
			}
		})
	}
}

// TestUnitFiles has the files that modules are seen as.
func TestUnitFiles(t *testing.T) {
	tests := []struct {
		unit unit
		want table.File
	}{
		{unit{Resource: collector.Resource{Kind: collector.Module, Path: "m.py", Module: "m"}, sourced: true}, table.File{Path: "m.py", Module: "m"}},
		{unit{Resource: collector.Resource{Kind: collector.Module, Path: "m.pyc", Module: "m"}}, table.File{Path: "m.pyc", Module: "m"}},
		{unit{Resource: collector.Resource{Kind: collector.Data, Path: "d"}, data: []byte("x")}, table.File{Path: "d", Stored: table.Stored{Bytes: []byte("x"), Length: 1}}},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, test.unit.file()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.unit.Path, diff)
		}
	}
}

func TestStorage(t *testing.T) {
	no := false
	match := func(text string) rule.Pattern {
		p, err := rule.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := &plan{
		config: &config.Config{Optimize: config.Levels{2, 0, 1}, Bytecode: true, IncludeSource: true},
		rules: rule.List{
			{Match: match("a"), Settings: rule.Settings{Source: &no, Compress: rule.Zlib}},
			{Match: match("a.b"), Settings: rule.Settings{Optimize: []int{1, 2}, Compress: rule.None}},
		},
	}
	for module, want := range map[string]storage{
		"x":   {source: true, levels: []int{0, 1, 2}},
		"a":   {levels: []int{0, 1, 2}, compress: rule.Zlib},
		"a.b": {levels: []int{1, 1, 2}, compress: rule.None},
	} {
		got := p.storage(&collector.Resource{Kind: collector.Module, Module: module})
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(storage{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", module, diff)
		}
	}
}

// TestZstdNeedsPython has a rule ask for zstd, with and without what decompresses it.
func TestZstdNeedsPython(t *testing.T) {
	t.Parallel()
	ask := func(c *config.Config, builtin []string, resources ...collector.Resource) error {
		p := &plan{
			config: c, builtin: builtin, collection: &collector.Collection{Resources: resources},
			rules:  rule.List{{Distribution: "a", Settings: rule.Settings{Compress: rule.Zstd}}},
			interp: &pyc.Interpreter{Version: pyc.Version{Major: 3, Minor: 11}},
		}
		return p.checkZstd()
	}
	c := &config.Config{File: "c.toml", Rules: []config.Rule{{Line: 3}}}
	for name, err := range map[string]error{
		"builtin":   ask(c, []string{"_zstd"}),
		"extension": ask(c, nil, collector.Resource{Module: "_zstd", Kind: collector.Extension}),
		"compact":   ask(&config.Config{Compact: true}, nil),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	const want = `c.toml:3: rule 1 (distribution = "a"): the program's Python 3.11 has no module _zstd to decompress zstd`
	if err := ask(c, nil); err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}

func TestPlacedByRules(t *testing.T) {
	prog := storageProgram("pkg2", "pil")
	prog.plan.config.Rules = make([]config.Rule, 3)
	prog.plan.rules = rule.List{{Distribution: "pillow", Settings: rule.Settings{Location: rule.Memory}}}
	for _, text := range []string{"pkg.*", "pkg.sub.deep"} {
		match, err := rule.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		prog.plan.rules = append(prog.plan.rules, rule.Rule{Match: match, Settings: rule.Settings{Location: rule.Extract}})
	}
	var warned []error
	prog.plan.opts.Warn = func(err error) { warned = append(warned, err) }
	onDisk, problems := prog.placed()
	if diff := cmp.Diff(map[string]bool{"pkg.sub": true, "pkg2": true}, onDisk); diff != "" || problems != nil {
		t.Errorf("(-want +got):\n%s, problems %v", diff, problems)
	}
	if len(warned) != 1 || !strings.Contains(warned[0].Error(), "rule 3") { // pkg.sub is a namespace package, pkg.sub.deep a module
		t.Errorf("warned of %v", warned)
	}
}
