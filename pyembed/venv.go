package pyembed

import (
	"os"
	"path/filepath"
	"strings"
)

// venvFile says in which directory python looks for the installation that a virtual environment belongs to (PEP 405).
const venvFile = "pyvenv.cfg"

// venv returns the directory of the virtual environment in which an interpreter acts as python, and the base executable; "" when
// it is in none. It is in one when pyvenv.cfg lies beside the path by which it was called, or one directory above
// (Modules/getpath.py). CPython is kept from looking (config.go, nowhere), and would not take sys.prefix from us, so the
// importer sets it (templates/process.py).
func (i *invocation) venv() (dir, base string) {
	if i.role != aPython {
		return "", ""
	}
	bin := filepath.Dir(i.executable)
	for _, place := range []string{bin, filepath.Dir(bin)} {
		text, err := os.ReadFile(filepath.Join(place, venvFile))
		if err != nil {
			continue
		}
		home, ok := venvHome(string(text))
		if !ok {
			return "", ""
		}
		return filepath.Dir(bin), i.baseExecutable(home)
	}
	return "", ""
}

// venvHome returns the value of the key home.
func venvHome(text string) (string, bool) {
	for line := range strings.Lines(text) {
		key, value, ok := strings.Cut(line, "=")
		if ok && strings.EqualFold(strings.TrimSpace(key), "home") {
			return strings.TrimSpace(value), true
		}
	}
	return "", false
}

// baseExecutable returns the path of the python from which a virtual environment was made, in the directory home: by it, others are
// made like it. It is that of the executable when there is none by a name of python.
func (i *invocation) baseExecutable(home string) string {
	for _, name := range []string{filepath.Base(i.executable), "python3", "python"} {
		if path := filepath.Join(home, name); isSame(path, i.exe) {
			return path
		}
	}
	return i.exe
}
