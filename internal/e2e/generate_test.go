//go:build linux

package e2e

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBuildPathsStayOut searches the bytes of executables and generated packages for the places where they were made.
func TestBuildPathsStayOut(t *testing.T) {
	t.Parallel()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Skip(err)
	}
	source, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	source = filepath.Dir(source)
	for name, program := range map[string]func(*testing.T) *program{"hello": hello, "probe": probe} {
		p := program(t)
		for file, data := range withExecutable(t, p) {
			for _, path := range []string{workspace, source, filepath.Join(home, ".cache"), filepath.Join(home, "go") + "/"} {
				if at := strings.Index(data, path); at >= 0 {
					t.Errorf("%s: %s holds the path %q", name, file, data[at:min(len(data), at+120)])
				}
			}
		}
	}
}

func withExecutable(t *testing.T, p *program) map[string]string {
	t.Helper()
	all := contents(t, filepath.Join(p.dir, "pyapp"))
	maps.Copy(all, contents(t, filepath.Dir(p.exe)))
	return all
}

// TestSameBytes generates one program in many ways: the files are the same to the last byte.
func TestSameBytes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	want := contents(t, filepath.Join(probe(t).dir, "pyapp"))
	variants := []struct {
		name  string
		args  []string
		env   []string
		umask int
		old   bool // the sources' times and modes differ
	}{
		{name: "one worker", args: []string{"-j", "1"}},
		{name: "five workers", args: []string{"-j", "5"}, env: []string{"TZ=Asia/Kolkata", "LC_ALL=tr_TR.UTF-8", "PYTHONHASHSEED=3"}},
		{name: "no cache", env: []string{"OXGEN_CACHE=new", "TZ=America/Lima", "PYTHONOPTIMIZE=2", "PYTHONPATH=/nonexistent"}, umask: 0o077},
		{name: "old sources", old: true, env: []string{"SOURCE_DATE_EPOCH=0", "GOMAXPROCS=1"}, umask: 0o027},
	}
	for _, v := range variants {
		t.Run(v.name, func(t *testing.T) {
			t.Parallel()
			p, err := newProgram(filepath.Join(t.TempDir(), "elsewhere "+v.name), "testdata/probe")
			if err != nil {
				t.Fatal(err)
			}
			if v.old {
				makeOld(t, p.dir)
			}
			c, err := oxgenCall(append([]string{"generate", p.dir}, v.args...)...)
			if err != nil {
				t.Fatal(err)
			}
			for i := range v.env {
				v.env[i] = strings.Replace(v.env[i], "OXGEN_CACHE=new", "OXGEN_CACHE="+t.TempDir(), 1)
			}
			shell := &call{
				path: "/bin/sh",
				args: append([]string{"-c", fmt.Sprintf(`umask %03o; exec "$@"`, v.umask), "sh", c.path}, c.args...),
				env:  append(c.env, v.env...),
			}
			if r := shell.run(t); r.status != 0 {
				t.Fatalf("status %d\n%s", r.status, r.stderr)
			}
			wantSame(t, contents(t, filepath.Join(p.dir, "pyapp")), want)
		})
	}
}

func makeOld(t *testing.T, dir string) {
	t.Helper()
	old := time.Unix(86400, 0)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			if err := os.Chmod(path, 0o444); err != nil {
				return err
			}
		}
		return os.Chtimes(path, old, old)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestUnchanged generates twice: the second time no file is touched, so that go build finds nothing to do.
