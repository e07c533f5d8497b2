package scaffold_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"

	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/scaffold"
)

const (
	ownGoMod = `module github.com/oxgen/oxgen

go 1.26.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/oxgen/oxgen/pyembed v0.1.0
	github.com/spf13/cobra v1.10.2
)

require (
	github.com/ebitengine/purego v0.11.3 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
`
	ownGoSum = `github.com/ebitengine/purego v0.11.3 h1:a=
github.com/ebitengine/purego v0.11.3/go.mod h1:b=
github.com/oxgen/oxgen/pyembed v0.1.0 h1:c=
golang.org/x/sys v0.49.0 h1:d=
`
)

func origin(change func(*scaffold.Origin)) scaffold.Origin {
	o := scaffold.Origin{GoMod: []byte(ownGoMod), GoSum: []byte(ownGoSum)}
	change(&o)
	return o
}

var origins = map[string]scaffold.Origin{
	"checkout": origin(func(o *scaffold.Origin) { o.Checkout = "/src/oxgen" }),
	"release":  origin(func(o *scaffold.Origin) { o.Version, o.Sum = "v1.2.3", "h1:x=" }),
	"unknown":  origin(func(*scaffold.Origin) {}),
}

func project(t *testing.T, dir string, o scaffold.Origin) *scaffold.Project {
	t.Helper()
	return &scaffold.Project{
		Dir:        dir,
		Name:       "hello",
		ModulePath: "example.com/hello",
		Config:     config.TemplateValues{Name: "hello", Sources: []string{"src"}, Run: config.Run{Module: "app"}},
		Hello:      true,
		Origin:     o,
	}
}

func files(t *testing.T, p *scaffold.Project) map[string]string {
	t.Helper()
	list, err := p.Files()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, f := range list {
		texts[f.Name] = string(f.Data)
	}
	return texts
}

func TestGoMod(t *testing.T) {
	t.Parallel()
	const head = "module example.com/hello\n\ngo 1.26.0\n"
	for name, want := range map[string]string{
		"checkout": head + `
tool github.com/oxgen/oxgen

require github.com/oxgen/oxgen/pyembed v0.1.0

require (
	github.com/ebitengine/purego v0.11.3 // indirect
	github.com/oxgen/oxgen v0.0.0 // indirect
	github.com/spf13/cobra v1.10.2 // indirect
	golang.org/x/sys v0.49.0 // indirect
)

replace github.com/oxgen/oxgen => /src/oxgen

replace github.com/oxgen/oxgen/pyembed => /src/oxgen/pyembed
`,
		"release": head + `
tool github.com/oxgen/oxgen

require github.com/oxgen/oxgen/pyembed v0.1.0

require (
	github.com/ebitengine/purego v0.11.3 // indirect
	github.com/oxgen/oxgen v1.2.3 // indirect
	github.com/spf13/cobra v1.10.2 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
`,
		"unknown": head + `
require github.com/oxgen/oxgen/pyembed v0.1.0

require (
	github.com/ebitengine/purego v0.11.3 // indirect
	golang.org/x/sys v0.49.0 // indirect
)
`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := files(t, project(t, t.TempDir(), origins[name]))
			if diff := cmp.Diff(want, got["go.mod"]); diff != "" {
				t.Errorf("go.mod (-want +got)\n%s", diff)
			}
			generate := "\n//go:generate go tool oxgen\n"
			if name == "unknown" {
				generate = "\n//go:generate oxgen\n"
			}
			if !strings.Contains(got["main.go"], generate) {
				t.Errorf("main.go has not the line %q:\n%s", generate, got["main.go"])
			}
		})
	}
}

// A go.sum can't hold the module that it belongs to: a project gets the two lines for oxgen from what it was built as.
func TestGoSumOfRelease(t *testing.T) {
	t.Parallel()
	lines := strings.Split(files(t, project(t, t.TempDir(), origins["release"]))["go.sum"], "\n")
	lines = lines[:len(lines)-1]
	i := slices.Index(lines, "github.com/oxgen/oxgen v1.2.3 h1:x=")
	// The sum of a go.mod (https://go.dev/ref/mod#go-sum-files) is that of a list of one file, in the format of sha256sum.
	inner := sha256.Sum256([]byte(ownGoMod))
	outer := sha256.Sum256(fmt.Appendf(nil, "%x  go.mod\n", inner))
	want := "github.com/oxgen/oxgen v1.2.3/go.mod h1:" + base64.StdEncoding.EncodeToString(outer[:])
	if i < 0 || lines[i+1] != want {
		t.Fatalf("got %q, want %q", lines, want)
	}
	if !slices.IsSorted(lines) {
		t.Errorf("not sorted: %q", lines)
	}
}

func TestProjectFiles(t *testing.T) {
	t.Parallel()
	list, err := project(t, t.TempDir(), origins["checkout"]).Files()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range list {
		names = append(names, f.Name)
	}
	want := []string{"oxgen.toml", "main.go", "go.mod", "go.sum", ".gitignore", "src/app/__init__.py", "src/app/__main__.py"}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	conf, err := config.Parse("oxgen.toml", list[0].Data)
	if err != nil || conf.Package != scaffold.PackageName {
		t.Errorf("oxgen.toml: %v, package %q", err, conf.Package)
	}
	if _, err := modfile.Parse("go.mod", list[2].Data, nil); err != nil {
		t.Error(err)
	}
}

// The executable must not get the name of a directory, nor git be told to ignore that.
func TestExecutableName(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ module, dir, ignored, step string }{
		{"example.com/hello", "other", "/hello\n/hello.exe\n", "go build"},
		{"example.com/hello", "hello", "/bin/\n", "go build -o bin/"},
		{"example.com/hello/v2", "other", "/hello\n", "go build"},
		{"example.com/hello/v1", "other", "/v1\n", "go build"},
		{"example.com/src", "other", "/bin/\n", "go build -o bin/"},
		{"example.com/pyapp", "other", "/bin/\n", "go build -o bin/"},
	} {
		p := project(t, tree(t, test.dir+"/x"), origins["checkout"])
		p.ModulePath = test.module
		if got := files(t, p)[".gitignore"]; !strings.Contains(got, test.ignored) {
			t.Errorf("%s: .gitignore has not %q:\n%s", test.module, test.ignored, got)
		}
		steps := p.Next()
		if got := steps[len(steps)-1].Command; got != test.step {
			t.Errorf("%s: step %q, want %q", test.module, got, test.step)
		}
	}
}

func TestWrite(t *testing.T) {
	t.Parallel()
	list := []scaffold.File{{"a", []byte("1")}, {".gitignore", []byte("i")}, {"b/c", []byte("2")}}
	dir := filepath.Join(t.TempDir(), "new", "dir")
	if ignore, err := scaffold.Write(dir, list); err != nil || ignore != nil {
		t.Fatalf("got %q, %v", ignore, err)
	}
	for _, f := range list {
		if got, err := os.ReadFile(filepath.Join(dir, f.Name)); err != nil || !bytes.Equal(got, f.Data) {
			t.Errorf("%s: got %q, %v", f.Name, got, err)
		}
	}
	_, err := scaffold.Write(dir, append(list, scaffold.File{Name: "d"}))
	if err == nil || strings.Count(err.Error(), "is in the way") != 2 {
		t.Errorf("got %v, want both files named", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "d")); err == nil {
		t.Error("wrote beside files that are in the way")
	}
}

// What can't be written whole is taken back.
func TestWriteFails(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a file name without an error of its own")
	}
	dir := t.TempDir()
	_, err := scaffold.Write(dir, []scaffold.File{{"new/a", nil}, {"b/" + strings.Repeat("x", 300), nil}})
	var d *diag.Error
	if !errors.As(err, &d) {
		t.Fatalf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestModulePath(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"hello":    "example.com/hello",
		"My App!":  "example.com/My-App",
		".hidden.": "example.com/hidden",
		"naïve":    "example.com/na-ve",
		"fmt":      "example.com/fmt",
		"/":        "example.com/app",
		"日本":       "example.com/app",
		"a.b_c~d":  "example.com/a.b_c~d",
	} {
		if got := scaffold.ModulePath(name); got != want {
			t.Errorf("%q: got %q, want %q", name, got, want)
		}
	}
}

func TestFindModule(t *testing.T) {
	t.Parallel()
	dir := tree(t, "none/x", "tool/x", "oxgen/x", "work/app/x")
	for name, text := range map[string]string{
		"none/go.mod":     "module example.com/m\n",
		"tool/go.mod":     "module example.com/m\n\ntool github.com/oxgen/oxgen\n\nrequire github.com/oxgen/oxgen/pyembed v0.1.0\n",
		"oxgen/go.mod":    "module github.com/oxgen/oxgen\n",
		"work/go.work":    "go 1.26\n\nuse (\n\t./app\n\t../oxgen\n)\n",
		"work/app/go.mod": "module example.com/app\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, filepath.FromSlash(name)), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]*scaffold.Module{
		"none":             {Path: "example.com/m", Import: "example.com/m"},
		"none/a/b":         {Path: "example.com/m", Import: "example.com/m/a/b"},
		"tool":             {Path: "example.com/m", Import: "example.com/m", Requires: true, Tool: true},
		"oxgen/example/x":  {Path: "github.com/oxgen/oxgen", Import: "github.com/oxgen/oxgen/example/x", Requires: true, IsOxgen: true},
		"work/app/c":       {Path: "example.com/app", Import: "example.com/app/c", IsOxgen: true},
		"nothing/anywhere": nil,
	} {
		got, err := scaffold.FindModule(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "none", "go.mod"), []byte("nonsense {"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := scaffold.FindModule(filepath.Join(dir, "none")); err == nil {
		t.Error("a broken go.mod gave no error")
	}
}

func TestMend(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"checkout": "`go mod edit -replace=github.com/oxgen/oxgen=/src/oxgen -replace=github.com/oxgen/oxgen/pyembed=/src/oxgen/pyembed`" +
			", then `go get github.com/oxgen/oxgen/pyembed@v0.1.0`",
		"release": "`go get github.com/oxgen/oxgen/pyembed@v0.1.0`",
	} {
		o := origins[name]
		if got := o.Mend(); got != want {
			t.Errorf("%s: got %s\nwant %s", name, got, want)
		}
	}
}
