//go:build linux

package e2e

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// The program testdata/code with its modules stored in several ways.
const (
	bareSettings = "optimize = [0, 2]\ninclude-source = false\ndebug-ranges = false"
	lateSettings = "bytecode = false"
	taken        = "\nextract = ['taken', 'space.inner']"
)

var (
	codeLevels = codeVariant("levels", "optimize = [0, 2]"+taken, nil)
	codeBare   = codeVariant("bare", bareSettings+taken, addBytecode)
	codeLate   = codeVariant("late", lateSettings, addBytecode)
)

// codeVariant returns a function that builds the program with more settings, once. Prepare may change its sources.
func codeVariant(name, settings string, prepare func(src string) error) func(*testing.T) *program {
	build := sync.OnceValues(func() (*program, error) { return buildCode(name, settings, prepare) })
	return func(t *testing.T) *program {
		t.Helper()
		p, err := build()
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
}

func buildCode(name, settings string, prepare func(src string) error) (*program, error) {
	p, err := newCode(name, settings, prepare)
	if err != nil {
		return nil, err
	}
	p.exe = filepath.Join(p.module, "bin", "code")
	out, err := oxgen(context.Background(), "--quiet", "build", p.dir, "-o", p.exe)
	if err != nil {
		return nil, fmt.Errorf("building %s: %w\n%s", name, err, out)
	}
	return p, nil
}

// newCode is newProgram for testdata/code with more settings.
func newCode(name, settings string, prepare func(src string) error) (*program, error) {
	p, err := newProgram(filepath.Join(workspace, "code-"+name), "testdata/code")
	if err != nil {
		return nil, err
	}
	toml := filepath.Join(p.dir, "oxgen.toml")
	text, err := os.ReadFile(toml)
	if err != nil {
		return nil, err
	}
	src := filepath.Join(p.dir, "src")
	if err := errors.Join(
		os.WriteFile(toml, []byte(settings+"\n"+string(text)), 0o600),
		os.Chmod(filepath.Join(src, "taken/data/run.sh"), 0o700),
		os.WriteFile(filepath.Join(src, "taken/data/large.bin"), make([]byte, 200_000), 0o600),
	); err != nil {
		return nil, err
	}
	if prepare == nil {
		return p, nil
	}
	return p, prepare(src)
}

// compiler is a program that compiles for addBytecode.
var compiler = sync.OnceValues(func() (*program, error) { return buildCode("compiler", "", nil) })

// addBytecode adds a package without sources.
func addBytecode(src string) error {
	p, err := compiler()
	if err != nil {
		return err
	}
	elsewhere, given := filepath.Join(filepath.Dir(src), "elsewhere"), filepath.Join(src, "given")
	if err := errors.Join(os.Mkdir(elsewhere, 0o700), os.Mkdir(given, 0o700)); err != nil {
		return err
	}
	for name, text := range map[string]string{"__init__.py": "", "part.py": "def f():\n    return 'given'\n"} {
		source := filepath.Join(elsewhere, name)
		if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
			return err
		}
		r := p.call("compiler.main", source, filepath.Join(given, name+"c")).start(context.Background())
		if r.err != nil || r.status != 0 {
			return fmt.Errorf("compiling %s: %w, exit status %d\n%s", name, r.err, r.status, r.stderr)
		}
	}
	return nil
}

// TestCodeLevels compares the level of the interpreter, the level of the code that is run, and how many of three modules
// were compiled for that.
func TestCodeLevels(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name           string
		program        func(*testing.T) *program
		here, children string
	}{
		{"stored 0 and 2", codeLevels, "0 0 0", "1 1 3,2 2 0"},
		{"no sources", codeBare, "0 0 0", "1 0 0,2 2 0"},
		{"no bytecode", codeLate, "0 0 3", "1 1 3,2 2 3"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			p := test.program(t)
			p.call("levels.facts").run(t).wantOutput(t, test.here+"\n")
			p.call("levels.children").run(t).wantOutput(t, strings.ReplaceAll(test.children, ",", "\n")+"\n")
		})
	}
}

// TestCodeChecks runs the checks that the program makes from the inside.
func TestCodeChecks(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		program func(*testing.T) *program
		checks  string
	}{
		{codeLevels, "levels.columns broken.errors broken.listed extract.attributes extract.resources extract.parts extract.unused extract.threads extract.overtaken extract.held extract.memory"},
		{codeBare, "broken.unlisted bare.columns bare.attributes bare.sources bare.files bare.helpers bare.given " +
			"extract.attributes extract.resources extract.parts"},
		{codeLate, "broken.errors broken.listed bare.given"},
	} {
		p := test.program(t)
		for check := range strings.FieldsSeq(test.checks) {
			t.Run(filepath.Base(p.module)+"/"+check, func(t *testing.T) {
				t.Parallel()
				p.call(check).with("XDG_CACHE_HOME="+t.TempDir()).run(t).wantOutput(t, "")
			})
		}
	}
}

