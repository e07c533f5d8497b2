package pip

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
)

// A fake stands for the interpreter: it notes how it is run and puts files where pip would.
type fake struct {
	*Pip
	runs  []pyexec.Command
	files []string // that it "downloads"
	fail  *pyexec.Failure
	log   string // what it says when it fails, on standard output
}

func newFake(t *testing.T, files ...string) *fake {
	t.Helper()
	f := &fake{files: files}
	f.Pip = &Pip{
		Interpreter: "/python", Version: "3.14.6", CacheDir: filepath.Join(t.TempDir(), "wheels"), Env: []string{"PIP_INDEX_URL=https://x"},
		Bring: func(context.Context) (string, error) { return "/brought", nil },
	}
	f.run = func(_ context.Context, c pyexec.Command) ([]byte, error) {
		f.runs = append(f.runs, c)
		if f.fail != nil {
			return []byte(f.log), f.fail
		}
		for _, name := range f.files {
			if err := os.WriteFile(filepath.Join(f.value("--dest"), name), nil, 0o666); err != nil {
				return nil, err
			}
		}
		return nil, nil
	}
	return f
}

// value returns the value of an option of the last run.
func (f *fake) value(option string) string {
	for _, arg := range f.runs[len(f.runs)-1].Args {
		if value, ok := strings.CutPrefix(arg, option+"="); ok {
			return value
		}
	}
	return ""
}

var linux = target.Target{GOOS: "linux", GOARCH: "arm64"}

func TestDownload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	put("requirements.txt", "-r more/other.txt\nrich\n")
	put("more/other.txt", "--find-links ../links\n-c limits.txt\nx; python_version > '3'\n")
	put("more/limits.txt", "x<2\n")
	put("links/x-1-py3-none-any.whl", "")
	f := newFake(t, "b-1-py3-none-any.whl", "a-1-py3-none-any.whl")
	request := Request{File: "oxgen.toml", Lines: []string{"requirements.txt", "# nothing", "a>=1", "--no-index"}, Dir: dir, Target: linux}
	download := func(runs int) {
		t.Helper()
		wheels, err := f.Download(t.Context(), request)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, w := range wheels {
			names = append(names, filepath.Base(w))
		}
		if diff := cmp.Diff([]string{"a-1-py3-none-any.whl", "b-1-py3-none-any.whl"}, names); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if len(f.runs) != runs {
			t.Errorf("%d runs, want %d", len(f.runs), runs)
		}
	}
	download(1)
	args := f.runs[0].Args
	for _, want := range []string{
		"--requirement=requirements.txt", "--no-index", "--only-binary=:all:", "--python-version=3.14.6", "--abi=cp314", "--platform=manylinux_2_17_aarch64", "--platform=linux_aarch64",
	} {
		if !slices.Contains(args, want) {
			t.Errorf("%q is not among the arguments %q", want, args)
		}
	}
	if place := args[6]; place != "/brought" || !strings.Contains(args[7], `"platform_machine":"aarch64"`) || f.runs[0].Dir != dir {
		t.Errorf("pip of %q with markers %s in %s", place, args[7], f.runs[0].Dir)
	}
	download(1) // from the cache
	for runs, change := range []func(){
		func() { put("requirements.txt", "-r more/other.txt\nrich>1\n") },
		func() { put("more/other.txt", "-c limits.txt\n-f ../links\n") },
		func() { put("more/limits.txt", "x<3\n") },
		func() { put("links/x-2-py3-none-any.whl", "") },
		func() { request.Lines = append(request.Lines, "b") },
		func() { request.Target.GOARCH = "amd64" },
		func() { f.Env = []string{"PIP_INDEX_URL=https://y"} },
		func() { f.Version = "3.14.7" },
		func() { request.Limits.Glibc = "2.17" },
		func() {
			put("more/${NAME}.txt", "")
			put("requirements.txt", "rich==${VERSION}\n-c more/${NAME}.txt\n")
		},
		func() { f.Env = append(f.Env, "VERSION=1") },
		func() { f.Env[len(f.Env)-1] = "VERSION=2" },
		func() { f.Env = append(f.Env, "NAME=limits") },
		func() { put("more/limits.txt", "x<4\n") },
		func() { request.Lines = append(request.Lines, "c==${OTHER}") },
		func() { f.Env = append(f.Env, "OTHER=1") },
	} {
		change()
		download(runs + 2)
		download(runs + 2)
	}
	if wheels, err := f.Download(t.Context(), Request{Lines: []string{"#", ""}}); wheels != nil || err != nil {
		t.Errorf("of no requirements: %v, %v", wheels, err)
	}
}

