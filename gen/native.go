package gen

import (
	"bytes"
	"debug/elf"
	"encoding/hex"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/pyembed/table"
)

func (prog *program) findNatives() error {
	for i := range prog.units {
		u := &prog.units[i]
		if u.Kind != collector.Extension && u.Kind != collector.Library {
			continue
		}
		f, err := elf.NewFile(bytes.NewReader(u.data))
		if err != nil {
			return err
		}
		n := table.Native{Path: u.Path, Digest: hex.EncodeToString(u.digest[:16])}
		if names, err := f.DynString(elf.DT_SONAME); err == nil && len(names) == 1 {
			n.Name = names[0]
		}
		prog.natives = append(prog.natives, n)
	}
	return nil
}