// TestCodeInspect looks for what is told of the program.
func TestCodeInspect(t *testing.T) {
	t.Parallel()
	p := codeLevels(t)
	rows, err := os.ReadFile(filepath.Join(p.dir, "pyapp", "pyapp.go"))
	if err != nil {
		t.Fatal(err)
	}
	if want := `{Path: "taken/data/a.txt", Kind: pyembed.Data, Size: 6, Digest: "5891b5b5", Extracted: true},`; !strings.Contains(string(rows), want) {
		t.Errorf("no row %s", want)
	}
	for flag, parts := range map[string][]string{
		"--json":     {`"levels": [`, `"extracted": true`, `"extract": [`},
		"--verdicts": {"put into the user's cache directory at run time", "does not compile: invalid syntax"},
	} {
		out, err := oxgen(t.Context(), "inspect", flag, p.exe)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if !strings.Contains(out, part) {
				t.Errorf("inspect %s lacks %q", flag, part)
			}
		}
	}
}

// extractInto has the program put its package on disk below cache, and returns its directory there.
func extractInto(t *testing.T, p *program, cache string) string {
	t.Helper()
	r := p.call("extract.where").with("XDG_CACHE_HOME=" + cache).run(t)
	r.wantOutput(t, cache+"/oxgen-extract/")
	if t.Failed() {
		t.FailNow()
	}
	return r.stdout
}

// treeOf describes all that is in a directory: mode, size and time of change of each file.
func treeOf(t *testing.T, dir string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		tree[rel] = info.Mode().String()
		if !d.IsDir() {
			tree[rel] += fmt.Sprint(" ", info.Size(), " ", info.ModTime())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// TestExtractAgain starts a program twice: the second time nothing is written.
func TestExtractAgain(t *testing.T) {
	t.Parallel()
	p, cache := codeLevels(t), t.TempDir()
	dir := extractInto(t, p, cache)
	before := treeOf(t, cache)
	if extractInto(t, p, cache) != dir {
		t.Error("the second start uses another directory")
	}
	if diff := cmp.Diff(before, treeOf(t, cache)); diff != "" {
		t.Errorf("the second start changed something (-before +after):\n%s", diff)
	}
	for name, mode := range before {
		if strings.HasPrefix(mode, "d") && mode != "drwx------" && name != "." {
			t.Errorf("%s has mode %s", name, mode)
		}
	}
}

// TestExtractHome puts the package below the home directory, whose cache directory is missing.
func TestExtractHome(t *testing.T) {
	t.Parallel()
	p, home := codeLevels(t), t.TempDir()
	p.call("extract.where").with("XDG_CACHE_HOME=", "HOME="+home).run(t).wantOutput(t, home+"/.cache/oxgen-extract/")
	wantMode(t, filepath.Join(home, ".cache"), 0o700)
}

// TestExtractTampered changes what is on disk. The next start sets it right.
func TestExtractTampered(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(dir, file string) error // dir is that of the package, file one in it
	}{
		{"contents", func(_, file string) error { return os.WriteFile(file, []byte("jello\n"), 0o600) }},
		{"truncated", func(_, file string) error { return os.Truncate(file, 0) }},
		{"longer", func(_, file string) error { return os.WriteFile(file, []byte("hello\nhello\n"), 0o600) }},
		{"missing", func(_, file string) error { return os.Remove(file) }},
		{"mode", func(_, file string) error { return os.Chmod(file, 0o666) }},
		{"executable", func(_, file string) error { return os.Chmod(file, 0o700) }},
		{"unreadable", func(_, file string) error { return os.Chmod(file, 0) }},
		{"link", func(dir, file string) error {
			return errors.Join(os.WriteFile(filepath.Join(dir, "copy"), []byte("hello\n"), 0o600), os.Remove(file), os.Symlink("../copy", file))
		}},
		{"link to nothing", func(_, file string) error { return errors.Join(os.Remove(file), os.Symlink("nothing", file)) }},
		{"fifo", func(_, file string) error { return errors.Join(os.Remove(file), syscall.Mkfifo(file, 0o600)) }},
		{"directory for a file", func(_, file string) error {
			return errors.Join(os.Remove(file), os.Mkdir(file, 0o700), os.WriteFile(file+"/x", nil, 0o600))
		}},
		{"file for a directory", func(_, file string) error {
			return errors.Join(os.RemoveAll(filepath.Dir(file)), os.WriteFile(filepath.Dir(file), nil, 0o600))
		}},
		{"link for a directory", func(_, file string) error {
			data := filepath.Dir(file)
			return errors.Join(os.Rename(data, data+"2"), os.Symlink("data2", data))
		}},
		{"no package", func(dir, _ string) error { return os.RemoveAll(dir) }},
		{"link for the whole", func(dir, _ string) error {
			root := filepath.Dir(dir)
			return errors.Join(os.Rename(root, root+"2"), os.Symlink(root+"2", root))
		}},
		{"file for the whole", func(dir, _ string) error {
			return errors.Join(os.RemoveAll(filepath.Dir(dir)), os.WriteFile(filepath.Dir(dir), nil, 0o600))
		}},
	}
	p := codeLevels(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			cache := t.TempDir()
			dir := extractInto(t, p, cache)
			file := filepath.Join(dir, "data", "a.txt")
			if err := test.change(dir, file); err != nil {
				t.Fatal(err)
			}
			p.call("extract.resources").with("XDG_CACHE_HOME="+cache).run(t).wantOutput(t, "")
			info, err := os.Lstat(file)
			if err != nil || info.Mode() != 0o600 {
				t.Errorf("the file is %v, %v", info, err)
			}
			if data, err := os.ReadFile(file); string(data) != "hello\n" {
				t.Errorf("the file holds %q, %v", data, err)
			}
			for _, inner := range []string{dir, filepath.Dir(file)} {
				if info, err := os.Lstat(inner); err != nil || !info.IsDir() {
					t.Errorf("%s is %v, %v", inner, info, err)
				}
			}
		})
	}
}

