package dist

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	_ "embed" // probe.py
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// probeProgram is what an interpreter is asked with.
//
//go:embed probe.py
var probeProgram string

// patience is how long an interpreter may take to answer; a usual one takes 50 ms.
const patience = 30 * time.Second

// oldestHexversion is the first version that oxgen can use, 3.10.0 final, as sys.hexversion spells it.
const oldestHexversion = 0x030A00F0

// An answer is what an interpreter says about itself. The values named var are those of sysconfig, "" when unset.
// The ones below Executable are missing from the answer of one that oxgen can't use.
type answer struct {
	Implementation string `json:"implementation"` // sys.implementation.name: "cpython"
	Version        string `json:"version"`        // "3.11.2", "3.15.0b1"
	Hexversion     uint32 `json:"hexversion"`     // sys.hexversion
	Executable     string `json:"executable"`     // sys.executable

	ABIFlags          string   `json:"abiflags"`           // "d" for a debug build, "t" for a free-threaded one
	FreeThreaded      bool     `json:"free_threaded"`      // var Py_GIL_DISABLED is 1
	Prefix            string   `json:"prefix"`             // sys.prefix
	BasePrefix        string   `json:"base_prefix"`        // sys.base_prefix
	Stdlib            string   `json:"stdlib"`             // sysconfig path
	Purelib           string   `json:"purelib"`            // sysconfig path
	Dynload           string   `json:"dynload"`            // var DESTSHARED
	LDLibrary         string   `json:"ldlibrary"`          // var LDLIBRARY: "libpython3.11.so"
	InstSoname        string   `json:"instsoname"`         // var INSTSONAME: "libpython3.11.so.1.0"
	Library           string   `json:"library"`            // var LIBRARY, the static one: "libpython3.11.a"
	Libdir            string   `json:"libdir"`             // var LIBDIR
	Libpl             string   `json:"libpl"`              // var LIBPL: …/lib/python3.11/config-3.11-x86_64-linux-gnu
	Multiarch         string   `json:"multiarch"`          // var MULTIARCH: "x86_64-linux-gnu"
	Link              string   `json:"link"`               // vars MODLIBS, LIBS and SYSLIBS: "-lz -lexpat -ldl -lm"
	Include           string   `json:"include"`            // sysconfig path: where Python.h is
	PlatInclude       string   `json:"platinclude"`        // sysconfig path: where pyconfig.h is
	FrameworkPrefix   string   `json:"framework_prefix"`   // var PYTHONFRAMEWORKPREFIX, of macOS framework builds
	Platform          string   `json:"platform"`           // sysconfig.get_platform(): "linux-x86_64"
	Magic             string   `json:"magic"`              // importlib.util.MAGIC_NUMBER, 8 hex digits
	CacheTag          string   `json:"cache_tag"`          // sys.implementation.cache_tag
	ExtensionSuffixes []string `json:"extension_suffixes"` // in the order that CPython tries them
	BuiltinModules    []string `json:"builtin_modules"`    // sorted
	FrozenModules     []string `json:"frozen_modules"`     // sorted; empty on 3.10, which does not tell
}

// ask returns what the interpreter at the absolute path says about itself, from the cache when it has been asked
// before and has not changed since.
func (s *Store) ask(ctx context.Context, interpreter string) (*answer, error) {
	file := s.answerFile(interpreter, probeProgram)
	var kept answer
	if readAnswer(file, &kept) && kept.Version != "" {
		return &kept, nil
	}
	a, err := s.probe(ctx, interpreter)
	if err == nil {
		keepAnswer(file, a)
	}
	return a, err
}

// readAnswer reads what keepAnswer kept, and reports whether there is such a thing.
func readAnswer(file string, a any) bool {
	data, err := os.ReadFile(file)
	return err == nil && json.Unmarshal(data, a) == nil
}

// keepAnswer keeps an answer for the next time, if the cache can be written: to ask again costs little. A file "" keeps nothing.
func keepAnswer(file string, a any) {
	if data, err := json.MarshalIndent(a, "", "\t"); err == nil && file != "" {
		_ = cachedir.Write(file, append(data, '\n'))
	}
}

