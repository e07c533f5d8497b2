package objfile

import (
	"debug/pe"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/target"
)

// Data directories that debug/pe has no parser for, by their index (Microsoft, "PE Format", "Optional Header Data
// Directories").
const (
	directoryExport = 0
	directoryImport = 1
	directoryDelay  = 13
)

const (
	maxImportedDLLs = 1 << 12
	maxSymbols      = 1 << 20 // of all imported or exported names of a file
)

// A peReader reads one PE file. Its addresses count from where the image is loaded (RVA).
type peReader struct {
	*pe.File
	directories []pe.DataDirectory
	base        uint64 // preferred load address
	wide        bool   // PE32+: thunks have 8 bytes
	symbols     int    // that were read
	sections    map[*pe.Section]string
}

func readPE(r io.ReaderAt) (*File, error) {
	file, err := pe.NewFile(r)
	if err != nil {
		return nil, err
	}
	p := &peReader{File: file, sections: map[*pe.Section]string{}}
	f := &File{Format: PE, Class: Executable}
	if file.Characteristics&pe.IMAGE_FILE_DLL != 0 {
		f.Class = Library
	}
	var subsystem uint16
	switch h := file.OptionalHeader.(type) {
	case *pe.OptionalHeader32:
		p.directories, p.base, subsystem = h.DataDirectory[:min(h.NumberOfRvaAndSizes, 16)], uint64(h.ImageBase), h.Subsystem
		f.MinOS = fmt.Sprintf("%d.%d", h.MajorSubsystemVersion, h.MinorSubsystemVersion)
	case *pe.OptionalHeader64:
		p.directories, p.base, subsystem = h.DataDirectory[:min(h.NumberOfRvaAndSizes, 16)], h.ImageBase, h.Subsystem
		f.MinOS = fmt.Sprintf("%d.%d", h.MajorSubsystemVersion, h.MinorSubsystemVersion)
		p.wide = true
	default:
		return nil, errors.New("no optional header")
	}
	f.Machine, f.Target = peMachine(file.Machine, subsystem)
	if p.debugOnly() {
		f.Class = Other
		return f, nil
	}
	if err := p.readImports(f); err != nil {
		return nil, fmt.Errorf("import directory: %w", err)
	}
	if err := p.readDelayed(f); err != nil {
		return nil, fmt.Errorf("delay-load directory: %w", err)
	}
	if err := p.readExports(f); err != nil {
		return nil, fmt.Errorf("export directory: %w", err)
	}
	return f, nil
}

// peMachine returns the processor as dumpbin names it, and the platform.
func peMachine(machine, subsystem uint16) (string, target.Target) {
	var name, goarch string
	switch machine {
	case pe.IMAGE_FILE_MACHINE_AMD64:
		name, goarch = "x64", "amd64"
	case pe.IMAGE_FILE_MACHINE_I386:
		name, goarch = "x86", "386"
	case pe.IMAGE_FILE_MACHINE_ARM64:
		name, goarch = "arm64", "arm64"
	case pe.IMAGE_FILE_MACHINE_ARMNT:
		name, goarch = "arm", "arm"
	default:
		name = fmt.Sprintf("machine %#x", machine)
	}
	switch subsystem {
	case pe.IMAGE_SUBSYSTEM_EFI_APPLICATION, pe.IMAGE_SUBSYSTEM_EFI_BOOT_SERVICE_DRIVER, pe.IMAGE_SUBSYSTEM_EFI_RUNTIME_DRIVER,
		pe.IMAGE_SUBSYSTEM_EFI_ROM:
		return name + " (EFI)", target.Target{}
	case pe.IMAGE_SUBSYSTEM_NATIVE:
		return name + " (Windows kernel)", target.Target{}
	}
	return name, platform("windows", goarch)
}

// debugOnly tells whether the file is what `objcopy --only-keep-debug` leaves: its code has no contents.
func (p *peReader) debugOnly() bool {
	return slices.ContainsFunc(p.Sections, func(s *pe.Section) bool {
		return s.Characteristics&pe.IMAGE_SCN_CNT_CODE != 0 && s.Offset == 0
	})
}

// directory returns the address of a data directory, 0 when there is none.
func (p *peReader) directory(index int) uint64 {
	if index >= len(p.directories) || p.directories[index].Size == 0 {
		return 0
	}
	return uint64(p.directories[index].VirtualAddress)
}

