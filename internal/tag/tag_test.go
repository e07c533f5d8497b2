package tag_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/packagingtest"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/target"
)

func list(t *testing.T, python, on string, limits tag.Limits) *tag.List {
	t.Helper()
	goos, goarch, _ := strings.Cut(on, "/")
	l, err := tag.For(python, target.Target{GOOS: goos, GOARCH: goarch}, limits)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestAgainstPackaging compares the whole lists with those that pip would have on such a machine.
func TestAgainstPackaging(t *testing.T) {
	t.Parallel()
	type question struct {
		Minor        int
		System, Arch string
		Version      [2]int
	}
	type row struct {
		question
		on     string
		limits tag.Limits
	}
	var rows []row
	for _, minor := range []int{10, 11, 14} {
		for _, r := range []row{
			{question{0, "Linux", "x86_64", [2]int{2, 36}}, "linux/amd64", tag.Limits{Glibc: "2.36"}},
			{question{0, "Linux", "x86_64", [2]int{2, 44}}, "linux/amd64", tag.Limits{}},
			{question{0, "Linux", "aarch64", [2]int{2, 28}}, "linux/arm64", tag.Limits{Glibc: "2.28"}},
			{question{0, "Darwin", "x86_64", [2]int{10, 15}}, "darwin/amd64", tag.Limits{MacOS: "10.15"}},
			{question{0, "Darwin", "x86_64", [2]int{14, 0}}, "darwin/amd64", tag.Limits{MacOS: "14"}},
			{question{0, "Darwin", "arm64", [2]int{27, 0}}, "darwin/arm64", tag.Limits{}},
			{question{0, "Windows", "win_amd64", [2]int{}}, "windows/amd64", tag.Limits{}},
		} {
			r.Minor = minor
			rows = append(rows, r)
		}
	}
	questions := make([]question, len(rows))
	for i, r := range rows {
		questions[i] = r.question
	}
	var want [][]string
	packagingtest.Ask(t, `
from pip._vendor.packaging import tags, _manylinux
_manylinux._have_compatible_abi = lambda executable, archs: True
def platforms(q):
    if q["System"] == "Linux":
        _manylinux._get_glibc_version = lambda: tuple(q["Version"])
        return list(_manylinux.platform_tags([q["Arch"]])) + ["linux_" + q["Arch"]]
    if q["System"] == "Darwin":
        return list(tags.mac_platforms(tuple(q["Version"]), q["Arch"]))
    return [q["Arch"]]
answer = []
for q in question:
    version, abi, p = (3, q["Minor"]), "cp3%d" % q["Minor"], platforms(q)
    both = [*tags.cpython_tags(version, [abi], p), *tags.compatible_tags(version, abi, p)]
    answer.append([str(t) for t in both])
`, questions, &want)
	for i, r := range rows {
		var got []string
		for _, t := range list(t, fmt.Sprintf("3.%d", r.Minor), r.on, r.limits).Tags() {
			got = append(got, t.String())
		}
		if diff := cmp.Diff(want[i], got); diff != "" {
			t.Errorf("3.%d on %s %+v (-packaging +got):\n%.3000s", r.Minor, r.on, r.limits, diff)
		}
	}
}

func TestRank(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		python, on, tags string
		limits           tag.Limits
		want             bool
	}{
		{"3.14.6", "linux/amd64", "cp314-cp314-manylinux_2_17_x86_64.manylinux2014_x86_64", tag.Limits{}, true},
		{"3.14.6", "linux/amd64", "cp39-abi3-manylinux1_x86_64", tag.Limits{}, true},
		{"3.14.6", "linux/amd64", "cp315-abi3-manylinux1_x86_64", tag.Limits{}, false},
		{"3.14.6", "linux/amd64", "cp314-cp314t-manylinux_2_17_x86_64", tag.Limits{}, false},
		{"3.15.0b1", "linux/amd64", "cp315-abi3t-manylinux_2_17_x86_64", tag.Limits{}, false},
		{"3.14.6", "linux/amd64", "cp314-cp314-musllinux_1_2_x86_64", tag.Limits{}, false},
		{"3.14.6", "linux/amd64", "cp314-cp314-linux_x86_64", tag.Limits{}, true},
		{"3.14.6", "linux/amd64", "cp314-cp314-linux_aarch64", tag.Limits{}, false},
		{"3.14.6", "linux/arm64", "cp314-cp314-manylinux2014_aarch64", tag.Limits{}, true},
		{"3.14.6", "linux/arm64", "py3-none-manylinux2010_aarch64", tag.Limits{}, false},
		{"3.11.2", "linux/amd64", "cp314-cp314-manylinux_2_17_x86_64", tag.Limits{}, false},
		{"3.11.2", "linux/amd64", "py2.py3-none-any", tag.Limits{}, true},
		{"3.11.2", "linux/amd64", "py311-none-any", tag.Limits{}, true},
		{"3.11.2", "linux/amd64", "py312-none-any", tag.Limits{}, false},
		{"3.11.2", "linux/amd64", "CP311-NONE-ANY", tag.Limits{}, true},
		{"3.11.2", "linux/amd64", "pp311-pypy311_pp73-manylinux_2_17_x86_64", tag.Limits{}, false},
		{"3.14", "linux/amd64", "cp314-cp314-manylinux_2_34_x86_64", tag.Limits{Glibc: "2.28"}, false},
		{"3.14", "linux/amd64", "cp314-cp314-manylinux_2_34_x86_64", tag.Limits{Glibc: "2.34"}, true},
		{"3.14", "darwin/arm64", "cp314-cp314-macosx_11_0_universal2", tag.Limits{}, true},
		{"3.14", "darwin/arm64", "cp314-cp314-macosx_10_9_universal2", tag.Limits{}, true},
		{"3.14", "darwin/arm64", "cp314-cp314-macosx_10_9_x86_64", tag.Limits{}, false},
		{"3.14", "darwin/amd64", "cp314-cp314-macosx_10_9_x86_64", tag.Limits{}, true},
		{"3.14", "windows/amd64", "cp314-cp314-win_amd64", tag.Limits{}, true},
		{"3.14", "windows/amd64", "cp314-cp314-win32", tag.Limits{}, false},
	} {
		tags, err := tag.Parse(tt.tags)
		if err != nil {
			t.Fatal(err)
		}
		if _, got := list(t, tt.python, tt.on, tt.limits).Rank(tags); got != tt.want {
			t.Errorf("%s on %s %+v: %s: got %v, want %v", tt.python, tt.on, tt.limits, tt.tags, got, tt.want)
		}
	}
}

