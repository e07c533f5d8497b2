// Package wheel reads wheels (PEP 427 and packaging.python.org, "Binary distribution format") in memory and
// verifies them. Nothing is ever written to disk.
//
// A wheel is taken as hostile until all of it was checked: the archive means one thing only (see zip.go), no name leads
// out of it or collides with another, all files and RECORD agree, and file name, .dist-info and METADATA name the same
// distribution. What fails is refused with one line, "FILE!MEMBER: cause". pip is laxer than this: a wheel that is
// refused here may install there.
package wheel

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/pyname"
)

// A Wheel is a wheel whose files were all read and verified.
type Wheel struct {
	Filename
	DistInfo    string // name of the .dist-info directory
	Purelib     bool   // WHEEL says Root-Is-Purelib
	Members     []*Member
	Metadata    Metadata
	EntryPoints []EntryPoint // nil when there are none
	Warnings    []string     // what is legal and odd; one line each, without the file's name

	source *source
}

// A source opens the bytes of a wheel, again for each reading.
type source struct {
	label string // as the user wrote it
	open  func() (r io.ReaderAt, done func(), err error)
}

const (
	hintRead   = "make the file readable, or correct its path"
	hintRefuse = "download or build the wheel again; a wheel like this is not embedded"
)

// refuse makes the *diag.Error for what is wrong with a wheel, or with a member of it.
func (s *source) refuse(err error) error {
	var d *diag.Error
	if errors.As(err, &d) {
		return err
	}
	e := &diag.Error{File: s.label, Problem: err.Error(), Hint: hintRefuse, Err: err}
	var limit *limitError
	if errors.As(err, &limit) {
		e.Hint = "raise `" + limit.key + "` if you know where the wheel comes from"
	}
	var m *memberFault
	if errors.As(err, &m) {
		e.File, e.Problem = s.label+"!"+m.member, m.err.Error()
	}
	var l *LineError
	if errors.As(err, &l) {
		e.Line, e.Problem = l.Line, l.Err.Error()
	}
	return e
}

// Open reads and verifies the wheel at path, which messages call label. The file is not held open; it must stay as it
// is while Members are read. The error is a *diag.Error, or that of ctx.
func Open(ctx context.Context, path, label string, limits Limits) (*Wheel, error) {
	s := &source{label: label, open: func() (io.ReaderAt, func(), error) {
		f, err := inputs.Open(path)
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return f, func() { f.Close() }, err
	}}
	info, err := inputs.Stat(path)
	switch {
	case err != nil:
		var p *fs.PathError
		if errors.As(err, &p) {
			err = p.Err
		}
		return nil, diag.Errorf(label, hintRead, "%w", err)
	case !info.Mode().IsRegular():
		return nil, diag.Errorf(label, hintRead, "not a file")
	}
	return s.read(ctx, filepath.Base(path), info.Size(), limits)
}

// Read reads and verifies a wheel of size bytes in r, as Open does. name is its file name, and stands in messages.
func Read(ctx context.Context, name string, r io.ReaderAt, size int64, limits Limits) (*Wheel, error) {
	s := &source{label: name, open: func() (io.ReaderAt, func(), error) { return r, func() {}, nil }}
	return s.read(ctx, name, size, limits)
}

func (s *source) read(ctx context.Context, name string, size int64, limits Limits) (*Wheel, error) {
	filename, err := ParseFilename(name)
	if err != nil {
		return nil, diag.Errorf(s.label, "give the file the name that the index gives it: NAME-VERSION-PYTHON-ABI-PLATFORM.whl",
			"%w", err)
	}
	r, done, err := s.open()
	if err != nil {
		return nil, diag.Errorf(s.label, hintRead, "%w", err)
	}
	defer done()
	w := &Wheel{Filename: filename, source: s}
	for _, step := range []func() error{
		func() error { return w.list(r, size, limits.orDefault()) },
		w.findDistInfo,
		func() error { return w.describe(r) },
		w.applySchemes,
		func() error { return w.verify(ctx, r) },
	} {
		if err := step(); err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, s.refuse(err)
		}
	}
	return w, nil
}

