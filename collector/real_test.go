package collector

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
)

// Where real distributions are: Debian's, which are made of wheels again, and pip in the Go module of the default Python.
const (
	debianSite   = "/usr/lib/python3/dist-packages"
	debianWheels = "/usr/share/python-wheels/*.whl"
	pipModule    = "github.com/kluctl/go-embed-python@v0.0.0-3.14.6-20260610-1"
)

// TestRealWheels collects wheels that other tools made, and such as are made from what is installed, one by one. None
// is refused, and no module of one is lost.
func TestRealWheels(t *testing.T) {
	t.Parallel()
	dirs := []string{debianSite}
	store := dist.Store{CacheDir: t.TempDir()}
	if dir, err := store.Module(context.Background(), pipModule); err == nil {
		dirs = append(dirs, filepath.Join(dir, "pip", "internal", "data"))
	}
	var wheels []wheeltest.Wheel
	for _, dir := range dirs {
		found, err := wheeltest.Installed(dir, "cp311-cp311-linux_x86_64")
		if err != nil {
			t.Log(err)
		}
		wheels = append(wheels, found...)
	}
	for _, w := range wheels {
		t.Run(w.Filename(), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), w.Filename())
			if err := os.WriteFile(path, w.Bytes(t), 0o600); err != nil {
				t.Fatal(err)
			}
			collectReal(t, path)
		})
	}
	made, err := filepath.Glob(debianWheels)
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range made {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			collectReal(t, path)
		})
	}
	if len(wheels)+len(made) == 0 {
		t.Skip("no real distributions here")
	}
	t.Logf("%d wheels made from what is installed, %d of others", len(wheels), len(made))
}

// collectReal collects one wheel and looks whether all of its sources became modules.
func collectReal(t *testing.T, path string) {
	t.Helper()
	list, err := tag.For("3.11.2", target.Target{GOOS: "linux", GOARCH: "amd64"}, tag.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := Collect(context.Background(), []Input{{Kind: Wheel, Path: path, Label: filepath.Base(path)}}, Options{
		ExtensionSuffixes: []string{".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"}, Extensions: true, Tags: list,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range c.Warnings {
		t.Log(w)
	}
	kinds := map[VerdictKind]int{}
	for _, v := range c.Verdicts {
		kinds[v.Kind]++
		if strings.HasSuffix(v.Origin.File, ".py") && !v.Kind.Included() && v.Kind != VerdictScript &&
			v.Rule != ruleShadowed && v.Rule != ruleOwnTests {
			t.Errorf("%s: %s %s %s", v.Origin, v.Kind, v.Rule, v.Reason)
		}
	}
	if kinds[VerdictMetadata] < 3 || kinds[VerdictModule]+kinds[VerdictExtension] == 0 {
		t.Errorf("verdicts: %v", kinds)
	}
	for i := range c.Resources {
		r := &c.Resources[i]
		if data, err := r.Read(); err != nil || int64(len(data)) != r.Size {
			t.Errorf("%s: %d bytes, %v", r.Origin, len(data), err)
		}
	}
}