func TestUnchanged(t *testing.T) {
	t.Parallel()
	p, err := newProgram(t.TempDir(), "../../example/hello")
	if err != nil {
		t.Fatal(err)
	}
	generate := func(args ...string) (string, error) {
		return oxgen(t.Context(), append([]string{"generate", p.dir}, args...)...)
	}
	if out, err := generate(); err != nil {
		t.Fatal(err, out)
	}
	before := times(t, filepath.Join(p.dir, "pyapp"))
	if out, err := generate("--check"); err != nil {
		t.Error("--check of a current package:", err, out)
	}
	if out, err := generate(); err != nil {
		t.Fatal(err, out)
	}
	if after := times(t, filepath.Join(p.dir, "pyapp")); !maps.Equal(before, after) {
		t.Errorf("times of the files were %v, are %v", before, after)
	}
	appendTo(t, filepath.Join(p.dir, "hello", "__main__.py"), "\nprint('more')\n")
	if out, err := generate("--check"); err == nil {
		t.Error("--check finds nothing in a package that is stale:", out)
	}
	if after := times(t, filepath.Join(p.dir, "pyapp")); !maps.Equal(before, after) {
		t.Error("--check wrote")
	}
}

func times(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	all := map[string]time.Time{}
	for name := range contents(t, dir) {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		all[name] = info.ModTime()
	}
	return all
}

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestKilledGenerate kills `oxgen generate` with SIGKILL at many moments. After each, the package is the old one or the
// new one, and the next generation works.
func TestKilledGenerate(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	p, err := newProgram(t.TempDir(), "../../example/hello")
	if err != nil {
		t.Fatal(err)
	}
	pkg, main := filepath.Join(p.dir, "pyapp"), filepath.Join(p.dir, "hello", "__main__.py")
	source, err := os.ReadFile(main)
	if err != nil {
		t.Fatal(err)
	}
	// The two versions differ in all that a change of the sources changes: the table and the Go source.
	write := func(version int) {
		t.Helper()
		if err := os.WriteFile(main, fmt.Appendf(bytes.Clone(source), "\n# %s\n", strings.Repeat("x", version)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	generate := func() time.Duration {
		t.Helper()
		start := time.Now()
		if out, err := oxgen(t.Context(), "generate", p.dir); err != nil {
			t.Fatal(err, out)
		}
		return time.Since(start)
	}
	versions := make([]map[string]string, 2)
	var whole time.Duration
	for i := range versions {
		write(i)
		generate()
		versions[i] = contents(t, pkg)
	}
	for i := range versions { // both are compiled now
		write(i)
		whole = max(whole, generate())
	}
	const moments = 24
	interrupted, current := 0, 1
	for i := range moments {
		write(1 - current)
		c, err := oxgenCall("generate", p.dir)
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), c.path, c.args...)
		cmd.Env = c.env
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(whole * time.Duration(i) * 2 / moments)
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		_ = cmd.Wait()
		got := contents(t, pkg)
		switch {
		case maps.Equal(got, versions[1-current]):
			current = 1 - current
		case maps.Equal(got, versions[current]):
			interrupted++
		default:
			wantWhole(t, p, versions)
		}
	}
	if interrupted == 0 || interrupted == moments {
		t.Errorf("%d of %d were killed in time: the moments are badly chosen", interrupted, moments)
	}
	write(0)
	generate()
	wantSame(t, contents(t, pkg), versions[0])
}

// wantWhole is called for a package in between two versions: an interrupted commit is brought to its end by whoever comes
// next, `oxgen generate --check` included.
func wantWhole(t *testing.T, p *program, versions []map[string]string) {
	t.Helper()
	got := contents(t, filepath.Join(p.dir, "pyapp"))
	for name := range got {
		if strings.HasPrefix(name, ".") {
			delete(got, name) // what is left of staging
		}
	}
	for _, v := range versions {
		if maps.Equal(got, v) {
			return
		}
	}
	t.Error("the package is neither the old one nor the new one")
	wantSame(t, got, versions[0])
}

// TestFullDiskGenerate lets the disk run full under `oxgen generate`.
func TestFullDiskGenerate(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	disk := t.TempDir()
	if err := syscall.Mount("oxgen-e2e", disk, "tmpfs", 0, "size=120m"); err != nil {
		t.Skip("needs the right to mount:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	p, err := newProgram(filepath.Join(disk, "module"), "../../example/hello")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := oxgen(t.Context(), "generate", p.dir); err != nil {
		t.Fatal(err, out)
	}
	pkg := filepath.Join(p.dir, "pyapp")
	before := contents(t, pkg)
	appendTo(t, filepath.Join(p.dir, "hello", "__main__.py"), "\nprint('more')\n")
	filler := filepath.Join(disk, "filler")
	fill(t, filler)
	c, err := oxgenCall("generate", p.dir)
	if err != nil {
		t.Fatal(err)
	}
	r := c.run(t)
	if r.status != 1 || !strings.Contains(r.stderr, "no space left on device") || !strings.Contains(r.stderr, "hint: ") {
		t.Errorf("status %d\n%s", r.status, r.stderr)
	}
	wantSame(t, contents(t, pkg), before)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	if r := c.run(t); r.status != 0 {
		t.Errorf("with room again: status %d\n%s", r.status, r.stderr)
	}
}

// fill writes a file until the disk is full.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	block := make([]byte, 4096)
	for {
		if _, err := f.Write(block); err != nil {
			return
		}
	}
}

// TestTwoGenerates runs eight at once on one directory with one new cache.
func TestTwoGenerates(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	p, err := newProgram(t.TempDir(), "testdata/settings")
	if err != nil {
		t.Fatal(err)
	}
	want := contents(t, filepath.Join(settings(t).dir, "pyapp"))
	results := make(chan result)
	const atOnce = 8
	for range atOnce {
		go func() {
			c, err := oxgenCall("generate", p.dir)
			if err != nil {
				results <- result{err: err}
				return
			}
			results <- c.start(t.Context())
		}()
	}
	for range atOnce {
		if r := <-results; r.err != nil || r.status != 0 {
			t.Errorf("status %d, %v\n%s", r.status, r.err, r.stderr)
		}
	}
	wantSame(t, contents(t, filepath.Join(p.dir, "pyapp")), want)
}

// TestManyModules generates a program of 20,000 modules.
func TestManyModules(t *testing.T) {
	t.Parallel()
	if os.Getenv("OXGEN_E2E_SCALE") == "" {
		t.Skip("takes minutes: set OXGEN_E2E_SCALE=1")
	}
	const packages, modules = 100, 200
	p, err := newProgram(t.TempDir(), "testdata/settings")
	if err != nil {
		t.Fatal(err)
	}
	for i := range packages {
		dir := filepath.Join(p.dir, "src", fmt.Sprintf("package%03d", i))
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		for j := range modules {
			name := fmt.Sprintf("module%03d.py", j)
			if j == 0 {
				name = "__init__.py"
			}
			text := fmt.Sprintf("VALUE = %d\n\n\ndef value():\n    return VALUE\n", i*modules+j)
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	conf := "sources = [\"src\"]\n[run]\ncommand = \"import sys, package099.module199 as m; print(m.value(), len(sys.modules))\"\n"
	if err := os.WriteFile(filepath.Join(p.dir, "oxgen.toml"), []byte(conf), 0o600); err != nil {
		t.Fatal(err)
	}
	p.exe = filepath.Join(p.module, "many")
	c, err := oxgenCall("generate", p.dir)
	if err != nil {
		t.Fatal(err)
	}
	r := c.run(t)
	if r.status != 0 {
		t.Fatalf("status %d\n%s", r.status, r.stderr)
	}
	const most = 1 << 20 // KiB
	t.Logf("peak memory of generate: %d MB", r.usage.Maxrss>>10)
	if r.usage.Maxrss >= most {
		t.Errorf("peak memory of generate is %d KiB, want less than %d", r.usage.Maxrss, most)
	}
	if out, err := oxgen(t.Context(), "build", p.dir, "-o", p.exe); err != nil {
		t.Fatal(err, out)
	}
	p.call().run(t).wantOutput(t, "19999 ")
}