// list makes a Member of each file in the archive, sorted by Name.
func (w *Wheel) list(r io.ReaderAt, size int64, limits Limits) error {
	headers, directory, err := readHeaders(r, size, limits.Members)
	if err != nil {
		return err
	}
	names := newRegister(len(headers))
	folders := map[string]bool{}
	spans := make([]span, 0, len(headers))
	for _, h := range headers {
		if err := h.check(); err != nil {
			return err
		}
		if err := w.checkDevice(h.name); err != nil {
			return err
		}
		data, to, err := h.checkLocal(r, size)
		if err != nil {
			return err
		}
		spans = append(spans, span{h.name, h.offset, to})
		if folder, ok := strings.CutSuffix(h.name, "/"); ok {
			if folders[folder] {
				return fault(h.name, "is there twice")
			}
			folders[folder] = true
			if err := names.addFolder(folder); err != nil {
				return err
			}
			continue
		}
		if err := names.add(h.name); err != nil {
			return err
		}
		w.Members = append(w.Members, &Member{
			Name: h.name, Path: h.name, Size: h.unpacked, Executable: h.mode&0o111 != 0,
			source: w.source, header: h, data: data,
		})
	}
	slices.SortFunc(w.Members, func(a, b *Member) int { return strings.Compare(a.Name, b.Name) })
	if err := checkSpans(spans, directory); err != nil {
		return err
	}
	return limits.check(w.Members, size)
}

// File types in a Unix mode (POSIX <sys/stat.h>).
const (
	modeType      = 0o170000
	modeRegular   = 0o100000
	modeDirectory = 0o040000
	modeLink      = 0o120000
)

// check refuses members that are no plain files or folders, or packed in a way that is not read here.
func (h *header) check() error {
	if err := checkName(h.name); err != nil {
		return err
	}
	folder := strings.HasSuffix(h.name, "/")
	kind := h.mode & modeType
	switch {
	case h.flags&(flagEncrypted|flagStrong|flagMasked) != 0:
		return fault(h.name, "is encrypted")
	case h.flags&flagPatch != 0:
		return fault(h.name, "is a patch")
	case h.flags&flagUTF8 == 0 && !isASCII(h.name):
		return fault(h.name, "its name is not marked as UTF-8, so that other programs read another one")
	case h.method != methodStored && h.method != methodDeflate:
		return fault(h.name, "is packed by method %d; stored and deflated members are read", h.method)
	case h.method == methodStored && h.packed != h.unpacked:
		return fault(h.name, "is not packed, and has two sizes")
	case kind == modeLink:
		return fault(h.name, "is a symbolic link")
	case folder && (kind != 0 && kind != modeDirectory || h.unpacked != 0 || h.packed > 2): // 2: nothing, deflated
		return fault(h.name, "has the name of a folder and is none")
	case !folder && (kind != 0 && kind != modeRegular || h.dosDir):
		return fault(h.name, "is not a regular file")
	}
	return nil
}

// findDistInfo finds the .dist-info directory. It must be the only one, and the file name's.
func (w *Wheel) findDistInfo() error {
	for _, m := range w.Members {
		top, _, below := strings.Cut(m.Name, "/")
		if !below || !isDistInfo(top) || top == w.DistInfo {
			continue
		}
		if w.DistInfo != "" {
			return errors.New("has two .dist-info directories, " + w.DistInfo + " and " + top)
		}
		w.DistInfo = top
	}
	switch {
	case w.DistInfo == "":
		return errors.New("has no .dist-info directory")
	case !w.named(strings.TrimSuffix(w.DistInfo, ".dist-info")):
		return fault(w.DistInfo, "belongs to another distribution or version than the file's name says")
	}
	return nil
}

// isDistInfo tells whether a directory is one of metadata, on a file system that may not know the case of letters.
func isDistInfo(name string) bool { return strings.HasSuffix(fold(name), ".dist-info") }

// named says whether s is the wheel's name and version, with a dash between.
func (w *Wheel) named(s string) bool {
	name, version, ok := strings.Cut(s, "-")
	return ok && pyname.Normalize(name) == w.Name() && pep440.Same(version, w.Version)
}

