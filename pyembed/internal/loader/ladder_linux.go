package loader

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"unsafe"

	"github.com/ebitengine/purego"
	"golang.org/x/sys/unix"
)

var rungs = []rung{
	{dividing, loadSplit},
	{"memfd", loadMemfd},
	{"tmpfile", loadTmpfile},
	{"cache", loadCache},
}

// loadSplit lets the dynamic linker load the skeleton from a memory file with holes, maps code, read-only data and most of
// the data over the holes, straight from the executable's file, and relocates that data. Nothing is copied but the
// skeleton, code is shared between all processes of the program, and no memory file is ever executable.
//
// It needs memfd_create (Linux 3.17) and /proc.
func loadSplit(lib *Library) (uintptr, error) {
	if lib.Packed {
		return 0, errors.New("the libpython of a compact program can't be mapped")
	}
	if lib.Payload == nil {
		return 0, errors.New("this libpython can't be divided")
	}
	payload, err := locate(lib.Payload())
	if err != nil {
		return 0, err
	}
	if payload%lib.page() != 0 {
		return 0, fmt.Errorf("libpython lies at offset %#x of the executable, no page boundary (was the executable packed?)", payload)
	}
	exe, err := openExecutable()
	if err != nil {
		return 0, err
	}
	defer unix.Close(exe)
	return loadFrom(lib, unix.MFD_NOEXEC_SEAL, func(fd int) (uintptr, error) {
		handle, err := loadSkeleton(lib, fd)
		if err != nil {
			return 0, err
		}
		base := loadAddress(handle)
		if err := mapPayload(lib, exe, payload, base); err != nil {
			return 0, err
		}
		if err := relocate(lib, base); err != nil {
			return 0, err
		}
		initialise(lib, base)
		return handle, nil
	})
}

// loadFrom makes a memory file for load. The file stays open when the library is loaded: glibc takes two libraries with
// the same path for one, and the number of a closed descriptor is soon in use again.
func loadFrom(lib *Library, flags int, load func(fd int) (uintptr, error)) (uintptr, error) {
	fd, err := memfd(lib.Name, flags)
	if err != nil {
		return 0, err
	}
	handle, err := load(fd)
	if err != nil {
		unix.Close(fd)
	}
	return handle, err
}

func loadSkeleton(lib *Library, fd int) (uintptr, error) {
	if err := writeExtents(fd, lib.Size, lib.Skeleton, lib.Data); err != nil {
		return 0, err
	}
	return dlopen(procPath(fd))
}

// memfd returns a memory file. Of flags, those that the kernel does not know are left out.
func memfd(name string, flags int) (int, error) {
	fd, err := unix.MemfdCreate(name, unix.MFD_CLOEXEC|flags)
	if errors.Is(err, unix.EINVAL) {
		fd, err = unix.MemfdCreate(name, unix.MFD_CLOEXEC)
	}
	switch {
	case errors.Is(err, unix.EACCES):
		return -1, fmt.Errorf("memfd_create: %w (is the sysctl vm.memfd_noexec set to 2?)", err)
	case err != nil:
		return -1, fmt.Errorf("memfd_create: %w (a seccomp filter may refuse it)", err)
	}
	return fd, nil
}

// procPath returns a path that the dynamic linker can open. It does without the file's name, which may be gone. A debugger
// opens it too, for the symbols, so that it should not mean another file there: "self" would. Where /proc is that of another
// PID namespace, the process has no other name.
func procPath(fd int) string {
	var own, there unix.Stat_t
	path := "/proc/" + strconv.Itoa(os.Getpid()) + "/fd/" + strconv.Itoa(fd)
	if unix.Fstat(fd, &own) == nil && unix.Stat(path, &there) == nil && own.Dev == there.Dev && own.Ino == there.Ino {
		return path
	}
	return "/proc/self/fd/" + strconv.Itoa(fd)
}

func dlopen(path string) (uintptr, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err == nil {
		return handle, nil
	}
	if _, missing := os.Stat("/proc/self/fd"); missing != nil {
		return 0, errors.New("/proc is not mounted")
	}
	return 0, fmt.Errorf("dlopen: %w", err)
}

