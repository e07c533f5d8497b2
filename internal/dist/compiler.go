package dist

import (
	"context"
	"encoding/json"
	"os"

	"github.com/oxgen/oxgen/pyc"
)

// Probe asks the distribution's interpreter what it is, as the compiler wants to know it. A pinned one, of which no file ever changes, is
// asked once: the cache keeps the answer. The errors are those of pyc.Probe.
func (d *Distribution) Probe(ctx context.Context) (*pyc.Interpreter, error) {
	file := ""
	if d.release != nil {
		file = d.store.answerFile(d.Interpreter, pyc.ProbeProgram)
	}
	if data, err := os.ReadFile(file); file != "" && err == nil {
		var known pyc.Interpreter
		if json.Unmarshal(data, &known) == nil && known.Path == d.Interpreter {
			return &known, nil
		}
	}
	interp, err := pyc.Probe(ctx, d.Interpreter)
	if err != nil || file == "" {
		return interp, err
	}
	return interp, d.store.cacheError(keepAnswer(file, interp))
}
