package table

import (
	"errors"
	"fmt"
	"slices"
)

// NewAll returns a table for each of several Contents, in their order, and the common part: code, sources and data that all
// of them have, by their bytes. The tables refer to it and can't be read without it. The error is that of New. All Contents
// have bytecode of one version.
func NewAll(list []*Contents) (tables []*Table, common *Table, err error) {
	w := newWriter(list[0])
	shared := sharedBy(list)
	w.common = map[[digestSize]byte]span{}
	take := func(s *Stored) {
		sum := s.sum()
		if _, done := w.common[sum]; s.size() > 0 && shared[sum] && !done {
			at := w.table.append(s)
			w.common[sum] = span{^at.offset, at.size}
		}
	}
	modules := sortedBy(list[0].Modules, func(m Module) string { return m.Name })
	files := sortedBy(list[0].Files, func(f File) string { return f.Path })
	w.payload(Code, func() {
		for _, m := range list[0].byUse(modules) {
			for _, code := range m.Code {
				take(&Stored{Bytes: code})
			}
		}
	})
	w.payload(Source, func() {
		for i := range modules {
			take(&modules[i].Source)
		}
	})
	w.payload(Data, func() {
		for i := range files {
			take(&files[i].Stored)
		}
	})
	if common, err = w.finish(list[0], flagCommon); err != nil {
		return nil, nil, err
	}
	h, err := common.Header()
	if err != nil {
		return nil, nil, err
	}
	for _, c := range list {
		if c.PythonMagic != list[0].PythonMagic || c.PythonVersion != list[0].PythonVersion {
			return nil, nil, errors.New("tables with a common part have bytecode of one version of Python")
		}
		t, err := newWith(c, h.Fingerprint, w.common)
		if err != nil {
			return nil, nil, err
		}
		tables = append(tables, t)
	}
	return tables, common, nil
}

// sharedBy returns the digests of the payload that all have.
func sharedBy(list []*Contents) map[[digestSize]byte]bool {
	counts := map[[digestSize]byte]int{}
	for i, c := range list {
		note := func(s *Stored) {
			if sum := s.sum(); counts[sum] == i {
				counts[sum] = i + 1
			}
		}
		for k := range c.Modules {
			for _, code := range c.Modules[k].Code {
				note(&Stored{Bytes: code})
			}
			note(&c.Modules[k].Source)
		}
		for k := range c.Files {
			note(&c.Files[k].Stored)
		}
	}
	shared := map[[digestSize]byte]bool{}
	for sum, n := range counts {
		shared[sum] = n == len(list)
	}
	return shared
}

// ErrCommon is the error of a table whose common part is not there, or is that of other tables.
var ErrCommon = errors.New("the table's common part is missing")

// IsCommon tells whether data starts with a common part and not with a table of its own.
func IsCommon(data string) bool {
	h, err := ReadHeader(data)
	return err == nil && h.Common
}

// VerifyCommon compares the fingerprint of a common part with the bytes that it stands for.
func VerifyCommon(data string) error {
	h, err := ReadHeader(data)
	switch {
	case err != nil:
		return err
	case !h.Common || h.Size < uint64(HeaderSize) || h.Size > uint64(len(data)):
		return ErrTruncated
	}
	return (&Reader{data: data[:h.Size]}).Verify()
}

// OpenWith is Open for a table with a common part, which is one of those that are given. A table without one needs none of
// them. The error is ErrCommon when it is none of them.
func OpenWith(data string, commons ...string) (*Reader, error) {
	r, err := openAlone(data)
	if err != nil || r.root.common == "" {
		return r, err
	}
	i := slices.IndexFunc(commons, func(c string) bool {
		h, err := ReadHeader(c)
		return err == nil && h.Common && h.Fingerprint == r.root.common && h.Size <= uint64(len(c))
	})
	if i < 0 {
		return nil, fmt.Errorf("%w: it has the fingerprint %s", ErrCommon, r.root.common)
	}
	r.common = commons[i]
	return r, nil
}

// Common returns the fingerprint of the table's common part, "" for a table without one.
func (r *Reader) Common() string { return r.root.common }
