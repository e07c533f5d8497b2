package cpython

import (
	_ "embed"
	"fmt"
	"runtime"
	"strings"
	"testing"
)

// layouts is what a C compiler says. It is made by compiling, for each version and struct,
//
//	printf("\t%s %zu\n", "argv", offsetof(PyConfig, argv));
//
//go:embed testdata/layout.txt
var layouts string

func TestLayout(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the offsets are those of Linux")
	}
	got := map[string]layout{}
	for minor := firstLayout; minor <= 13; minor++ {
		version := Version(3<<24 | minor<<16)
		got[fmt.Sprintf("3.%d PyPreConfig", minor)] = layoutOf(preconfigMembers, version)
		got[fmt.Sprintf("3.%d PyConfig", minor)] = layoutOf(configMembers, version)
	}
	want := readLayouts(t)
	if len(got) != len(want) {
		t.Fatalf("%d structs, want %d", len(got), len(want))
	}
	for name, l := range want {
		if got[name].size != l.size {
			t.Errorf("%s has %d bytes, want %d", name, got[name].size, l.size)
		}
		for member, slot := range l.members {
			if g, ok := got[name].members[member]; !ok || g.offset != slot.offset {
				t.Errorf("%s.%s is at %d (%v), want %d", name, member, g.offset, ok, slot.offset)
			}
		}
		for member := range got[name].members {
			if _, ok := l.members[member]; !ok {
				t.Errorf("%s has no %s", name, member)
			}
		}
	}
}

func readLayouts(t *testing.T) map[string]layout {
	t.Helper()
	all := map[string]layout{}
	var structure string
	for line := range strings.Lines(layouts) {
		var version, name string
		var number uintptr
		switch {
		case line[0] == '#':
		case line[0] == '\t':
			if _, err := fmt.Sscanf(line, "\t%s %d\n", &name, &number); err != nil {
				t.Fatal(err)
			}
			all[structure].members[name] = slot{offset: number}
		default:
			if _, err := fmt.Sscanf(line, "%s %s %d\n", &version, &name, &number); err != nil {
				t.Fatal(err)
			}
			structure = version + " " + name
			all[structure] = layout{members: map[string]slot{}, size: number}
		}
	}
	return all
}
