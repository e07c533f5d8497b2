//go:build linux

package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/exectest"
)

// pipModule is the Go module in which pip comes (example/pip/oxgen.toml); pip brings two dozen other packages.
const pipModule = "github.com/kluctl/go-embed-python@v0.0.0-3.14.6-20260610-1"

// machinePackages are looked for among Debian's packages, and taken where the machine has them: none of their modules need
// a file that was built for another Python.
const machinePackages = "/usr/lib/python3/dist-packages"

var machineNames = []string{
	"_distutils_hack", "blinker", "distro", "httplib2", "jwt", "oauthlib", "pkg_resources", "pygments", "pyparsing", "setuptools", "six", "toml",
	"wheel", "xmltodict", "yaml", "PyYAML", "PyJWT",
}

// A pair is a program and the same modules as a tree on disk with the interpreter beside it.
type pair struct {
	frozen *program
	python string // the interpreter, in a copy of its distribution
}

// twins builds the pair, once.
var twins = sync.OnceValues(func() (*pair, error) {
	p, err := newProgram(filepath.Join(workspace, "twin"), "testdata/twin")
	if err != nil {
		return nil, err
	}
	if err := addPackages(filepath.Join(p.dir, "site")); err != nil {
		return nil, err
	}
	p.exe = filepath.Join(workspace, "twin", "bin", "twin")
	bare, err := newTree(filepath.Join(workspace, "bare"))
	if err != nil {
		return nil, err
	}
	if out, err := oxgen(context.Background(), "--quiet", "build", p.dir, "--python", bare, "-o", p.exe); err != nil {
		return nil, fmt.Errorf("building twin: %w\n%s", err, out)
	}
	python, err := newTree(filepath.Join(workspace, "tree"), filepath.Join(p.dir, "src"), filepath.Join(p.dir, "site"))
	return &pair{p, python}, err
})

// addPackages copies distributions into a directory: pip, and those of machineNames that the machine has.
func addPackages(site string) error {
	store := &dist.Store{CacheDir: filepath.Join(workspace, "cache")}
	module, err := store.Module(context.Background(), pipModule)
	if err != nil {
		return err
	}
	found, err := filepath.Glob(module + "/pip/internal/data/pip*")
	if err != nil {
		return err
	}
	for _, name := range machineNames {
		more, err := filepath.Glob(filepath.Join(machinePackages, name+"*"))
		if err != nil {
			return err
		}
		for _, f := range more {
			stem, _, _ := strings.Cut(filepath.Base(f), "-")
			if strings.TrimSuffix(stem, ".py") == name {
				found = append(found, f)
			}
		}
	}
	for _, from := range found {
		if err := copyTree(filepath.Join(site, filepath.Base(from)), from); err != nil {
			return err
		}
	}
	return nil
}

// newTree makes a copy of the distribution in dir, without extension modules, which have twins of their own, and with what the other directories hold put into the standard library's, so
// that all modules come from one directory as they do in a program. It returns the interpreter.
func newTree(dir string, others ...string) (string, error) {
	info, err := pythonInfo()
	if err != nil {
		return "", err
	}
	python := filepath.Join(dir, "bin", filepath.Base(info.Interpreter))
	for to, from := range map[string]string{python: info.Interpreter, filepath.Join(dir, "lib", filepath.Base(info.Libpython)): info.Libpython} {
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return "", err
		}
		if err := exectest.Copy(to, from, 0o700); err != nil {
			return "", err
		}
	}
	stdlib := filepath.Join(dir, "lib", filepath.Base(info.Stdlib))
	for _, from := range append([]string{info.Stdlib}, others...) {
		if err := copyTree(stdlib, from); err != nil {
			return "", err
		}
	}
	// The interpreter asks for the directory of extension modules.
	for _, pattern := range []string{"lib-dynload/*.so", "config-*"} {
		found, err := filepath.Glob(filepath.Join(stdlib, pattern))
		if err != nil {
			return "", err
		}
		for _, f := range found {
			if err := os.RemoveAll(f); err != nil {
				return "", err
			}
		}
	}
	// With bytecode, as a program has it: nothing is compiled when it is imported, and there are no warnings of the compiler.
	compile := &call{path: python, args: []string{"-I", "-S", "-m", "compileall", "-q", "-j", "0", stdlib}}
	if r := compile.start(context.Background()); r.err != nil { // what does not compile is no error here
		return "", fmt.Errorf("compiling the tree: %w", r.err)
	}
	return python, nil
}

