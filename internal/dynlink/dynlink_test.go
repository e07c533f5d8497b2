package dynlink

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/internal/target"
)

// node reads "PATH [soname=S] [run=DIR:DIR] [digest=D] [weak=LIBRARY] LIBRARY...".
func node(format objfile.Format, text string) Node {
	fields := strings.Fields(text)
	n := Node{Path: fields[0], Format: format}
	for _, f := range fields[1:] {
		switch key, value, _ := strings.Cut(f, "="); key {
		case "soname":
			n.SOName = value
		case "run":
			n.RunPath = strings.Split(value, ":")
		case "digest":
			n.Digest = value
		case "weak":
			n.Weak = append(n.Weak, value)
		default:
			n.Needed = append(n.Needed, f)
		}
	}
	return n
}

// describe returns one line a file: "PATH: LIBRARY=PATH …, provided …, missing …", "!" for renamed ones.
func describe(r *Result) []string {
	var lines []string
	for _, f := range r.Files {
		line := f.Path + ":"
		for _, l := range f.Links {
			mark := "="
			if l.Renamed {
				mark = "!"
			}
			line += " " + l.Library + mark + l.Path
		}
		if len(f.Provided) > 0 {
			line += ", provided " + strings.Join(f.Provided, " ")
		}
		if len(f.Missing) > 0 {
			line += ", missing " + strings.Join(f.Missing, " ")
		}
		lines = append(lines, line)
	}
	for _, c := range r.Cycles {
		lines = append(lines, "cycle "+strings.Join(c, " "))
	}
	for _, c := range r.Clashes {
		lines = append(lines, "clash "+c.SOName+" "+strings.Join(c.Paths, " "))
	}
	return lines
}

