package gen

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/oxgen/oxgen/internal/dist"
	"github.com/oxgen/oxgen/pyc"
)

// probe asks the interpreter that compiles what it is.
func probe(ctx context.Context, python *dist.Distribution) (*pyc.Interpreter, error) {
	answer, err := python.Remember(pyc.ProbeProgram, func() ([]byte, error) {
		interp, err := pyc.Probe(ctx, python.Interpreter)
		if err != nil {
			return nil, err
		}
		return json.Marshal(interp)
	})
	if err != nil {
		return nil, err
	}
	var interp pyc.Interpreter
	if err := json.Unmarshal(answer, &interp); err != nil {
		return nil, fmt.Errorf("what %s answered: %w", python.Interpreter, err)
	}
	return &interp, nil
}
