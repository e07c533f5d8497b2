package wheel

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
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
	case strings.ContainsFunc(name, isControl):
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
		case strings.TrimRight(part, ". ") != part:
			return fault(name, "a part of its name ends in a dot or a blank, which Windows drops")
		case len(part) > maxPart:
			return fault(part[:40]+"…", "a part of its name is longer than %d bytes", maxPart)
		}
	}
	return nil
}

// isControl tells whether a character moves the cursor of a terminal, breaks a line, or turns the direction of writing.
func isControl(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029'
}

// isASCII tells whether a name means the same in every code page.
func isASCII(name string) bool {
	return !strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII })
}

// deviceName matches what Windows takes for a device, whatever the ending (Microsoft, "Naming Files, Paths, and Namespaces").
var deviceName = regexp.MustCompile(`^(?i:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³]) *(\..*)?$`)

// checkDevice refuses names of devices of Windows, in a wheel that says it runs there.
func (w *Wheel) checkDevice(name string) error {
	if !slices.ContainsFunc(w.Platforms, func(p string) bool { return p == "any" || strings.HasPrefix(p, "win") }) {
		return nil
	}
	for part := range strings.SplitSeq(name, "/") {
		if deviceName.MatchString(part) {
			return fault(name, "%q is a device of Windows, and no file", part)
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
		return alike(path, other)
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
			return alike(path, other)
		}
	}
	return nil
}

// alike is the error for two paths that some file systems hold for one.
func alike(path, other string) error {
	if norm.NFC.String(path) == norm.NFC.String(other) {
		return fault(path, "has the name of another file, with its accents written in another way")
	}
	return fault(path, "differs from %q only by case", other)
}

// fold brings names together that a file system holds for one which does not know the case of letters, or in how many
// characters an accented one is written (those of Windows and macOS).
func fold(path string) string {
	if isASCII(path) {
		return strings.ToLower(path)
	}
	return norm.NFC.String(cases.Fold().String(norm.NFC.String(path)))
}

// parent returns the directory part of a slash path, "" at the top.
func parent(path string) string { return path[:max(strings.LastIndexByte(path, '/'), 0)] }