// A divergence is a difference between a program and python on the tree that is meant. Each has to be seen, or it is not one any more.
type divergence struct {
	reason string
	where  *regexp.Regexp            // of the keys
	frozen func(plain string) string // what the program says where python says plain; both are JSON, "" is nothing; nil when python has no such thing
	seen   bool
}

// divergences returns the list, which is also the documentation.
func divergences() []*divergence {
	all := regexp.MustCompile("")
	cached := regexp.MustCompile(`__pycache__/([^"/]+)\.cpython-\d+\.pyc`)
	wrong := regexp.MustCompile(`loader for (\S+) cannot handle (.*)"`)
	return []*divergence{
		{
			reason: "the bytecode has the place of a .pyc that was installed without its source: there is no __pycache__",
			where:  all,
			frozen: func(plain string) string { return cached.ReplaceAllString(plain, "$1.pyc") },
		},
		{
			reason: "and importlib.util.source_from_cache knows only __pycache__",
			where:  regexp.MustCompile(`^protocols/states/source_from_cache$`),
			frozen: func(string) string {
				return `"ValueError: __pycache__ not bottom-level directory in '<root>/odd/fails.pyc'"`
			},
		},
		{
			reason: "the loader is the importer",
			where:  all,
			frozen: func(plain string) string {
				return strings.ReplaceAll(plain, `"SourceFileLoader"`, `"Importer"`)
			},
		},
		{
			reason: "a loader stands for a directory and not for a module, as zipimport's does: it refuses what is not there",
			where:  regexp.MustCompile(`^protocols/loaders/`),
			frozen: func(plain string) string {
				found := wrong.FindStringSubmatch(plain)
				if found == nil {
					return plain
				}
				directory := "<root>"
				if parent, _, ok := strings.Cut(found[1], "."); ok {
					directory += "/" + parent
				} else if found[2] == "os" {
					return "true"
				}
				return fmt.Sprintf(`"ImportError: no module named '%s' in '%s'"`, found[2], directory)
			},
		},
		{
			reason: "what a package or module of the same name hides is left out",
			where:  regexp.MustCompile(`^resources/tree odd_twice/(both\.py|lone/inside\.py)$`),
			frozen: func(string) string { return "" },
		},
		{
			reason: "extension modules of another Python are left out",
			where:  regexp.MustCompile(`^(resources|distributions)/.*\.cpython-311-x86_64-linux-gnu\.so(/|$)`),
			frozen: func(string) string { return "" },
		},
		{
			reason: "CPython believes encodings to be frozen, the door through which the importer came in, and a spec of a frozen module has a state",
			where:  regexp.MustCompile(`^imports/encodings/spec/loader_state$`),
			frozen: func(string) string { return `"SimpleNamespace"` },
		},
		{
			reason: "and no location",
			where:  regexp.MustCompile(`^imports/encodings/spec/has_location$`),
			frozen: func(string) string { return "false" },
		},
		{
			reason: "which repr says",
			where:  regexp.MustCompile(`^imports/encodings/repr$`),
			frozen: func(string) string { return `"<module 'encodings' (<root>/encodings/__init__.py)>"` },
		},
		{
			reason: "usage messages name what the user types; runpy finds scripts without sources",
			where:  regexp.MustCompile(`^imports/(argparse/_prog_name|runpy/_get_code_from_file)/`),
			frozen: func(string) string { return "" },
		},
		{
			reason: "functions of ours stand before two of the standard library: os.path.realpath takes the executable for a directory, and a resource tracker is waited for",
			where:  regexp.MustCompile(`^imports/(posixpath/realpath|multiprocessing\.util/spawnv_passfds)/(source)?file$`),
			frozen: func(string) string { return `"<frozen importlib._bootstrap_external>"` },
		},
		{
			reason: "four methods of ssl stand before C's, so that certificates can be virtual files",
			where:  regexp.MustCompile(`^imports/ssl/SSLContext\.(load_(cert_chain|dh_params|verify_locations)|set_default_verify_paths)/`),
		},
	}
}

