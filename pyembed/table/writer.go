package table

import (
	"bytes"
	"cmp"
	"crypto"
	"encoding/binary"
	"errors"
	"slices"
	"strconv"
	"strings"
)

// Encode returns the bytes of the table that New makes of c.
func Encode(c *Contents) ([]byte, error) {
	t, err := New(c)
	if err != nil {
		return nil, err
	}
	return t.Bytes()
}

// New makes a table of c, which refers to what c refers to. It refuses names that appear twice, modules whose parent is no package,
// paths that are not clean, a file in the place of a directory, contents that their own doc comments forbid, and tables of 2 GiB and
// more. Large contents are read once, for the fingerprint.
func New(c *Contents) (*Table, error) { return newWith(c, "", nil) }

// newWith refers to the common part with the given fingerprint for the payload with the digests of common.
func newWith(c *Contents, fingerprint string, common map[[digestSize]byte]span) (*Table, error) {
	modules := sortedBy(c.Modules, func(m Module) string { return m.Name })
	files := sortedBy(c.Files, func(f File) string { return f.Path })
	w := newWriter(c)
	if err := errors.Join(checkLevels(w.levels), checkModules(modules, len(w.levels)), checkExtract(c.Extract, modules), checkNatives(c.Natives, modules, files)); err != nil {
		return nil, err
	}
	if size := payload(c); size > MaxSize {
		return nil, errors.New("table of " + strconv.Itoa(size) + " bytes: 2 GiB is the most that an executable can carry")
	}
	w.common = common
	w.section(Bootstrap, c.Bootstrap)
	w.section(Importer, c.Importer)
	w.payload(Code, func() {
		for _, m := range c.byUse(modules) {
			w.code[m.Name] = w.codes(m.Code)
		}
	})
	w.payload(Source, func() {
		for i := range modules {
			w.source[modules[i].Name] = w.put(&modules[i].Source)
		}
	})
	w.payload(Data, func() {
		for i := range files {
			w.data[files[i].Path] = w.put(&files[i].Stored)
		}
	})
	root, err := w.index(modules, files, c, fingerprint)
	if err != nil {
		return nil, err
	}
	w.section(Root, root)
	w.section(Manifest, c.Manifest)
	return w.finish(c, 0)
}

// byUse returns modules, which are sorted by name, with those of First in front.
func (c *Contents) byUse(modules []Module) []*Module {
	ordered := make([]*Module, 0, len(modules))
	taken := map[int]bool{}
	take := func(i int) {
		if !taken[i] {
			ordered, taken[i] = append(ordered, &modules[i]), true
		}
	}
	for _, name := range c.First {
		if i, found := search(modules, name); found {
			take(i)
		}
	}
	for i := range modules {
		take(i)
	}
	return ordered
}

// search returns the place of a module in modules, which are sorted by name.
func search(modules []Module, name string) (int, bool) {
	return slices.BinarySearchFunc(modules, name, func(m Module, name string) int { return strings.Compare(m.Name, name) })
}

func newWriter(c *Contents) *writer {
	w := &writer{levels: c.Levels, code: map[string][]span{}, source: map[string]span{}, data: map[string]span{}}
	if w.levels == nil {
		w.levels = []int{0}
	}
	return w
}

// A span is a run of bytes of the table; the zero span is none. A negative offset is the complement of one in the common part.
type span struct{ offset, size int }

// A writer appends to one table. It remembers where each payload went, by the name of its module or file.
type writer struct {
	table        Table
	sections     [sectionCount]span
	levels       []int
	code         map[string][]span // one for each level
	source, data map[string]span

	common map[[digestSize]byte]span // what lies in the common part, by its digest; nil for none
}

// put appends payload that the common part does not have.
func (w *writer) put(s *Stored) span {
	if s.size() > 0 && w.common != nil {
		if at, ok := w.common[s.sum()]; ok {
			return at
		}
	}
	return w.table.append(s)
}

func (w *writer) append(b []byte) span { return w.table.append(&Stored{Bytes: b}) }