// TestExtractRefuses has places that nothing may be written to. The last line of the traceback names the place, the cause
// and the mend.
func TestExtractRefuses(t *testing.T) {
	t.Parallel()
	const mend = "; set XDG_CACHE_HOME to a directory of your own with room in it\n"
	tests := []struct {
		name    string
		prepare func(base string) error // base is <cache>/oxgen-extract
		env     []string                // after XDG_CACHE_HOME
		want    []string                // BASE stands for base
		root    bool                    // only root can prepare it
	}{
		{"symbolic link", func(base string) error {
			return errors.Join(os.Mkdir(base+"2", 0o700), os.Symlink(base+"2", base))
		}, nil, []string{"BASE is a symbolic link"}, false},
		{"file", func(base string) error { return os.WriteFile(base, nil, 0o600) }, nil, []string{"BASE is no directory"}, false},
		{"writable by others", func(base string) error {
			return errors.Join(os.Mkdir(base, 0o700), os.Chmod(base, 0o777))
		}, nil, []string{"BASE can be written by others (mode 777)"}, false},
		{"somebody else's", func(base string) error {
			return errors.Join(os.Mkdir(base, 0o700), os.Chown(base, 54321, 54321))
		}, nil, []string{"BASE belongs to the user 54321, and this is 0"}, true},
		{"relative", nil, []string{"XDG_CACHE_HOME=cache"}, []string{"$XDG_CACHE_HOME is no absolute path: 'cache'"}, false},
		{"no home", nil, []string{"XDG_CACHE_HOME=", "HOME="}, []string{"neither $XDG_CACHE_HOME nor $HOME is set"}, false},
		{"not to be made", nil, []string{"XDG_CACHE_HOME=/proc/self/x"}, []string{"/proc/self/x", "No such file or directory"}, false},
		{"below a file", nil, []string{"XDG_CACHE_HOME=/dev/null"}, []string{"Not a directory (/dev/null/oxgen-extract)"}, false},
	}
	p := codeLevels(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.root && os.Getuid() != 0 {
				t.Skip("only root can give files away")
			}
			cache := t.TempDir()
			base := filepath.Join(cache, "oxgen-extract")
			if test.prepare != nil {
				if err := test.prepare(base); err != nil {
					t.Fatal(err)
				}
			}
			r := p.call("extract.where").with("XDG_CACHE_HOME=" + cache).with(test.env...).run(t)
			r.wantRefused(t, append([]string{mend}, strings.Split(strings.ReplaceAll(strings.Join(test.want, "\n"), "BASE", base), "\n")...)...)
		})
	}
}

