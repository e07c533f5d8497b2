package collector

import (
	"bufio"
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/wheel"
)

// attribute finds out which distribution each file belongs to: by RECORD, by installed-files.txt, and where there
// is neither by top_level.txt.
func (t *tree) attribute() {
	if t.input.Kind == Stdlib {
		for _, e := range t.entries {
			e.Distribution = StdlibDistribution
		}
		return
	}
	if t.input.Kind != SitePackages && t.input.Kind != SourceTree {
		return
	}
	owners := t.owners()
	if owners == nil {
		return
	}
	for _, e := range t.entries {
		e.Distribution = owners.of(e.Path)
	}
	t.setLocalURLsAside()
}

// owners knows the distributions of files.
type owners struct {
	files map[string]string // by path
	tops  map[string]string // by the first part of the path, for what files does not know
}

func (o *owners) of(path string) string {
	if dist, ok := o.files[path]; ok {
		return dist
	}
	top, _, _ := strings.Cut(path, "/")
	if dist := distributionOf(top); dist != "" {
		return dist
	}
	return o.tops[top]
}

// owners reads the lists of installed files at the top of the input; nil if there are none. It adds verdicts for
// files that a list names and that are not there.
func (t *tree) owners() *owners {
	var o *owners
	present := map[string]bool{}
	for _, f := range t.root.folders {
		dist := distributionOf(f.name)
		if dist == "" {
			continue
		}
		if o == nil {
			o = &owners{files: map[string]string{}, tops: map[string]string{}}
			for _, e := range t.entries {
				present[e.Path] = true
			}
		}
		installed := f.installed()
		for _, p := range installed {
			o.files[p] = dist
			t.missing(p, present)
		}
		if len(installed) == 0 {
			for _, top := range f.lines("top_level.txt") {
				o.tops[top], o.tops[top+".py"] = dist, dist
			}
		}
	}
	return o
}

// installed lists the files of a distribution, relative to the directory above f; nil when there is no list.
func (f *folder) installed() []string {
	var paths []string
	if data := f.content("RECORD"); data != nil {
		for _, line := range wheel.RecordPaths(data) {
			paths = append(paths, path.Clean(line))
		}
		return paths
	}
	for _, line := range f.lines("installed-files.txt") { // relative to the .egg-info directory itself
		paths = append(paths, path.Join(f.name, line))
	}
	return paths
}

// missing gives a verdict to a file that was installed with a distribution and is not in the directory. Bytecode
// comes and goes, so its absence means nothing.
func (t *tree) missing(p string, present map[string]bool) {
	if t.input.Kind != SitePackages || present[p] || t.input.passes(p) && isRegular(t.disk(p)) || strings.HasSuffix(p, ".pyc") {
		return
	}
	present[p] = true
	e := &entry{name: path.Base(p)}
	e.Origin = t.origin(p)
	e.Path = p
	outside := strings.HasPrefix(p, "../") || path.IsAbs(p)
	above := path.Base(path.Dir(p))
	switch {
	case outside && (above == "bin" || above == "Scripts"):
		e.settle(VerdictScript, "", "program of a distribution, outside of the directory")
	case outside:
		e.settle(VerdictUnsupported, "", "installed outside of the directory")
	default:
		e.settle(VerdictUnsupported, "", "listed among the installed files, but not there")
	}
	t.entries = append(t.entries, e)
}

// content reads a small file directly in f; nil if there is none, or it can't be read.
func (f *folder) content(name string) []byte {
	i := slices.IndexFunc(f.files, func(e *entry) bool { return e.name == name })
	if i < 0 || f.files[i].Size > maxList {
		return nil
	}
	data, err := f.files[i].Read()
	if err != nil {
		return nil
	}
	return data
}

// maxList is the size up to which a list of installed files is believed, in bytes.
const maxList = 64 << 20

// lines returns the lines of a file in f that are not blank.
func (f *folder) lines(name string) []string {
	var lines []string
	s := bufio.NewScanner(bytes.NewReader(f.content(name)))
	for s.Scan() {
		if line := strings.TrimSpace(s.Text()); line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}
