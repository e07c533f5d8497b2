package report_test

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/report"
)

// hostile is a name that breaks out of wherever it is not escaped.
const hostile = "</script><script>window.broken=1</script><img src=x onerror=window.broken=1>\"'`${window.broken=1}\u2028<!--"

// sample is the data of a program with hostile names everywhere.
func sample() *report.Data {
	d := &report.Data{
		Name:  hostile,
		Facts: []report.Fact{{Name: "Python", Value: hostile}, {Name: "Targets", Value: "linux/amd64"}},
		Size:  10_000,
		Kinds: []report.Total{{Name: "module", Files: 3, Size: 700}, {Name: "package", Files: 2, Size: 200}, {Name: "resource", Files: 1, Size: 50}, {Name: hostile, Files: 1}},
		Distributions: []report.Distribution{
			{Name: "shop", Version: "1.0", Licence: hostile}, {Name: "standard library"}, {Name: hostile},
		},
		Files: []report.File{
			{"shop", 1, 0, 100},
			{"shop.cart", 0, 0, 400},
			{"shop/data.txt", 2, 0, 50},
			{"json", 1, 1, 100},
			{"json.decoder", 0, 1, 200},
			{hostile, 3, 2, 100},
			{"bare", 0, 2, 100},
		},
		Other: []report.Other{{Name: "libpython and Go", Size: 9000}},
		Components: []report.Component{
			{Name: "shop", Version: "1.0", Kind: "distribution", Licence: "MIT", From: "License", Homepage: "https://example.com/"},
			{Name: hostile, Version: hostile, Kind: hostile, Stated: hostile, PURL: hostile, Summary: hostile, Depth: 1},
		},
		Natives:  []report.Native{{Path: "shop/_fast.so", Size: 100, Needs: []string{"libc.so.6", hostile}, Glibc: "GLIBC_2.17", Oldest: "Debian 10"}},
		Systems:  []report.System{{Target: "linux/amd64", Versions: "GLIBC_2.17", Oldest: "Debian 10"}},
		Verdicts: []report.Total{{Name: "module", Files: 5}, {Name: "excluded", Files: 1}},
		Left:     []report.Left{{Origin: hostile, Verdict: "excluded", Reason: hostile}},
	}
	d.Imports = &report.Imports{
		Kinds: []string{"import", "module", "package", "call"},
		Whens: []string{"", "function, tried"},
		Nodes: []report.Node{
			{"bare", 1, 2, 100, hostile, -1, ""},
			{"json", 2, 1, 100, "stdlib/json/__init__.py", 0, ""},
			{"json.decoder", 1, 1, 200, "stdlib/json/decoder.py", 1, ""},
			{"shop", 2, 0, 100, "shop/__init__.py", -1, "the program runs it (run)"},
			{hostile, 1, 2, 0, "", 2, ""},
		},
		Edges:   []report.Edge{{3, 1, 0, 4, 0}, {1, 2, 0, 9, 1}, {3, 4, 3, 12, 1}},
		Missing: []report.Missing{{Name: "ujson", Optional: true, Importers: []report.Importer{{Node: 1, Line: 3, When: 1}}}, {Name: hostile, Importers: []report.Importer{{Node: 3, Line: 1}, {Node: 4}}}},
	}
	return d
}

func page(t *testing.T, d *report.Data) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestEscaped holds the page against one with harmless names: both have the same elements.
func TestEscaped(t *testing.T) {
	t.Parallel()
	elements := func(text []byte) []string {
		return regexp.MustCompile(`(?i)</?(script|img|style|body|main)\b|<!--`).FindAllString(string(text), -1)
	}
	got := page(t, sample())
	if diff := cmp.Diff(elements(page(t, &report.Data{Name: "shop"})), elements(got)); diff != "" {
		t.Errorf("names make elements (-want +got)\n%s", diff)
	}
	text := regexp.MustCompile(`(?s)<script type="application/json" id="data">(.*?)</script>`).FindSubmatch(got)
	if text == nil {
		t.Fatal("there is no data")
	}
	var d report.Data
	if err := json.Unmarshal(text[1], &d); err != nil {
		t.Fatal(err)
	}
	if d.Name != hostile || d.Components[1].Stated != hostile {
		t.Errorf("the data came back as %+v", d)
	}
	if strings.ContainsAny(string(text[1]), "<>&\u2028") {
		t.Error("the data has characters that markup knows")
	}
}

func TestSame(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(page(t, sample()), page(t, sample())) {
		t.Error("two pages of one program differ")
	}
}

// TestSelfContained has the page name nothing that a browser would fetch.
func TestSelfContained(t *testing.T) {
	t.Parallel()
	text := string(page(t, &report.Data{Name: "shop"}))
	for _, m := range regexp.MustCompile(`(?i)(src|href)\s*=\s*"([^"]*)"|url\(|@import|fetch\(|XMLHttpRequest|import\(|eval\(|innerHTML`).FindAllString(text, -1) {
		if m != `href="#main"` && m != `href="data:,"` {
			t.Errorf("the page has %s", m)
		}
	}
	if !strings.Contains(text, "default-src &#39;none&#39;") {
		t.Error("the page has no policy")
	}
}
