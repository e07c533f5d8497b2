package table

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// A packageNode is a node of the tree of modules; the root has no module.
type packageNode struct {
	module    *Module
	extracted bool
	children  []*packageNode // by name
}

// moduleTree expects checked modules and extractions.
func moduleTree(modules []Module, extract []Extraction) *packageNode {
	root := &packageNode{}
	nodes := map[string]*packageNode{"": root}
	for i := range modules {
		m := &modules[i]
		parent := ""
		if dot := strings.LastIndexByte(m.Name, '.'); dot >= 0 {
			parent = m.Name[:dot]
		}
		n := &packageNode{module: m}
		nodes[m.Name] = n
		nodes[parent].children = append(nodes[parent].children, n)
	}
	for _, x := range extract {
		nodes[x.Package].extracted = true
	}
	return root
}

// modulePage appends the pages of all that is below n, and then its own.
func (w *writer) modulePage(n *packageNode) span {
	entries := dict{}
	// The order of full names is that of last parts within one package.
	for _, child := range n.children {
		m := child.module
		below := w.modulePage(child)
		code, source := w.code[m.Name], w.source[m.Name]
		entries.keys = append(entries.keys, m.Name[strings.LastIndexByte(m.Name, '.')+1:])
		if m.Extension != "" {
			code[0] = w.data[m.Extension]
		}
		row := ints(child.flags(), code[0].offset, code[0].size, source.offset, source.size, below.offset, below.size)
		for _, other := range code[1:] {
			row = append(row, other.offset, other.size)
		}
		if m.Extension != "" {
			row = append(row, m.ending())
		}
		entries.values = append(entries.values, row)
	}
	return w.page(entries)
}

func (n *packageNode) flags() int {
	flags, m := 0, n.module
	if m.Package || m.Namespace {
		flags |= ModulePackage
	}
	if m.Namespace {
		flags |= ModuleNamespace
	}
	switch m.Source.Compression {
	case Zlib:
		flags |= ModuleZlibSource
	case Zstd:
		flags |= ModuleZstdSource
	}
	if m.Sourceless {
		flags |= ModuleSourceless
	}
	if n.extracted {
		flags |= ModuleExtracted
	}
	if m.Extension != "" {
		flags |= ModuleExtension
	}
	return flags
}

// A directory is a node of the tree of files: a file when file is set.
type directory struct {
	name    string
	file    *File
	module  *Module // whose source or .pyc the file is; nil for any other file
	entries map[string]*directory
}

func fileTree(files []File, modules []Module) (*directory, error) {
	byName := make(map[string]*Module, len(modules))
	for i := range modules {
		byName[modules[i].Name] = &modules[i]
	}
	root := &directory{entries: map[string]*directory{}}
	for i := range files {
		f := &files[i]
		if !cleanPath(f.Path) {
			return nil, errors.New("file path " + strconv.Quote(f.Path) + " is not clean")
		}
		dir, err := root.mkdir(f.Path)
		if err != nil {
			return nil, err
		}
		name := f.Path[strings.LastIndexByte(f.Path, '/')+1:]
		if dir.entries[name] != nil {
			return nil, errors.New("two files are at " + strconv.Quote(f.Path))
		}
		leaf := &directory{name: name, file: f, module: byName[f.Module]}
		if f.Module != "" && leaf.module == nil {
			return nil, errors.New("file " + strconv.Quote(f.Path) + " is said to be of " + strconv.Quote(f.Module) + ", which is no module of the table")
		}
		dir.entries[name] = leaf
	}
	return root, nil
}

// mkdir returns the directory of path, making what is missing.
func (d *directory) mkdir(path string) (*directory, error) {
	parts := strings.Split(path, "/")
	for _, name := range parts[:len(parts)-1] {
		next := d.entries[name]
		if next == nil {
			next = &directory{name: name, entries: map[string]*directory{}}
			d.entries[name] = next
		}
		if next.file != nil {
			return nil, errors.New("file path " + strconv.Quote(path) + " goes through the file " + strconv.Quote(next.file.Path))
		}
		d = next
	}
	return d, nil
}

func cleanPath(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." || strings.IndexByte(part, 0) >= 0 {
			return false
		}
	}
	return true
}

// filePage appends the pages of all directories below d, and then its own.
func (w *writer) filePage(d *directory) span {
	var entries dict
	for _, e := range d.sorted() {
		entries.keys = append(entries.keys, e.name)
		if e.file == nil {
			page := w.filePage(e)
			entries.values = append(entries.values, ints(FileDir, page.offset, page.size, len(e.entries)))
			continue
		}
		entries.values = append(entries.values, w.fileRow(e))
	}
	return w.page(entries)
}

func (w *writer) fileRow(e *directory) tuple {
	at, stored := w.data[e.file.Path], e.file.Stored
	switch {
	case e.module == nil:
	case e.module.Sourceless:
		at = w.code[e.module.Name][0]
		return ints(FilePyc, at.offset, at.size, PycHeader+at.size)
	default:
		at, stored = w.source[e.module.Name], e.module.Source
	}
	kind := FilePlain
	switch stored.Compression {
	case Zlib:
		kind = FileZlib
	case Zstd:
		kind = FileZstd
	}
	return ints(kind, at.offset, at.size, stored.Length)
}

func (d *directory) sorted() []*directory {
	list := make([]*directory, 0, len(d.entries))
	for _, e := range d.entries {
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b *directory) int { return strings.Compare(a.name, b.name) })
	return list
}
