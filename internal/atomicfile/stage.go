package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"

	"golang.org/x/sync/errgroup"
)

// A stage is the staging directory of one plan: the new files as new-0, new-1, …, the old ones as old-0, old-1, …,
// numbered as the steps of the plan are, and the journal.
type stage struct {
	dir string
}

const stagePrefix = ".oxgen-stage-" // how the name of every staging directory starts

func (st stage) new(i int) string { return filepath.Join(st.dir, "new-"+strconv.Itoa(i)) }
func (st stage) old(i int) string { return filepath.Join(st.dir, "old-"+strconv.Itoa(i)) }

// journal is the name of the journal when it is whole: its presence is the commit.
func (st stage) journal() string { return filepath.Join(st.dir, "journal") }

// discard removes the stage, and the journal before everything else: with it but without some of the new files,
// recover would make a mixture.
func (st stage) discard() error {
	if err := os.Remove(st.journal()); err == nil {
		_ = syncDir(st.dir)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(st.dir)
}

// carryOut makes the plan true, or leaves everything as it was.
func (s *site) carryOut(p plan) error {
	st := stage{filepath.Join(s.dir, stagePrefix+rand.Text()[:10])}
	made, err := s.prepare(st, p)
	if err == nil {
		err = s.rename(st, p)
	}
	if errors.Is(err, errUnfinished) {
		return err // the stage is needed to finish it
	}
	discardErr := st.discard()
	if err == nil {
		return discardErr
	}
	for _, dir := range made {
		_ = os.Remove(dir) // only if it is empty
	}
	return err
}

// prepare writes all that is new into the stage, keeps what is old there, and makes the directories that the files go
// into. It returns those, the deepest first, also when it fails.
func (s *site) prepare(st stage, p plan) (made []string, err error) {
	if err := os.Mkdir(st.dir, 0o755); err != nil {
		return nil, err
	}
	if err := create(filepath.Join(st.dir, ".gitignore"), File{Data: []byte("*\n")}, 0o644); err != nil {
		return nil, err
	}
	if err := st.write(p.write); err != nil {
		return made, err
	}
	for _, f := range p.write {
		dirs, err := s.makeDirs(path.Dir(f.Name))
		made = append(dirs, made...)
		if err != nil {
			return made, err
		}
	}
	for i, name := range p.steps() {
		if err := keep(s.path(name), st.old(i)); err != nil {
			return made, err
		}
	}
	draft := filepath.Join(st.dir, "draft")
	if err := create(draft, File{Data: journal(p)}, 0o644); err != nil {
		return made, err
	}
	if err := syncDir(st.dir); err != nil {
		return made, err
	}
	if err := os.Rename(draft, st.journal()); err != nil {
		return made, err
	}
	return made, errors.Join(syncDir(st.dir), syncDir(s.dir))
}

// write creates the new files, some at once: most of the time goes into waiting for the disk.
func (st stage) write(files []File) error {
	var group errgroup.Group
	group.SetLimit(4)
	for i, f := range files {
		group.Go(func() error { return f.create(st.new(i)) })
	}
	return group.Wait()
}

// keep gives the file name, if there is one, the second name old; where the file system has no such thing, a copy.
func keep(name, old string) error {
	err := os.Link(name, old)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	if err := create(old, File{Data: data}, info.Mode()); err != nil {
		return err
	}
	return os.Chtimes(old, info.ModTime(), info.ModTime())
}

// makeDirs makes the directory name below the site and those above it, and returns the ones that were not there, the
// deepest first.
func (s *site) makeDirs(name string) (made []string, err error) {
	for ; name != "."; name = path.Dir(name) {
		if _, err := os.Stat(s.path(name)); err == nil {
			break
		}
		made = append(made, s.path(name))
	}
	for i := len(made) - 1; i >= 0; i-- {
		if err := os.Mkdir(made[i], 0o755); err != nil {
			return made[i+1:], err
		}
	}
	return made, nil
}

// errUnfinished marks an error after which only the journal can help.
var errUnfinished = errors.New("the next run finishes it")

// rename does the steps of the plan. After an error it undoes them.
func (s *site) rename(st stage, p plan) error {
	for i, f := range p.write {
		if err := os.Rename(st.new(i), s.path(f.Name)); err != nil {
			return s.rollBack(st, p, i, err)
		}
	}
	for i, name := range p.remove {
		if err := os.Remove(s.path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return s.rollBack(st, p, len(p.write)+i, err)
		}
	}
	return s.syncDirs(p)
}

// rollBack undoes the first done steps of the plan. It keeps the new files, so that at every moment the journal can
// still be followed to its end, should the process die or the way back be barred too.
func (s *site) rollBack(st stage, p plan, done int, cause error) error {
	for i := done - 1; i >= 0; i-- {
		name := s.path(p.steps()[i])
		var err error
		if i < len(p.write) {
			err = os.Rename(name, st.new(i))
		}
		if err == nil {
			err = os.Rename(st.old(i), name)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) { // there may have been no old file
			return fmt.Errorf("%w; putting back %s: %w; %w", cause, p.steps()[i], err, errUnfinished)
		}
	}
	return cause
}

// syncDirs makes the renames last, in every directory that the plan changes.
func (s *site) syncDirs(p plan) error {
	seen := map[string]bool{}
	for _, name := range p.steps() {
		dir := filepath.Dir(s.path(name))
		if seen[dir] {
			continue
		}
		seen[dir] = true
		if err := syncDir(dir); err != nil {
			return err
		}
	}
	return nil
}
