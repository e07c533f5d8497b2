package table

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
)

// sample has one of everything.
func sample() *Contents {
	return &Contents{
		PythonMagic:   [4]byte{0x2b, 0x0e, '\r', '\n'},
		PythonVersion: 0x030e06f0,
		Levels:        []int{0, 2},
		Bootstrap:     []byte("bootstrap"),
		Importer:      []byte("importer"),
		Modules: []Module{
			{Name: "pkg.sub.deep", Code: codes("deep0", "deep2"), Source: Stored{Bytes: []byte("# deep"), Length: 6}},
			{Name: "pkg", Package: true, Code: codes("pkg", "pkg"), Source: Stored{Bytes: []byte("z"), Compression: Zlib, Length: 9}},
			{Name: "pkg.sub", Package: true, Namespace: true},
			{Name: "pkg.late", Source: Stored{Bytes: []byte("print 1"), Compression: Zstd, Length: 70}},
			{Name: "pkg.bare", Code: codes("bare"), Sourceless: true},
			{Name: "größe", Code: codes("unicode")},
			{Name: "app", Code: codes("app")},
		},
		Files: []File{
			{Path: "pkg/__init__.py", Module: "pkg"},
			{Path: "pkg/late.py", Module: "pkg.late"},
			{Path: "pkg/bare.pyc", Module: "pkg.bare"},
			{Path: "pkg/data/empty.txt"},
			{Path: "pkg/data/table.csv", Stored: Stored{Bytes: []byte("1,2\n"), Compression: Zstd, Length: 40}},
			{Path: "dist-1.0.dist-info/METADATA", Stored: Stored{Bytes: []byte("Name: dist\n"), Length: 11}},
		},
		Distributions: []Distribution{{"dist", "dist-1.0.dist-info"}},
		Extract:       []Extraction{{"pkg", "d1", []string{"pkg/data/table.csv"}}},
		Manifest:      []byte("{}"),
	}
}

func codes(list ...string) [][]byte {
	var all [][]byte
	for _, code := range list {
		all = append(all, []byte(code))
	}
	return all
}

