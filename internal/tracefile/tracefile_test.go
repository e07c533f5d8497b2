package tracefile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseNotes(t *testing.T) {
	t.Parallel()
	got := ParseNotes([]byte("module json\nmodule _oxgen_files\nmodule a.b\nresource a/x y.txt\nmodule json\n" +
		"resource Some_Dist-1.0.dist-info/METADATA\nmodule \nnonsense\nmodule b c\nmodule cut"))
	want := &Trace{Modules: []string{"a.b", "json"}, Resources: []string{"a/x y.txt"}, Distributions: []string{"some-dist"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// What is written is read back, and merging twice changes nothing.
func TestFormat(t *testing.T) {
	t.Parallel()
	trace := &Trace{Modules: []string{"b", "a"}, Resources: []string{"é \"\\\t\x7f/x"}}
	trace.Merge(&Trace{Modules: []string{"a", "c"}, Distributions: []string{"d"}})
	first := trace.Format()
	got, err := Parse(first, "x")
	if err != nil {
		t.Fatal(err)
	}
	got.Merge(trace)
	if diff := cmp.Diff(string(first), string(got.Format())); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
	if want := "modules = [\n  \"a\",\n  \"b\",\n  \"c\",\n]\n"; !strings.Contains(string(first), want) {
		t.Errorf("got %s", first)
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"modules = 3":     "x.toml:1",
		"modules = [\n]]": "x.toml:2",
	} {
		if _, err := Parse([]byte(text), "x.toml"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

func FuzzParseNotes(f *testing.F) {
	f.Add([]byte("module json\nresource a/x.txt\nresource d-1.dist-info/RECORD\n"))
	f.Fuzz(func(t *testing.T, notes []byte) {
		trace := ParseNotes(notes)
		again, err := Parse(trace.Format(), "x")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(trace.Format()), string(again.Format())); diff != "" {
			t.Errorf("(-first +second):\n%s", diff)
		}
	})
}
