// Package pip has pip bring the wheels of a program's requirements, for a target that need not be the machine that it runs on.
//
// What a requirement means, where it is looked for and what fits is left to pip: the requirements are lines of its
// requirements files, and its configuration is the user's own (pip.conf, PIP_… variables, .netrc, proxies, keyrings).
// Python itself is run isolated (-I). Only wheels are taken: no code of a package is run.
//
// # The cache
//
// The wheels of a set of requirements lie in a directory whose name is a digest of all that the outcome depends on: the lines,
// the files that they name, the variables in them, the target, and pip's configuration. A directory is complete once it has its final name. So for
// requirements that have not changed pip is not run, and the versions stay what they were, until the cache is cleaned.
package pip

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/marker"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/target"
)

// A Pip is an interpreter that pip is run by.
type Pip struct {
	Interpreter string // absolute path of a Python of the version that the wheels are for
	Version     string // of it: "3.14.6"
	Foreign     bool   // the interpreter is the user's and may have a pip of its own, which then is taken

	// Bring returns a directory that has a pip in it, for interpreters that have none.
	Bring func(context.Context) (string, error)

	CacheDir string                                                // absolute directory for the wheels; made when missing
	Env      []string                                              // nil is the caller's own
	Progress func(step string)                                     // told when pip is run; nil is nobody
	run      func(context.Context, pyexec.Command) ([]byte, error) // of tests; nil is pyexec.Run
}

// A Request is a set of requirements.
type Request struct {
	File   string        // that they stand in, for messages: "oxgen.toml"
	Lines  []string      // as Parse takes them
	Dir    string        // absolute directory that relative paths in Lines start from
	Target target.Target // that the wheels are for
	Limits tag.Limits    // of the machines of the target: pip is asked for no wheel that they don't take
}

// Download returns the absolute paths of the wheels that fulfil the request, sorted by name: those of the requirements and of
// all that these require. The error is a *diag.Error when pip has found something in the way.
func (p *Pip) Download(ctx context.Context, r Request) ([]string, error) {
	order, err := parse(r)
	if err != nil || len(order.requirements)+len(order.files) == 0 {
		return nil, err
	}
	key, err := p.key(r, order)
	if err != nil {
		return nil, err
	}
	dir := filepath.Join(p.CacheDir, key)
	if wheels, err := list(r.File, dir); err == nil || !errors.Is(err, fs.ErrNotExist) {
		return wheels, err
	}
	if err := p.fill(ctx, r, order, dir); err != nil {
		return nil, err
	}
	return list(r.File, dir)
}

// list returns the wheels in a directory. Its error is fs.ErrNotExist when there is no such directory.
func list(file, dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var wheels []string
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".whl") {
			return nil, diag.Errorf(file, "build a wheel of it: `python3 -m pip wheel --no-deps -w wheels …`, and name that",
				"requirements: %s is no wheel", e.Name())
		}
		wheels = append(wheels, filepath.Join(dir, e.Name()))
	}
	return wheels, nil
}

// fill runs pip and gives what it has brought its final name.
func (p *Pip) fill(ctx context.Context, r Request, order *order, dir string) error {
	if err := os.MkdirAll(p.CacheDir, 0o777); err != nil {
		return diag.Errorf(p.CacheDir, "set OXGEN_CACHE to a directory that oxgen may write to", "the cache can't be written: %w", err)
	}
	work, err := os.MkdirTemp(p.CacheDir, ".new-")
	if err != nil {
		return diag.Errorf(p.CacheDir, "set OXGEN_CACHE to a directory that oxgen may write to", "the cache can't be written: %w", err)
	}
	defer os.RemoveAll(work)
	requirements, wheels := filepath.Join(work, "requirements.txt"), filepath.Join(work, "wheels")
	if err := os.WriteFile(requirements, []byte(strings.Join(order.requirements, "\n")+"\n"), 0o666); err != nil {
		return err
	}
	if err := os.Mkdir(wheels, 0o777); err != nil {
		return err
	}
	args, err := p.args(r, order, requirements, wheels)
	if err != nil {
		return err
	}
	if err := p.start(ctx, r, args, requirements); err != nil {
		return err
	}
	if err := os.Rename(wheels, dir); err != nil {
		if _, there := os.Stat(dir); there != nil { // another process was not faster
			return err
		}
	}
	return nil
}

// args returns pip's arguments.
func (p *Pip) args(r Request, order *order, requirements, wheels string) ([]string, error) {
	tags, err := tag.For(p.Version, r.Target, r.Limits)
	if err != nil {
		return nil, err
	}
	args := []string{
		"download", "--disable-pip-version-check", "--no-input", "--no-color", "--progress-bar=off", "-vv", // tells of an index that does not answer
		"--dest=" + wheels, "--only-binary=:all:", "--implementation=cp",
		"--python-version=" + release.FindString(p.Version), "--abi=" + tags.Tags()[0].ABI,
	}
	for _, platform := range platforms(tags) {
		args = append(args, "--platform="+platform)
	}
	args = append(args, order.options...)
	if len(order.requirements) > 0 {
		args = append(args, "--requirement="+requirements)
	}
	return args, nil
}

// release matches the numbers that a version begins with.
var release = regexp.MustCompile(`^[0-9]+(\.[0-9]+){0,2}`)

// platforms returns the platform tags of a list but "any", in its order.
func platforms(tags *tag.List) []string {
	var names []string
	for _, t := range tags.Tags() {
		if t.Platform != "any" && !slices.Contains(names, t.Platform) {
			names = append(names, t.Platform)
		}
	}
	return names
}

//go:embed run.py
var script string

// noPip is the status of run.py when the interpreter has no pip.
const noPip = 87

// start runs pip: the interpreter's own, or the one that is brought.
func (p *Pip) start(ctx context.Context, r Request, args []string, requirements string) error {
	if p.Progress != nil {
		p.Progress(fmt.Sprintf("bringing the requirements for %s", r.Target))
	}
	values, err := json.Marshal(marker.For(p.Version, r.Target).Values)
	if err != nil {
		return err
	}
	attempt := func(place string) ([]byte, error) {
		run := p.run
		if run == nil {
			run = pyexec.Run
		}
		return run(ctx, pyexec.Command{
			Path: p.Interpreter,
			Args: append([]string{"-I", "-B", "-X", "utf8", "-c", script, place, string(values)}, args...),
			Dir:  r.Dir,
			Env:  p.environ(),
		})
	}
	var failed *pyexec.Failure
	if p.Foreign {
		log, err := attempt("")
		if !errors.As(err, &failed) || failed.Status != noPip {
			return p.explain(ctx, r, err, log, requirements)
		}
	}
	place, err := p.Bring(ctx)
	if err != nil {
		return err
	}
	log, err := attempt(place)
	return p.explain(ctx, r, err, log, requirements)
}

// environ returns pip's environment: all but what changes Python itself, and what makes sense for an installation only.
func (p *Pip) environ() []string {
	env := p.Env
	if env == nil {
		env = pyexec.Environ()
	}
	var kept []string
	for _, kv := range env {
		name, _, _ := strings.Cut(kv, "=")
		switch {
		case strings.HasPrefix(name, "PYTHON"), name == "__PYVENV_LAUNCHER__":
		case name == "PIP_REQUIRE_VIRTUALENV", name == "PIP_TARGET", name == "PIP_PREFIX", name == "PIP_USER", name == "PIP_DEST":
		default:
			kept = append(kept, kv)
		}
	}
	return kept
}
