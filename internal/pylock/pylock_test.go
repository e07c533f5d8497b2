package pylock_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/marker"
	"github.com/oxgen/oxgen/internal/packagingtest"
	"github.com/oxgen/oxgen/internal/pylock"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/target"
)

func targetOf(t testing.TB, python, on string) pylock.Target {
	t.Helper()
	parsed, err := target.Parse(on)
	if err != nil {
		t.Fatal(err)
	}
	list, err := tag.For(python, parsed, tag.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return pylock.Target{Env: marker.For(python, parsed), Tags: list}
}

const head = "lock-version = '1.0'\ncreated-by = 'test'\n"

// pure locks a distribution by a wheel for everywhere.
func pure(name, more string) string {
	return fmt.Sprintf("[[packages]]\nname = '%[1]s'\nversion = '1.0'\n%[2]s\nwheels = [{url = 'https://example.com/a/%[1]s-1.0-py3-none-any.whl#x', hashes = {sha256 = 'aa'}}]\n",
		name, more)
}

const several = `[[packages]]
name = "fast"
version = "2.0"
[packages.sdist]
url = "https://example.com/fast-2.0.tar.gz"
hashes = {sha256 = "00"}
[[packages.wheels]]
name = "fast-2.0-cp314-cp314-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
url = "https://example.com/x/y"
size = 1_000
[packages.wheels.hashes]
sha256 = "01"
sha512 = "AB"
[[packages.wheels]]
path = "wheels/fast-2.0-cp310-abi3-win_amd64.whl"
hashes.sha256 = "02"
[[packages.wheels]]
path = 'wheels\fast-2.0-cp311-cp311-manylinux_2_28_aarch64.whl'
hashes.sha256 = "03"
`

// whole are lock files that are right.
var whole = map[string]string{
	"nothing": head + "packages = []\n",
	"markers": head + pure("a", "marker = \"python_version < '3.12'\"") + pure("b", "marker = 'sys_platform != \"linux\"'") + pure("c", ""),
	"sets": head + "extras = ['tty']\ndependency-groups = ['dev', 'docs']\ndefault-groups = ['dev']\n" +
		pure("a", "marker = \"'tty' in extras\"") + pure("b", "marker = \"'dev' in dependency_groups\"") +
		pure("c", "marker = \"'docs' in dependency_groups or 'TTY' not in extras\""),
	"tags":         head + several,
	"python":       head + "requires-python = '>=3.12'\n" + pure("a", ""),
	"environments": head + "environments = [\"sys_platform == 'linux'\", \"sys_platform == 'darwin' and python_version >= '3.12'\"]\n" + pure("a", ""),
	"of a package": head + pure("a", "requires-python = '<3.14'"),
	"twice":        head + pure("a", "marker = 'sys_platform == \"linux\"'") + pure("a", "marker = 'python_version == \"3.14\"'"),
	"sdist":        head + "[[packages]]\nname = 'a'\nsdist = {path = 'a-1.0.tar.gz', hashes = {sha256 = '00'}}\n",
	"vcs":          head + "[[packages]]\nname = 'a'\nvcs = {type = 'git', url = 'https://example.com/a', commit-id = '00'}\n",
	"directory":    head + "[[packages]]\nname = 'a'\ndirectory = {path = '.', editable = true}\n",
	"no fit":       head + "[[packages]]\nname = 'a'\nwheels = [{path = 'a-1-cp27-none-any.whl', hashes = {sha256 = '00'}}]\n",
	"ignored": head + "[tool.x]\ny = 1\n" + pure("a", "index = 'https://example.com'\nattestation-identities = [{kind = 'GitHub', x = 1}]\n"+
		"dependencies = [{name = 'b'}]\ntool.x.y = [[1], {a = 2}]\nunknown.z = 1979-05-27\n"),
}

// TestAgainstPackaging selects for every Python and platform, with and without extras and groups.
func TestAgainstPackaging(t *testing.T) {
	t.Parallel()
	type question struct {
		Text   string
		Env    map[string]string
		Tags   []string
		Extras []string
		Groups []string // null is the default
	}
	var questions []question
	var got []string
	var titles []string
	for name, text := range whole {
		f, err := pylock.Parse("pylock.toml", []byte(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		choices := []pylock.Choice{{}}
		if name == "sets" {
			choices = append(choices, pylock.Choice{Extras: []string{"tty"}}, pylock.Choice{Groups: []string{}},
				pylock.Choice{Extras: []string{"TTY"}, Groups: []string{"docs"}})
		}
		for _, python := range []string{"3.10.16", "3.11.2", "3.14.6"} {
			for _, on := range []string{"linux/amd64", "linux/arm64", "darwin/arm64", "windows/amd64"} {
				for _, c := range choices {
					on := targetOf(t, python, on)
					q := question{Text: text, Env: map[string]string{"platform_release": "", "platform_version": ""}, Extras: c.Extras, Groups: c.Groups}
					for k, v := range on.Env.Values {
						q.Env[k] = v
					}
					for _, one := range on.Tags.Tags() {
						q.Tags = append(q.Tags, one.String())
					}
					questions, got = append(questions, q), append(got, selection(f, on, c))
					titles = append(titles, fmt.Sprintf("%s, %s, %+v", name, on.Tags.Target(), c))
				}
			}
		}
	}
	var want []string
	packagingtest.Ask(t, `
import tomllib
from pip._vendor.packaging.pylock import Pylock, PylockSelectError, PackageWheel
from pip._vendor.packaging.tags import Tag
def ask(q):
    lock = Pylock.from_dict(tomllib.loads(q["Text"]))
    tags = [Tag(*t.split("-")) for t in q["Tags"]]
    try:
        picked = list(lock.select(environment=q["Env"], tags=tags, extras=q["Extras"], dependency_groups=q["Groups"]))
    except PylockSelectError as e:
        return "nothing" if str(e).startswith("No wheel found") else "error"
    return " ".join(w.filename if isinstance(w, PackageWheel) else "nothing" for p, w in sorted(picked, key=lambda x: x[0].name))
answer = [ask(q) for q in question]
`, questions, &want)
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%s: got %q, and packaging has %q", titles[i], got[i], want[i])
		}
	}
}

// selection is what Select says, in a line.
func selection(f *pylock.File, on pylock.Target, c pylock.Choice) string {
	picks, err := f.Select(on, c)
	if err != nil {
		return "error"
	}
	var names []string
	for _, p := range picks {
		if p.Wheel == nil {
			names = append(names, "nothing")
			continue
		}
		names = append(names, p.Wheel.Name)
	}
	return strings.Join(names, " ")
}

func TestParse(t *testing.T) {
	t.Parallel()
	f, err := pylock.Parse("pylock.toml", []byte(head+several))
	if err != nil {
		t.Fatal(err)
	}
	p := f.Packages[0]
	var got []string
	for _, w := range p.Wheels {
		got = append(got, fmt.Sprintf("%s %q %q %d %v", w.Name, w.Path, w.URL, w.Size, w.Hashes))
	}
	if diff := cmp.Diff([]string{
		`fast-2.0-cp314-cp314-manylinux_2_17_x86_64.manylinux2014_x86_64.whl "" "https://example.com/x/y" 1000 map[sha256:01 sha512:ab]`,
		`fast-2.0-cp310-abi3-win_amd64.whl "wheels/fast-2.0-cp310-abi3-win_amd64.whl" "" -1 map[sha256:02]`,
		`fast-2.0-cp311-cp311-manylinux_2_28_aarch64.whl "wheels\\fast-2.0-cp311-cp311-manylinux_2_28_aarch64.whl" "" -1 map[sha256:03]`,
	}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p.Name != "fast" || p.Version != "2.0" || p.Source.Kind != "sdist" || f.CreatedBy != "test" {
		t.Errorf("%+v", p)
	}
	// A direct reference to a wheel is locked as an archive.
	f, err = pylock.Parse("pylock.toml", []byte(head+"[[packages]]\nname='a'\narchive={url='https://x/a-1-py3-none-any.whl?q=1', hashes={sha256='00'}}\n"))
	if err != nil || len(f.Packages[0].Wheels) != 1 || f.Packages[0].Source.Kind != "" {
		t.Errorf("%+v, %v", f, err)
	}
	f, err = pylock.Parse("pylock.toml", []byte("lock-version='1.7'\ncreated-by='x'\npackages=[]\n"))
	if err != nil || len(f.Warnings) != 1 || f.Warnings[0].Error() !=
		"pylock.toml:1:14: lock-version 1.7 is newer than 1.0, so that something may be overlooked" {
		t.Errorf("%+v, %v", f, err)
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	pkg := func(text string) string { return head + "[[packages]]\n" + text }
	for text, want := range map[string]string{
		"":                                     ":1:1: the key lock-version is missing",
		"lock-version = 1.0\n":                 ":1:16: lock-version must be a string",
		"lock-version = '2.0'\n":               `:1:16: lock-version "2.0" is unknown; 1.0 is read here`,
		"lock-version = '1.0'\npackages=[]\n":  ":1:1: the key created-by is missing",
		head:                                   ":1:1: the key packages is missing",
		head + "packages = 1\n":                ":3:12: packages must be an array of tables",
		head + "packages = [1]\n":              ":3:13: packages must be an array of tables",
		head + "a = 1\na = 2\npackages = []\n": ":4:1: key a is already defined",
		head + "a = \n":                        ":3:5: unexpected character U+000A at start of value",
		head + "\xff\n":                        ": the file is not UTF-8",
		head + "requires-python = 'new'\npackages=[]\n":                  `:3:19: requires-python: "new" is not a version specifier, such as >=3.10`,
		head + "environments = ['os_name']\npackages=[]\n":               `:3:17: marker "os_name": byte 8: the marker ends where an operator is expected`,
		head + "extras = [1]\npackages=[]\n":                             ":3:11: extras must be an array of strings",
		pkg(""):                                                          ":3:3: the key name is missing",
		pkg("name = 'A_b'\n"):                                            `:4:8: "A_b" is not the normalised name of a distribution`,
		pkg("name = 'a'\nversion = 'x'\n"):                               `:5:11: "x" is not a version`,
		pkg("name = 'a'\nmarker = 'x'\n"):                                `:5:10: marker "x": byte 1: "x" is not a variable or a text in quotes`,
		pkg("name = 'a'\n"):                                              ":3:3: the package a has no origin: wheels, sdist, archive, directory or vcs",
		pkg("name = 'a'\nvcs = {url = 'x'}\ndirectory = {path = 'y'}\n"): ":3:3: the package a has more than one origin",
		pkg("name = 'a'\ndirectory = {}\n"):                              ":5:1: the key path is missing",
		pkg("name = 'a'\nwheels = [{}]\n"):                               ":5:1: a wheel of a has neither path nor url",
		pkg("name = 'a'\nwheels = [{path='a-1-py3-none-any.whl'}]\n"):    ":5:12: the wheel a-1-py3-none-any.whl has no hashes",
		pkg("name = 'a'\nwheels = [{path='a-1-py3-none-any.whl', hashes={sha256='xyz'}}]\n"):             ":5:56: the hashes of a-1-py3-none-any.whl must be hexadecimal digits",
		pkg("name = 'a'\nwheels = [{path='a-1.zip', hashes={sha256='00'}}]\n"):                           `:5:12: wheel "a-1.zip": the name does not end in .whl`,
		pkg("name = 'a'\nwheels = [{path='b-1-py3-none-any.whl', hashes={sha256='00'}}]\n"):              ":5:12: the wheel b-1-py3-none-any.whl is none of a",
		pkg("name = 'a'\nversion='2'\nwheels = [{path='a-1-py3-none-any.whl', hashes={sha256='00'}}]\n"): ":6:12: the wheel a-1-py3-none-any.whl is none of a 2",
		pkg("name = 'a'\nwheels = [{path='a-1-py3-none-any.whl', size=-1, hashes={sha256='00'}}]\n"):     ":5:46: -1 is not a size",
	} {
		_, err := pylock.Parse("pylock.toml", []byte(text))
		if err == nil {
			t.Errorf("%q was read; want %s", text, want)
			continue
		}
		if got := strings.TrimPrefix(err.Error(), "pylock.toml"); got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestSelectMistakes(t *testing.T) {
	t.Parallel()
	amd64, arm64 := targetOf(t, "3.14.6", "linux/amd64"), targetOf(t, "3.14.6", "linux/arm64")
	for _, tt := range []struct {
		text   string
		on     pylock.Target
		choice pylock.Choice
		want   string
	}{
		{head + "requires-python='<3.14'\npackages=[]\n", amd64, pylock.Choice{}, ":3:17: the lock file is for Python <3.14, and 3.14.6 is to be embedded"},
		{
			head + "environments=['os_name == \"nt\"']\npackages=[]\n", amd64,
			pylock.Choice{},
			":3:1: none of the environments that the lock file is for is Python 3.14 on linux/amd64",
		},
		{
			head + "packages=[]\n", amd64,
			pylock.Choice{Extras: []string{"x"}, Groups: []string{"y"}},
			`: has no extra "x"; : has no dependency group "y"`,
		},
		{whole["twice"], amd64, pylock.Choice{}, ":8:3: a is locked twice for Python 3.14 on linux/amd64: the other one is in line 3"},
		{whole["of a package"], amd64, pylock.Choice{}, ":3:3: a 1.0 is for Python <3.14, and 3.14.6 is to be embedded"},
		{
			head + pure("a", "marker = 'platform_release > \"5\"'"), amd64,
			pylock.Choice{},
			`:3:3: marker "platform_release > \"5\"": platform_release is not known before the program runs`,
		},
		{whole["sdist"], amd64, pylock.Choice{}, ":3:3: a is locked as a source distribution alone, and oxgen builds no packages"},
		{whole["vcs"], amd64, pylock.Choice{}, ":3:3: a is locked as a repository, and oxgen builds no packages"},
		{whole["directory"], amd64, pylock.Choice{}, `:3:3: a is locked as the directory "."`},
		{
			head + several,
			arm64,
			pylock.Choice{},
			":3:3: fast 2.0 has no wheel that fits: cp314-cp314-manylinux_2_17_x86_64, cp314-cp314-manylinux2014_x86_64, " +
				"cp310-abi3-win_amd64 and 1 more does not fit Python 3.14 on linux/arm64, which takes cp314-cp314, cp314-abi3 or older, and py3-none " +
				"for manylinux_2_44_aarch64 and older or linux_aarch64, and py3-none-any",
		},
	} {
		f, err := pylock.Parse("pylock.toml", []byte(tt.text))
		if err != nil {
			t.Fatalf("%s: %v", tt.text, err)
		}
		picks, err := f.Select(tt.on, tt.choice)
		var got []string
		if err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				got = append(got, strings.TrimPrefix(line, "pylock.toml"))
			}
		}
		for _, p := range picks {
			if p.Missing != nil {
				got = append(got, strings.TrimPrefix(p.Missing.Error(), "pylock.toml"))
			}
		}
		if diff := cmp.Diff(tt.want, strings.Join(got, "; ")); diff != "" {
			t.Errorf("%s\n(-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestIsName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"pylock.toml": true, "pylock.dev.toml": true, "pylock..toml": false, "pylock.a.b.toml": false, "mypylock.toml": false, "pylock.toml.bak": false,
	} {
		if got := pylock.IsName(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, text := range whole {
		f.Add([]byte(text))
	}
	on := targetOf(f, "3.14.6", "linux/amd64")
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := pylock.Parse("pylock.toml", data)
		if err == nil {
			_, err = file.Select(on, pylock.Choice{})
		}
		if err == nil {
			return
		}
		for line := range strings.SplitSeq(err.Error(), "\n") {
			if !strings.HasPrefix(line, "pylock.toml") || strings.ContainsAny(line, "\x00\x1b\r") {
				t.Errorf("%q", line)
			}
		}
	})
}
