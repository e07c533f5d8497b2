package gen

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/rule"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/pyembed/table"
)

// dataUnit returns a unit of the file name, as it is collected.
func dataUnit(t *testing.T, name string, contents []byte) *unit {
	t.Helper()
	if err := os.WriteFile(name, contents, 0o600); err != nil {
		t.Fatal(err)
	}
	r := collector.LibraryAt("app/data.bin", name, collector.Origin{Input: "src", File: "app/data.bin"})
	r.Kind, r.Size = collector.Data, int64(len(contents))
	return &unit{Resource: r}
}

// TestLarge reads data of several sizes and kinds: what is large and nothing but data is not held, and is there when it is wanted.
func TestLarge(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "data.bin")
	large := bytes.Repeat([]byte("large\n"), largeSize/4)
	for _, test := range []struct {
		name     string
		contents []byte
		compress string
		stays    bool
	}{
		{"small", large[:largeSize-1], "", false},
		{"large", large, "", true},
		{"compressed", large, rule.Zlib, false},
		{"machine code", append([]byte("\x7fELF\x02\x01\x01"), large...), "", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			u := dataUnit(t, name, test.contents)
			u.how.compress = test.compress
			if err := (&program{}).load(u); err != nil {
				t.Fatal(err)
			}
			f := u.file()
			if u.large != test.stays || (u.data == nil) != test.stays || (f.Large != nil) != test.stays {
				t.Fatalf("large is %v, %d bytes are held, the table has %d and %v; want it to stay: %v", u.large, len(u.data), len(f.Bytes), f.Large, test.stays)
			}
			if u.length != len(test.contents) || f.Length != len(test.contents) || !bytes.Equal(u.text(), test.contents) {
				t.Errorf("length %d and %d in the table, want %d", u.length, f.Length, len(test.contents))
			}
			if test.compress == "" && u.stores() != int64(len(test.contents)) {
				t.Errorf("stores %d bytes, want %d", u.stores(), len(test.contents))
			}
		})
	}
}

// TestLargeIsReadAgain writes a table after large data has been left alone, changed and removed.
func TestLargeIsReadAgain(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "data.bin")
	contents := bytes.Repeat([]byte{7}, largeSize)
	u := dataUnit(t, name, contents)
	if err := (&program{}).load(u); err != nil {
		t.Fatal(err)
	}
	read := func() ([]byte, error) {
		r, err := u.file().Large.Open()
		if err != nil {
			return nil, err
		}
		defer r.Close()
		return io.ReadAll(r)
	}
	if data, err := read(); err != nil || !bytes.Equal(data, contents) {
		t.Errorf("got %d bytes and error %v, want the contents", len(data), err)
	}
	contents[largeSize/2]++
	dataUnit(t, name, contents)
	if _, err := read(); err == nil || err.Error() != "src/app/data.bin: was changed while it was read" {
		t.Errorf("of a changed file: got error %v", err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if _, err := read(); err == nil || !strings.HasPrefix(err.Error(), "src/app/data.bin: ") {
		t.Errorf("of a file that is gone: got error %v", err)
	}
}

// TestCheckTable has programs around the size that a table can have.
func TestCheckTable(t *testing.T) {
	t.Parallel()
	prog := &program{plan: &plan{config: &config.Config{File: "c.toml"}, platform: &dist.Platform{Target: target.Target{GOOS: "linux", GOARCH: "amd64"}}}}
	prog.units = []unit{
		{Resource: collector.Resource{Path: "a/x.bin"}, large: true, length: table.MaxSize - 5_000_000},
		{Resource: collector.Resource{Path: "b/x.bin"}, data: make([]byte, 5_000_000)},
	}
	if err := prog.checkTable(); err != nil {
		t.Error(err)
	}
	prog.units[0].length++
	const want = "c.toml: the program for linux/amd64 has 2147.5 MB, and an executable can carry no more than 2 GiB: a 2142.5 MB, b 5.0 MB"
	if err := prog.checkTable(); err == nil || err.Error() != want {
		t.Errorf("got error %v, want %s", err, want)
	}
}
