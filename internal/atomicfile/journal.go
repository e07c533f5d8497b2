package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// The journal's format:
//
//	journal = "oxgen commit 1\n" { step } "end\n" .
//	step    = ( "write " | "remove " ) name "\n" .
//
// The n-th step, counted from 0, writes the staged file new-n. Steps are listed in the order in which they are done, all
// writes first.
const journalHeader = "oxgen commit 1\n"

func journal(p plan) []byte {
	var b strings.Builder
	b.WriteString(journalHeader)
	for _, f := range p.write {
		b.WriteString("write " + f.Name + "\n")
	}
	for _, name := range p.remove {
		b.WriteString("remove " + name + "\n")
	}
	b.WriteString("end\n")
	return []byte(b.String())
}

// parseJournal returns the plan of a journal, without the files' content.
func parseJournal(data []byte) (plan, error) {
	text, whole := strings.CutSuffix(string(data), "end\n")
	body, ok := strings.CutPrefix(text, journalHeader)
	if !ok || !whole || !strings.HasSuffix(text, "\n") {
		return plan{}, errors.New("no journal, or not a whole one")
	}
	var p plan
	for line := range strings.Lines(body) {
		verb, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch {
		case !fs.ValidPath(name) || name == ".":
			return plan{}, fmt.Errorf("journal: name %q", name)
		case verb == "write" && len(p.remove) == 0:
			p.write = append(p.write, File{Name: name})
		case verb == "remove":
			p.remove = append(p.remove, name)
		default:
			return plan{}, fmt.Errorf("journal: step %q", verb)
		}
	}
	return p, nil
}

// recover finishes every Commit that got as far as its journal, and forgets the others. The lock is held, so whoever
// made these staging directories is gone.
func (s *site) recover() error {
	found, err := os.ReadDir(s.dir)
	if err != nil {
		return err
	}
	for _, d := range found {
		if !d.IsDir() || !strings.HasPrefix(d.Name(), stagePrefix) {
			continue
		}
		st := stage{filepath.Join(s.dir, d.Name())}
		if err := s.finish(st); err != nil {
			return err
		}
		if err := st.discard(); err != nil {
			return err
		}
	}
	return nil
}

// finish does the steps of the stage's journal that are not done yet: a new file that is gone has been renamed.
// A journal that is missing or broken commits nothing.
func (s *site) finish(st stage) error {
	data, err := os.ReadFile(st.journal())
	if err != nil {
		return ignoreMissing(err)
	}
	p, err := parseJournal(data)
	if err != nil {
		return nil // see above
	}
	for i, f := range p.write {
		if err := ignoreMissing(os.Rename(st.new(i), s.path(f.Name))); err != nil {
			return err
		}
	}
	for _, name := range p.remove {
		if err := ignoreMissing(os.Remove(s.path(name))); err != nil {
			return err
		}
	}
	return s.syncDirs(p)
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