// describe reads the files of .dist-info: RECORD first, so that the others are verified as they are read.
func (w *Wheel) describe(r io.ReaderAt) error {
	record, err := w.info(r, "RECORD")
	if err != nil {
		return err
	}
	if err := w.matchRecord(record); err != nil {
		return err
	}
	text, err := w.info(r, "WHEEL")
	if err != nil {
		return err
	}
	head, err := parseWheelFile(text)
	if err != nil {
		return fault(w.DistInfo+"/WHEEL", "%w", err)
	}
	w.Purelib = head.purelib
	if head.minor > 0 {
		w.Warnings = append(w.Warnings, "its Wheel-Version is newer than 1.0")
	}
	if other := head.otherTags(w.Tags()); other != "" {
		w.Warnings = append(w.Warnings, other)
	}
	if text, err = w.info(r, "METADATA"); err != nil {
		return err
	}
	if w.Metadata, err = ParseMetadata(text); err != nil {
		return fault(w.DistInfo+"/METADATA", "%w", err)
	}
	if pyname.Normalize(w.Metadata.Name) != w.Name() || !pep440.Same(w.Metadata.Version, w.Version) {
		return fault(w.DistInfo+"/METADATA", "describes %s %s, and the file's name %s %s",
			w.Metadata.Name, w.Metadata.Version, w.Distribution, w.Version)
	}
	if w.member(w.DistInfo+"/entry_points.txt") == nil {
		return nil
	}
	if text, err = w.info(r, "entry_points.txt"); err != nil {
		return err
	}
	if w.EntryPoints, err = ParseEntryPoints(text); err != nil {
		return fault(w.DistInfo+"/entry_points.txt", "%w", err)
	}
	return nil
}

// member returns the member called name, nil if there is none.
func (w *Wheel) member(name string) *Member {
	i, ok := slices.BinarySearchFunc(w.Members, name, func(m *Member, n string) int { return strings.Compare(m.Name, n) })
	if !ok {
		return nil
	}
	return w.Members[i]
}

// info reads a file of .dist-info that must be there.
func (w *Wheel) info(r io.ReaderAt, name string) ([]byte, error) {
	m := w.member(w.DistInfo + "/" + name)
	if m == nil {
		return nil, errors.New("has no " + w.DistInfo + "/" + name)
	}
	if m.Size > maxList {
		return nil, fault(m.Name, "is larger than %d bytes", maxList)
	}
	var data []byte
	err := m.unpack(r, func(p []byte) { data = append(data, p...) })
	return data, err
}

// schemes are the directories that NAME-VERSION.data may hold.
var schemes = map[string]Scheme{"purelib": Root, "platlib": Root, "scripts": Scripts, "headers": Headers, "data": DataFiles}

// applySchemes moves the members below NAME-VERSION.data to where installers put them. What purelib and platlib
// add to the root must not be there already.
func (w *Wheel) applySchemes() error {
	root := newRegister(len(w.Members))
	dataDir := ""
	for _, m := range w.Members {
		top, rest, _ := strings.Cut(m.Name, "/")
		if stem, ok := strings.CutSuffix(top, ".data"); ok && rest != "" && w.named(stem) {
			if dataDir != "" && dataDir != top {
				return fault(m.Name, "lies in a second .data directory, beside %s", dataDir)
			}
			dataDir = top
			key, path, _ := strings.Cut(rest, "/")
			scheme, known := schemes[key]
			if !known || path == "" {
				return fault(m.Name, "lies in none of purelib, platlib, headers, scripts and data")
			}
			m.Path, m.Scheme = path, scheme
		}
		if m.Scheme != Root {
			continue
		}
		if top, _, _ := strings.Cut(m.Path, "/"); isDistInfo(top) && top != w.DistInfo {
			return fault(m.Name, "would be installed as the metadata of another distribution")
		}
		if err := root.add(m.Path); err != nil {
			return fault(m.Name, "would be installed over another file: %w", err)
		}
	}
	return nil
}

// verify reads all members.
func (w *Wheel) verify(ctx context.Context, r io.ReaderAt) error {
	for _, m := range w.Members {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := m.verify(r); err != nil {
			return err
		}
	}
	return nil
}
