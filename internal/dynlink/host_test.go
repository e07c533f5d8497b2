package dynlink

import (
	"debug/elf"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/objfile/objfiletest"
	"github.com/oxgen/oxgen/internal/target"
)

// machine makes the file system of a machine, and returns its root.
func machine(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	amd64 := objfiletest.ELF{SOName: "libx.so.1", Needed: []string{"liby.so.2", "libc.so.6"}}.Bytes()
	arm64 := objfiletest.ELF{SOName: "libx.so.1", Machine: elf.EM_AARCH64}.Bytes()
	for name, data := range map[string][]byte{
		"etc/ld.so.conf":                        []byte("# comment\ninclude ld.so.conf.d/*.conf\n/opt/a # behind a directory\n/opt/old=libc5\nincluded\n"),
		"etc/ld.so.conf.d/b.conf":               []byte("/opt/b\n"),
		"etc/ld.so.conf.d/a.conf":               []byte("include /etc/ld.so.conf.d/*.conf\n\n  /usr/local/lib  \n"), // for ever
		"etc/ld.so.conf.d/c.txt":                []byte("/opt/c\n"),
		"opt/b/libx.so.1":                       arm64,
		"opt/a/libx.so.1":                       []byte("/* GNU ld script */"),
		"opt/c/libx.so.1":                       amd64,
		"usr/lib/x86_64-linux-gnu/libx.so.1.5":  amd64,
		"usr/local/lib/libx.so.1":               append(amd64, 0),
		"var/lib/dpkg/info/libx1:amd64.list":    []byte("/.\n/usr\n/lib/x86_64-linux-gnu/libx.so.1\n/lib/x86_64-linux-gnu/libx.so.1.5\n"),
		"var/lib/dpkg/info/libx-dev:amd64.list": []byte("/.\n/usr\n/lib/x86_64-linux-gnu/libx.so.1.old\n"),
	} {
		name = filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"usr/lib/x86_64-linux-gnu/libx.so.1": "libx.so.1.5",
		"lib":                                "usr/lib",
		"usr/lib64":                          "lib/x86_64-linux-gnu", // the same files by another name
		"usr/lib/libx.so.1":                  "libx.so.1",            // a loop
	} {
		if err := os.Symlink(to, filepath.Join(root, filepath.FromSlash(link))); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestFind(t *testing.T) {
	t.Parallel()
	h := &Host{Root: machine(t)}
	for _, test := range []struct {
		library, arch string
		want          []string // path, package, what it needs
	}{
		{"libx.so.1", "amd64", []string{"/usr/local/lib/libx.so.1  liby.so.2", "/lib/x86_64-linux-gnu/libx.so.1 libx1 liby.so.2"}}, // again below
		{"libx.so.1", "amd64", []string{"/usr/local/lib/libx.so.1  liby.so.2", "/lib/x86_64-linux-gnu/libx.so.1 libx1 liby.so.2"}},
		{"libx.so.1", "arm64", []string{"/opt/b/libx.so.1  "}},
		{"libx.so.2", "amd64", nil},
		{"../lib/libx.so.1", "amd64", nil},
		{"", "amd64", nil},
	} {
		var got []string
		for _, c := range h.Find(test.library, target.Target{GOOS: "linux", GOARCH: test.arch}) {
			first := ""
			if len(c.File.Needed) > 0 {
				first = c.File.Needed[0]
			}
			got = append(got, c.Path+" "+c.Package+" "+first)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s for %s (-want +got)\n%s", test.library, test.arch, diff)
		}
	}
	if got := h.Find("kernel32.dll", target.Target{GOOS: "windows", GOARCH: "amd64"}); got != nil {
		t.Errorf("got %v", got)
	}
}

func TestDirs(t *testing.T) {
	t.Parallel()
	got := (&Host{Root: machine(t)}).Dirs(target.Target{GOOS: "linux", GOARCH: "arm64"})
	want := []string{
		"/opt/b", "/usr/local/lib", "/opt/a", "/opt/old",
		"/lib/aarch64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/local/lib/aarch64-linux-gnu", "/usr/aarch64-linux-gnu/lib",
		"/lib64", "/usr/lib64", "/lib", "/usr/lib", "/usr/local/lib64",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// TestThisMachine finds the C library where there is a glibc of the usual kind.
func TestThisMachine(t *testing.T) {
	t.Parallel()
	found := new(Host).Find("libc.so.6", target.Host())
	if len(found) == 0 {
		t.Skip("no glibc here")
	}
	if f := found[0].File; f.SOName != "libc.so.6" || f.Target != target.Host() {
		t.Errorf("got %+v", found[0])
	}
}
