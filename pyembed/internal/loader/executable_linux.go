package loader

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"
)

// The keys of the auxiliary vector (elf.h).
const (
	atPhdr  = 3
	atPhnum = 5
)

// A programHeader is an Elf64_Phdr. Package debug/elf has it too, and with it much that every start would have to initialise.
type programHeader struct {
	kind, flags                                       uint32
	offset, vaddr, paddr, fileSize, memorySize, align uint64
}

// Kinds of segments (elf.h).
const (
	ptLoad = 1
	ptPhdr = 6
)

// auxiliary returns a value that the kernel passed to the process, 0 if there is none.
func auxiliary(key uintptr) uintptr {
	getauxval, err := purego.Dlsym(purego.RTLD_DEFAULT, "getauxval")
	if err != nil {
		return 0
	}
	value, _, _ := purego.SyscallN(getauxval, key)
	return value
}

// An image is what the kernel made of the executable's file.
type image struct {
	headers []programHeader
	bias    uintptr // load bias: 0 when it is not position-independent
}

// segments returns the image of the executable.
var segments = sync.OnceValues(func() (image, error) {
	table, count := auxiliary(atPhdr), auxiliary(atPhnum)
	if table == 0 || count == 0 {
		return image{}, errors.New("the kernel passed no program headers (AT_PHDR)")
	}
	exe := image{headers: unsafe.Slice((*programHeader)(pointer(table)), count)}
	for i := range exe.headers {
		if h := &exe.headers[i]; h.kind == ptPhdr {
			exe.bias = table - uintptr(h.vaddr)
		}
	}
	return exe, nil
})

// locate returns the offset in the executable's file of what lies at address in memory.
func locate(address uintptr) (int64, error) {
	exe, err := segments()
	if err != nil {
		return 0, err
	}
	at := uint64(address - exe.bias)
	for i := range exe.headers {
		h := &exe.headers[i]
		if h.kind == ptLoad && at >= h.vaddr && at < h.vaddr+h.fileSize {
			return int64(at - h.vaddr + h.offset), nil // within a file
		}
	}
	return 0, errors.New("the address lies outside the executable's segments")
}

// openExecutable opens the file that the process was started from.
func openExecutable() (int, error) {
	fd, err := unix.Open("/proc/self/exe", unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err == nil {
		return fd, nil
	}
	if _, missing := os.Stat("/proc/self"); missing != nil {
		return -1, errors.New("/proc is not mounted")
	}
	return -1, fmt.Errorf("opening /proc/self/exe: %w", err)
}

// arguments returns what C's main gets: the kernel laid argc, argv and envp out below the auxiliary vector, where glibc
// found its environ.
func arguments() (argc, argv, envp uintptr) {
	environ, err := purego.Dlsym(purego.RTLD_DEFAULT, "environ")
	if err == nil {
		envp = *(*uintptr)(pointer(environ))
	}
	argument := make([]uintptr, 0, len(os.Args)+1)
	for _, a := range os.Args {
		b := append([]byte(a), 0)
		kept = append(kept, b)
		argument = append(argument, uintptr(unsafe.Pointer(&b[0])))
	}
	argument = append(argument, 0)
	keptArgv = argument
	return uintptr(len(os.Args)), uintptr(unsafe.Pointer(&keptArgv[0])), envp
}

// Initialisers may keep argv: it stays reachable for as long as the process lives.
var (
	kept     [][]byte
	keptArgv []uintptr
)
