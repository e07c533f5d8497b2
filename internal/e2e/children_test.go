//go:build linux

package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/internal/exectest"
)

// TestChildren has the program start children of all kinds, from the inside.
func TestChildren(t *testing.T) {
	t.Parallel()
	p := probe(t)
	list := p.call("children").run(t)
	list.wantOutput(t, "children.")
	for name := range strings.FieldsSeq(list.stdout) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if r := p.call(name).run(t); r.status != 0 || r.stderr != "" {
				t.Errorf("status %d, signal %d\n%s%s", r.status, r.signal, r.stdout, r.stderr)
			}
		})
	}
}

// TestUpgrade replaces the executable of a running program: its children are those of the new one, and still children.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	exe, other := filepath.Join(dir, "app"), filepath.Join(dir, "new")
	for to, from := range map[string]string{exe: probe(t).exe, other: hello(t).exe} {
		if err := exectest.Copy(to, from, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	r := (&call{path: exe, args: []string{"children._upgrade", other}}).run(t)
	r.wantOutput(t, "the new one\n")
}

// TestOrphan starts a child whose parent has ended when it looks.
func TestOrphan(t *testing.T) {
	t.Parallel()
	probe(t).call("children._abandon").run(t).wantOutput(t, "orphan\n")
}

// TestPerson types arguments that python would take too.
func TestPerson(t *testing.T) {
	t.Parallel()
	for _, env := range []string{"A=b", "OXGEN_PARENT=1:0:/", "OXGEN_PYTHON=0", "OXGEN_PYTHON=3.11"} {
		r := (&call{path: "/bin/sh", args: []string{"-c", `"$0" -c x; exit $?`, probe(t).exe}}).with(env).run(t)
		if r.status != 1 || !strings.Contains(r.stderr, "No module named 'probe.checks.-c'") {
			t.Errorf("%s: status %d\n%s", env, r.status, r.stderr)
		}
	}
}