// answerFile returns the file that keeps the answer of an interpreter as it is now to a program; "" when its answer can't be kept,
// because it is a script that may run another Python the next time (pyenv's shims do). A virtual environment is known
// by its pyvenv.cfg as well.
func (s *Store) answerFile(interpreter, program string) string {
	resolved, err := inputs.EvalSymlinks(interpreter)
	if err != nil || !isBinary(resolved) {
		inputs.Spoil("what " + interpreter + " starts")
		return ""
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n", runtime.GOOS, program, interpreter)
	for _, name := range []string{resolved, venvConfig(interpreter)} {
		info, err := inputs.Stat(name)
		if err != nil {
			fmt.Fprintf(h, "%s none\n", name)
			continue
		}
		fmt.Fprintf(h, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
	}
	return filepath.Join(s.CacheDir, "probe", hex.EncodeToString(h.Sum(nil)[:16])+".json")
}

// isBinary reports whether a file is a program in machine code, not a script.
func isBinary(name string) bool {
	head, err := readHead(name)
	return err == nil && !bytes.HasPrefix(head, []byte("#!"))
}

// probe runs the interpreter. The error is a *probeError.
func (s *Store) probe(ctx context.Context, interpreter string) (*answer, error) {
	out, err := pyexec.Run(ctx, pyexec.Command{
		Path:    interpreter,
		Args:    []string{"-I", "-S", "-B", "-"}, // not -c: what is no Python would repeat it all in its message
		Stdin:   strings.NewReader(probeProgram),
		Env:     withoutPython(s.environ()),
		Timeout: cmp.Or(s.patience, patience),

		Repeatable: true,
	})
	if cause := context.Cause(ctx); cause != nil {
		return nil, cause
	}
	if err != nil {
		return nil, s.probeFailure(err)
	}
	a, err := parseAnswer(out)
	if err != nil {
		return nil, err
	}
	return a, a.usable()
}

// withoutPython takes out of env what would make an interpreter another one than it is. -I ignores these variables, but
// a wrapper around the interpreter may not.
func withoutPython(env []string) []string {
	var out []string
	for _, kv := range env {
		if !strings.HasPrefix(kv, "PYTHON") && !strings.HasPrefix(kv, "__PYVENV_LAUNCHER__=") {
			out = append(out, kv)
		}
	}
	return out
}

// A probeError says why an interpreter can't be used; the text continues a sentence about it.
type probeError struct {
	problem string
	mend    string // what to do about it; "" if there is nothing to say beyond the general hint
	err     error
}

func (e *probeError) Error() string { return e.problem }
func (e *probeError) Unwrap() error { return e.err }

const answerWord = "oxgen-probe "

// parseAnswer finds the answer in what an interpreter printed. Other lines are let pass: wrappers like to talk.
func parseAnswer(out []byte) (*answer, error) {
	for line := range bytes.Lines(out) {
		text, ok := bytes.CutPrefix(line, []byte(answerWord))
		if !ok {
			continue
		}
		var a answer
		if err := json.Unmarshal(text, &a); err != nil {
			return nil, &probeError{problem: "answers what can't be read: " + err.Error(), err: err}
		}
		if a.Version == "" || a.Implementation == "" {
			return nil, &probeError{problem: "does not say which Python it is"}
		}
		return &a, nil
	}
	return nil, &probeError{problem: fmt.Sprintf("does not answer like a Python but with %q", firstLine(out))}
}

func firstLine(out []byte) string {
	line, _, _ := bytes.Cut(bytes.TrimSpace(out), []byte("\n"))
	const most = 160
	if len(line) > most {
		line = line[:most]
	}
	return string(line)
}

// usable returns a *probeError when oxgen can't use such a Python.
func (a *answer) usable() error {
	switch {
	case a.Implementation != "cpython":
		return &probeError{problem: fmt.Sprintf("is %s %s, not CPython", a.Implementation, a.Version)}
	case a.Hexversion < oldestHexversion:
		return &probeError{problem: fmt.Sprintf("is Python %s: oxgen needs 3.10 or newer", a.Version)}
	case a.FreeThreaded:
		return &probeError{
			problem: fmt.Sprintf("is a free-threaded build of %s, which oxgen can't embed", a.Version),
			mend:    "take the usual build of it",
		}
	}
	return nil
}

// probeFailure explains an interpreter that could not be run or did not end well.
func (s *Store) probeFailure(err error) error {
	var failed *pyexec.Failure
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return &probeError{problem: fmt.Sprintf("has not answered within %v", cmp.Or(s.patience, patience)), err: err}
	case errors.As(err, &failed) && strings.Contains(failed.Stderr, "Unknown option: -I"):
		return &probeError{problem: "is a Python older than 3.4: oxgen needs 3.10 or newer", err: err}
	case errors.As(err, &failed):
		return &probeError{problem: "does not work: " + lastWords(failed), err: err}
	case errors.Is(err, fs.ErrPermission):
		return &probeError{problem: "may not be executed", mend: "`chmod +x` it if it is a Python", err: err}
	case errors.Is(err, fs.ErrNotExist):
		// The file is there, or it would not have come here: what it needs to run is not.
		return &probeError{
			problem: "can't be run: its program loader (the dynamic linker, or a script's interpreter) is missing",
			err:     err,
		}
	}
	return &probeError{problem: "can't be run: " + rootCause(err), err: err}
}

// lastWords says how a program ended and why: in the last line of a Python traceback, the first of anything else.
func lastWords(f *pyexec.Failure) string {
	lines := strings.Split(f.Stderr, "\n")
	line := lines[0]
	if strings.Contains(f.Stderr, "Traceback (most recent call last)") {
		line = lines[len(lines)-1]
	}
	if line == "" {
		return f.Err.Error()
	}
	return fmt.Sprintf("%v: %s", f.Err, firstLine([]byte(line)))
}

// rootCause returns the innermost error's text: "exec format error" without the path, which the sentence has already.
func rootCause(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}
