package pyc

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// An Interpreter is a CPython that compiles.
type Interpreter struct {
	Path              string // the program itself, absolute; a shim or launcher has been looked through
	Version           Version
	Hex               uint32   // sys.hexversion: the version with its release level
	Magic             [4]byte  // importlib.util.MAGIC_NUMBER
	CacheTag          string   // sys.implementation.cache_tag: "cpython-314"
	Build             string   // sys.version; with Magic it identifies the compiler
	Builtin           []string // sys.builtin_module_names, sorted
	Frozen            []string // names of the frozen modules, sorted
	Stdlib            []string // sys.stdlib_module_names, sorted: the top-level names of any platform's standard library
	ExtensionSuffixes []string // in the order of the interpreter's search: ".cpython-314-x86_64-linux-gnu.so", ".abi3.so", ".so"
	Platform          string   // sys.platform: "linux", "darwin", "win32"
	Multiarch         string   // sys.implementation._multiarch: "x86_64-linux-gnu"; "" where the build has none
	ABIFlags          string   // sys.abiflags: "", "d" (debug), "t" (free-threaded)
	Prefix            string   // sys.base_prefix
}

// ProbeProgram is what Probe runs: it changes with what Probe asks.
//
//go:embed probe.py
var ProbeProgram string

const probeTimeout = 30 * time.Second

// installHint mends an interpreter that cannot be used.
const installHint = "name another interpreter with --python, $OXGEN_PYTHON or `python` in oxgen.toml; without any, oxgen uses its own"

// Probe asks the interpreter at path what it is. A path without a slash is looked up in PATH. The interpreter is run
// without site, user site and PYTHON* variables and imports nothing that isn't built in. An interpreter that does not
// run, is no CPython, or is of a version without a known bytecode gives a *diag.Error; one ended by ctx, ctx's error.
func Probe(ctx context.Context, path string) (*Interpreter, error) {
	out, err := pyexec.Run(ctx, pyexec.Command{
		Path:    path,
		Args:    []string{"-s", "-S", "-B", "-E", "-c", ProbeProgram}, // -I is all of them and more, but unknown to Python 2
		Env:     environ(),
		Timeout: probeTimeout,

		Repeatable: true,
	})
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("probe %s: %w", path, ctx.Err())
		}
		return nil, broken(path, err)
	}
	facts := parseFacts(string(out))
	if len(facts["version"]) != 3 || len(facts["implementation"]) != 1 {
		return nil, diag.Errorf(path, installHint, "not a Python interpreter: it printed %.60q", out)
	}
	if err := supported(path, facts); err != nil {
		return nil, err
	}
	interp, err := fromFacts(facts)
	if err != nil {
		return nil, diag.Errorf(path, installHint, "Python interpreter is broken: %w", err)
	}
	if interp.Path == "" {
		interp.Path = path
	}
	if interp.Path, err = absolute(interp.Path); err != nil {
		return nil, diag.Errorf(path, installHint, "find the interpreter: %w", err)
	}
	return interp, nil
}

// broken says why an interpreter gave no answer.
func broken(path string, err error) *diag.Error {
	var failed *pyexec.Failure
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return diag.Errorf(path, installHint, "Python interpreter gave no answer in %s", probeTimeout)
	case errors.As(err, &failed):
		return diag.Errorf(path, installHint, "Python interpreter is broken: %w", err)
	default:
		return diag.Errorf(path, installHint, "no Python interpreter: %w", err)
	}
}

// supported checks the version, the implementation and the bytecode.
func supported(path string, facts map[string][]string) error {
	version := strings.Join(facts["version"], ".")
	v, err := versionOf(facts["version"])
	if err != nil {
		return diag.Errorf(path, installHint, "not a Python interpreter: version %q", version)
	}
	oldest, newest := magics[0].version, magics[len(magics)-1].version
	switch {
	case v.compare(oldest) < 0:
		return diag.Errorf(path, installHint, "Python %s is too old: oxgen needs Python %s or newer", v, oldest.Feature())
	case v.Major > newest.Major || v.Major == newest.Major && v.Minor > newest.Minor:
		return diag.Errorf(path, installHint, "Python %s is too new: this oxgen knows bytecode up to Python %s", v, newest.Feature())
	case facts["implementation"][0] != "cpython":
		return diag.Errorf(path, installHint, "%s %s is not CPython", facts["implementation"][0], v)
	}
	return nil
}

// fromFacts fills an Interpreter from the lines of probe.py.
func fromFacts(facts map[string][]string) (*Interpreter, error) {
	one := func(name string) string { return strings.Join(facts[name], " ") }
	version, err := versionOf(facts["version"])
	if err != nil {
		return nil, err
	}
	hexVersion, err := strconv.ParseUint(one("hex"), 10, 32)
	if err != nil {
		return nil, fmt.Errorf("hexversion: %w", err)
	}
	magic, err := hex.DecodeString(one("magic"))
	if err != nil || len(magic) != 4 {
		return nil, fmt.Errorf("magic number %q", one("magic"))
	}
	interp := &Interpreter{
		Path:              one("executable"),
		Version:           version,
		Hex:               uint32(hexVersion),
		Magic:             [4]byte(magic),
		CacheTag:          one("cachetag"),
		Build:             one("build"),
		Builtin:           facts["builtin"],
		Frozen:            facts["frozen"],
		Stdlib:            facts["stdlib"],
		ExtensionSuffixes: facts["suffixes"],
		Platform:          one("platform"),
		Multiarch:         one("multiarch"),
		ABIFlags:          one("abiflags"),
		Prefix:            one("prefix"),
	}
	if v, err := MagicVersion(interp.Magic); err != nil || v.Feature() != version.Feature() {
		return nil, fmt.Errorf("its bytecode (magic number %d) is not that of a released Python %s",
			binary.LittleEndian.Uint16(magic), version.Feature())
	}
	return interp, nil
}

// parseFacts reads the lines that probe.py prints. Lines that are none are left out, values that are empty too.
func parseFacts(out string) map[string][]string {
	facts := make(map[string][]string)
	for line := range strings.Lines(out) {
		fields := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
		for _, field := range fields[1:] {
			if value, err := url.PathUnescape(field); err == nil && value != "" {
				facts[fields[0]] = append(facts[fields[0]], value)
			}
		}
	}
	return facts
}

// Identity is the digest of all that decides what the interpreter compiles a source to.
func (i *Interpreter) Identity() [sha256.Size]byte {
	return sha256.Sum256(fmt.Appendf(nil, "%s\x00%x\x00%x\x00%s", i.Build, i.Hex, i.Magic, i.ABIFlags))
}

// environ is the environment of every interpreter: where it and its libraries are found, and nothing that changes what
// it does. HOME and PYENV_* are there for the shims of version managers.
func environ() []string {
	keep := []string{"PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "TMP", "TEMP", "SYSTEMROOT", "PYENV_ROOT", "PYENV_VERSION"}
	var env []string
	for _, name := range keep {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// absolute returns the absolute path of a program that may be one in PATH.
func absolute(path string) (string, error) {
	if filepath.Base(path) == path {
		return pyexec.LookPath(path)
	}
	return filepath.Abs(path)
}
