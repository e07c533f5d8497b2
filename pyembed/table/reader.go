package table

import (
	"encoding/binary"
	"errors"
	"fmt"
	"iter"
	"strings"
)

// A Reader reads a table. It refers to the bytes that it was opened on and copies none of them.
type Reader struct {
	data     string
	common   string // the common part; "" for a table without one
	sections [sectionCount]span
	root     rootPage
}

type rootPage struct {
	modules, files, natives span
	distributions           []Distribution
	levels                  []int
	extract                 []Extraction
	common                  string // fingerprint of the common part, "" for none
}

// A Header is what the first bytes of a table say, before anything else is read.
type Header struct {
	Version       uint32
	PythonMagic   [4]byte
	PythonVersion uint32 // sys.hexversion
	Size          uint64 // of the whole table, in bytes
	Fingerprint   string // 64 hexadecimal digits
	Common        bool   // it is no table of its own but what several have in common
}

// ReadHeader reads the header of a table that starts at the first byte of data. Behind the header nothing is looked
// at, so data may be only the table's beginning. The error is ErrNotTable, ErrTruncated or ErrVersion.
func ReadHeader(data string) (Header, error) {
	var h Header
	if !strings.HasPrefix(data, Magic) {
		return h, ErrNotTable
	}
	if len(data) < HeaderSize {
		return h, ErrTruncated
	}
	b := []byte(data[:HeaderSize])
	le := binary.LittleEndian
	h.Version = le.Uint32(b[atVersion:])
	copy(h.PythonMagic[:], b[atPythonMagic:])
	h.PythonVersion = le.Uint32(b[atPythonVersion:])
	h.Common = le.Uint32(b[atFlags:])&flagCommon != 0
	h.Size = le.Uint64(b[atSize:])
	h.Fingerprint = hex(b[atFingerprint:atSections])
	if h.Version != FormatVersion {
		return h, ErrVersion
	}
	return h, nil
}

func hex(b []byte) string {
	const digits = "0123456789abcdef"
	s := make([]byte, 0, 2*len(b))
	for _, c := range b {
		s = append(s, digits[c>>4], digits[c&15])
	}
	return string(s)
}

// Open returns a reader of the table that data starts with; bytes behind the table are ignored. It checks the header
// and that the sections lie within the table, and reads the root page. Verify checks the rest. A table with a common part is
// for OpenWith.
func Open(data string) (*Reader, error) { return OpenWith(data) }

func openAlone(data string) (*Reader, error) {
	h, err := ReadHeader(data)
	switch {
	case err != nil:
		return nil, err
	case h.Common:
		return nil, fmt.Errorf("%w: it is what several tables have in common", ErrNotTable)
	}
	if h.Size > uint64(len(data)) || h.Size < uint64(HeaderSize) {
		return nil, fmt.Errorf("%w: %d bytes of %d", ErrTruncated, len(data), h.Size)
	}
	r := &Reader{data: data[:h.Size]}
	b := []byte(data[atSections:HeaderSize])
	for s := range sectionCount {
		offset, size := binary.LittleEndian.Uint64(b[16*s:]), binary.LittleEndian.Uint64(b[16*s+8:])
		if offset > h.Size || size > h.Size-offset {
			return nil, fmt.Errorf("%w: section %v lies outside", ErrCorrupt, s)
		}
		r.sections[s] = span{int(offset), int(size)} // within len(data)
	}
	if err := r.readRoot(); err != nil {
		return nil, fmt.Errorf("%w: section root: %w", ErrCorrupt, err)
	}
	return r, nil
}

// Header returns the table's header.
func (r *Reader) Header() Header {
	h, _ := ReadHeader(r.data) // Open has read it
	return h
}

// Section returns the bytes of section s.
func (r *Reader) Section(s Section) string {
	if s < 0 || s >= sectionCount {
		return ""
	}
	return r.slice(r.sections[s])
}

// Distributions returns the distributions whose metadata the table holds, by name.
func (r *Reader) Distributions() []Distribution { return r.root.distributions }

// Levels returns the levels of optimisation that modules have code for, ascending.
func (r *Reader) Levels() []int { return r.root.levels }

// Extract returns the packages whose files are put on disk, by name.
func (r *Reader) Extract() []Extraction { return r.root.extract }

// Verify compares the fingerprint with the bytes that it stands for.
func (r *Reader) Verify() error {
	sum := digest([]byte(r.data[atSections:]))
	if got, want := hex(sum[:]), r.Header().Fingerprint; got != want {
		return fmt.Errorf("%w: fingerprint is %s, contents have %s", ErrCorrupt, want, got)
	}
	return nil
}

// slice returns the bytes of a span that is known to lie within the table.
func (r *Reader) slice(s span) string {
	if s.offset < 0 {
		at := ^s.offset
		return r.common[at : at+s.size]
	}
	return r.data[s.offset : s.offset+s.size]
}