func encode(t testing.TB, c *Contents) string {
	t.Helper()
	data, err := Encode(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func open(t testing.TB, data string) *Reader {
	t.Helper()
	r, err := Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// modules returns what a reader yields, as lines.
func modules(t *testing.T, r *Reader) []string {
	t.Helper()
	var lines []string
	for m, err := range r.Modules() {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s %s code=%q source=%q", m.Name, flags(&m), m.Code, m.Source.Bytes))
	}
	return lines
}

// flags returns a letter for each property of a module.
func flags(m *Module) string {
	letters := []byte("------")
	for i, set := range []bool{m.Package, m.Namespace, m.Source.Compression == Zlib, m.Sourceless, m.Extracted, m.Source.Compression == Zstd} {
		if set {
			letters[i] = "pnzsxZ"[i]
		}
	}
	return string(letters)
}

func files(t *testing.T, r *Reader) []string {
	t.Helper()
	var lines []string
	for e, err := range r.Files() {
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf("%s dir=%v pyc=%v %q compression=%d length=%d", e.Path, e.Dir, e.Pyc, e.Bytes, e.Compression, e.Length))
	}
	return lines
}

func TestRoundTrip(t *testing.T) {
	r := open(t, encode(t, sample()))
	if err := r.Verify(); err != nil {
		t.Error(err)
	}
	if diff := difference(modules(t, r), []string{
		`app ------ code=["app" "app"] source=""`,
		`größe ------ code=["unicode" "unicode"] source=""`,
		`pkg p-z-x- code=["pkg" "pkg"] source="z"`,
		`pkg.bare ---s-- code=["bare" "bare"] source=""`,
		`pkg.late -----Z code=[] source="print 1"`,
		`pkg.sub pn---- code=[] source=""`,
		`pkg.sub.deep ------ code=["deep0" "deep2"] source="# deep"`,
	}); diff != "" {
		t.Errorf("modules (-want +got):\n%s", diff)
	}
	if diff := difference(files(t, r), []string{
		`dist-1.0.dist-info dir=true pyc=false "" compression=0 length=0`,
		`dist-1.0.dist-info/METADATA dir=false pyc=false "Name: dist\n" compression=0 length=11`,
		`pkg dir=true pyc=false "" compression=0 length=0`,
		`pkg/__init__.py dir=false pyc=false "z" compression=1 length=9`,
		`pkg/bare.pyc dir=false pyc=true "bare" compression=0 length=20`,
		`pkg/data dir=true pyc=false "" compression=0 length=0`,
		`pkg/data/empty.txt dir=false pyc=false "" compression=0 length=0`,
		`pkg/data/table.csv dir=false pyc=false "1,2\n" compression=2 length=40`,
		`pkg/late.py dir=false pyc=false "print 1" compression=2 length=70`,
	}); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if got, want := r.Distributions(), sample().Distributions; !reflect.DeepEqual(got, want) {
		t.Errorf("distributions: got %v, want %v", got, want)
	}
	if got, want := r.Extract(), sample().Extract; !reflect.DeepEqual(got, want) {
		t.Errorf("extractions: got %v, want %v", got, want)
	}
	if got, want := r.Levels(), sample().Levels; !reflect.DeepEqual(got, want) {
		t.Errorf("levels: got %v, want %v", got, want)
	}
	for section, want := range map[Section]string{Bootstrap: "bootstrap", Importer: "importer", Manifest: "{}"} {
		if got := r.Section(section); got != want {
			t.Errorf("section %v: got %q, want %q", section, got, want)
		}
	}
	h := r.Header()
	if h.PythonVersion != 0x030e06f0 || h.PythonMagic != [4]byte{0x2b, 0x0e, '\r', '\n'} {
		t.Errorf("header: got %+v", h)
	}
}

// difference returns the lines in which two lists differ, "" if in none. The table's module has no dependencies, so
// go-cmp is not to be had here.
func difference(got, want []string) string {
	var b strings.Builder
	for i := range max(len(got), len(want)) {
		var g, w string
		if i < len(got) {
			g = got[i]
		}
		if i < len(want) {
			w = want[i]
		}
		if g != w {
			fmt.Fprintf(&b, "-%s\n+%s\n", w, g)
		}
	}
	return b.String()
}

func TestOrderDoesNotMatter(t *testing.T) {
	want := encode(t, sample())
	for seed := range uint64(20) {
		c := sample()
		random := rand.New(rand.NewPCG(seed, 1))
		random.Shuffle(len(c.Modules), func(i, j int) { c.Modules[i], c.Modules[j] = c.Modules[j], c.Modules[i] })
		random.Shuffle(len(c.Files), func(i, j int) { c.Files[i], c.Files[j] = c.Files[j], c.Files[i] })
		if encode(t, c) != want {
			t.Fatalf("seed %d gives other bytes", seed)
		}
	}
}

func TestFirst(t *testing.T) {
	var c Contents
	for _, name := range []string{"d", "b", "a", "c"} {
		c.Modules = append(c.Modules, Module{Name: name, Code: codes("code of " + name)})
	}
	c.First = []string{"c", "none", "a", "c"}
	data, err := Encode(&c)
	if err != nil {
		t.Fatal(err)
	}
	_, common, err := NewAll([]*Contents{&c, &c})
	if err != nil {
		t.Fatal(err)
	}
	inCommon, err := common.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	for _, got := range [][]byte{data, inCommon} {
		if want := "code of ccode of acode of bcode of d"; !bytes.Contains(got, []byte(want)) {
			t.Errorf("the table has no %q", want)
		}
	}
}

// TestSharedCode has what levels have in common stored once, and rows of one level as short as can be.
func TestSharedCode(t *testing.T) {
	data := encode(t, sample())
	for _, code := range []string{"bare", "deep0", "deep2"} {
		r := open(t, data)
		if got := strings.Count(r.Section(Code), code); got != 1 {
			t.Errorf("%q is stored %d times", code, got)
		}
	}
	r := open(t, encode(t, &Contents{Modules: []Module{{Name: "a", Code: codes("c")}}}))
	page, err := decode(r.slice(r.root.modules))
	if err != nil {
		t.Fatal(err)
	}
	if got := len(page.(dict).values[0].(tuple)); got != 7 {
		t.Errorf("a row of one level has %d ints, want 7", got)
	}
}

// TestLargePages has more entries in one package than a page holds.
func TestLargePages(t *testing.T) {
	c := &Contents{Modules: []Module{{Name: "p", Package: true, Code: codes("p")}}}
	const count = 3*MaxPage + 5
	for i := range count {
		c.Modules = append(c.Modules, Module{Name: fmt.Sprintf("p.m%04d", i), Code: codes("c")})
		c.Files = append(c.Files, File{Path: fmt.Sprintf("d/f%04d", i), Stored: Stored{Bytes: []byte("x"), Length: 1}})
	}
	r := open(t, encode(t, c))
	if got := len(modules(t, r)); got != count+1 {
		t.Errorf("got %d modules, want %d", got, count+1)
	}
	if got := len(files(t, r)); got != count+1 {
		t.Errorf("got %d files, want %d", got, count+1)
	}
	page, err := decode(r.slice(r.root.modules))
	if err != nil {
		t.Fatal(err)
	}
	row, err := row(page.(dict).values[0], 7)
	if err != nil {
		t.Fatal(err)
	}
	split, err := decode(r.slice(span{row[5], row[6]}))
	if err != nil {
		t.Fatal(err)
	}
	if fences, ok := split.(tuple); !ok || len(fences[0].(tuple)) != 4 {
		t.Errorf("page of %d entries is not split into four leaves", count)
	}
}

func TestEncodeRefuses(t *testing.T) {
	code := codes("c")
	tests := []struct {
		name     string
		contents Contents
		want     string
	}{
		{"module twice", Contents{Modules: []Module{{Name: "a", Code: code}, {Name: "a", Code: code}}}, `two modules are named "a"`},
		{"no parent", Contents{Modules: []Module{{Name: "a.b", Code: code}}}, "its parent is no package"},
		{"parent is a module", Contents{Modules: []Module{{Name: "a", Code: code}, {Name: "a.b", Code: code}}}, "its parent is no package"},
		{"empty name", Contents{Modules: []Module{{Name: "a..b", Code: code}}}, "has an empty part"},
		{"namespace with code", Contents{Modules: []Module{{Name: "a", Namespace: true, Code: code}}}, "a namespace package has neither"},
		{"neither code nor source", Contents{Modules: []Module{{Name: "a", Sourceless: true}}}, "a module without source has code"},
		{"sourceless with source", Contents{Modules: []Module{{Name: "a", Sourceless: true, Code: code, Source: Stored{Bytes: []byte("s")}}}}, "a module without source has code"},
		{"code for no level", Contents{Modules: []Module{{Name: "a", Code: codes("0", "2")}}}, "2 code objects for 1 levels"},
		{"empty code", Contents{Modules: []Module{{Name: "a", Code: codes("")}}}, "an empty code object"},
		{"levels in disorder", Contents{Levels: []int{2, 0}}, "ascending"},
		{"unknown level", Contents{Levels: []int{0, 3}}, "0, 1 and 2"},
		{"no level", Contents{Levels: []int{}}, "no level"},
		{"file of no module", Contents{Files: []File{{Path: "a.py", Module: "a"}}}, "no module of the table"},
		{"extract of nothing", Contents{Extract: []Extraction{{Package: "a", Digest: "d"}}}, `"a" is no package`},
		{"extract of a module", Contents{Modules: []Module{{Name: "a", Code: code}}, Extract: []Extraction{{Package: "a", Digest: "d"}}}, `"a" is no package`},
		{"extract to elsewhere", Contents{
			Modules: []Module{{Name: "a", Package: true, Code: code}}, Extract: []Extraction{{Package: "a", Digest: "../d"}},
		}, "is no file name"},
		{"extract twice", Contents{
			Modules: []Module{{Name: "a", Package: true, Code: code}}, Extract: []Extraction{{Package: "a", Digest: "d"}, {Package: "a", Digest: "e"}},
		}, "is listed twice"},
		{"extract within", Contents{
			Modules: []Module{{Name: "a", Package: true, Code: code}, {Name: "a.b", Package: true, Code: code}},
			Extract: []Extraction{{Package: "a.b", Digest: "d"}, {Package: "a", Digest: "e"}},
		}, `"a.b" lies within "a"`},
		{"file twice", Contents{Files: []File{{Path: "a"}, {Path: "a"}}}, `two files are at "a"`},
		{"file as directory", Contents{Files: []File{{Path: "a"}, {Path: "a/b"}}}, `goes through the file "a"`},
		{"parent path", Contents{Files: []File{{Path: "../a"}}}, "is not clean"},
		{"absolute path", Contents{Files: []File{{Path: "/a"}}}, "is not clean"},
		{"distribution twice", Contents{Distributions: []Distribution{{"d", "1"}, {"d", "2"}}}, `two distributions are named "d"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Encode(&test.contents)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want one with %q", err, test.want)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	good := encode(t, sample())
	patch := func(at int, b ...byte) string {
		bad := []byte(good)
		copy(bad[at:], b)
		return string(bad)
	}
	tests := []struct {
		name string
		data string
		want error
	}{
		{"empty", "", ErrNotTable},
		{"other magic", patch(0, 'X'), ErrNotTable},
		{"header cut", good[:HeaderSize-1], ErrTruncated},
		{"cut", good[:len(good)-1], ErrTruncated},
		{"other format", patch(atVersion, 1), ErrVersion},
		{"section outside", patch(atSections+7, 1), ErrCorrupt},
		{"root is no dict", patch(int(binary.LittleEndian.Uint64([]byte(good[atSections+16*int(Root):]))), 'i'), ErrCorrupt},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Open(test.data); !errors.Is(err, test.want) {
				t.Errorf("got error %v, want %v", err, test.want)
			}
		})
	}
}

func TestVerifyNoticesEveryByte(t *testing.T) {
	good := encode(t, sample())
	for at := atSections; at < len(good); at++ {
		bad := []byte(good)
		bad[at] ^= 1
		if r, err := Open(string(bad)); err == nil && r.Verify() == nil {
			t.Fatalf("byte %d changed, and nobody noticed", at)
		}
	}
}

func TestTrailingBytesAreIgnored(t *testing.T) {
	good := encode(t, sample())
	r := open(t, good+"the rest of an executable")
	if err := r.Verify(); err != nil {
		t.Error(err)
	}
}

func FuzzOpen(f *testing.F) {
	good := []byte(encode(f, sample()))
	f.Add(good)
	f.Add(good[:HeaderSize])
	tables, common := encodeAll(f, twoContents())
	f.Add(tables[0])
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := OpenWith(string(data), string(common))
		if err != nil {
			return
		}
		for _, err := range r.Modules() {
			if err != nil {
				break
			}
		}
		for _, err := range r.Files() {
			if err != nil {
				break
			}
		}
		_ = r.Verify()
	})
}

// FuzzPage has every page that decodes come out the same when it is written again.
func FuzzPage(f *testing.F) {
	f.Add(appendValue(nil, dict{keys: []string{"a", "ö"}, values: []any{ints(1, -2), tuple{"x", dict{}}}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		v, err := decode(string(data))
		if err != nil {
			return
		}
		written := appendValue(nil, v)
		again, err := decode(string(written))
		if err != nil {
			t.Fatalf("%q was written as %q: %v", data, written, err)
		}
		if !bytes.Equal(appendValue(nil, again), written) {
			t.Fatalf("%q is not stable", written)
		}
	})
}
