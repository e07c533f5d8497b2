package dist

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/pyexec"
	"github.com/oxgen/oxgen/internal/target"
)

// Resolve returns the distribution that is wanted, ready to compile: what it has for the host is there, and its
// interpreter has been asked and is one that oxgen can use. Nothing is run when nothing has changed since the last
// time. Errors that the user can mend are *diag.Errors that name what was looked at, in which order.
func (s *Store) Resolve(ctx context.Context, want Want) (*Distribution, error) {
	c := want.choose()
	if c.spec == "default" {
		d, err := s.resolveRelease(ctx, c, DefaultRelease())
		if d != nil && want == (Want{ConfigFile: want.ConfigFile, Static: want.Static}) {
			d.Spec = ""
		}
		return d, err
	}
	if version, ok := asVersion(c.spec); ok {
		r, ok := findRelease(version)
		if !ok && tooOld(version) {
			return nil, c.errorf("", "is too old: oxgen needs 3.10 or newer")
		}
		if !ok {
			return nil, c.errorf(suggestInterpreter(version), "is a version that oxgen knows no distribution of")
		}
		return s.resolveRelease(ctx, c, r)
	}
	path, err := s.locate(c)
	if err != nil {
		return nil, err
	}
	return s.resolvePath(ctx, c, path)
}

// suggestInterpreter returns a mend for a version that is not pinned: the interpreter in PATH, if there is one.
func suggestInterpreter(version string) string {
	name := "python" + minorOf(version)
	if _, err := pyexec.LookPath(name); err == nil {
		return fmt.Sprintf("%s is in PATH: `--python %s` takes it", name, name)
	}
	return ""
}

func (s *Store) resolveRelease(ctx context.Context, c choice, r Release) (*Distribution, error) {
	host := target.Host()
	_, tree, err := s.releasePlatform(ctx, r, host)
	if err != nil {
		return nil, err
	}
	interpreter := tree.path(layoutOf(host.GOOS, r.Version).interpreter)
	a, err := s.ask(ctx, interpreter)
	if err != nil {
		return nil, c.refuse(interpreter, err)
	}
	if a.Version != r.Version {
		return nil, c.errorf("", "is Python %s, %s expected", a.Version, r.Version)
	}
	return &Distribution{
		Spec:        c.spec,
		Name:        r.Name(),
		Version:     r.Version,
		Interpreter: interpreter,
		store:       s,
		release:     &r,
		answer:      a,
	}, nil
}

// locate returns the absolute path that the choice means.
func (s *Store) locate(c choice) (string, error) {
	named := !strings.ContainsAny(c.spec, `/\`) && c.spec != "." && c.spec != ".."
	if named {
		if path, err := pyexec.LookPath(c.spec); err == nil {
			return path, nil
		}
	}
	path, err := filepath.Abs(c.path())
	if err != nil {
		return "", err
	}
	_, err = inputs.Stat(path)
	switch {
	case err == nil:
		return path, nil
	case named && errors.Is(err, fs.ErrNotExist):
		return "", c.errorf("", "is no version that oxgen knows, no program in PATH and no file")
	case errors.Is(err, fs.ErrNotExist):
		return "", c.errorf("", "does not exist")
	}
	return "", c.errorf("", "can't be looked at: %s", rootCause(err))
}

// resolvePath takes what lies at path: a directory, an archive or an interpreter.
func (s *Store) resolvePath(ctx context.Context, c choice, path string) (*Distribution, error) {
	info, err := inputs.Stat(path)
	if err != nil {
		return nil, c.errorf("", "can't be looked at: %s", rootCause(err))
	}
	if info.IsDir() {
		return s.resolveDir(ctx, c, path)
	}
	if !info.Mode().IsRegular() {
		return nil, c.errorf("", "is no regular file")
	}
	head, err := readHead(path)
	if err != nil {
		return nil, c.errorf("", "can't be read: %s", rootCause(err))
	}
	kind := archiveKind(head)
	if kind == notArchive {
		return s.resolveInterpreter(ctx, c, path, nil)
	}
	dir, err := s.unpackArchive(ctx, c, path, kind)
	if err != nil {
		return nil, err
	}
	return s.resolveDir(ctx, c, dir)
}

// resolveInterpreter takes the interpreter at path. full is the PYTHON.json that it came with, nil without one.
func (s *Store) resolveInterpreter(ctx context.Context, c choice, path string, full *record) (*Distribution, error) {
	a, err := s.ask(ctx, path)
	if err != nil {
		return nil, c.refuse(path, err)
	}
	if !isBinary(path) && filepath.IsAbs(a.Executable) {
		path = a.Executable // a script that starts the interpreter: go there at once
	}
	host, err := a.platform(path, target.Host(), full, c.want.Static)
	if err != nil {
		return nil, c.refuse(path, err)
	}
	return &Distribution{
		Spec:        c.spec,
		Name:        "cpython-" + a.Version + a.ABIFlags,
		Version:     a.Version,
		Interpreter: path,
		store:       s,
		host:        host,
		answer:      a,
		standing:    full,
	}, nil
}

// refuse turns a *probeError about the interpreter into the error of the choice; other errors it leaves as they are.
func (c choice) refuse(interpreter string, err error) error {
	var p *probeError
	if !errors.As(err, &p) {
		return err
	}
	mend := p.mend
	if interpreter != c.spec {
		mend = strings.TrimPrefix(mend+"; the interpreter is "+interpreter, "; ")
	}
	e := c.errorf(mend, "%s", p.problem)
	var d *diag.Error
	if errors.As(e, &d) {
		d.Err = p
	}
	return e
}

// readHead returns the first bytes of a file, at most 512.
func readHead(name string) ([]byte, error) {
	f, err := inputs.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = nil
	}
	return head[:n], err
}
