//go:build linux

package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tc-hib/winres"
	"github.com/tc-hib/winres/version"

	"github.com/oxgen/oxgen/internal/dynlink"
	"github.com/oxgen/oxgen/internal/objfile"
	executables "github.com/oxgen/oxgen/internal/program"
	"github.com/oxgen/oxgen/internal/target"
)

// A platform is one that the example everywhere is built for, and how it is run here.
type platform struct {
	goos, goarch string
	here         string   // what the example says of it
	runner       []string // program and arguments before those of the program; nil to run it as it is
	needs        []string // files without which it can't be run
	children     bool     // it can start itself
	but          []string // the probe's checks that can't pass there
}

func (p platform) name() string { return p.goos + "-" + p.goarch }

func (p platform) target() string { return p.goos + "/" + p.goarch }

// suffix is the end of the names of executables.
func (p platform) suffix() string {
	if p.goos == "windows" {
		return ".exe"
	}
	return ""
}

var armRunner = []string{"qemu-aarch64-static", "-L", "/usr/aarch64-linux-gnu"}

// The platforms; the others are held to what programs do on the first, where the tests run.
var (
	onLinux = platform{goos: "linux", goarch: "amd64", here: "here: linux linux-x86_64", children: true}
	onARM   = platform{
		goos: "linux", goarch: "arm64", here: "here: linux linux-aarch64",
		runner: armRunner, needs: []string{"/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1"}, but: inEmulation,
	}
	onWindows = platform{goos: "windows", goarch: "amd64", here: "here: win32 win-amd64", needs: []string{wine64}, children: true, but: inWine}

	platforms = []platform{onLinux, onARM, onWindows, {goos: "darwin", goarch: "arm64"}, {goos: "darwin", goarch: "amd64"}}
)

// runnable says why the platform's programs can't be run here, "" when they can.
func (p platform) runnable() string {
	if p.goos == "darwin" {
		return "they run on macOS only"
	}
	for _, file := range p.needs {
		if _, err := os.Stat(file); err != nil {
			return "there is no " + file
		}
	}
	if p.runner != nil {
		if _, err := exec.LookPath(p.runner[0]); err != nil {
			return "there is no " + p.runner[0]
		}
	} else if p.goos == "linux" && p.goarch != hostArch() {
		return "this machine is another one"
	}
	return ""
}

func hostArch() string {
	out, err := exec.Command("go", "env", "GOHOSTARCH").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(out))
}

// newMatrix makes a module of the example everywhere, with more programs: matrix, and a package that it has put on disk, probe, keys, and
// those of modes.
func newMatrix(module string) (*program, error) {
	p, err := newProgram(module, "../../example/everywhere")
	if err != nil {
		return nil, err
	}
	if err := copyTree(filepath.Join(p.dir, "checks"), "testdata/matrix"); err != nil {
		return nil, err
	}
	for _, name := range []string{"probe", "modes", "keys"} {
		if err := copyTree(filepath.Join(p.dir, name), filepath.Join("testdata", name)); err != nil {
			return nil, err
		}
	}
	if err := p.takeKeys(); err != nil {
		return nil, err
	}
	modes, err := os.ReadFile("testdata/modes/oxgen.toml")
	if err != nil {
		return nil, err
	}
	_, programs, _ := strings.Cut(strings.ReplaceAll(string(modes), `file = "`, `file = "modes/`), "\n[[program]]")
	return p, p.edit(func(text string) string {
		text = strings.Replace(text, `sources = ["everywhere"]`, `sources = ["everywhere", "checks", "probe/src", "probe/more", "modes/src"]`+"\nextract = [\"kept\"]\ninstall-links = true", 1)
		text = strings.Replace(text, `site-packages = ["site"]`, `site-packages = ["site", "probe/site", "modes/site"]`, 1)
		return text + "\n[interpreter]\nmodule-search-paths = [\"$ORIGIN/plugins\"]\n" +
			"\n[[program]]\nname = \"matrix\"\nmodule = \"matrix\"\n\n[[program]]\nname = \"probe\"\nmodule = \"probe\"\n" +
			"\n[[program]]\nname = \"keys\"\nfile = \"keys/app.py\"\n\n[[program]]" + programs
	})
}

