package dist

import (
	"cmp"
	"debug/elf"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"

	"github.com/oxgen/oxgen/internal/glibc"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/target"
)

var machines = map[string]elf.Machine{
	"amd64": elf.EM_X86_64,
	"arm64": elf.EM_AARCH64,
}

var sonameShape = regexp.MustCompile(`^libpython([0-9]+\.[0-9]+)[a-z]*\.so`)

// checkLibpython makes sure that the shared library at path is one for the target and of the interpreter's version.
// It looks at the library's SONAME and, since 3.11, at its variable Py_Version. Only ELF files are looked into; the
// libraries of other systems have the version in their names. The error is a *probeError.
func checkLibpython(path string, a *answer, tgt target.Target) error {
	if tgt.GOOS == "windows" || tgt.GOOS == "darwin" {
		return nil
	}
	_, _ = inputs.Stat(path)
	f, err := elf.Open(path)
	if err != nil {
		return &probeError{problem: fmt.Sprintf("has a broken shared library %s: %s", path, rootCause(err)), err: err}
	}
	defer f.Close()
	if want, ok := machines[tgt.GOARCH]; ok && f.Machine != want {
		return &probeError{problem: fmt.Sprintf("has a shared library %s for %v, not for %s", path, f.Machine, tgt)}
	}
	if m := sonameShape.FindStringSubmatch(soname(f)); m != nil && m[1] != minorOf(a.Version) {
		return &probeError{problem: fmt.Sprintf("is Python %s, but its shared library %s is of Python %s", a.Version, path, m[1])}
	}
	if got, ok := pyVersion(f); ok && got != a.Hexversion {
		return &probeError{
			problem: fmt.Sprintf("is Python %s, but its shared library %s is of Python %s", a.Version, path, hexVersion(got)),
			mend:    "install both from one source",
		}
	}
	return nil
}

// Soname returns the name under which the dynamic linker knows the shared libpython: "libpython3.11.so.1.0".
func (p *Platform) Soname() (string, error) {
	_, _ = inputs.Stat(p.Libpython)
	f, err := elf.Open(p.Libpython)
	if err != nil {
		return "", fmt.Errorf("reading libpython: %w", err)
	}
	defer f.Close()
	return cmp.Or(soname(f), filepath.Base(p.Libpython)), nil
}

func soname(f *elf.File) string {
	names, err := f.DynString(elf.DT_SONAME)
	if err != nil || len(names) == 0 {
		return ""
	}
	return names[0]
}

// pyVersion reads the constant Py_Version (CPython 3.11, Python/getversion.c), which is like sys.hexversion.
func pyVersion(f *elf.File) (hexversion uint32, ok bool) {
	symbols, err := f.DynamicSymbols()
	if err != nil {
		return 0, false
	}
	for _, s := range symbols {
		if s.Name != "Py_Version" || s.Section == elf.SHN_UNDEF {
			continue
		}
		for _, p := range f.Progs {
			if p.Type != elf.PT_LOAD || s.Value < p.Vaddr || s.Value-p.Vaddr >= p.Filesz {
				continue
			}
			var word [4]byte
			if _, err := p.ReadAt(word[:], int64(s.Value-p.Vaddr)); err != nil {
				return 0, false
			}
			return f.ByteOrder.Uint32(word[:]), true
		}
	}
	return 0, false
}

// hexVersion spells a PY_VERSION_HEX: 0x030b02f0 is "3.11.2", 0x030f00b1 "3.15.0b1".
func hexVersion(hex uint32) string {
	version := fmt.Sprintf("%d.%d.%d", hex>>24, hex>>16&0xff, hex>>8&0xff)
	level, ok := map[uint32]string{0xa: "a", 0xb: "b", 0xc: "rc"}[hex>>4&0xf]
	if !ok {
		return version
	}
	return version + level + strconv.Itoa(int(hex&0xf))
}

// needs is what an ELF file wants from the system.
type needs struct {
	libraries []string // DT_NEEDED, in the file's order
	glibc     string   // highest version of a GLIBC_ symbol, "2.17"; "" if it uses none
}

// elfNeeds reads the needs of the file at path; ok is false when it is no ELF file.
func elfNeeds(path string) (n needs, ok bool, err error) {
	r, err := inputs.Open(path)
	if err != nil {
		return needs{}, false, err
	}
	defer r.Close()
	f, err := objfile.Read(path, r)
	if errors.Is(err, objfile.ErrNotObject) || err == nil && f.Format != objfile.ELF {
		return needs{}, false, nil
	}
	if err != nil {
		return needs{}, false, err
	}
	return needs{f.Needed, glibc.NeedsOf(f.Versions).Glibc}, true, nil
}