// TestTwins has one script describe what it sees of its modules, frozen and under plain python, and compares.
func TestTwins(t *testing.T) {
	t.Parallel()
	only(t, "mapped") // the packages are those of the machine, which has extension modules for its Python
	if testing.Short() {
		t.Skip("left out by -short")
	}
	p, err := twins()
	if err != nil {
		t.Fatal(err)
	}
	compare(t, divergences(), []string{"specs", "imports", "resources", "distributions", "texts", "protocols"}, 50, func(section string) (plain, frozen *call) {
		plain = &call{path: p.python, args: []string{"-I", "-S", "-B", "-X", "utf8", "-X", "frozen_modules=off", "-m", "twin", section}}
		return plain, p.frozen.call(section)
	})
}

// compare has the two programs of each section describe what they see, at least so many things, and compares. Each divergence of
// the list has to be seen.
func compare(t *testing.T, list []*divergence, sections []string, least int, programs func(section string) (plain, frozen *call)) {
	t.Helper()
	t.Run("sections", func(t *testing.T) {
		for _, section := range sections {
			t.Run(section, func(t *testing.T) {
				python, program := programs(section)
				plain, frozen := picture(t, python), picture(t, program)
				if len(plain) < least {
					t.Errorf("python sees %d things, want at least %d", len(plain), least)
				}
				want, got := expect(list, section, plain, frozen)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("what the program sees (-python +program):\n%s", head(diff, 200))
				}
			})
		}
	})
	for _, d := range list {
		if !d.seen {
			t.Errorf("no longer a divergence: %s", d.reason)
		}
	}
}

// picture runs the script and returns what it printed, by path of the keys.
func picture(t *testing.T, c *call) map[string]string {
	t.Helper()
	c.dir = t.TempDir()
	c.with("TWIN_TMP=" + c.dir)
	r := c.run(t)
	if r.status != 0 || r.stderr != "" {
		t.Fatalf("%s: status %d\n%s", c.path, r.status, r.stderr)
	}
	var found map[string]any
	if err := json.Unmarshal([]byte(r.stdout), &found); err != nil {
		t.Fatal(err)
	}
	flat := map[string]string{}
	flatten(flat, "", found)
	return flat
}

// flatten adds the values of a tree to flat, as JSON; lists are values.
func flatten(flat map[string]string, key string, value any) {
	tree, ok := value.(map[string]any)
	if !ok {
		var text strings.Builder
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		if err := e.Encode(value); err != nil {
			panic(err) // it was decoded from JSON
		}
		flat[key] = strings.TrimSpace(text.String())
		return
	}
	for name, v := range tree {
		flatten(flat, strings.TrimPrefix(key+"/"+name, "/"), v)
	}
}

// expect returns what the program should see by what python sees and by the differences, and what it sees without those
// things that only it can.
func expect(list []*divergence, section string, plain, frozen map[string]string) (want, got map[string]string) {
	want, got = map[string]string{}, map[string]string{}
	for key, text := range plain {
		for _, d := range list {
			if d.frozen == nil || !d.where.MatchString(section+"/"+key) {
				continue
			}
			changed := d.frozen(text)
			d.seen = d.seen || changed != text
			text = changed
		}
		if text != "" {
			want[key] = text
		}
	}
	for key, text := range frozen {
		extra := false
		for _, d := range list {
			if d.frozen == nil && plain[key] == "" && d.where.MatchString(section+"/"+key) {
				d.seen, extra = true, true
			}
		}
		if !extra {
			got[key] = text
		}
	}
	return want, got
}

// head returns the first n lines of a text.
func head(text string, n int) string {
	lines := strings.SplitAfterN(text, "\n", n+1)
	return strings.Join(lines[:min(n, len(lines))], "")
}
