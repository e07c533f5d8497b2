package bill

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"path"

	"github.com/oxgen/oxgen/internal/objfile"
)

// addNatives adds the extension modules and shared libraries of the program, each below the distribution that brings it.
func (m *maker) addNatives() error {
	for i := range m.Files {
		f := &m.Files[i]
		if f.Kind != "extension" && f.Kind != "library" {
			continue
		}
		data, ok, err := m.Contents(f.Path)
		if err != nil {
			return err
		}
		if !ok {
			continue // linked into the executable
		}
		sum := sha256.Sum256(data)
		c := &Component{
			Ref: "file:" + f.Path, Kind: File, Name: f.Path, SHA256: hex.EncodeToString(sum[:]), Filename: path.Base(f.Path),
		}
		c.add("kind", f.Kind)
		c.add("origin", f.Origin)
		soname := ""
		if o, err := objfile.Read(f.Path, bytes.NewReader(data)); err == nil {
			soname = o.SOName
			c.add("elf:soname", o.SOName)
			for _, n := range o.Needed {
				c.add("elf:needed", n)
			}
			c.add("platform", o.Target.String())
		}
		m.byPath[f.Path] = c
		switch owner := m.owner(f.Distribution); {
		case owner != nil:
			m.inside(owner, c)
			if f.Kind == "library" && owner != m.cpython {
				m.addVendoredLibrary(owner, c, soname, data)
			}
		case path.Dir(f.Origin) == "distribution": // comes with CPython, for one of its modules
			m.inside(m.cpython, c)
		default:
			m.top(c)
		}
	}
	return nil
}

// addLinked adds the extension modules that are linked into the executable: it has no files of them.
func (m *maker) addLinked() {
	for _, r := range m.Manifest.Runtimes {
		for _, e := range r.Extensions {
			c := &Component{Ref: "extension:" + e.Module + ":" + r.Target, Kind: File, Name: e.Module, SHA256: e.SHA256, Filename: e.Object}
			c.add("kind", "extension")
			c.add("link", r.Link)
			c.add("target", r.Target)
			for _, l := range e.Libraries {
				c.add("linked", l)
			}
			m.top(c)
		}
	}
}