// loadAddress returns the difference between the addresses in the library's file and those in memory. A handle of dlopen
// is a struct link_map (link.h), whose first field it is, in glibc as in musl.
func loadAddress(handle uintptr) uintptr {
	return *(*uintptr)(pointer(handle))
}

func mapPayload(lib *Library, exe int, payload int64, base uintptr) error {
	for _, e := range lib.Mapped {
		prot, flags := unix.PROT_READ, unix.MAP_PRIVATE|unix.MAP_FIXED
		switch {
		case e.Exec:
			prot |= unix.PROT_EXEC
		case e.Write:
			prot |= unix.PROT_WRITE
			flags |= unix.MAP_POPULATE // relocation writes to nearly every page: one call is cheaper than a fault for each
		}
		at := pointer(base + uintptr(e.Address))
		if _, err := unix.MmapPtr(exe, payload, at, uintptr(e.Size), prot, flags); err != nil {
			return fmt.Errorf("mapping %d bytes of the executable: %w", e.Size, err)
		}
		payload += lib.pageUp(e.Size)
	}
	return nil
}

// relocate adds the load address to the words of the data that hold addresses, and makes read-only what the linker would
// have made so.
func relocate(lib *Library, base uintptr) error {
	relocations := lib.Data[len(lib.Data)-8*lib.Relocations:]
	var next uintptr
	for ; len(relocations) > 0; relocations = relocations[8:] {
		word := *(*uint64)(unsafe.Pointer(unsafe.StringData(relocations)))
		if word&1 == 0 {
			next = base + uintptr(word)
			*(*uintptr)(pointer(next)) += base
			next += 8
			continue
		}
		for at, bitmap := next, word>>1; bitmap != 0; at, bitmap = at+8, bitmap>>1 {
			if bitmap&1 != 0 {
				*(*uintptr)(pointer(at)) += base
			}
		}
		next += 63 * 8
	}
	if lib.Protect.Size == 0 {
		return nil
	}
	region := unsafe.Slice((*byte)(pointer(base+uintptr(lib.Protect.Address))), lib.Protect.Size)
	if err := unix.Mprotect(region, unix.PROT_READ); err != nil {
		return fmt.Errorf("protecting relocated data: %w", err)
	}
	return nil
}

// initialise calls what the dynamic linker would have called, with the arguments that it passes.
func initialise(lib *Library, base uintptr) {
	argc, argv, envp := arguments()
	if lib.Init != 0 {
		purego.SyscallN(base+uintptr(lib.Init), argc, argv, envp)
	}
	array := unsafe.Slice((*uintptr)(pointer(base+uintptr(lib.Array))), lib.Inits)
	for _, f := range array {
		purego.SyscallN(f, argc, argv, envp)
	}
}

// loadMemfd copies the whole library into a memory file: 0.8 ms a megabyte. It needs memfd_create, /proc, and a kernel
// that lets memory files be executed.
func loadMemfd(lib *Library) (uintptr, error) {
	return loadFrom(lib, unix.MFD_EXEC, func(fd int) (uintptr, error) {
		if err := writeWhole(fd, lib); err != nil {
			return 0, err
		}
		return dlopen(procPath(fd))
	})
}

// loadTmpfile is loadMemfd with a file that has no name in the directory for temporary files. It needs a file system there
// that knows O_TMPFILE and is not mounted noexec, and /proc.
func loadTmpfile(lib *Library) (uintptr, error) {
	dir := os.TempDir()
	fd, err := unix.Open(dir, unix.O_TMPFILE|unix.O_RDWR|unix.O_CLOEXEC, 0o700)
	if err != nil {
		return 0, fmt.Errorf("a nameless file in %s: %w", dir, err)
	}
	if err := writeWhole(fd, lib); err != nil {
		unix.Close(fd)
		return 0, fmt.Errorf("a nameless file in %s: %w", dir, err)
	}
	handle, err := dlopen(procPath(fd))
	if err != nil {
		unix.Close(fd)
	}
	return handle, err
}
