package objfile

import (
	"debug/macho"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/oxgen/oxgen/internal/target"
)

// Universal files (mach-o/fat.h).
const (
	fatMagic   = 0xcafebabe
	fatMagic64 = 0xcafebabf

	maxArchitectures = 30 // the magic number is that of Java's class files, whose versions begin at 45
)

// readUniversal reads the Mach-O files in a universal file. Archives of relocatable files, which static libraries hold,
// are passed over.
func readUniversal(r io.ReaderAt) ([]*File, error) {
	var head [8]byte
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return nil, err
	}
	size := uint64(20)
	if binary.BigEndian.Uint32(head[:]) == fatMagic64 {
		size = 32
	}
	count := uint64(binary.BigEndian.Uint32(head[4:])) // formatOf has seen that it is small
	table, err := readTable(r, 8, count*size)
	if err != nil || uint64(len(table)) < count*size {
		return nil, fmt.Errorf("the table of %d architectures is cut short", count)
	}
	var files []*File
	for i := range count {
		entry := table[i*size:]
		offset, length := uint64(binary.BigEndian.Uint32(entry[8:])), uint64(binary.BigEndian.Uint32(entry[12:]))
		if size == 32 {
			offset, length = binary.BigEndian.Uint64(entry[8:]), binary.BigEndian.Uint64(entry[16:])
		}
		if offset > 1<<62 || length > 1<<62 {
			return nil, fmt.Errorf("architecture %d lies at byte %#x", i+1, offset)
		}
		part := io.NewSectionReader(r, int64(offset), int64(length))
		var magic [8]byte
		if _, err := part.ReadAt(magic[:], 0); err == nil && formatOf(magic[:]) != machoFile {
			continue
		}
		f, err := readMachO(part)
		if err != nil {
			return nil, fmt.Errorf("architecture %d: %w", i+1, err)
		}
		files = append(files, f)
	}
	if len(files) == 0 {
		return nil, errors.New("no architecture in it is a Mach-O file")
	}
	return files, nil
}

// Load commands that debug/macho has no names for (mach-o/loader.h).
const (
	lcIDDylib       macho.LoadCmd = 0xd
	lcPreboundDylib macho.LoadCmd = 0x10
	lcLoadDylinker  macho.LoadCmd = 0xe
	lcLazyDylib     macho.LoadCmd = 0x20
	lcVersionMinMac macho.LoadCmd = 0x24
	lcVersionMinIOS macho.LoadCmd = 0x25
	lcVersionMinTV  macho.LoadCmd = 0x2f
	lcVersionMinWat macho.LoadCmd = 0x30
	lcBuildVersion  macho.LoadCmd = 0x32
	lcDyldInfo      macho.LoadCmd = 0x22
	lcDyldInfoOnly  macho.LoadCmd = 0x80000022
	lcExportsTrie   macho.LoadCmd = 0x80000033
	lcWeakDylib     macho.LoadCmd = 0x80000018
	lcReexportDylib macho.LoadCmd = 0x8000001f
	lcUpwardDylib   macho.LoadCmd = 0x80000023
)

func readMachO(r io.ReaderAt) (*File, error) {
	file, err := macho.NewFile(r)
	if err != nil {
		return nil, err
	}
	f := &File{Format: MachO}
	switch file.Type {
	case macho.TypeExec:
		f.Class = Executable
	case macho.TypeDylib, macho.TypeBundle:
		f.Class = Library
	case macho.TypeObj:
		f.Class = Relocatable
	}
	system := "" // one that is not macOS
	for i, load := range file.Loads {
		raw := load.Raw()
		if err := readCommand(f, &system, file.ByteOrder, raw); err != nil {
			return nil, fmt.Errorf("load command %d: %w", i, err)
		}
	}
	f.Machine, f.Target = machoMachine(file)
	if system != "" {
		f.Machine, f.Target = f.Machine+" ("+system+")", target.Target{}
	}
	readMachOSymbols(f, file)
	if err := readTrie(f, file, r); err != nil {
		return nil, err
	}
	return f, nil
}

// readTrie takes the initialisation functions that are exported: dyld goes by the export trie, and a stripped file may have
// no other table of them.
func readTrie(f *File, file *macho.File, r io.ReaderAt) error {
	for _, load := range file.Loads {
		raw, at := load.Raw(), 0
		switch macho.LoadCmd(file.ByteOrder.Uint32(raw)) {
		case lcExportsTrie:
			at = 8 // behind command and size
		case lcDyldInfo, lcDyldInfoOnly:
			at = 40 // behind the places of rebase, bind, weak bind and lazy bind
		default:
			continue
		}
		if len(raw) < at+8 {
			return errTrie
		}
		trie, err := readTable(r, uint64(file.ByteOrder.Uint32(raw[at:])), uint64(file.ByteOrder.Uint32(raw[at+4:])))
		if err != nil {
			return fmt.Errorf("export trie: %w", err)
		}
		names, err := exportedNames(trie, "_PyInit")
		if err != nil {
			return err
		}
		for _, name := range names {
			if module, ok := initName(name[1:]); ok {
				f.Inits = append(f.Inits, module)
			}
		}
	}
	return nil
}