// matrix generates once and builds for each platform, without a C compiler.
var matrix = sync.OnceValues(func() (map[string]string, error) {
	p, err := newMatrix(filepath.Join(workspace, "matrix"))
	if err != nil {
		return nil, err
	}
	if out, err := oxgen(context.Background(), "--quiet", "generate", p.dir); err != nil || out != "" {
		return nil, fmt.Errorf("generating: %w\n%s", err, out)
	}
	built := map[string]string{}
	for _, on := range platforms {
		exe := on.executable("everywhere")
		build := &call{
			path: "go", args: []string{"build", "-o", exe, "."}, dir: p.dir,
			env: append(used.environ(), "GOOS="+on.goos, "GOARCH="+on.goarch, "CGO_ENABLED=0", "CC=no-such-compiler"),
		}
		if r := build.start(context.Background()); r.err != nil || r.status != 0 {
			return nil, fmt.Errorf("go build for %s: %w\n%s", on.name(), r.err, r.stderr)
		}
		built[on.name()] = exe
		if err := errors.Join(os.Link(exe, on.executable("probe")), os.Link(exe, on.executable("python")), plug(filepath.Dir(exe))); err != nil {
			return nil, err
		}
	}
	return built, nil
})

// executable returns the path of the executable of that name.
func (p platform) executable(name string) string {
	return filepath.Join(workspace, "matrix", "bin", p.name(), name+p.suffix())
}

// run runs the program for a platform, skipping the test where that is not possible.
func (p platform) run(t *testing.T, args ...string) result {
	t.Helper()
	return p.call(t, args...).run(t)
}

// call prepares a run of the program for a platform, and skips the test where there can be none.
func (p platform) call(t *testing.T, args ...string) *call {
	t.Helper()
	if why := p.runnable(); why != "" {
		t.Skipf("programs for %s are left out: %s", p.name(), why)
	}
	built, err := matrix()
	if err != nil {
		t.Fatal(err)
	}
	return p.calling(t, built[p.name()], args...)
}

// as prepares a run of a copy of the program for a platform that has the name of one of the executable's programs.
func (p platform) as(t *testing.T, program string, args ...string) *call {
	t.Helper()
	p.call(t) // builds it
	return p.calling(t, p.executable(program), args...)
}

// calling prepares a run of an executable for a platform.
func (p platform) calling(t *testing.T, exe string, args ...string) *call {
	t.Helper()
	c := &call{path: exe, args: args, env: append(used.environ(), "XDG_CACHE_HOME="+t.TempDir())}
	switch {
	case p.goos == "windows":
		c.env = nil
		c = wine(t, c)
	case p.runner != nil:
		c.args = append(append(p.runner[1:len(p.runner):len(p.runner)], c.path), args...)
		c.path = p.runner[0]
	}
	return c
}

// TestMatrix runs the example, which was generated once, on every platform that can be run here, and the checks. They say the same on
// each.
func TestMatrix(t *testing.T) {
	if testing.Short() || used.link != "mapped" {
		t.Skip("builds programs for several platforms")
	}
	t.Parallel()
	const example = `HERE
arguments: ['ä b']
data: ['rivers.csv'] True
sqlite3: ('Nile', 6650)
metadata: Nile 1.2 ['river_names:capital']
ssl: OpenSSL True
threads: [0, 1, 4, 9]
subprocess: ['ä b'] 9  0
shell: 4  0
multiprocessing: [0, 1, 4, 9, 16]
`
	const checks = `utf-8 1
8 0.1428571428571428571428571429 2363233923
2d711642 b'packed'
slept LATIN SMALL LETTER SHARP S
Traceback (most recent call last): raise ValueError("seen") ValueError: seen
files checked
`
	for _, p := range platforms {
		t.Run(p.name(), func(t *testing.T) {
			t.Parallel()
			args, want := []string{"ä b"}, strings.Replace(example, "HERE", p.here, 1)
			if !p.children {
				args = append(args, "--alone")
				before, _, _ := strings.Cut(want, "subprocess:")
				want = strings.Replace(before, "['ä b']", "['ä b', '--alone']", 1)
			}
			p.run(t, args...).wantLines(t, want, 0)
			p.run(t, append([]string{"matrix"}, args...)...).wantLines(t, checks, 5)
		})
	}
}