// span checks that a pair of ints is a span of the table, or of its common part.
func (r *Reader) span(offset, size int) (span, error) {
	if at := ^offset; offset < 0 && size >= 0 && at < len(r.common) && size <= len(r.common)-at {
		return span{offset, size}, nil
	}
	if offset < 0 || size < 0 || offset > len(r.data) || size > len(r.data)-offset {
		return span{}, fmt.Errorf("span of %d bytes at %d lies outside the table", size, offset)
	}
	return span{offset, size}, nil
}

func (r *Reader) readRoot() error {
	v, err := decode(r.Section(Root))
	if err != nil {
		return err
	}
	page, ok := v.(dict)
	if !ok {
		return errShape
	}
	for i, key := range page.keys {
		value := page.values[i]
		switch key {
		case "modules":
			r.root.modules, err = r.rootSpan(value)
		case "files":
			r.root.files, err = r.rootSpan(value)
		case "native":
			r.root.natives, err = r.rootSpan(value)
		case "distributions":
			r.root.distributions, err = distributions(value)
		case "levels":
			r.root.levels, err = levels(value)
		case "extract":
			r.root.extract, err = extract(value)
		case "common":
			var ok bool
			if r.root.common, ok = value.(string); !ok {
				err = errShape
			}
		}
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	if r.root.levels == nil {
		return errors.New("no levels of optimisation")
	}
	return nil
}

func (r *Reader) rootSpan(v any) (span, error) {
	row, err := row(v, 2)
	if err != nil {
		return span{}, err
	}
	return r.span(row[0], row[1])
}

func levels(v any) ([]int, error) {
	t, ok := v.(tuple)
	if !ok {
		return nil, errShape
	}
	list, err := row(t, len(t))
	if err != nil {
		return nil, err
	}
	return list, checkLevels(list)
}

func extract(v any) ([]Extraction, error) {
	d, ok := v.(dict)
	if !ok {
		return nil, errShape
	}
	var list []Extraction
	for i, name := range d.keys {
		value, ok := d.values[i].(tuple)
		if !ok || len(value) == 0 {
			return nil, errShape
		}
		texts := make([]string, len(value))
		for i := range value {
			if texts[i], ok = value[i].(string); !ok {
				return nil, errShape
			}
		}
		list = append(list, Extraction{Package: name, Digest: texts[0], Executables: texts[1:]})
	}
	return list, nil
}

func distributions(v any) ([]Distribution, error) {
	d, ok := v.(dict)
	if !ok {
		return nil, errShape
	}
	var list []Distribution
	for i, name := range d.keys {
		info, ok := d.values[i].(string)
		if !ok {
			return nil, errShape
		}
		list = append(list, Distribution{name, info})
	}
	return list, nil
}

var errShape = errors.New("page has another shape than the grammar gives it")

// row returns the ints of a tuple of n.
func row(v any, n int) ([]int, error) {
	t, ok := v.(tuple)
	if !ok || len(t) != n {
		return nil, errShape
	}
	ints := make([]int, n)
	for i := range t {
		if ints[i], ok = t[i].(int); !ok {
			return nil, errShape
		}
	}
	return ints, nil
}

// Modules yields all modules in the order of the table: a package before what is below it, siblings by name. The
// error, if any, comes last, with a zero Module.
func (r *Reader) Modules() iter.Seq2[Module, error] {
	return func(yield func(Module, error) bool) {
		if _, err := r.walk().modules(r.root.modules, "", yield); err != nil {
			yield(Module{}, fmt.Errorf("%w: %w", ErrCorrupt, err))
		}
	}
}

// A walk goes through one of the trees. It looks at a page once, so that a table which refers to a page from two places
// ends in an error and not in an endless tree.
type walk struct {
	*Reader
	seen map[int]bool // by offset
}

func (r *Reader) walk() *walk { return &walk{Reader: r, seen: map[int]bool{}} }

var errTwice = errors.New("two entries refer to one page")

// modules yields what page holds, with names that start with prefix, and tells whether to go on.
func (w *walk) modules(page span, prefix string, yield func(Module, error) bool) (bool, error) {
	return w.entries(page, true, func(name string, v any) (bool, error) {
		row, ending, err := moduleRow(v, 7+2*(len(w.root.levels)-1))
		if err != nil {
			return false, err
		}
		m, children, err := w.module(prefix+name, row)
		if row[0]&ModuleExtension != 0 {
			m.Extension, m.Code = m.stem()+ending, nil
		}
		if err != nil {
			return false, err
		}
		if !yield(m, nil) {
			return false, nil
		}
		return w.modules(children, m.Name+".", yield)
	})
}

// moduleRow returns the n ints of a module's row, and the ending of an extension module.
func moduleRow(v any, n int) (ints []int, ending string, err error) {
	if t, ok := v.(tuple); ok && len(t) == n+1 {
		if ending, ok = t[n].(string); !ok {
			return nil, "", errShape
		}
		v = t[:n]
	}
	ints, err = row(v, n)
	return ints, ending, err
}

func (r *Reader) module(name string, row []int) (m Module, children span, err error) {
	flags := row[0]
	m = Module{
		Name:       name,
		Package:    flags&ModulePackage != 0,
		Namespace:  flags&ModuleNamespace != 0,
		Sourceless: flags&ModuleSourceless != 0,
		Extracted:  flags&ModuleExtracted != 0,
	}
	source, err := r.span(row[3], row[4])
	if err != nil {
		return m, children, err
	}
	m.Source = Stored{Bytes: []byte(r.slice(source)), Length: source.size}
	switch {
	case flags&ModuleZlibSource != 0:
		m.Source.Compression = Zlib
	case flags&ModuleZstdSource != 0:
		m.Source.Compression = Zstd
	}
	if children, err = r.span(row[5], row[6]); err != nil {
		return m, children, err
	}
	for at := 1; at < len(row); {
		code, err := r.span(row[at], row[at+1])
		if err != nil {
			return m, children, err
		}
		if code.size > 0 {
			m.Code = append(m.Code, []byte(r.slice(code)))
		}
		if at += 2; at == 3 {
			at = 7
		}
	}
	return m, children, nil
}

// entries calls visit for each entry of a page, in the order of its keys, until visit says no. A page that is split
// into leaves is read through; leaves are not split again.
func (w *walk) entries(page span, splits bool, visit func(key string, value any) (bool, error)) (bool, error) {
	if page.size == 0 {
		return true, nil
	}
	if w.seen[page.offset] {
		return false, errTwice
	}
	w.seen[page.offset] = true
	v, err := decode(w.slice(page))
	if err != nil {
		return false, fmt.Errorf("page at %d: %w", page.offset, err)
	}
	if fences, ok := v.(tuple); ok && splits && len(fences) == 2 {
		return w.leaves(fences[1], visit)
	}
	d, ok := v.(dict)
	if !ok {
		return false, fmt.Errorf("page at %d: %w", page.offset, errShape)
	}
	for i, key := range d.keys {
		if more, err := visit(key, d.values[i]); err != nil || !more {
			return more, err
		}
	}
	return true, nil
}

func (w *walk) leaves(pages any, visit func(key string, value any) (bool, error)) (bool, error) {
	t, ok := pages.(tuple)
	if !ok {
		return false, errShape
	}
	flat, err := row(pages, len(t))
	if err != nil {
		return false, err
	}
	for i := 0; i+1 < len(flat); i += 2 {
		leaf, err := w.span(flat[i], flat[i+1])
		if err != nil {
			return false, err
		}
		if more, err := w.entries(leaf, false, visit); err != nil || !more {
			return more, err
		}
	}
	return true, nil
}

// An Entry is a file or directory of the virtual root.
type Entry struct {
	Path string
	Dir  bool
	Pyc  bool // Stored.Bytes is the code object of a .pyc file; PycHeader bytes come before it, which Length counts
	Stored
}

// Files yields all files and directories: a directory before what is in it, siblings by name. Stored.Bytes refer to
// the table. The error, if any, comes last, with a zero Entry.
func (r *Reader) Files() iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		if _, err := r.walk().files(r.root.files, "", yield); err != nil {
			yield(Entry{}, fmt.Errorf("%w: %w", ErrCorrupt, err))
		}
	}
}