// wantRefused checks that the program ended with an OSError whose line has all the parts.
func (r result) wantRefused(t *testing.T, parts ...string) {
	t.Helper()
	lines := strings.SplitAfter(strings.TrimSuffix(r.stderr, "\n"), "\n")
	last := lines[len(lines)-1] + "\n"
	if r.status != 1 || !strings.HasPrefix(last, "OSError: can't write the files of the package 'taken'") {
		t.Errorf("status %d, want 1 and an OSError\nstdout: %s\nstderr: %s", r.status, r.stdout, r.stderr)
	}
	for _, part := range parts {
		if !strings.Contains(last, part) {
			t.Errorf("error lacks %q: %s", part, last)
		}
	}
}

// TestExtractJail has no room or no right to write.
func TestExtractJail(t *testing.T) {
	t.Parallel()
	p := codeLevels(t)
	const mend = "; set XDG_CACHE_HOME to a directory of your own with room in it\n"
	t.Run("read-only", func(t *testing.T) {
		t.Parallel()
		c := &call{
			path: "/app", args: []string{"extract.where"}, env: []string{"HOME=/"},
			jail: &jail{Root: chroot(t, p.exe, "proc"), Proc: true, ReadOnly: true},
		}
		c.run(t).wantRefused(t, mend, "Read-only file system", "/.cache")
	})
	t.Run("full", func(t *testing.T) {
		t.Parallel()
		c := &call{
			path: "/app", args: []string{"extract.where"}, env: []string{"XDG_CACHE_HOME=/small"},
			jail: &jail{Root: chroot(t, p.exe, "proc", "small"), Proc: true, SmallTo: "small"},
		}
		c.run(t).wantRefused(t, mend, "to /small/oxgen-extract: No space left on device")
	})
}

// TestExtractTogether starts eight programs at once.
func TestExtractTogether(t *testing.T) {
	t.Parallel()
	p, cache := codeLevels(t), t.TempDir()
	for round := range 3 {
		var group sync.WaitGroup
		results := make([]result, 8)
		for i := range results {
			group.Go(func() {
				results[i] = p.call("extract.resources").with("XDG_CACHE_HOME=" + cache).start(t.Context())
			})
		}
		group.Wait()
		for _, r := range results {
			if r.err != nil {
				t.Fatal(r.err)
			}
			r.wantOutput(t, "")
		}
		wantSettled(t, cache)
		if round == 1 { // the last round has something to mend
			data := filepath.Join(extractInto(t, p, cache), "data")
			if err := errors.Join(os.RemoveAll(data), os.WriteFile(data, nil, 0o600)); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// wantSettled checks that nothing is left of writing.
func wantSettled(t *testing.T, cache string) {
	t.Helper()
	for name := range treeOf(t, cache) {
		if strings.HasSuffix(name, ".new") {
			t.Errorf("%s is left", name)
		}
	}
}

// TestExtractKilled kills a start that has written everything but has not given it its name.
func TestExtractKilled(t *testing.T) {
	t.Parallel()
	p, cache := codeLevels(t), t.TempDir()
	r := p.call("extract.killed").with("XDG_CACHE_HOME=" + cache).run(t)
	if r.signal != syscall.SIGKILL {
		t.Fatalf("status %d, signal %v\n%s", r.status, r.signal, r.stderr)
	}
	left, err := filepath.Glob(cache + "/oxgen-extract/.*.new")
	if err != nil || len(left) != 1 {
		t.Fatalf("%v is left, %v", left, err)
	}
	dir := extractInto(t, p, cache)
	p.call("extract.resources").with("XDG_CACHE_HOME="+cache).run(t).wantOutput(t, "")
	if _, err := os.Stat(left[0]); err != nil {
		t.Error("what another process may still write was removed:", err)
	}
	old := time.Now().Add(-2 * time.Hour)
	if err := errors.Join(os.Chtimes(left[0], old, old), os.RemoveAll(filepath.Dir(dir))); err != nil {
		t.Fatal(err)
	}
	extractInto(t, p, cache)
	wantSettled(t, cache)
}

// TestCodeRefuses generates from bytecode that is none, and packages that are none.
func TestCodeRefuses(t *testing.T) {
	t.Parallel()
	p, err := newProgram(filepath.Join(t.TempDir(), "module"), "testdata/code")
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string]string{"cut.pyc": "\x2b\x0e\r\n\x00\x00", "other.pyc": "abcd" + strings.Repeat("\x00", 12) + "N"} {
		if err := os.WriteFile(filepath.Join(p.dir, "src", name), []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	out, err := oxgen(t.Context(), "--quiet", "generate", p.dir)
	if err == nil {
		t.Fatal("damaged bytecode is taken")
	}
	for _, part := range []string{"src/cut.pyc: no valid bytecode: ", "src/other.pyc: no valid bytecode: ", fmt.Sprintf("hint: compile it with Python 3.%d, or embed the source instead", used.minor)} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in\n%s", part, out)
		}
	}
}
