//go:build linux

package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The program testdata/code for other platforms, with nothing to put on disk: they have one cache, of which TestMatrix expects to have it alone.
var (
	bareElsewhere = codeElsewhere("bare-elsewhere", bareSettings)
	lateElsewhere = codeElsewhere("late-elsewhere", lateSettings)
)

// codeElsewhere returns a function that builds the program once for all platforms elsewhere.
func codeElsewhere(name, settings string) func() (*program, error) {
	return sync.OnceValues(func() (*program, error) {
		p, err := newCode(name, fmt.Sprintf("targets = [%q, %q]\n%s", onARM.target(), onWindows.target(), settings), addBytecode)
		if err != nil {
			return nil, err
		}
		p.exe = filepath.Join(p.module, "bin", "code")
		out, err := oxgen(context.Background(), "--quiet", "build", "--target", "all", p.dir, "-o", filepath.Dir(p.exe)+"/")
		if err != nil {
			return nil, fmt.Errorf("building %s: %w\n%s", name, err, out)
		}
		return p, nil
	})
}

// TestCodeElsewhere compares what modules that are stored in several ways are, at every level of the interpreter, with what they are here.
func TestCodeElsewhere(t *testing.T) {
	testElsewhere(t, func(t *testing.T, p platform) {
		for name, variant := range map[string]struct {
			here  func(*testing.T) *program
			there func() (*program, error)
		}{"no sources": {codeBare, bareElsewhere}, "no bytecode": {codeLate, lateElsewhere}} {
			for _, level := range []string{"0", "1", "2"} {
				t.Run(name+" "+level, func(t *testing.T) {
					t.Parallel()
					there, err := variant.there()
					if err != nil {
						t.Fatal(err)
					}
					want, got := onLinux.ofCode(t, variant.here(t).exe, level), p.ofCode(t, there.exe+"-"+p.name()+p.suffix(), level)
					if diff := cmp.Diff(want, got); diff != "" {
						t.Errorf("(-here +there):\n%s", diff)
					}
				})
			}
		}
	})
}

// ofCode has an executable print its picture at a level.
func (p platform) ofCode(t *testing.T, exe, level string) ending {
	t.Helper()
	c := p.calling(t, exe, "-m", "app", "picture.show")
	c.env = append(c.env, "OXGEN_PYTHON=1", "PYTHONOPTIMIZE="+level, "PYTHONUTF8=1")
	return p.ended(t, c)
}