// codes appends the code objects of a module and returns a span for each level. What is equal is stored once.
func (w *writer) codes(list [][]byte) []span {
	spans := make([]span, len(w.levels))
	for i := range spans {
		switch {
		case i > 0 && len(list) == 1, i > 0 && len(list) > 1 && bytes.Equal(list[i], list[i-1]):
			spans[i] = spans[i-1]
		case len(list) > 0:
			spans[i] = w.put(&Stored{Bytes: list[i]})
		}
	}
	return spans
}

func (w *writer) section(s Section, b []byte) {
	w.payload(s, func() { w.append(b) })
}

// payload makes section s of what write appends.
func (w *writer) payload(s Section, write func()) {
	at := w.table.Size()
	write()
	w.sections[s] = span{at, w.table.Size() - at}
}

// index appends all pages but the root, which it returns. common is the fingerprint of the common part, "" for none.
func (w *writer) index(modules []Module, files []File, c *Contents, common string) ([]byte, error) {
	var err error
	var m, f, n span
	w.payload(Index, func() {
		m = w.modulePage(moduleTree(modules, c.Extract))
		var tree *directory
		if tree, err = fileTree(files, modules); err == nil {
			f = w.filePage(tree)
		}
		n = w.nativePage(c.Natives)
	})
	if err != nil {
		return nil, err
	}
	var d dict
	for _, dist := range sortedBy(c.Distributions, func(d Distribution) string { return d.Name }) {
		if n := len(d.keys); n > 0 && d.keys[n-1] == dist.Name {
			return nil, errors.New("two distributions are named " + strconv.Quote(dist.Name))
		}
		d.keys, d.values = append(d.keys, dist.Name), append(d.values, dist.Info)
	}
	root := dict{
		keys:   []string{"modules", "files", "distributions", "levels", "native", "extract"},
		values: []any{ints(m.offset, m.size), ints(f.offset, f.size), d, ints(w.levels...), ints(n.offset, n.size), extractions(c.Extract)},
	}
	if common != "" {
		root.keys, root.values = append(root.keys, "common"), append(root.values, common)
	}
	return appendValue(nil, root), nil
}

func extractions(list []Extraction) dict {
	var d dict
	for _, x := range sortedBy(list, func(x Extraction) string { return x.Package }) {
		value := tuple{x.Digest}
		for _, path := range x.Executables {
			value = append(value, path)
		}
		d.keys, d.values = append(d.keys, x.Package), append(d.values, value)
	}
	return d
}

// page appends the page with the given entries, which are in the order of their keys, and splits it when it is large.
func (w *writer) page(entries dict) span {
	if len(entries.keys) == 0 {
		return span{}
	}
	if len(entries.keys) <= MaxPage {
		return w.append(appendValue(nil, entries))
	}
	var firsts, pages tuple
	for at := 0; at < len(entries.keys); at += MaxPage {
		end := min(at+MaxPage, len(entries.keys))
		leaf := w.append(appendValue(nil, dict{entries.keys[at:end], entries.values[at:end]}))
		firsts, pages = append(firsts, entries.keys[at]), append(pages, leaf.offset, leaf.size)
	}
	return w.append(appendValue(nil, tuple{firsts, pages}))
}

// finish fills in the header.
func (w *writer) finish(c *Contents, flags uint32) (*Table, error) {
	t := &w.table
	if t.Size() > MaxSize {
		return nil, errors.New("table of " + strconv.Itoa(t.Size()) + " bytes: 2 GiB is the most that an executable can carry")
	}
	le := binary.LittleEndian
	copy(t.header[:], Magic)
	le.PutUint32(t.header[atVersion:], FormatVersion)
	copy(t.header[atPythonMagic:], c.PythonMagic[:])
	le.PutUint32(t.header[atPythonVersion:], c.PythonVersion)
	le.PutUint32(t.header[atFlags:], flags)
	le.PutUint64(t.header[atSize:], uint64(t.Size()))
	for i, s := range w.sections {
		le.PutUint64(t.header[atSections+16*i:], uint64(s.offset)) // never negative
		le.PutUint64(t.header[atSections+16*i+8:], uint64(s.size)) // never negative
	}
	sum := crypto.SHA256.New()
	if _, err := t.writeFrom(sum, atSections); err != nil {
		return nil, err
	}
	copy(t.header[atFingerprint:], sum.Sum(nil))
	return t, nil
}