// File returns the file or directory at a path; ok is false when there is none. It reads the pages on the way, and no others.
func (r *Reader) File(path string) (e Entry, ok bool, err error) {
	page := r.root.files
	for part := range strings.SplitSeq(path, "/") {
		var at span
		found := false
		_, err = r.walk().entries(page, true, func(name string, v any) (bool, error) {
			if name != part {
				return true, nil
			}
			found = true
			e, at, err = r.entry(path, v)
			return false, err
		})
		if err != nil {
			return Entry{}, false, errors.Join(ErrCorrupt, err)
		}
		if !found {
			return Entry{}, false, nil
		}
		if page = at; !e.Dir {
			page = span{} // nothing is below a file
		}
	}
	return e, true, nil
}

// entry reads the row of a file or directory; its span is that of the page of a directory.
func (r *Reader) entry(path string, v any) (Entry, span, error) {
	row, err := row(v, 4)
	if err != nil {
		return Entry{}, span{}, err
	}
	s, err := r.span(row[1], row[2])
	if err != nil {
		return Entry{}, span{}, err
	}
	e := Entry{Path: path, Dir: row[0] == FileDir, Pyc: row[0] == FilePyc}
	if !e.Dir {
		e.Stored = Stored{Bytes: []byte(r.slice(s)), Length: row[3]}
		switch row[0] {
		case FileZlib:
			e.Compression = Zlib
		case FileZstd:
			e.Compression = Zstd
		}
	}
	return e, s, nil
}

func (w *walk) files(page span, prefix string, yield func(Entry, error) bool) (bool, error) {
	return w.entries(page, true, func(name string, v any) (bool, error) {
		e, s, err := w.entry(prefix+name, v)
		if err != nil {
			return false, err
		}
		if !yield(e, nil) {
			return false, nil
		}
		if !e.Dir {
			return true, nil
		}
		return w.files(s, e.Path+"/", yield)
	})
}