// TestVariables asserts that a program is known to depend on the variables in its requirements files.
func TestVariables(t *testing.T) {
	t.Setenv("OXGEN_VERSION_OF_A", "1")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "r.txt"), []byte("a==${OXGEN_VERSION_OF_A}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	f := newFake(t, "a-1-py3-none-any.whl")
	f.Env = nil
	log := inputs.Start()
	if _, err := f.Download(t.Context(), Request{Lines: []string{"r.txt"}, Dir: dir, Target: linux}); err != nil {
		t.Fatal(err)
	}
	record, err := log.Stop()
	if err != nil {
		t.Fatal(err)
	}
	if ok, _ := record.Holds(); !ok {
		t.Error("something has changed, and nothing was done")
	}
	t.Setenv("OXGEN_VERSION_OF_A", "2")
	if ok, _ := record.Holds(); ok {
		t.Error("another version, and nothing has changed")
	}
}

func TestForeign(t *testing.T) {
	t.Parallel()
	f := newFake(t, "a-1-py3-none-any.whl")
	f.Foreign = true
	run := f.run
	f.run = func(ctx context.Context, c pyexec.Command) ([]byte, error) {
		if c.Args[6] == "" && len(f.runs) == 0 {
			f.runs = append(f.runs, c)
			return nil, &pyexec.Failure{Status: noPip}
		}
		return run(ctx, c)
	}
	if _, err := f.Download(t.Context(), Request{Lines: []string{"a"}, Target: linux}); err != nil {
		t.Fatal(err)
	}
	if len(f.runs) != 2 || f.runs[1].Args[6] != "/brought" {
		t.Errorf("runs %v", f.runs)
	}
	if _, err := f.Download(t.Context(), Request{Lines: []string{"b"}, Target: linux}); err != nil || f.runs[2].Args[6] != "" {
		t.Errorf("the interpreter's own pip is not taken: %v, %v", err, f.runs)
	}
}

func TestFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ said, log, problem, hint string }{
		{
			"WARNING: x\nERROR: Could not find a version that satisfies the requirement nope (from versions: none)\nERROR: No matching distribution found for nope\n",
			"Could not fetch URL https://x/nope/: 404 Client Error: Not Found for url: https://x/nope/ - skipping\n",
			"Could not find a version that satisfies the requirement nope (from versions: none); No matching distribution found for nope",
			"there is no wheel of it that fits linux/arm64 (cp314-cp314, cp314-abi3 or older, or py3-none for manylinux_",
		},
		{
			"ERROR: No matching distribution found for a",
			"Getting page\nCould not fetch URL https://ali:****@x/a/: 401 Client Error: Unauthorized for url: https://x/a/ - skipping\nException information:\n",
			"https://ali:****@x/a/: 401 Client Error: Unauthorized", "the index wants another name and password",
		},
		{
			"ERROR: No matching distribution found for a",
			"Could not fetch URL https://x/a/: There was a problem confirming the ssl certificate: CERTIFICATE_VERIFY_FAILED - skipping\r\n",
			"https://x/a/: There was a problem confirming the ssl certificate: CERTIFICATE_VERIFY_FAILED", "PIP_CERT or pip.conf names",
		},
		{
			"ERROR: No matching distribution found for a",
			strings.Repeat("Could not fetch URL http://x/a/: connection error: (Caused by NewConnectionError()) - skipping\n", 2),
			"http://x/a/: connection error: (Caused by NewConnectionError())", "pip does not reach its index",
		},
		{"WARNING: Retrying after connection broken by 'NewConnectionError'\nERROR: No matching distribution found for a", "", "No matching distribution found for a", "pip does not reach its index"},
		{
			"WARNING: Ignoring version 1.0 of a since it has invalid metadata:\nPlease use pip<24.1\nERROR: No matching distribution found for a", "",
			"Ignoring version 1.0 of a since it has invalid metadata; No matching distribution found for a", "there is no wheel of it",
		},
		{
			"ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n    a==1 from https://x (from -r r.txt (line 1)):\n\n        Expected sha256 00\n             Got        01\nnot this", "Could not fetch URL https://y/a/: 500 Server Error - skipping",
			"THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE. a==1 from https://x (from -r r.txt (line 1)): Expected sha256 00 Got 01", "all requirements need right hashes",
		},
		{
			"WARNING: Location 'nodir' is ignored: it is either a non-existing path or lacks a specific scheme.\n    more\nERROR: No matching distribution found for a", "",
			"Location 'nodir' is ignored: it is either a non-existing path or lacks a specific scheme.; No matching distribution found for a", "correct --find-links",
		},
		{"Traceback:\nboom", "", "boom", "the requirements are those"},
		{"", "", "no reason given", "the requirements are those"},
	} {
		f := newFake(t)
		f.fail, f.log = &pyexec.Failure{Status: 1, Stderr: tt.said}, tt.log
		_, err := f.Download(t.Context(), Request{File: "c.toml", Lines: []string{"a"}, Target: linux})
		var d *diag.Error
		if !errors.As(err, &d) {
			t.Errorf("%q: %v", tt.said, err)
			continue
		}
		if diff := cmp.Diff("c.toml: requirements: pip: "+tt.problem, d.Error()); diff != "" {
			t.Errorf("problem (-want +got):\n%s", diff)
		}
		if !strings.HasPrefix(d.Hint, tt.hint) {
			t.Errorf("%q: hint %q", tt.said, d.Hint)
		}
		if left, _ := filepath.Glob(f.CacheDir + "/*"); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	}
	f := newFake(t, "a-1.tar.gz")
	_, err := f.Download(t.Context(), Request{File: "c.toml", Lines: []string{"./a-1.tar.gz"}, Target: linux})
	if err == nil || err.Error() != "c.toml: requirements: a-1.tar.gz is no wheel" {
		t.Errorf("a source distribution: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"rich>=13": "", "a[x,y]==1; os_name == 'nt'": "", "a @ https://x/a.whl": "", "./w/a-1-py3-none-any.whl": "", "a==1 --hash=sha256:00": "",
		"requirements.txt": "", "dir/dev.txt": "", "-r x.in": "", "-rx.in": "", "--requirement=x": "", "-c c.txt": "", "--find-links 'a b'": "", "--no-index": "", "--pre": "", "# x": "",
		"-e .": `"-e ." is an editable requirement`, "--dest=/": `"--dest" is no option for requirements`, "-r": `"-r" has no value`,
		"--no-index=x": `"--no-index" is no option for requirements`, "a\n--dest=/": `"a\n--dest=/" has several lines`, "--target /x": `"--target" is no option for requirements`,
	} {
		err := Check(line)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", line, diff)
		}
	}
	o := &order{}
	for _, line := range []string{"--find-links 'a b'", "-rx.in", "dev.txt", "-c\tc", "--no-index  -f x # y"} {
		if err := o.add(line); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"--find-links=a b", "--requirement=x.in", "--requirement=dev.txt", "--constraint=c", "--no-index", "--find-links=x"}, o.options); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add("--find-links 'a b' -r x # y")
	f.Fuzz(func(t *testing.T, line string) {
		o := &order{}
		if o.add(line) != nil {
			return
		}
		for _, arg := range o.options {
			name, _, _ := strings.Cut(arg, "=")
			known := slices.Contains(flags, name)
			for _, full := range values {
				known = known || name == full
			}
			if !known {
				t.Errorf("%q gives pip %q", line, arg)
			}
		}
	})
}