// payload returns about the table's size in bytes, without the index; equal code of several levels counts each time.
func payload(c *Contents) int {
	size := len(c.Bootstrap) + len(c.Importer) + len(c.Manifest)
	for i := range c.Modules {
		size += c.Modules[i].Source.size()
		for _, code := range c.Modules[i].Code {
			size += len(code)
		}
	}
	for i := range c.Files {
		size += c.Files[i].size()
	}
	return size
}

func sortedBy[T any](list []T, key func(T) string) []T {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b T) int { return cmp.Compare(key(a), key(b)) })
	return list
}

func checkLevels(levels []int) error {
	for i, level := range levels {
		if level < 0 || level > 2 || i > 0 && level <= levels[i-1] {
			return errors.New("levels of optimisation must be some of 0, 1 and 2, ascending")
		}
	}
	if len(levels) == 0 {
		return errors.New("no level of optimisation")
	}
	return nil
}

// checkExtract expects modules sorted by name.
func checkExtract(list []Extraction, modules []Module) error {
	within := map[string]bool{}
	for _, x := range list {
		i, found := search(modules, x.Package)
		switch {
		case !found || !modules[i].Package && !modules[i].Namespace:
			return errors.New("extract: " + strconv.Quote(x.Package) + " is no package of the table")
		case !cleanPath(x.Digest) || strings.Contains(x.Digest, "/"):
			return errors.New("extract: digest " + strconv.Quote(x.Digest) + " is no file name")
		case within[x.Package]:
			return errors.New("extract: " + strconv.Quote(x.Package) + " is listed twice")
		}
		within[x.Package] = true
	}
	for _, x := range list {
		for name := x.Package; strings.Contains(name, "."); {
			name = name[:strings.LastIndexByte(name, '.')]
			if within[name] {
				return errors.New("extract: " + strconv.Quote(x.Package) + " lies within " + strconv.Quote(name))
			}
		}
	}
	return nil
}

// checkModules expects modules sorted by name.
func checkModules(modules []Module, levels int) error {
	packages := map[string]bool{}
	for i, m := range modules {
		switch {
		case m.Name == "" || strings.HasPrefix(m.Name, ".") || strings.HasSuffix(m.Name, ".") || strings.Contains(m.Name, ".."):
			return errors.New("module name " + strconv.Quote(m.Name) + " has an empty part")
		case i > 0 && modules[i-1].Name == m.Name:
			return errors.New("two modules are named " + strconv.Quote(m.Name))
		case m.Namespace && (len(m.Code) > 0 || m.Source.size() > 0 || m.Sourceless):
			return errors.New("module " + strconv.Quote(m.Name) + ": a namespace package has neither code nor source")
		case m.Sourceless && (len(m.Code) == 0 || m.Source.size() > 0):
			return errors.New("module " + strconv.Quote(m.Name) + ": a module without source has code, and no source")
		case m.Extension != "" && (m.Namespace || m.Sourceless || len(m.Code) > 0 || m.Source.size() > 0):
			return errors.New("module " + strconv.Quote(m.Name) + ": an extension module has neither code nor source")
		case len(m.Code) > 1 && len(m.Code) != levels:
			return errors.New("module " + strconv.Quote(m.Name) + ": " + strconv.Itoa(len(m.Code)) + " code objects for " + strconv.Itoa(levels) + " levels")
		case slices.ContainsFunc(m.Code, func(code []byte) bool { return len(code) == 0 }):
			return errors.New("module " + strconv.Quote(m.Name) + ": an empty code object")
		}
		packages[m.Name] = m.Package || m.Namespace
	}
	for _, m := range modules {
		if dot := strings.LastIndexByte(m.Name, '.'); dot >= 0 && !packages[m.Name[:dot]] {
			return errors.New("module " + strconv.Quote(m.Name) + ": its parent is no package of the table")
		}
	}
	return nil
}
