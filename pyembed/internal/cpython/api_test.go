//go:build !windows

package cpython

import (
	"runtime"
	"strings"
	"testing"

	"github.com/ebitengine/purego"
)

func TestRefused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		version Version
		symbol  string
		want    string
	}{
		{0x030e06f0, "", ""},
		{0x030a10f0, "", ""},
		{0x030912f0, "", "libpython is 3.9, the oldest that is supported is 3.10"},
		{0x02071200, "", "libpython is 2.7, the oldest that is supported is 3.10"},
		{0x030e00f0, "_Py_DecRefShared", "libpython is a free-threaded build, which is not supported: take one with the GIL"},
		{0x030c00f0, "_Py_NegativeRefcount", "libpython is a debug build, which is not supported: take a release build"},
	} {
		got := ""
		if err := refused(test.version, func(symbol string) bool { return symbol == test.symbol }); err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%#x with %q: %q, want %q", test.version, test.symbol, got, test.want)
		}
	}
}

func TestReleaseBuildsAreTaken(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, l library) {
		output, state := run(t, plan{Library: l, Settings: base(l), Code: "import sys; print(sys.version_info[:2])"})
		if !state.Success() || !strings.HasPrefix(output, "(3, ") {
			t.Errorf("%v, %s", state, output)
		}
	})
}

// A library that is no libpython gives errors, whatever is called.
func TestMissing(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("looks into glibc")
	}
	libc, err := purego.Dlopen("libc.so.6", purego.RTLD_NOW)
	if err != nil {
		t.Skip(err)
	}
	for _, minor := range []int{10, 13, 14} {
		a := New(libc, Version(3<<24|minor<<16))
		if _, _, err := a.Initialize([]Setting{{"utf8_mode", int64(1)}, {"home", "/"}, {"argv", []string{"a"}}}); err == nil {
			t.Errorf("3.%d: an interpreter started", minor)
		}
		if a.Missing() == nil || a.SetFrozen("code") == nil {
			t.Errorf("3.%d: nothing is missing", minor)
		}
		if v := a.RuntimeVersion(); v != "" {
			t.Errorf("3.%d: version %q", minor, v)
		}
		o := a.Import("sys")
		a.Release(o)
		a.ClearError()
		e, raised := a.Raised()
		for what, got := range map[string]bool{
			"Attr": a.Attr(o, "x") != 0, "Call": a.Call(o, 1) != 0, "Item": a.Item(1, 0) != 0, "Eval": a.Eval(1, 1) != 0,
			"String": a.String("x") != 0, "Path": a.Path("x") != 0,
			"Raised": raised, "Is": a.Is(e, "PyExc_SystemExit"), "Int": a.Int(1) != 0, "RunMain": a.RunMain() != 0,
		} {
			if got {
				t.Errorf("3.%d: %s returned something", minor, what)
			}
		}
		a.Print(e)
	}
}

func TestIsUTF8(t *testing.T) {
	t.Parallel()
	mode := Setting{"utf8_mode", int64(1)}
	for _, test := range []struct {
		settings []Setting
		want     bool
	}{
		{nil, true},
		{[]Setting{{"home", "/usr"}}, true},
		{[]Setting{{"home", "/é"}}, false}, // the locale may have another encoding
		{[]Setting{{"home", "/é"}, mode}, true},
		{[]Setting{mode, {"home", "/é"}, {"utf8_mode", int64(0)}}, false},
		{[]Setting{mode, {"argv", []string{"a", "\xff"}}}, false},
	} {
		if got := isUTF8(test.settings); got != test.want {
			t.Errorf("isUTF8(%v) = %v", test.settings, got)
		}
	}
}
