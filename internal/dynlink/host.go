package dynlink

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/target"
)

// A Host is the machine that oxgen runs on, as a place to look for libraries.
type Host struct {
	root     string // "" is the root of the file system
	dirs     []string
	platform target.Target
}

// NewHost looks for libraries for a platform where the dynamic linker of this machine does: in the directories of
// /etc/ld.so.conf, then in the usual ones (ld.so(8), ldconfig(8)).
func NewHost(t target.Target) *Host { return newHost("", t) }

func newHost(root string, t target.Target) *Host {
	h := &Host{root: root, platform: t}
	h.configured(root+"/etc/ld.so.conf", 0)
	machine := map[string]string{"amd64": "x86_64", "arm64": "aarch64"}[t.GOARCH]
	for _, dir := range []string{"/lib/" + machine + "-linux-gnu", "/usr/lib/" + machine + "-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib"} {
		h.add(dir)
	}
	return h
}

func (h *Host) add(dir string) {
	if !slices.Contains(h.dirs, dir) {
		h.dirs = append(h.dirs, dir)
	}
}

// maxIncludes bounds how deep files of ld.so.conf include each other.
const maxIncludes = 8

// configured reads a file of ld.so.conf's syntax; one that can't be read is passed over, as ldconfig does.
func (h *Host) configured(file string, depth int) {
	f, err := os.Open(file)
	if err != nil || depth > maxIncludes {
		return
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line, _, _ := strings.Cut(lines.Text(), "#")
		line = strings.TrimSpace(line)
		pattern, included := strings.CutPrefix(line, "include")
		switch pattern = strings.TrimSpace(pattern); {
		case line == "":
		case included && pattern != "":
			if !filepath.IsAbs(pattern) {
				pattern = filepath.Join(filepath.Dir(file), pattern)
			} else {
				pattern = h.root + pattern
			}
			names, _ := filepath.Glob(pattern)
			for _, name := range names { // sorted
				h.configured(name, depth+1)
			}
		case strings.HasPrefix(line, "/"):
			h.add(strings.TrimRight(line, "/"))
		}
	}
}

// Find returns the path of the library of a name, links followed, and what it is; ok is false when there is none for the
// platform. dirs are searched first.
func (h *Host) Find(name string, dirs ...string) (file string, f *objfile.File, ok bool) {
	for _, dir := range slices.Concat(dirs, h.dirs) {
		place, err := filepath.EvalSymlinks(filepath.Join(h.root+dir, name))
		if err != nil {
			continue
		}
		if f, err := readFile(place); err == nil && f.Class == objfile.Library && f.Target == h.platform {
			return place, f, true
		}
	}
	return "", nil, false
}

func readFile(name string) (*objfile.File, error) {
	r, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return objfile.Read(name, r)
}

// Package returns the Debian package that a file of this machine came with, "" where that can't be told.
func (h *Host) Package(file string) string {
	lists, _ := filepath.Glob(h.root + "/var/lib/dpkg/info/*.list")
	wanted := []string{file}
	// Since /lib is a link to /usr/lib, packages list either.
	if rest, ok := strings.CutPrefix(file, "/usr/"); ok {
		wanted = append(wanted, "/"+rest)
	}
	for _, list := range lists {
		data, err := os.ReadFile(list)
		if err != nil {
			continue
		}
		for _, w := range wanted {
			if strings.Contains("\n"+string(data), "\n"+w+"\n") {
				name := strings.TrimSuffix(filepath.Base(list), ".list")
				name, _, _ = strings.Cut(name, ":")
				return name
			}
		}
	}
	return ""
}
