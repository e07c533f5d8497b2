package loader

import (
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
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

// writeExtents makes fd a file of the given size and writes the extents, whose bytes are at the start of data.
func writeExtents(fd int, size int64, extents []Extent, data string) error {
	if err := unix.Ftruncate(fd, size); err != nil {
		return fmt.Errorf("sizing a file of %d bytes: %w", size, err)
	}
	for _, e := range extents {
		if err := pwrite(fd, data[:e.Size], e.Offset); err != nil {
			return err
		}
		data = data[e.Size:]
	}
	return nil
}

func pwrite(fd int, data string, offset int64) error {
	for len(data) > 0 {
		n, err := unix.Pwrite(fd, unsafe.Slice(unsafe.StringData(data), len(data)), offset)
		if err != nil {
			return fmt.Errorf("writing %d bytes: %w", len(data), err)
		}
		data, offset = data[n:], offset+int64(n)
	}
	return nil
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

// pointer turns an address that C gave into a pointer; the memory is not Go's.
func pointer(address uintptr) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
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

func writeWhole(fd int, lib *Library) error {
	if lib.Packed {
		return unpack(fd, lib)
	}
	if err := writeExtents(fd, lib.Size, lib.Skeleton, lib.Data); err != nil {
		return err
	}
	data := lib.Data
	for _, e := range lib.Skeleton {
		data = data[e.Size:]
	}
	if err := writeExtents(fd, lib.Size, lib.Original, data); err != nil || lib.Payload == nil {
		return err
	}
	at := lib.Payload()
	for _, e := range lib.Mapped {
		if err := pwrite(fd, unsafe.String((*byte)(pointer(at)), e.Size), e.Offset); err != nil {
			return err
		}
		at += uintptr(lib.pageUp(e.Size))
	}
	return nil
}

// unpack writes what Data holds, a piece at a time.
func unpack(fd int, lib *Library) error {
	if err := unix.Ftruncate(fd, lib.Size); err != nil {
		return fmt.Errorf("sizing a file of %d bytes: %w", lib.Size, err)
	}
	r, err := zlib.NewReader(strings.NewReader(lib.Data))
	if err != nil {
		return fmt.Errorf("unpacking %s: %w", lib.Name, err)
	}
	piece := make([]byte, 1<<18)
	for at := int64(0); ; {
		n, err := io.ReadFull(r, piece)
		if n > 0 {
			if err := pwrite(fd, unsafe.String(&piece[0], n), at); err != nil {
				return err
			}
			at += int64(n)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			if at != lib.Size { // the stream itself is sound: it has a checksum
				return fmt.Errorf("unpacking %s: %d bytes of %d", lib.Name, at, lib.Size)
			}
			return nil
		case err != nil:
			return fmt.Errorf("unpacking %s: %w", lib.Name, err)
		}
	}
}

// loadCache keeps the library as a file in the user's cache directory, under the name of its digest, and makes it when it
// is missing or not what it should be. It needs a writable cache directory that is not mounted noexec, but no /proc.
func loadCache(lib *Library) (uintptr, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return 0, fmt.Errorf("no cache directory: %w", err)
	}
	dir := filepath.Join(cache, "oxgen", "lib")
	path := filepath.Join(dir, lib.Digest[:32]+"-"+lib.Name)
	if !holds(path, lib.Digest) {
		if err := writeCache(dir, path, lib); err != nil {
			return 0, err
		}
	}
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_GLOBAL)
	if err != nil {
		return 0, fmt.Errorf("dlopen: %w", err)
	}
	return handle, nil
}

func holds(path, digest string) bool {
	contents, err := os.ReadFile(path)
	if err != nil {
		return false
	}
	sum := sha256.Sum256(contents)
	return hex.EncodeToString(sum[:]) == digest
}

// writeCache writes beside path and renames, so that a file under the final name is always whole.
func writeCache(dir, path string, lib *Library) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("cache directory: %w", err)
	}
	f, err := os.CreateTemp(dir, ".new-*")
	if err != nil {
		return fmt.Errorf("cache directory: %w", err)
	}
	defer os.Remove(f.Name()) // does nothing once it is renamed
	defer f.Close()
	if err := writeWhole(int(f.Fd()), lib); err != nil {
		return fmt.Errorf("cache file %s: %w", path, err)
	}
	if err := f.Chmod(0o500); err != nil {
		return fmt.Errorf("cache file: %w", err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("cache file: %w", err)
	}
	return nil
}
