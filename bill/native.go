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
		if o, err := objfile.Read(f.Path, bytes.NewReader(data)); err == nil {
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
		case path.Dir(f.Origin) == "distribution": // comes with CPython, for one of its modules
			m.inside(m.cpython, c)
		default:
			m.top(c)
		}
	}
	return nil
}
