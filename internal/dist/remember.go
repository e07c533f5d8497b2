package dist

import (
	"encoding/json"
)

// Remember returns an answer of the interpreter to a program, JSON that ask brings. Of a pinned distribution, no file of which ever changes,
// the cache keeps it.
func (d *Distribution) Remember(program string, ask func() ([]byte, error)) ([]byte, error) {
	if d.release == nil {
		return ask()
	}
	file := d.store.answerFile(d.Interpreter, program)
	var kept json.RawMessage
	if readAnswer(file, &kept) {
		return kept, nil
	}
	data, err := ask()
	if err == nil {
		keepAnswer(file, json.RawMessage(data))
	}
	return data, err
}
