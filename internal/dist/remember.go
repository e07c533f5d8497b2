package dist

import (
	"encoding/json"
	"os"
)

// Remember returns an answer of the interpreter to a program, JSON that ask brings. Of a pinned distribution, no file of which ever changes,
// the cache keeps it.
func (d *Distribution) Remember(program string, ask func() ([]byte, error)) ([]byte, error) {
	if d.release == nil {
		return ask()
	}
	file := d.store.answerFile(d.Interpreter, program)
	if data, err := os.ReadFile(file); err == nil && json.Valid(data) {
		return data, nil
	}
	data, err := ask()
	if err == nil {
		keepAnswer(file, json.RawMessage(data))
	}
	return data, err
}
