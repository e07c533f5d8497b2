package dist

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// A tree is an unpacked directory and the list of what belongs into it. The list lies in the file listName of the
// directory itself, so that it appears and goes with it:
//
//	list  = "oxgen tree 1 " key "\n" { entry } "end " count "\n" .
//	entry = kind " " size " " name "\n" .
//	kind  = "f" | "x" | "l" .                  file, executable file, symbolic link
//
// key says what the tree was made of (the sum of a module, the digest of an archive). size is in bytes, of a link that
// of its target's name. name is a slash path below the directory. Directories are not listed. count is the number
// of entries; a list without its last line was cut off by a crash, and its tree does not count.
type tree struct {
	root    string
	key     string
	entries []entry
}

type entry struct {
	kind entryKind
	size int64
	name string
}

type entryKind byte

const (
	regular    entryKind = 'f'
	executable entryKind = 'x'
	link       entryKind = 'l'
)

const (
	listName   = ".oxgen-tree"
	listHeader = "oxgen tree 1 "
)

// encode returns the list in its file format.
func (t *tree) encode() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%s\n", listHeader, t.key)
	for _, e := range t.entries {
		fmt.Fprintf(&b, "%c %d %s\n", e.kind, e.size, e.name)
	}
	fmt.Fprintf(&b, "end %d\n", len(t.entries))
	return b.Bytes()
}

// decodeTree reads a list. The error names the line, counted from 1.
func decodeTree(data []byte) (*tree, error) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	if !lines.Scan() {
		return nil, errors.New("line 1: the list is empty")
	}
	key, ok := strings.CutPrefix(lines.Text(), listHeader)
	if !ok {
		return nil, fmt.Errorf("line 1: %q is not the header of a list", lines.Text())
	}
	t := &tree{key: key}
	for n := 2; lines.Scan(); n++ {
		if count, ok := strings.CutPrefix(lines.Text(), "end "); ok {
			if count != strconv.Itoa(len(t.entries)) {
				return nil, fmt.Errorf("line %d: %d entries, %q expected", n, len(t.entries), count)
			}
			return t, nil
		}
		e, err := decodeEntry(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		t.entries = append(t.entries, e)
	}
	if err := lines.Err(); err != nil {
		return nil, err
	}
	return nil, errors.New("the list ends early")
}

func decodeEntry(line string) (entry, error) {
	kind, rest, _ := strings.Cut(line, " ")
	digits, name, _ := strings.Cut(rest, " ")
	size, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || size < 0 {
		return entry{}, fmt.Errorf("size %q", digits)
	}
	switch kind {
	case "f", "x", "l":
	default:
		return entry{}, fmt.Errorf("kind %q", kind)
	}
	if !fs.ValidPath(name) {
		return entry{}, fmt.Errorf("name %q", name)
	}
	return entry{entryKind(kind[0]), size, name}, nil
}

// openTree returns the tree in the directory root if it was made of key and all that belongs into it is there.
// It compares kinds and sizes, not contents: some 2 ms for a Python.
func openTree(root, key string) (*tree, error) {
	data, err := os.ReadFile(filepath.Join(root, listName))
	if err != nil {
		return nil, err
	}
	t, err := decodeTree(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", listName, err)
	}
	if t.key != key {
		return nil, fmt.Errorf("made of %q, want %q", t.key, key)
	}
	t.root = root
	return t, t.check()
}

// check compares what is on the disk with the list.
func (t *tree) check() error {
	for _, e := range t.entries {
		info, err := os.Lstat(t.path(e.name))
		if err != nil {
			return err
		}
		if err := e.check(info); err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}

// check compares an entry with what stands for it. Windows knows no executable bit, and may have a second name of the
// file for a symbolic link.
func (e entry) check(info fs.FileInfo) error {
	windows := runtime.GOOS == "windows"
	if windows && e.kind == link {
		return nil
	}
	if kind := kindOf(info.Mode()); kind != e.kind && !(windows && kind != 0) {
		return fmt.Errorf("mode %v, want kind %c", info.Mode(), e.kind)
	}
	if info.Size() != e.size {
		return fmt.Errorf("%d bytes, want %d", info.Size(), e.size)
	}
	return nil
}

// kindOf returns the kind of what has the mode m, 0 for what has no place in a tree.
func kindOf(m fs.FileMode) entryKind {
	switch {
	case m.Type() == fs.ModeSymlink:
		return link
	case !m.IsRegular():
		return 0
	case m&0o100 != 0:
		return executable
	}
	return regular
}

// path returns the path of the entry name on the disk.
func (t *tree) path(name string) string {
	return filepath.Join(t.root, filepath.FromSlash(name))
}

// has reports whether an entry is name or lies below it.
func (t *tree) has(name string) bool {
	for _, e := range t.entries {
		if e.name == name || strings.HasPrefix(e.name, name+"/") {
			return true
		}
	}
	return false
}