// at returns the bytes from an address to the end of its section's part of the file.
func (p *peReader) at(address uint64) (string, error) {
	for _, s := range p.Sections {
		start := uint64(s.VirtualAddress)
		if address < start || address-start >= uint64(s.Size) || s.Offset == 0 {
			continue
		}
		contents, ok := p.sections[s]
		if !ok {
			b, err := readTable(s, 0, uint64(s.Size))
			if err != nil {
				return "", err
			}
			contents = string(b)
			p.sections[s] = contents
		}
		if address-start < uint64(len(contents)) {
			return contents[address-start:], nil
		}
	}
	return "", fmt.Errorf("address %#x is in no section", address)
}

// bytes returns n bytes at an address.
func (p *peReader) bytes(address, n uint64) (string, error) {
	b, err := p.at(address)
	if err == nil && uint64(len(b)) < n {
		err = fmt.Errorf("address %#x: %w", address, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return "", err
	}
	return b[:n], nil
}

func (p *peReader) text(address uint64) (string, error) {
	b, err := p.at(address)
	if err != nil {
		return "", err
	}
	return nameAt(b, 0)
}

func little32(b string) uint64 { return uint64(binary.LittleEndian.Uint32([]byte(b[:4]))) }

// readImports reads the import directory: 20 bytes for each DLL, and an empty entry behind the last.
func (p *peReader) readImports(f *File) error {
	at := p.directory(directoryImport)
	if at == 0 {
		return nil
	}
	for range maxImportedDLLs {
		entry, err := p.bytes(at, 20)
		if err != nil {
			return err
		}
		names, dll, addresses := little32(entry), little32(entry[12:]), little32(entry[16:])
		if dll == 0 {
			return nil
		}
		name, err := p.text(dll)
		if err != nil {
			return err
		}
		f.Needed = append(f.Needed, strings.Clone(name)) // the section need not stay in memory for it
		if names == 0 {
			names = addresses // as old linkers do
		}
		if err := p.readThunks(f, names); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		at += 20
	}
	return fmt.Errorf("more than %d DLLs", maxImportedDLLs)
}

// readThunks reads the names of what is imported from one DLL: words that are the address of a hint and a name, or with
// the highest bit an ordinal; zero ends the list.
func (p *peReader) readThunks(f *File, at uint64) error {
	size := uint64(4)
	if p.wide {
		size = 8
	}
	for ; ; at += size {
		b, err := p.bytes(at, size)
		if err != nil {
			return err
		}
		thunk, ordinal := little32(b), b[size-1]&0x80 != 0
		if thunk == 0 && !ordinal {
			return nil
		}
		if p.symbols++; p.symbols > maxSymbols {
			return fmt.Errorf("more than %d symbols", maxSymbols)
		}
		if ordinal {
			continue
		}
		name, err := p.text(thunk + 2)
		if err != nil {
			return err
		}
		f.imports = append(f.imports, symbol{name: name, needed: -1})
	}
}

// readDelayed reads the directory of DLLs that are loaded when they are first used: 32 bytes for each. Its addresses are
// RVAs when the lowest bit of the attributes is set, else they include the load address, as in old files.
func (p *peReader) readDelayed(f *File) error {
	at := p.directory(directoryDelay)
	if at == 0 {
		return nil
	}
	for range maxImportedDLLs {
		entry, err := p.bytes(at, 32)
		if err != nil {
			return err
		}
		attributes, dll := little32(entry), little32(entry[4:])
		if dll == 0 {
			return nil
		}
		if attributes&1 == 0 {
			dll -= p.base
		}
		name, err := p.text(dll)
		if err != nil {
			return err
		}
		f.Weak = append(f.Weak, strings.Clone(name))
		at += 32
	}
	return fmt.Errorf("more than %d DLLs", maxImportedDLLs)
}

// readExports reads the name of the DLL and the names that it exports.
func (p *peReader) readExports(f *File) error {
	at := p.directory(directoryExport)
	if at == 0 {
		return nil
	}
	entry, err := p.bytes(at, 40)
	if err != nil {
		return err
	}
	if dll := little32(entry[12:]); dll != 0 {
		name, err := p.text(dll)
		if err != nil {
			return err
		}
		f.SOName = strings.Clone(name)
	}
	count, names := little32(entry[24:]), little32(entry[32:])
	if count == 0 {
		return nil
	}
	if count > maxSymbols {
		return fmt.Errorf("%d names", count)
	}
	table, err := p.bytes(names, count*4)
	if err != nil {
		return err
	}
	for ; table != ""; table = table[4:] {
		name, err := p.text(little32(table))
		if err != nil {
			return err
		}
		if module, ok := initName(name); ok {
			f.Inits = append(f.Inits, strings.Clone(module))
		}
	}
	return nil
}
