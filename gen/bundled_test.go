package gen

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/dist"
)

func TestLinkedLibraries(t *testing.T) {
	t.Parallel()
	got := map[string]string{}
	for lib, expression := range linkedLibraries([]dist.LinkedLibrary{
		{Module: "_hashlib", Name: "crypto", Licence: "OpenSSL"},
		{Module: "_ssl", Name: "crypto", Licence: "OpenSSL"},
		{Module: "_ssl", Name: "ssl", Licence: "OpenSSL"},
		{Module: "_lzma", Name: "lzma", Licence: "LicenseRef-Public-Domain"},
		{Module: "_dbm", Name: "db", Licence: "Sleepycat"},
		{Module: "_curses", Name: "ncursesw", Licence: "X11"},
		{Module: "readline", Name: "edit", Licence: "BSD-3-Clause AND X11"}, // of both
		{Module: "readline", Name: "ncursesw", Licence: "BSD-3-Clause AND X11"},
		{Module: "_tkinter", Name: "X11", Licence: "MIT AND TCL"},
		{Module: "_tkinter", Name: "tcl8.6", Licence: "MIT AND TCL"},
		{Module: "_zoo", Name: "zoo", Licence: "MIT"}, // known to nobody
		{Module: "_ctypes", Name: "ffi", Licence: ""},
	}) {
		got[lib.Name] = expression
	}
	want := map[string]string{
		"openssl": "OpenSSL", "xz": "LicenseRef-Public-Domain", "bdb": "Sleepycat", "ncurses": "X11", "libedit": "", "libx11": "", "tcl": "", "libffi": "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