func TestResolve(t *testing.T) {
	t.Parallel()
	linux, mac, windows := target.Target{GOOS: "linux", GOARCH: "amd64"}, target.Target{GOOS: "darwin", GOARCH: "arm64"}, target.Target{GOOS: "windows", GOARCH: "amd64"}
	for _, test := range []struct {
		name   string
		target target.Target
		nodes  []string
		want   []string
	}{
		{
			"a wheel with its libraries", linux,
			[]string{
				"np/core.so run=$ORIGIN/../np.libs libblas-1a2b.so.0 libm.so.6 libc.so.6",
				"np.libs/libblas-1a2b.so.0 soname=libblas-1a2b.so.0 run=$ORIGIN libgfortran-3c.so.5 libc.so.6",
				"np.libs/libgfortran-3c.so.5 soname=libgfortran-3c.so.5 libquadmath.so.0 ld-linux-x86-64.so.2",
			},
			[]string{
				"np.libs/libblas-1a2b.so.0: libgfortran-3c.so.5=np.libs/libgfortran-3c.so.5, provided libc.so.6",
				"np.libs/libgfortran-3c.so.5:, provided ld-linux-x86-64.so.2, missing libquadmath.so.0",
				"np/core.so: libblas-1a2b.so.0=np.libs/libblas-1a2b.so.0, provided libm.so.6 libc.so.6",
			},
		},
		{
			"SONAME before file name", linux,
			[]string{"a.so libx.so.1", "lib/libx.so.1", "lib/libx.so.1.2 soname=libx.so.1", "z/libx.so.1 soname=liby.so"},
			[]string{
				"a.so: libx.so.1!lib/libx.so.1", // it has no SONAME, so its name is that of its file, and it comes first
				"lib/libx.so.1:", "lib/libx.so.1.2:", "z/libx.so.1:",
			},
		},
		{
			"a file with another SONAME is the last to be taken", linux,
			[]string{"a.so libx.so.1", "b/libx.so.1 soname=liby.so", "c/libz.so soname=libx.so.1"},
			[]string{"a.so: libx.so.1=c/libz.so", "b/libx.so.1:", "c/libz.so:"},
		},
		{
			"a file with another SONAME is taken", linux,
			[]string{"a.so libx.so.1", "b/libx.so.1 soname=liby.so"},
			[]string{"a.so: libx.so.1!b/libx.so.1", "b/libx.so.1:"},
		},
		{
			"each its own of two versions", linux,
			[]string{
				"a/m.so run=$ORIGIN/../a.libs libz.so.1", "a.libs/libz.so.1 soname=libz.so.1", "a.libs/liby.so.1 soname=liby.so.1 libz.so.1",
				"b/m.so run=/nowhere:${ORIGIN}/../b.libs libz.so.1 liby.so.1", "b.libs/libz.so.1 soname=libz.so.1",
				"c/m.so libz.so.1", "c/libz.so.1 soname=libz.so.1",
			},
			[]string{
				"a.libs/liby.so.1: libz.so.1=a.libs/libz.so.1",
				"a.libs/libz.so.1:",
				"a/m.so: libz.so.1=a.libs/libz.so.1",
				"b.libs/libz.so.1:",
				"b/m.so: libz.so.1=b.libs/libz.so.1 liby.so.1=a.libs/liby.so.1",
				"c/libz.so.1:",
				"c/m.so: libz.so.1=c/libz.so.1",
				"clash libz.so.1 a.libs/libz.so.1 b.libs/libz.so.1 c/libz.so.1",
			},
		},
		{
			"copies don't clash, nor what nobody needs", linux,
			[]string{
				"a/m.so libz.so.1", "a/libz.so.1 soname=libz.so.1 digest=1",
				"b/m.so libz.so.1", "b/libz.so.1 soname=libz.so.1 digest=1",
				"c/libz.so.1 soname=libz.so.1 digest=2",
			},
			[]string{"a/libz.so.1:", "a/m.so: libz.so.1=a/libz.so.1", "b/libz.so.1:", "b/m.so: libz.so.1=b/libz.so.1", "c/libz.so.1:"},
		},
		{
			"the system's C library, whatever the program has", linux,
			[]string{"a.so run=$ORIGIN libm.so.6", "libm.so.6 soname=libm.so.6"},
			[]string{"a.so:, provided libm.so.6", "libm.so.6:"},
		},
		{
			"paths", linux,
			[]string{"p/a.so $ORIGIN/x/liba.so ./x/libb.so /usr/lib/libc.so.6", "p/x/liba.so soname=liba.so", "p/x/libb.so"},
			[]string{"p/a.so: $ORIGIN/x/liba.so!p/x/liba.so, missing ./x/libb.so /usr/lib/libc.so.6", "p/x/liba.so:", "p/x/libb.so:"},
		},
		{
			"$ORIGIN is a whole name", linux,
			[]string{"p/a.so run=$ORIGINAL:$ORIGIN/.. libx.so.1", "libx.so.1 soname=libx.so.1", "0/libx.so.1 soname=libx.so.1"},
			[]string{"0/libx.so.1:", "libx.so.1:", "p/a.so: libx.so.1=libx.so.1"},
		},
		{
			"cycles", linux,
			[]string{
				"a.so libb.so", "libb.so soname=libb.so libc.so", "libc.so soname=libc.so libd.so", "libd.so soname=libd.so libb.so libd.so",
				"libx.so soname=libx.so liby.so", "liby.so soname=liby.so libx.so", "self.so soname=self.so self.so",
			},
			[]string{
				"a.so: libb.so=libb.so", "libb.so: libc.so=libc.so", "libc.so: libd.so=libd.so", "libd.so: libb.so=libb.so",
				"libx.so: liby.so=liby.so", "liby.so: libx.so=libx.so", "self.so:",
				"cycle libb.so libc.so libd.so", "cycle libx.so liby.so",
			},
		},
		{
			"Mach-O", mac,
			[]string{
				"p/a.so run=@loader_path/../lib:/opt/lib @rpath/libx.dylib @loader_path/liby.dylib /usr/lib/libSystem.B.dylib @rpath/sub/libz.dylib /opt/lib/libq.dylib weak=/opt/none.dylib",
				"0/libx.dylib soname=@rpath/libx.dylib", "lib/libx.dylib soname=/old/libx.dylib", "p/liby.dylib", "lib/sub/libz.dylib",
			},
			[]string{
				"0/libx.dylib:", "lib/libx.dylib:", "lib/sub/libz.dylib:",
				"p/a.so: @rpath/libx.dylib=lib/libx.dylib @loader_path/liby.dylib=p/liby.dylib @rpath/sub/libz.dylib=lib/sub/libz.dylib, " +
					"provided /usr/lib/libSystem.B.dylib, missing /opt/lib/libq.dylib",
				"p/liby.dylib:",
			},
		},
		{
			"PE", windows,
			[]string{
				"p/a.pyd KERNEL32.dll api-ms-win-crt-heap-l1-1-0.dll LibX.DLL VCRUNTIME140.dll WINSPOOL.DRV weak=ole32.dll weak=none.dll",
				"other/libx.dll", "P/libx.dll soname=libx.dll",
			},
			[]string{
				"P/libx.dll:", "other/libx.dll:",
				"p/a.pyd: LibX.DLL=P/libx.dll, provided KERNEL32.dll api-ms-win-crt-heap-l1-1-0.dll WINSPOOL.DRV ole32.dll, missing VCRUNTIME140.dll",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			format := map[string]objfile.Format{"linux": objfile.ELF, "darwin": objfile.MachO, "windows": objfile.PE}[test.target.GOOS]
			var nodes []Node
			for _, text := range test.nodes {
				nodes = append(nodes, node(format, text))
			}
			r := Resolve(nodes, System(test.target))
			if diff := cmp.Diff(test.want, describe(r)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			var missing []Missing
			for _, f := range r.Files {
				for _, m := range f.Missing {
					missing = append(missing, Missing{f.Path, m})
				}
			}
			if diff := cmp.Diff(missing, r.Missing); diff != "" {
				t.Errorf("all that is missing (-files +all)\n%s", diff)
			}
			slices.Reverse(nodes)
			if diff := cmp.Diff(r, Resolve(nodes, System(test.target)), cmpopts.IgnoreUnexported(Result{})); diff != "" {
				t.Errorf("nodes in another order (-first +second)\n%s", diff)
			}
		})
	}
}

// TestFormatsApart has no file linked with one of another format.
func TestFormatsApart(t *testing.T) {
	t.Parallel()
	nodes := []Node{node(objfile.ELF, "a.so libx.so"), node(objfile.MachO, "libx.so soname=libx.so")}
	r := Resolve(nodes, func(string) bool { return false })
	if diff := cmp.Diff([]Missing{{"a.so", "libx.so"}}, r.Missing); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	var nodes []Node
	for _, text := range []string{
		"m.so libc.so libb.so libc.so.6", "libb.so soname=libb.so liba.so libd.so", "libc.so soname=libc.so liba.so", "liba.so soname=liba.so",
		"libd.so soname=libd.so libe.so", "libe.so soname=libe.so libd.so", "other.so",
	} {
		nodes = append(nodes, node(objfile.ELF, text))
	}
	r := Resolve(nodes, System(target.Target{GOOS: "linux", GOARCH: "amd64"}))
	for path, want := range map[string]string{
		"m.so":     "liba.so libc.so libe.so libd.so libb.so",
		"libd.so":  "libe.so",
		"other.so": "",
		"none.so":  "",
	} {
		if got := strings.Join(r.Load(path), " "); got != want {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
	}
	if r.File("m.so") == nil || r.File("none.so") != nil {
		t.Error("File finds the wrong ones")
	}
}
