package pyembed

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/pyembed/table"
)

// program returns a program that check accepts; nothing in it can run.
func program(t *testing.T) *Program {
	t.Helper()
	data, err := table.Encode(&table.Contents{PythonMagic: [4]byte{0x2b, 0x0e, '\r', '\n'}, PythonVersion: 0x030e06f0})
	if err != nil {
		t.Fatal(err)
	}
	h, err := table.ReadHeader(string(data))
	if err != nil {
		t.Fatal(err)
	}
	return &Program{Name: "test", Table: string(data), Fingerprint: h.Fingerprint, Library: &Library{}}
}

func TestCheck(t *testing.T) {
	patch := func(p *Program, at int, value uint32) {
		data := []byte(p.Table)
		binary.LittleEndian.PutUint32(data[at:], value)
		p.Table = string(data)
	}
	tests := []struct {
		name   string
		change func(*Program)
		want   string // "" for none
	}{
		{"whole", func(*Program) {}, ""},
		{"empty", func(p *Program) { p.Table = "" }, "the program's table is damaged"},
		{"no table", func(p *Program) { patch(p, 0, 0) }, "the program's table is damaged: not an oxgen table"},
		{"other format", func(p *Program) { patch(p, 8, 7) }, "has format 7, this executable reads 3"},
		{"cut", func(p *Program) { p.Table = p.Table[:len(p.Table)-1] }, "is truncated"},
		{"header cut", func(p *Program) { p.Table = p.Table[:40] }, "is damaged: truncated table"},
		{"of another generation", func(p *Program) { patch(p, 40, 0) }, "not the one that its Go source was generated with"},
		{"no library", func(p *Program) { p.Library = nil }, "has no libpython"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := program(t)
			test.change(p)
			_, err := p.check()
			switch {
			case test.want == "" && err != nil:
				t.Errorf("got error %v", err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got error %v, want one with %q", err, test.want)
			case err != nil && (strings.Contains(err.Error(), "\n") || !strings.Contains(err.Error(), "go generate")):
				t.Errorf("error %q is not one line that names the mend", err)
			}
		})
	}
}

func TestPaths(t *testing.T) {
	const exe = "/opt/app/bin/app"
	c := Config{SearchPaths: []string{"$ORIGIN/../plugins", "/usr/share/app"}}
	got := map[string]any{}
	for _, s := range c.paths(3<<24|14<<16, exe, []string{"/first"}) {
		got[s.Name] = s.Value
	}
	for _, name := range []string{"program_name", "base_executable", "home", "prefix", "exec_prefix", "stdlib_dir"} {
		if got[name] != exe {
			t.Errorf("%s is %v: CPython would look it up on disk", name, got[name])
		}
	}
	search, _ := got["module_search_paths"].([]string)
	if want := "/first|" + exe + "|/opt/app/plugins|/usr/share/app"; strings.Join(search, "|") != want {
		t.Errorf("search paths: got %v, want %s", search, want)
	}
	if executable, _ := got["executable"].(string); !strings.HasPrefix(executable, "/proc/self/") {
		t.Errorf("executable is %q: CPython would read a pyvenv.cfg near it", executable)
	}
}
