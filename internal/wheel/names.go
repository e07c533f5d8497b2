package wheel

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// A memberFault is what is wrong with one member.
type memberFault struct {
	member string
	err    error
}

func (f *memberFault) Error() string { return f.member + ": " + f.err.Error() }
func (f *memberFault) Unwrap() error { return f.err }

func fault(member, format string, args ...any) error {
	return &memberFault{member, fmt.Errorf(format, args...)}
}

// checkName refuses names that could lead out of the directory that a wheel is unpacked in, or that mean different
// files to different systems. A final slash is a folder's.
func checkName(name string) error {
	switch {
	case len(name) > maxName:
		return fault(name[:40]+"…", "its name is longer than %d bytes", maxName)
	case !utf8.ValidString(name):
		return fmt.Errorf("%q: the name is not UTF-8", name)
	case strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return fmt.Errorf("%q: the name holds control characters", name)
	case strings.Contains(name, `\`):
		return fault(name, "its name holds a backslash")
	case strings.Contains(name, ":"):
		return fault(name, "its name holds a colon, as drives have")
	case strings.HasPrefix(name, "/"):
		return fault(name, "its name is absolute")
	case name == "":
		return fmt.Errorf("a member has no name")
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(name, "/"), "/") {
		switch {
		case part == "..":
			return fault(name, "its name leads out of the wheel")
		case part == "" || part == ".":
			return fault(name, "its name has an empty part")
		case len(part) > maxPart:
			return fault(part[:40]+"…", "a part of its name is longer than %d bytes", maxPart)
		}
	}
	return nil
}

// A register refuses paths that collide: twice the same, the same but for case, a file where a folder is.
type register struct {
	files   map[string]string // by the lower case path: the path
	folders map[string]string
}

func newRegister(n int) *register {
	return &register{files: make(map[string]string, n), folders: map[string]string{}}
}

// add takes the path of a file.
func (r *register) add(path string) error {
	key := fold(path)
	if other, ok := r.files[key]; ok {
		if other == path {
			return fault(path, "is there twice")
		}
		return fault(path, "differs from %q only by case", other)
	}
	if other, ok := r.folders[key]; ok {
		return fault(path, "is a file, and %q a folder", other)
	}
	r.files[key] = path
	return r.addFolder(parent(path))
}

// addFolder takes the path of a folder; it may come many times.
func (r *register) addFolder(path string) error {
	for ; path != ""; path = parent(path) {
		key := fold(path)
		if other, ok := r.files[key]; ok {
			return fault(other, "is a file, and %q a folder", path)
		}
		if other, ok := r.folders[key]; !ok {
			r.folders[key] = path
		} else if other == path {
			return nil // and so are those above it
		} else {
			return fault(path, "differs from %q only by case", other)
		}
	}
	return nil
}

// fold brings names together that a file system without case holds for one.
func fold(path string) string { return strings.ToLower(path) }

// parent returns the directory part of a slash path, "" at the top.
func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }
