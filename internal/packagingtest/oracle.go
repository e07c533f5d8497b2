// Package packagingtest lets tests ask packaging, the library by which pip compares versions, tags and markers.
package packagingtest

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// module is the Go module that carries pip, and in it packaging, as the default distribution does.
const module = "github.com/kluctl/go-embed-python@v0.0.0-3.14.6-20260610-1"

// Ask runs a Python script in which `question` is what was asked and `packaging` is pip's, and decodes what it assigns to
// `answer`. Without a python3, or without the module, the test is skipped.
func Ask(t *testing.T, script string, question, answer any) {
	t.Helper()
	python, err := pyexec.LookPath("python3")
	if err != nil {
		t.Skip("no python3 in PATH")
	}
	store := dist.Store{CacheDir: t.TempDir()}
	dir, err := store.Module(context.Background(), module)
	if err != nil {
		t.Skipf("no pip: %v", err)
	}
	in, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	const head = "import json, sys\nsys.path.insert(0, sys.argv[1])\nfrom pip._vendor import packaging\nquestion = json.load(sys.stdin)\n"
	out, err := pyexec.Run(context.Background(), pyexec.Command{
		Path:    python,
		Args:    []string{"-I", "-c", head + script + "\njson.dump(answer, sys.stdout)\n", filepath.Join(dir, "pip", "internal", "data")},
		Stdin:   bytes.NewReader(in),
		Timeout: time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatal(err)
	}
}
