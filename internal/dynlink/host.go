package dynlink

import (
	"bytes"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/target"
)

// A Host looks for libraries on a Linux machine, and remembers what it found; it is for one goroutine. The zero Host is this
// machine.
type Host struct {
	Root string // the directory that stands for /; "" is /

	found map[string][]Candidate // by platform and name
}

// A Candidate is a library that a machine has.
type Candidate struct {
	Path string // without Host.Root; the name that it was found by, which may be a symbolic link
	// Package is the Debian package that holds it, "libfoo1"; "" when none is known.
	Package string
	File    *objfile.File
}

// Find returns the libraries of the machine that a dynamic linker would take for a name, each file once, in the order in
// which it looks: for the platform's directories of /etc/ld.so.conf, then the standard ones and those of Debian's
// multiarch. Only files for the platform count. What can't be read is passed over.
func (h *Host) Find(library string, t target.Target) []Candidate {
	if library == "" || strings.ContainsAny(library, "/\x00") || t.GOOS != "linux" {
		return nil
	}
	key := t.String() + " " + library
	found, known := h.found[key]
	if known {
		return found
	}
	if h.found == nil {
		h.found = map[string][]Candidate{}
	}
	var real []string
	for _, dir := range h.Dirs(t) {
		name := filepath.Join(dir, library)
		resolved, err := inputs.EvalSymlinks(h.at(name))
		if err != nil || slices.Contains(real, resolved) {
			continue
		}
		real = append(real, resolved)
		f := readLibrary(resolved)
		if f == nil || f.Format != objfile.ELF || f.Target != t {
			continue
		}
		found = append(found, Candidate{Path: name, File: f})
	}
	for i := range found {
		found[i].Package = h.packageOf(found[i].Path)
	}
	h.found[key] = found
	return found
}

// readLibrary reads an object file, nil for what is none.
func readLibrary(name string) *objfile.File {
	r, err := inputs.Open(name)
	if err != nil {
		return nil
	}
	defer r.Close()
	f, err := objfile.Read(name, r)
	if err != nil {
		return nil
	}
	return f
}

func (h *Host) at(name string) string {
	if h.Root == "" {
		return name
	}
	return filepath.Join(h.Root, name)
}

// triplets are the names of Debian's multiarch directories.
var triplets = map[string]string{"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}

// Dirs returns the directories in which libraries of a platform may lie, each once, in the order of ld.so(8) and
// ldconfig(8). Some may not exist.
func (h *Host) Dirs(t target.Target) []string {
	dirs := h.configured("/etc/ld.so.conf", map[string]bool{})
	if triplet := triplets[t.GOARCH]; triplet != "" {
		dirs = append(dirs, "/lib/"+triplet, "/usr/lib/"+triplet, "/usr/local/lib/"+triplet, "/usr/"+triplet+"/lib")
	}
	dirs = append(dirs, "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib64", "/usr/local/lib")
	var each []string
	for _, d := range dirs {
		if d = filepath.Clean(d); !slices.Contains(each, d) {
			each = append(each, d)
		}
	}
	return each
}

// maxConf is how much of a configuration is read, in bytes.
const maxConf = 1 << 20

// configured returns the directories of an ld.so.conf: one a line, with comments, and "include PATTERN" for other files,
// sorted (ldconfig(8); glibc elf/ldconfig.c, parse_conf). A file that was seen says nothing new.
func (h *Host) configured(name string, seen map[string]bool) []string {
	f, err := inputs.Open(h.at(name))
	if err != nil {
		return nil
	}
	defer f.Close()
	if seen[name] {
		return nil
	}
	seen[name] = true
	text, err := io.ReadAll(io.LimitReader(f, maxConf))
	if err != nil {
		return nil
	}
	var dirs []string
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		pattern, include := strings.CutPrefix(line, "include")
		switch {
		case include && pattern != strings.TrimLeft(pattern, " \t"):
			for _, pattern := range strings.Fields(pattern) {
				dirs = append(dirs, h.included(name, pattern, seen)...)
			}
		case strings.HasPrefix(line, "/"):
			line, _, _ = strings.Cut(line, "=") // an old form: "/lib=libc5"
			dirs = append(dirs, strings.TrimSpace(line))
		}
	}
	return dirs
}

func (h *Host) included(by, pattern string, seen map[string]bool) []string {
	if !filepath.IsAbs(pattern) {
		pattern = filepath.Join(filepath.Dir(by), pattern)
	}
	names, err := inputs.Glob(h.at(pattern))
	if err != nil {
		return nil
	}
	var dirs []string
	for _, name := range names {
		if h.Root != "" {
			name = "/" + strings.TrimPrefix(strings.TrimPrefix(name, filepath.Clean(h.Root)), "/")
		}
		dirs = append(dirs, h.configured(name, seen)...)
	}
	return dirs
}

// packageOf returns the Debian package that installed the file at name, by dpkg's lists; "" when none did. The lists may
// have a name below /usr where the file system has it in / and the other way round.
func (h *Host) packageOf(name string) string {
	bare := strings.TrimPrefix(name, "/usr")
	lists, err := inputs.Glob(h.at("/var/lib/dpkg/info/*.list"))
	if err != nil {
		return ""
	}
	for _, list := range lists {
		text, err := inputs.ReadFile(list)
		if err != nil {
			continue
		}
		for _, n := range []string{bare, "/usr" + bare} {
			if bytes.Contains(text, []byte("\n"+n+"\n")) {
				pkg, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(list), ".list"), ":")
				return pkg
			}
		}
	}
	return ""
}
