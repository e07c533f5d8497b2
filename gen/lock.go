package gen

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/config"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/download"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/marker"
	"github.com/oxgen/oxgen/internal/pep440"
	"github.com/oxgen/oxgen/internal/pylock"
	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/target"
	"github.com/oxgen/oxgen/internal/wheel"
)

// A lock is the lock file of the configuration.
type lock struct {
	plan  *plan
	label string // as the configuration has it, with slashes
	dir   string // absolute, that of the file
	file  *pylock.File
	links []string // absolute directories
	store download.Store
}

// lockInputs returns the wheels that the lock file has for the target, in the order of the names of the distributions. Those
// that are named under `wheels` stand in for packages that have none.
func (p *plan) lockInputs(ctx context.Context, wheels []collector.Input) ([]collector.Input, error) {
	if p.config.Lock == "" {
		if len(p.config.LockExtras)+len(p.config.LockGroups) > 0 {
			return nil, diag.Errorf(p.config.File, "add the key `lock`, or leave the others out",
				"lock-extras and lock-groups are about a lock file, and there is none")
		}
		if links := p.config.FindLinks; len(links) > 0 {
			return nil, diag.Errorf(p.config.File, fmt.Sprintf("add the key `lock`, or have pip look there: requirements = [%q, …]", "--find-links "+links[0]),
				"find-links is about a lock file, and there is none")
		}
		return nil, nil
	}
	tags, err := p.tags()
	if err != nil {
		return nil, err
	}
	return p.locked(ctx, pylock.Target{Env: marker.For(p.python.Version, p.platform.Target), Tags: tags}, wheels)
}

// LockedWheels returns the wheels that the lock file of a configuration has for a Python ("3.14.6") on a target, as Generate takes
// them. Those that are in none of the places that the configuration names are downloaded. Wheels stand in for packages that have
// none. Of the options Config, Store and Warn count.
func LockedWheels(ctx context.Context, opts Options, python string, t target.Target, wheels []collector.Input) ([]collector.Input, error) {
	opts.silence()
	p := &plan{config: opts.Config, opts: opts}
	list, err := tag.For(python, t, p.limits())
	if err != nil {
		return nil, err
	}
	return p.locked(ctx, pylock.Target{Env: marker.For(python, t), Tags: list}, wheels)
}

// locked returns the wheels that the lock file has for a target, in the order of the names of the distributions.
func (p *plan) locked(ctx context.Context, t pylock.Target, wheels []collector.Input) ([]collector.Input, error) {
	l, err := p.openLock()
	if err != nil {
		return nil, err
	}
	picks, err := l.file.Select(t, pylock.Choice{Extras: p.config.LockExtras, Groups: p.config.LockGroups})
	if err != nil {
		return nil, err
	}
	return l.inputs(ctx, picks, wheels)
}

func (p *plan) openLock() (*lock, error) {
	full, err := p.absolute(p.config.Lock)
	if err != nil {
		return nil, err
	}
	l := &lock{plan: p, label: filepath.ToSlash(p.config.Lock), dir: filepath.Dir(full)}
	l.store.Dir = filepath.Join(p.opts.Store.CacheDir, "download")
	data, err := inputs.ReadFile(full)
	if err != nil {
		return nil, diag.Errorf(l.label, "correct `lock`, or write the file, as with `pip lock`", "%w", cause(err))
	}
	if l.file, err = pylock.Parse(l.label, data); err != nil {
		return nil, err
	}
	for _, w := range l.file.Warnings {
		p.opts.Warn(w)
	}
	for _, dir := range p.config.FindLinks {
		if dir, err = p.absolute(dir); err != nil {
			return nil, err
		}
		if info, err := inputs.Stat(dir); err != nil || !info.IsDir() {
			return nil, diag.Errorf(p.config.File, "correct `find-links`", "find-links: %q is not a directory", dir)
		}
		l.links = append(l.links, dir)
	}
	return l, nil
}

