package loader

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
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
		bias := loadBias(handle)
		if err := mapPayload(lib, exe, payload, bias); err != nil {
			return 0, err
		}
		if err := relocate(lib, bias); err != nil {
			return 0, err
		}
		initialise(lib, bias)
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
	to, err := fileOf(fd, lib.Size)
	if err != nil {
		return 0, err
	}
	if err := lib.writeSkeleton(to); err != nil {
		return 0, err
	}
	defer lib.avoid()()
	if lib.merge(to) {
		if handle, err := dlopen(procPath(fd)); err == nil {
			return handle, nil
		}
		if err := lib.writeSkeleton(to); err != nil { // as it was
			return 0, err
		}
	}
	return dlopen(procPath(fd))
}

// merge has the skeleton ask for libc.so.6 in place of libraries that are parts of it, and tells whether it did. The dynamic linker would
// load what is left of them, which has nothing in it and takes it a tenth of a millisecond or two each.
func (l *Library) merge(to sink) bool {
	if len(l.Merged) == 0 || !mergedLibC() {
		return false
	}
	for _, at := range l.Merged {
		if to(unsafe.String((*byte)(unsafe.Pointer(&l.LibC)), 4), at) != nil {
			return false
		}
	}
	return true
}

// mergedLibC tells whether the C library is glibc 2.34 or newer.
func mergedLibC() bool {
	version, err := purego.Dlsym(purego.RTLD_DEFAULT, "gnu_get_libc_version")
	if err != nil {
		return false
	}
	text, _, _ := purego.SyscallN(version)
	return atLeast(unix.BytePtrToString((*byte)(pointer(text))), 2, 34)
}

// atLeast tells whether a version that starts with two numbers is as new as these, false of anything else.
func atLeast(version string, major, minor int) bool {
	numbers := strings.SplitN(version, ".", 3)
	if len(numbers) < 2 {
		return false
	}
	a, errA := strconv.Atoi(numbers[0])
	b, errB := strconv.Atoi(numbers[1])
	return errA == nil && errB == nil && (a > major || a == major && b >= minor)
}

// avoid has the library not be loaded where it is linked when the executable is position-independent: who wants addresses that nobody
// can foresee gets them for libpython as well. What it returns is called when the library is loaded.
func (l *Library) avoid() (done func()) {
	start, size := uintptr(l.Protect.Address), uintptr(l.page())
	exe, err := segments()
	if err != nil || exe.bias == 0 || l.Protect.Size == 0 || !reserve(start, size) {
		return func() {}
	}
	return func() { _ = unix.MunmapPtr(pointer(start), size) }
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

// loadBias returns the difference between the addresses in memory and those that the library is linked at. A handle of dlopen
// is a struct link_map (link.h), whose first field it is, in glibc as in musl.
func loadBias(handle uintptr) uintptr {
	return *(*uintptr)(pointer(handle))
}

// mapPayload maps the payload over the holes.
func mapPayload(lib *Library, exe int, payload int64, bias uintptr) error {
	enlarged := false
	if lib.fits(bias) {
		var err error
		if enlarged, err = lib.enlarge(exe, payload); err != nil {
			return err
		}
	}
	for _, e := range lib.Mapped {
		if !enlarged || e.Address < lib.Memory.Address {
			if err := lib.mapPart(e, exe, payload, bias); err != nil {
				return err
			}
		}
		payload += lib.pageUp(e.Size)
	}
	return nil
}

// mapPart maps a part of the payload, which lies at an offset in the executable's file.
func (l *Library) mapPart(e Extent, exe int, offset int64, bias uintptr) error {
	prot, flags := l.protection(e, bias)
	_, err := unix.MmapPtr(exe, offset, pointer(bias+uintptr(e.Address)), uintptr(e.Size), prot, unix.MAP_PRIVATE|unix.MAP_FIXED|flags)
	if err != nil {
		return fmt.Errorf("mapping %d bytes of the executable: %w", e.Size, err)
	}
	return nil
}

// protection returns how a part of the payload is mapped, and flags. Where much of it is written to, or nearly all is read, one call is
// cheaper than the faults.
func (l *Library) protection(e Extent, bias uintptr) (prot, flags int) {
	constant := bias == 0 && e.Address < l.Protect.Address+uint64(l.Protect.Size)
	switch {
	case e.Exec:
		return unix.PROT_READ | unix.PROT_EXEC, 0
	case !e.Write:
		return unix.PROT_READ, 0
	case constant:
		return unix.PROT_READ, unix.MAP_POPULATE
	}
	return unix.PROT_READ | unix.PROT_WRITE, unix.MAP_POPULATE
}

// relocate adds the load bias to the words of the data that hold addresses, and makes read-only what the linker would
// have made so. Where the library is loaded at the address that it is linked at, they are right already.
func relocate(lib *Library, bias uintptr) error {
	relocations := lib.Data[len(lib.Data)-8*lib.Relocations:]
	if bias == 0 {
		relocations = ""
	}
	var next uintptr
	for ; len(relocations) > 0; relocations = relocations[8:] {
		word := *(*uint64)(unsafe.Pointer(unsafe.StringData(relocations)))
		if word&1 == 0 {
			next = bias + uintptr(word)
			*(*uintptr)(pointer(next)) += bias
			next += 8
			continue
		}
		for at, bitmap := next, word>>1; bitmap != 0; at, bitmap = at+8, bitmap>>1 {
			if bitmap&1 != 0 {
				*(*uintptr)(pointer(at)) += bias
			}
		}
		next += 63 * 8
	}
	if lib.Protect.Size == 0 {
		return nil
	}
	region := unsafe.Slice((*byte)(pointer(bias+uintptr(lib.Protect.Address))), lib.Protect.Size)
	if err := unix.Mprotect(region, unix.PROT_READ); err != nil {
		return fmt.Errorf("protecting relocated data: %w", err)
	}
	return nil
}

// initialise calls what the dynamic linker would have called, with the arguments that it passes.
func initialise(lib *Library, bias uintptr) {
	argc, argv, envp := arguments()
	if lib.Init != 0 {
		purego.SyscallN(bias+uintptr(lib.Init), argc, argv, envp)
	}
	array := unsafe.Slice((*uintptr)(pointer(bias+uintptr(lib.Array))), lib.Inits)
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
