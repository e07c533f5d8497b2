package dist

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var cmpTrees = cmp.AllowUnexported(tree{}, entry{})

func sampleTree(root string) *tree {
	return &tree{root: root, key: "h1:abc=", entries: []entry{
		{executable, 2, "bin/python3.14"},
		{link, 10, "bin/python3"},
		{regular, 0, "lib/a name with spaces"},
	}}
}

func TestTreeCodec(t *testing.T) {
	t.Parallel()
	want := sampleTree("")
	got, err := decodeTree(want.encode())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpTrees); diff != "" {
		t.Errorf("tree (-want +got):\n%s", diff)
	}
}

func TestDecodeTreeRefuses(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"",
		"oxgen tree 2 key\nend 0\n",
		"oxgen tree 1 key\n",
		"oxgen tree 1 key\nf 1 a\n",
		"oxgen tree 1 key\nf 1 a\nend 2\n",
		"oxgen tree 1 key\nq 1 a\nend 1\n",
		"oxgen tree 1 key\nf -1 a\nend 1\n",
		"oxgen tree 1 key\nf 1 ../a\nend 1\n",
		"oxgen tree 1 key\nf 1 /a\nend 1\n",
		"oxgen tree 1 key\nf\nend 1\n",
	} {
		if got, err := decodeTree([]byte(text)); err == nil {
			t.Errorf("decodeTree(%q) = %+v, want an error", text, got)
		}
	}
}

func FuzzDecodeTree(f *testing.F) {
	f.Add(sampleTree("").encode())
	f.Add([]byte("oxgen tree 1 \nend 0\n"))
	f.Add([]byte("oxgen tree 1 k\nf 01 a\nend 1\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := decodeTree(data)
		if err != nil {
			return
		}
		again, err := decodeTree(got.encode())
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(got, again, cmpTrees); diff != "" {
			t.Errorf("tree (-first +again):\n%s", diff)
		}
		if !bytes.HasPrefix(data, []byte(listHeader)) {
			t.Error("no header")
		}
	})
}

// TestOpenTree changes an unpacked tree in all ways that have to be noticed, and in some that must not matter.
func TestOpenTree(t *testing.T) {
	t.Parallel()
	onUnix(t)
	tests := []struct {
		name   string
		change func(root string) error
		ok     bool
	}{
		{"nothing", func(string) error { return nil }, true},
		{"a file of the interpreter's", func(root string) error {
			return os.WriteFile(filepath.Join(root, "lib", "x.pyc"), nil, 0o644)
		}, true},
		{"a file is gone", func(root string) error { return os.Remove(filepath.Join(root, "lib", "a name with spaces")) }, false},
		{"a file is longer", func(root string) error {
			return os.WriteFile(filepath.Join(root, "bin", "python3.14"), []byte("longer"), 0o755)
		}, false},
		{"not executable", func(root string) error { return os.Chmod(filepath.Join(root, "bin", "python3.14"), 0o644) }, false},
		{"a link is gone", func(root string) error { return os.Remove(filepath.Join(root, "bin", "python3")) }, false},
		{"the list is gone", func(root string) error { return os.Remove(filepath.Join(root, listName)) }, false},
		{"the list is cut", func(root string) error { return os.Truncate(filepath.Join(root, listName), 30) }, false},
		{"of something else", func(root string) error {
			other := sampleTree("")
			other.key = "h1:other="
			return os.WriteFile(filepath.Join(root, listName), other.encode(), 0o644)
		}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			put(t, root, "bin/python3.14*", "#!", "lib/a name with spaces", "", listName, string(sampleTree("").encode()))
			if err := os.Symlink("python3.14", filepath.Join(root, "bin", "python3")); err != nil {
				t.Fatal(err)
			}
			if err := tt.change(root); err != nil {
				t.Fatal(err)
			}
			if _, err := openTree(root, "h1:abc="); (err == nil) != tt.ok {
				t.Errorf("openTree: %v, want it to be complete: %v", err, tt.ok)
			}
		})
	}
}