// inputs finds the files of the picks, several at once.
func (l *lock) inputs(ctx context.Context, picks []pylock.Pick, wheels []collector.Input) ([]collector.Input, error) {
	inputs := make([]collector.Input, len(picks))
	problems := make([]error, len(picks))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(4)
	for i := range picks {
		pick := &picks[i]
		switch {
		case pick.Wheel == nil && (l.hasSources(pick.Package) || hasWheel(wheels, pick.Package)):
			continue
		case pick.Wheel == nil:
			problems[i] = pick.Missing
			continue
		}
		group.Go(func() error {
			file, label, err := l.find(ctx, pick.Wheel)
			inputs[i] = collector.Input{Kind: collector.Wheel, Path: file, Label: label}
			problems[i] = err
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(problems, func(a, b error) int { return cmp.Compare(line(a), line(b)) })
	inputs = slices.DeleteFunc(inputs, func(in collector.Input) bool { return in.Kind == 0 })
	return inputs, errors.Join(problems...)
}

// line returns the line that an error is about, 0 for none.
func line(err error) int {
	var d *diag.Error
	if errors.As(err, &d) {
		return d.Line
	}
	return 0
}

// hasSources tells whether a package is locked as a directory in which sources of the configuration lie: the project
// itself, as a rule.
func (l *lock) hasSources(p *pylock.Package) bool {
	if p.Source.Kind != "directory" {
		return false
	}
	dir := l.place(p.Source.Path)
	return slices.ContainsFunc(l.plan.config.Sources, func(source string) bool {
		if _, isModule, err := config.ParseGoMod(source); isModule || err != nil {
			return false
		}
		full, err := l.plan.absolute(source)
		if err != nil {
			return false
		}
		rel, err := filepath.Rel(dir, full)
		return err == nil && filepath.IsLocal(rel)
	})
}

// hasWheel tells whether one of the wheels is of a package.
func hasWheel(wheels []collector.Input, p *pylock.Package) bool {
	return slices.ContainsFunc(wheels, func(in collector.Input) bool {
		name, err := wheel.ParseFilename(path.Base(in.Label))
		return err == nil && name.Name() == p.Name && (p.Version == "" || pep440.Same(name.Version, p.Version))
	})
}

// place returns the absolute path of a path in the lock file. Lock files that were written on Windows may have backslashes.
func (l *lock) place(name string) string {
	if runtime.GOOS != "windows" {
		name = strings.ReplaceAll(name, `\`, "/")
	}
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(l.dir, name)
}

// find returns the path of a wheel on disk, checked, and what it is called: the path where there is one, else its name below
// the lock file's, as neither the address nor where the file is kept belongs into the program.
func (l *lock) find(ctx context.Context, w *pylock.Wheel) (file, label string, err error) {
	want := download.File{Name: w.Name, URL: w.URL, Size: w.Size, Hashes: w.Hashes}
	if w.Path != "" {
		file = l.place(w.Path)
		if _, err := inputs.Stat(file); !errors.Is(err, fs.ErrNotExist) || w.URL == "" {
			if label = path.Join(l.label, w.Name); !filepath.IsAbs(filepath.FromSlash(w.Path)) {
				label = l.relative(file)
			}
			return file, label, l.check(w, &want, file, label)
		}
	}
	label = path.Join(l.label, w.Name)
	for _, dir := range l.links {
		file = filepath.Join(dir, w.Name)
		if _, err := inputs.Stat(file); err == nil {
			return file, label, l.check(w, &want, file, l.relative(file))
		}
	}
	if u, err := url.Parse(w.URL); err == nil && u.Scheme == "file" {
		file = filepath.FromSlash(u.Path)
		if runtime.GOOS == "windows" {
			file = strings.TrimPrefix(file, `\`)
		}
		return file, label, l.check(w, &want, file, w.Name)
	}
	file, err = l.store.Get(ctx, &want)
	var d *diag.Error
	if errors.As(err, &d) {
		err = l.file.Problem(w, d.Hint, "%w", d)
	}
	return file, label, err
}

// check holds a file to what is locked of it.
func (l *lock) check(w *pylock.Wheel, want *download.File, file, label string) error {
	err := want.Check(file)
	hint := "it is not the file that was locked: bring the right one, or lock again"
	var missing *fs.PathError
	var weak *diag.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &missing):
		return l.file.Problem(w, "put the file there, or lock again", "%s: %w", label, missing.Err)
	case errors.As(err, &weak):
		hint = weak.Hint
	}
	return l.file.Problem(w, hint, "%s: %w", label, err)
}

// relative returns the path of a file as the configuration would have it.
func (l *lock) relative(file string) string {
	dir, err := filepath.Abs(l.plan.config.Dir)
	if err != nil {
		return filepath.Base(file)
	}
	rel, err := filepath.Rel(dir, file)
	if err != nil || filepath.IsAbs(l.plan.config.Lock) {
		return filepath.ToSlash(file)
	}
	return filepath.ToSlash(rel)
}

// cause takes the operation and the path of this machine off an error of package os.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
