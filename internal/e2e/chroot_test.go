//go:build linux

package e2e

import (
	"debug/elf"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/internal/exectest"
)

// A surrounding is a place in which programs have to run: the chroot holds the executable, glibc and what is said here.
type surrounding struct {
	name string
	dirs []string // that the root has besides those of its files
	jail jail
	env  []string // the whole environment
}

var surroundings = []surrounding{
	{name: "nothing", jail: jail{Proc: true}},
	{name: "read-only root", jail: jail{Proc: true, ReadOnly: true}, env: []string{"HOME=/root"}},
	{name: "no tmp", jail: jail{Proc: true}, env: []string{"HOME=/", "TMPDIR=/nonexistent"}},
	{name: "noexec tmp", dirs: []string{"tmp"}, jail: jail{Proc: true, NoexecTo: "tmp", ReadOnly: true}, env: []string{"HOME=/tmp"}},
	{name: "user without home", jail: jail{Proc: true, UID: 65534}},
	{name: "user without home, read-only", jail: jail{Proc: true, UID: 65534, ReadOnly: true}, env: []string{"HOME=/nonexistent", "LANG=xx_YY.UTF-8"}},
}

// TestChroot runs the basic commands of the examples where there is nothing but them.
func TestChroot(t *testing.T) {
	t.Parallel()
	for _, p := range basics {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			p.short(t)
			exe := p.program(t).exe
			for _, s := range surroundings {
				t.Run(s.name, func(t *testing.T) {
					t.Parallel()
					if s.jail.UID != 0 && os.Getuid() != 0 {
						t.Skip("only root can become another user")
					}
					s.jail.Root = chroot(t, exe, append(s.dirs, "proc")...)
					for _, b := range p.commands {
						c := &call{path: "/app", args: b.args, env: append([]string{}, s.env...), jail: &s.jail}
						c.run(t).wantOutput(t, b.want)
					}
				})
			}
		})
	}
}

// chroot makes a directory with the executable as app, the files of glibc that it needs, and empty directories.
func chroot(t *testing.T, exe string, dirs ...string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.Chmod(root, 0o755); err != nil { // other users are to run what is in it
		t.Fatal(err)
	}
	for _, dir := range dirs {
		if err := os.Mkdir(filepath.Join(root, dir), 0o755); err != nil { // likewise
			t.Fatal(err)
		}
	}
	place(t, exe, filepath.Join(root, "app"))
	for _, lib := range glibc(t, exe) {
		place(t, lib, filepath.Join(root, lib))
	}
	return root
}

// place copies a file with its mode, by a link where that can be.
func place(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil { // other users are to run what is in it
		t.Fatal(err)
	}
	real, err := filepath.EvalSymlinks(from)
	if err != nil {
		t.Fatal(err)
	}
	if os.Link(real, to) == nil {
		return
	}
	if err := exectest.Copy(to, real, 0o755); err != nil {
		t.Fatal(err)
	}
}

// libpythonNeeds are the parts of glibc that the default libpython names; TestLibpython holds it to them.
var libpythonNeeds = []string{"libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1", "libutil.so.1"}

// glibc returns the paths of the dynamic linker and of the libraries that an executable and libpython need.
func glibc(t *testing.T, exe string) []string {
	t.Helper()
	f, err := elf.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	paths := []string{interpreter(t, f)}
	needed, err := f.ImportedLibraries()
	if err != nil {
		t.Fatal(err)
	}
	wanted := slices.Concat(needed, libpythonNeeds)
	for i := 0; i < len(wanted); i++ {
		if slices.Contains(wanted[:i], wanted[i]) || strings.HasPrefix(wanted[i], "ld-linux") {
			continue
		}
		path, more := library(t, wanted[i])
		paths, wanted = append(paths, path), append(wanted, more...)
	}
	return paths
}

// interpreter returns the dynamic linker that an executable asks for.
func interpreter(t *testing.T, f *elf.File) string {
	t.Helper()
	for _, p := range f.Progs {
		if p.Type != elf.PT_INTERP {
			continue
		}
		path := make([]byte, p.Filesz)
		if _, err := p.ReadAt(path, 0); err != nil {
			t.Fatal(err)
		}
		return strings.TrimRight(string(path), "\x00")
	}
	t.Fatal("no dynamic linker")
	return ""
}

// library finds a library of the host's glibc, and says which others it needs.
func library(t *testing.T, name string) (path string, needs []string) {
	t.Helper()
	for _, dir := range []string{"/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/lib", "/usr/lib64", "/usr/lib"} {
		path = filepath.Join(dir, name)
		f, err := elf.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		needs, err = f.ImportedLibraries()
		if err != nil {
			t.Fatal(err)
		}
		return path, needs
	}
	t.Skip("needs a glibc system: no", name)
	return "", nil
}