// readCommand takes what one load command says.
func readCommand(f *File, system *string, order binary.ByteOrder, raw []byte) error {
	switch command := macho.LoadCmd(order.Uint32(raw)); command {
	case macho.LoadCmdDylib, lcPreboundDylib, lcReexportDylib, lcUpwardDylib, lcLazyDylib:
		return appendName(&f.Needed, order, raw)
	case lcWeakDylib:
		return appendName(&f.Weak, order, raw)
	case macho.LoadCmdRpath:
		return appendName(&f.RunPath, order, raw)
	case lcIDDylib:
		var names []string
		if err := appendName(&names, order, raw); err != nil {
			return err
		}
		f.SOName = names[0]
	case lcLoadDylinker:
		var names []string
		if err := appendName(&names, order, raw); err != nil {
			return err
		}
		f.Interpreter = names[0]
	case lcBuildVersion:
		if len(raw) < 16 {
			return io.ErrUnexpectedEOF
		}
		if p := order.Uint32(raw[8:]); p != platformMacOS {
			*system = machoPlatform(p)
			return nil
		}
		f.MinOS = machoVersion(order.Uint32(raw[12:]))
	case lcVersionMinMac:
		if len(raw) < 12 {
			return io.ErrUnexpectedEOF
		}
		f.MinOS = machoVersion(order.Uint32(raw[8:]))
	case lcVersionMinIOS, lcVersionMinTV, lcVersionMinWat:
		*system = "not macOS"
	}
	return nil
}

// appendName appends the string of a load command, whose place is the word behind the command's size.
func appendName(list *[]string, order binary.ByteOrder, raw []byte) error {
	if len(raw) < 12 {
		return io.ErrUnexpectedEOF
	}
	at := order.Uint32(raw[8:])
	if at < 12 || uint64(at) >= uint64(len(raw)) {
		return fmt.Errorf("its name lies at %d of %d bytes", at, len(raw))
	}
	*list = append(*list, cString(raw[at:]))
	return nil
}

// machoVersion spells a version as nibbles xxxx.yy.zz: 0x000a0f00 is "10.15".
func machoVersion(v uint32) string {
	text := fmt.Sprintf("%d.%d", v>>16, v>>8&0xff)
	if patch := v & 0xff; patch != 0 {
		text += fmt.Sprintf(".%d", patch)
	}
	return text
}

const platformMacOS = 1

// machoPlatform names a platform of LC_BUILD_VERSION.
func machoPlatform(p uint32) string {
	switch p {
	case 2:
		return "iOS"
	case 3:
		return "tvOS"
	case 4:
		return "watchOS"
	case 6:
		return "Mac Catalyst"
	case 7:
		return "iOS simulator"
	case 10:
		return "DriverKit"
	case 11:
		return "visionOS"
	}
	return fmt.Sprintf("platform %d", p)
}

// machoMachine returns the processor, and the platform as if the file were for macOS.
func machoMachine(file *macho.File) (string, target.Target) {
	const subtypeMask, arm64e = 0xffffff, 2
	switch file.Cpu {
	case macho.CpuAmd64:
		return "x86_64", platform("darwin", "amd64")
	case macho.CpuArm64:
		if file.SubCpu&subtypeMask == arm64e {
			return "arm64e", target.Target{}
		}
		return "arm64", platform("darwin", "arm64")
	case macho.Cpu386:
		return "i386", target.Target{}
	case macho.CpuArm:
		return "arm", target.Target{}
	case macho.CpuPpc:
		return "ppc", target.Target{}
	case macho.CpuPpc64:
		return "ppc64", target.Target{}
	}
	return fmt.Sprintf("processor %#x", uint32(file.Cpu)), target.Target{}
}

// readMachOSymbols takes the external symbols of the symbol table (mach-o/nlist.h). C's names begin with "_" there.
func readMachOSymbols(f *File, file *macho.File) {
	const stab, typeMask, external = 0xe0, 0x0e, 0x01
	if file.Symtab == nil || f.Class == Relocatable {
		return
	}
	for _, s := range file.Symtab.Syms {
		name, ok := strings.CutPrefix(s.Name, "_")
		if !ok || s.Type&stab != 0 || s.Type&external == 0 {
			continue
		}
		if s.Type&typeMask == 0 {
			f.imports = append(f.imports, symbol{name: name, needed: -1})
		} else if module, ok := initName(name); ok {
			f.Inits = append(f.Inits, module)
		}
	}
}
