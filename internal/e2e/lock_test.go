//go:build linux

package e2e

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
)

// TestLock goes the way from a lock file to an executable: the wheels that it has for the target are in the program, with their
// entry points and metadata, and inspect prints them.
func TestLock(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	dir := t.TempDir()
	put := func(name, text string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	lock := "lock-version = \"1.0\"\ncreated-by = \"test\"\nrequires-python = \">=3.10\"\nextras = [\"loud\"]\n"
	locked := func(marker string, w wheeltest.Wheel) {
		t.Helper()
		data := string(w.Bytes(t))
		put("wheels/"+w.Filename(), data)
		lock += fmt.Sprintf("[[packages]]\nname = %q\nversion = %q\nmarker = %q\nwheels = [{path = %q, hashes = {sha256 = \"%x\"}}]\n",
			w.Name, w.Version, marker, "wheels/"+w.Filename(), sha256.Sum256([]byte(data)))
	}
	locked("python_version >= '3.10'", wheeltest.Wheel{
		Name: "greeter", Version: "2.1", EntryPoints: "[console_scripts]\ngreet = greeter:main\n",
		Metadata: "Metadata-Version: 2.1\nName: greeter\nVersion: 2.1\nRequires-Dist: words>=1\nLicense-Expression: MIT\n",
		Files: wheeltest.Text(map[string]string{"greeter/__init__.py": `
import importlib.metadata, importlib.util, words
def main():
    print(words.hello, importlib.metadata.version("greeter"), importlib.metadata.version("words"))
    print(*(name for name in ("shout", "wincolour") if importlib.util.find_spec(name)))
`}),
	})
	locked("sys_platform == 'linux'", wheeltest.Wheel{Name: "words", Version: "1.5", Files: wheeltest.Text(map[string]string{"words.py": "hello = 'hello'\n"})})
	locked("'loud' in extras", wheeltest.Wheel{Name: "shout", Version: "0.1", Files: wheeltest.Text(map[string]string{"shout/__init__.py": ""})})
	locked("sys_platform == 'win32'", wheeltest.Wheel{Name: "wincolour", Version: "1.0", Files: wheeltest.Text(map[string]string{"wincolour.py": ""})})
	put("pylock.toml", lock)
	put("oxgen.toml", "lock = \"pylock.toml\"\nlock-extras = [\"loud\"]\n[run]\nconsole-script = \"greet\"\n")
	p, err := newProgram(filepath.Join(t.TempDir(), "locked"), dir)
	if err != nil {
		t.Fatal(err)
	}
	p.exe = filepath.Join(p.module, "locked")
	if out, err := oxgen(t.Context(), "--quiet", "build", p.dir, "-o", p.exe); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	r := p.call().run(t)
	if diff := cmp.Diff("hello 2.1 1.5\nshout\n", r.stdout); r.status != 0 || diff != "" {
		t.Errorf("status %d (-want +got):\n%s\n%s", r.status, diff, r.stderr)
	}
	out, err := oxgen(t.Context(), "inspect", p.exe)
	if err != nil {
		t.Fatal(err)
	}
	var set []string
	_, list, _ := strings.Cut(out, "\nDISTRIBUTION  VERSION")
	for line := range strings.Lines(list) {
		if strings.Contains(line, ".whl") {
			set = append(set, strings.Join(strings.Fields(line), " "))
		}
	}
	want := []string{
		"greeter 2.1 MIT wheels/greeter-2.1-py3-none-any.whl",
		"shout 0.1 - wheels/shout-0.1-py3-none-any.whl",
		"words 1.5 - wheels/words-1.5-py3-none-any.whl",
	}
	if diff := cmp.Diff(want, set); diff != "" {
		t.Errorf("inspect prints (-want +got):\n%s\n%s", diff, list)
	}
}
