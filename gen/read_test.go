package gen

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/compression"
	"github.com/oxgen/oxgen/pyembed/table"
)

// The cache may not give what another compressor made.
func TestPackedSource(t *testing.T) {
	t.Parallel()
	mod, err := os.ReadFile("../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	_, version, _ := strings.Cut(packedSource, "klauspost/compress ")
	if !bytes.Contains(mod, []byte("klauspost/compress "+version+"\n")) {
		t.Errorf("packedSource names %s, go.mod has another version", version)
	}
}

func TestPackSource(t *testing.T) {
	t.Parallel()
	for _, source := range []string{"", "x", strings.Repeat("text ", 1000)} {
		want, err := compression.Store([]byte(source), table.Zlib)
		if err != nil {
			t.Fatal(err)
		}
		got := unpackSource(packSource([]byte(source)))
		if diff := cmp.Diff(string(want.Bytes), string(got.Bytes)); diff != "" || got.Compression != want.Compression || got.Length != want.Length {
			t.Errorf("%.10q: %v %d, want %v %d\n%s", source, got.Compression, got.Length, want.Compression, want.Length, diff)
		}
	}
}

// TestDecidedOnce has a unit read by what was decided when it was made: there are no rules to be asked any more.
func TestDecidedOnce(t *testing.T) {
	t.Parallel()
	bare := unit{Resource: collector.Resource{Kind: collector.Module, Module: "a", Path: "a.py"}, code: [][]byte{{1, 2}}}
	if err := (&program{}).load(&bare); err != nil || bare.Path != "a.pyc" {
		t.Errorf("a module without its source: %s, %v", bare.Path, err)
	}
}