// wantLines checks what a program printed, whatever the ends of its lines, and its exit status.
func (r result) wantLines(t *testing.T, want string, status int) {
	t.Helper()
	got := strings.ReplaceAll(r.stdout, "\r\n", "\n")
	if diff := cmp.Diff(want, got); diff != "" || r.status != status {
		t.Errorf("exit status %d, (-want +got):\n%s\n%s", r.status, diff, r.stderr)
	}
}

// TestMatrixBuilt looks at executables for all platforms, also those that can't be run here.
func TestMatrixBuilt(t *testing.T) {
	if testing.Short() || used.link != "mapped" {
		t.Skip("builds programs for several platforms")
	}
	t.Parallel()
	built, err := matrix()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range platforms {
		exe := built[p.name()]
		f, err := os.Open(exe)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		object, err := objfile.Read(exe, f)
		if err != nil {
			t.Fatal(err)
		}
		if want := (target.Target{GOOS: p.goos, GOARCH: p.goarch}); object.Target != want || object.Class != objfile.Executable {
			t.Errorf("%s: is a %s for %s", p.name(), object.Class, object.Target)
		}
		for _, library := range object.Needed {
			if !dynlink.System(object.Target)(library) {
				t.Errorf("%s: is linked with %s", p.name(), library)
			}
		}
		if p.goos == "windows" {
			checkResources(t, f)
		}
		programs, err := executables.Open(exe)
		if err != nil || len(programs) != 1 || programs[0].Platform != p.target() {
			t.Fatalf("%s: programs %v, error %v", p.name(), programs, err)
		}
		if data, ok, err := programs[0].Contents("everywhere/data/rivers.csv"); err != nil || !ok || string(data) != "Amazon,6400\nDanube,2850\nNile,6650\n" {
			t.Errorf("%s: the program's file is %q, %v, %v", p.name(), data, ok, err)
		}
	}
}

// TestMatrixAgain generates the package for all platforms once more, one interpreter at a time: not a byte differs.
func TestMatrixAgain(t *testing.T) {
	if testing.Short() || used.link != "mapped" {
		t.Skip("builds programs for several platforms")
	}
	t.Parallel()
	if _, err := matrix(); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(workspace, "matrix", "everywhere")
	p, err := newMatrix(filepath.Join(t.TempDir(), "again"))
	if err != nil {
		t.Fatal(err)
	}
	if out, err := oxgen(t.Context(), "--quiet", "generate", "--jobs", "1", p.dir); err != nil || out != "" {
		t.Fatalf("generating: %v\n%s", err, out)
	}
	wantSame(t, contents(t, filepath.Join(p.dir, "pyapp")), contents(t, filepath.Join(dir, "pyapp")))
}

// checkResources looks for what the table windows of the configuration says in an executable.
func checkResources(t *testing.T, f *os.File) {
	t.Helper()
	resources, err := winres.LoadFromEXE(f)
	if err != nil {
		t.Fatal(err)
	}
	if manifest := string(resources.Get(winres.RT_MANIFEST, winres.ID(1), 0x409)); !strings.Contains(manifest, "longPathAware") {
		t.Errorf("the manifest is %q", manifest)
	}
	info, err := version.FromBytes(resources.Get(winres.RT_VERSION, winres.ID(1), 0x409))
	if err != nil || info.FileVersion != [4]uint16{1, 2, 3, 0} {
		t.Errorf("the version is %v, error %v", info, err)
	}
}

// TestLargePages runs the program for arm64 as on a kernel with pages of 64 KiB, libpython divided.
func TestLargePages(t *testing.T) {
	if testing.Short() || used.link != "mapped" {
		t.Skip("builds programs for several platforms")
	}
	t.Parallel()
	arm := onARM
	arm.runner = append([]string{armRunner[0], "-p", "65536", "-E", "OXGEN_LOADER=split"}, armRunner[1:]...)
	// Without extension modules: this emulation breaks down when the dynamic linker's list is read, whoever does it.
	if r := arm.run(t, "matrix", "--alone", "--no-extensions"); r.status != 5 {
		t.Errorf("exit status %d\n%s%s", r.status, r.stdout, r.stderr)
	}
}