// From the best to the last.
func TestOrder(t *testing.T) {
	t.Parallel()
	l := list(t, "3.14", "linux/amd64", tag.Limits{})
	last := -1
	for _, s := range []string{
		"cp314-cp314-manylinux_2_28_x86_64", "cp314-cp314-manylinux_2_17_x86_64", "cp314-cp314-manylinux2014_x86_64",
		"cp314-cp314-linux_x86_64", "cp314-abi3-manylinux_2_28_x86_64", "cp39-abi3-manylinux_2_17_x86_64",
		"py3-none-manylinux_2_17_x86_64", "cp314-none-any", "py314-none-any", "py2.py3-none-any", "py30-none-any",
	} {
		tags, err := tag.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		rank, ok := l.Rank(tags)
		if !ok || rank <= last {
			t.Errorf("%s: rank %d, %v; the one before has %d", s, rank, ok, last)
		}
		last = rank
	}
}

func TestMisfit(t *testing.T) {
	t.Parallel()
	const takes = " does not fit Python 3.14 on linux/amd64, which takes cp314-cp314, cp314-abi3 or older, and py3-none for " +
		"manylinux_2_44_x86_64 and older or linux_x86_64, and py3-none-any"
	l := list(t, "3.14.6", "linux/amd64", tag.Limits{})
	for s, want := range map[string]string{
		"cp311-cp311-win_amd64":               "cp311-cp311-win_amd64" + takes,
		"cp314-cp314-musllinux_1_2_x86_64":    "cp314-cp314-musllinux_1_2_x86_64" + takes + "; musllinux is for systems with musl instead of glibc",
		"cp314-cp314t-manylinux_2_17_x86_64":  "cp314-cp314t-manylinux_2_17_x86_64" + takes + "; cp314t is for the free-threaded build of Python",
		"cp37.cp38.cp39-none-any":             "cp37-none-any, cp38-none-any, cp39-none-any" + takes,
		"cp37.cp38.cp39-none-win32.win_amd64": "cp37-none-win32, cp37-none-win_amd64, cp38-none-win32 and 3 more" + takes,
	} {
		tags, err := tag.Parse(s)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, l.Misfit(tags)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", s, diff)
		}
	}
	for on, want := range map[string]string{
		"darwin/arm64":  "for macosx_27_0_arm64 and older or universal2, and",
		"windows/amd64": "for win_amd64, and",
	} {
		if got := list(t, "3.14.6", on, tag.Limits{}).Misfit(nil); !strings.Contains(got, want) {
			t.Errorf("%s: %s", on, got)
		}
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	amd64 := target.Target{GOOS: "linux", GOARCH: "amd64"}
	for _, tt := range []struct {
		python string
		target target.Target
		limits tag.Limits
		want   string
	}{
		{"2.7", amd64, tag.Limits{}, `"2.7" is not a version of Python 3`},
		{"3", amd64, tag.Limits{}, `"3" is not a version of Python 3`},
		{"3.999", amd64, tag.Limits{}, `"3.999" is not a version of Python 3`},
		{"3.14", target.Target{GOOS: "plan9", GOARCH: "amd64"}, tag.Limits{}, "no wheels are known for plan9/amd64"},
		{"3.14", target.Target{GOOS: "linux", GOARCH: "mips"}, tag.Limits{}, "no wheels are known for linux/mips"},
		{"3.14", amd64, tag.Limits{Glibc: "new"}, `"new" is not a version of glibc 2`},
		{"3.14", amd64, tag.Limits{Glibc: "3.1"}, `"3.1" is not a version of glibc 2`},
		{"3.14", target.Target{GOOS: "darwin", GOARCH: "arm64"}, tag.Limits{MacOS: "9"}, `"9" is not a version of macOS`},
		{"3.14", target.Target{GOOS: "darwin", GOARCH: "arm64"}, tag.Limits{MacOS: "10.15"}, "no macOS 10.15 ran on arm64"},
	} {
		if _, err := tag.For(tt.python, tt.target, tt.limits); err == nil || err.Error() != tt.want {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	for _, s := range []string{"", "a-b", "a-b-c-d", "a..b-c-d", "a-b-c/d"} {
		if _, err := tag.Parse(s); err == nil {
			t.Errorf("%q was read", s)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("py2.py3-none-any")
	f.Fuzz(func(t *testing.T, s string) {
		tags, err := tag.Parse(s)
		if err != nil {
			return
		}
		for _, one := range tags {
			if again, err := tag.Parse(one.String()); err != nil || len(again) != 1 || again[0] != one {
				t.Errorf("%q: %v reads as %v, %v", s, one, again, err)
			}
		}
	})
}
