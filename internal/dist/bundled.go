package dist

import (
	"bytes"
	"cmp"
	"context"
	_ "embed" // bundled.py
	"encoding/json"
	"errors"
	"maps"
	"strings"

	"github.com/oxgen/oxgen/internal/pyexec"
)

//go:embed bundled.py
var bundledProgram string

// Bundled returns the versions of the C libraries that the interpreter's modules are linked with, by the names that
// internal/bundled has. A version is "" when the library is there and does not say; a library that is not in the map may
// still be there. An interpreter that does not answer knows none.
func (d *Distribution) Bundled(ctx context.Context) (map[string]string, error) {
	known := map[string]string{}
	if d.release != nil {
		maps.Copy(known, d.release.Bundled)
	}
	asked, err := d.store.askBundled(ctx, d.Interpreter)
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	for name, version := range asked {
		if version != "" || known[name] == "" {
			known[name] = version
		}
	}
	return known, err
}

// askBundled asks the interpreter at the absolute path, or the cache.
func (s *Store) askBundled(ctx context.Context, interpreter string) (map[string]string, error) {
	file := s.answerFile(interpreter, bundledProgram)
	var kept map[string]string
	if readAnswer(file, &kept) && kept != nil {
		return kept, nil
	}
	out, err := pyexec.Run(ctx, pyexec.Command{
		Path:    interpreter,
		Args:    []string{"-I", "-S", "-B", "-"},
		Stdin:   strings.NewReader(bundledProgram),
		Env:     withoutPython(s.environ()),
		Timeout: cmp.Or(s.patience, patience),

		Repeatable: true,
	})
	if err != nil {
		return nil, s.probeFailure(err)
	}
	for line := range bytes.Lines(out) {
		text, ok := bytes.CutPrefix(line, []byte(answerWord))
		if !ok {
			continue
		}
		var a map[string]string
		if err := json.Unmarshal(text, &a); err != nil {
			return nil, &probeError{problem: "answers what can't be read: " + err.Error(), err: err}
		}
		keepAnswer(file, a)
		return a, nil
	}
	return nil, errors.New("does not say which libraries it has")
}
