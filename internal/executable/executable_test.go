package executable_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/executable"
	"github.com/oxgen/oxgen/pyembed/table"
)

func encode(t testing.TB, name string) []byte {
	t.Helper()
	data, err := table.Encode(&table.Contents{
		PythonMagic: [4]byte{1, 2, '\r', '\n'},
		Bootstrap:   []byte("b"),
		Importer:    []byte("i"),
		Modules:     []table.Module{{Name: name, Code: [][]byte{[]byte("c")}}},
		Manifest:    []byte("the last bytes of a table, which only the fingerprint knows"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// found returns the offset and the first module of each table in data.
func found(t *testing.T, data []byte) (map[int64]string, error) {
	t.Helper()
	tables, err := executable.Find(bytes.NewReader(data), int64(len(data)))
	got := map[int64]string{}
	for _, f := range tables {
		for m, err := range f.Modules() {
			if err != nil {
				t.Fatal(err)
			}
			got[f.Offset] = m.Name
		}
	}
	return got, err
}

func TestFind(t *testing.T) {
	t.Parallel()
	one, two := encode(t, "one"), encode(t, "two")
	const megabyte = 1 << 20
	zeros := func(n int) []byte { return make([]byte, n) }
	constant := []byte("text" + table.Magic + "more text of the Go program, as its constants lie side by side" + strings.Repeat(".", 200))
	damaged := bytes.Clone(two)
	damaged[len(damaged)-1] ^= 1
	for _, test := range []struct {
		name  string
		parts [][]byte
		want  map[int64]string
	}{
		{"alone", [][]byte{one}, map[int64]string{0: "one"}},
		{"odd offset", [][]byte{zeros(4097), one, zeros(3)}, map[int64]string{4097: "one"}},
		{"magic across the border of a chunk", [][]byte{zeros(megabyte - 3), one}, map[int64]string{megabyte - 3: "one"}},
		{"magic at the border of a chunk", [][]byte{zeros(megabyte), one}, map[int64]string{megabyte: "one"}},
		{"magic before the border of a chunk", [][]byte{zeros(megabyte - 8), one}, map[int64]string{megabyte - 8: "one"}},
		{"two", [][]byte{zeros(1), one, two, zeros(9)}, map[int64]string{1: "one", 1 + int64(len(one)): "two"}},
		{"constants", [][]byte{constant, one, constant}, map[int64]string{int64(len(constant)): "one"}},
		{"magic twice", [][]byte{[]byte(table.Magic), one}, map[int64]string{8: "one"}},
		{"damaged before a whole one", [][]byte{damaged, one}, map[int64]string{int64(len(damaged)): "one"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := found(t, bytes.Join(test.parts, nil))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestFindErrors(t *testing.T) {
	t.Parallel()
	one := encode(t, "one")
	future := bytes.Clone(one)
	binary.LittleEndian.PutUint32(future[8:], 7)
	damaged := bytes.Clone(one)
	damaged[len(damaged)-1] ^= 1
	huge := bytes.Clone(one)
	binary.LittleEndian.PutUint64(huge[24:], 1<<60)
	for _, test := range []struct {
		name string
		data []byte
		want string
	}{
		{"empty", nil, "holds no Python program"},
		{"nothing", make([]byte, 5000), "holds no Python program"},
		{"constant", []byte(table.Magic + strings.Repeat("text of a program ", 50)), "holds no Python program"},
		{"constant at the end", []byte("x" + table.Magic), "holds no Python program"},
		{"size out of range", huge, "holds no Python program"},
		{"another format", future, "format 7, this oxgen reads format 3"},
		{"truncated", one[:len(one)-1], "is truncated"},
		{"damaged", damaged, "is damaged"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := found(t, test.data)
			var d *diag.Error
			if !errors.As(err, &d) || !strings.Contains(d.Problem, test.want) || d.Hint == "" {
				t.Errorf("got %v, want %q with a hint", err, test.want)
			}
		})
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	name := filepath.Join(dir, "x")
	if err := os.WriteFile(name, append(make([]byte, 10), encode(t, "one")...), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := executable.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	if len(f.Tables) != 1 || f.Tables[0].Offset != 10 || f.GoVersion != "" {
		t.Errorf("got %+v", f)
	}
	for _, name := range []string{dir, filepath.Join(dir, "missing")} {
		var d *diag.Error
		if _, err := executable.Open(name); !errors.As(err, &d) || d.File != name {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func FuzzFind(f *testing.F) {
	f.Add(encode(f, "one"))
	f.Add([]byte(table.Magic + table.Magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		tables, err := executable.Find(bytes.NewReader(data), int64(len(data)))
		if (err == nil) != (len(tables) > 0) {
			t.Errorf("%d tables, error %v", len(tables), err)
		}
	})
}
