package collector

import (
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
)

// maxFiles is how many files one input may hold. A link to the root of the file system ends here.
const maxFiles = 1 << 20

// A walker lists the files of a directory. Unlike filepath.WalkDir it follows symbolic links, as Python does, and
// notices when one leads back to where it came from.
type walker struct {
	*tree
	ctx     context.Context
	parents []fs.FileInfo // directories on the way to the current one, from the root of the file system on
	errs    []error
	left    string // the rule that leaves out the current directory; "" for none
}

// walk lists the input's directory. All that can't be read is in the error, a *diag.Error each.
func (t *tree) walk(ctx context.Context) error {
	w := &walker{tree: t, ctx: ctx}
	w.climb()
	at := &t.root
	if t.input.Kind == PackageDir {
		at = at.descend(t.input.at())
	}
	list, err := inputs.ReadDir(t.input.Path)
	if err != nil {
		return unreadable(t.input.Label, err)
	}
	if err := w.directory("", list, at); err != nil {
		return err
	}
	return errors.Join(w.errs...)
}

// climb notes the directories that the input lies in: a link to one of them would lead back to the input.
func (w *walker) climb() {
	dir, err := inputs.EvalSymlinks(w.input.Path)
	if err != nil {
		dir = w.input.Path
	}
	for {
		if info, err := os.Stat(dir); err == nil { // to compare it, not to depend on it
			w.parents = append(w.parents, info)
		}
		up := filepath.Dir(dir)
		if up == dir {
			return
		}
		dir = up
	}
}

// directory takes what list says the directory at rel holds. Its error ends the walk.
func (w *walker) directory(rel string, list []fs.DirEntry, at *folder) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if len(w.entries)+len(list) > maxFiles {
		return diag.Errorf(w.input.Label, "name the directories that hold the program's sources",
			"holds more than %d files", maxFiles)
	}
	sources := sourceStems(list)
	for _, d := range list {
		if w.input.passes(join(rel, d.Name())) {
			continue
		}
		if rule := w.passing(rel, d); rule != "" {
			if err := w.leaveOut(join(rel, d.Name()), rule); err != nil {
				return err
			}
			continue
		}
		info, problem := w.stat(join(rel, d.Name()), d)
		var err error
		switch {
		case info == nil:
			w.leave(w.entry(rel, d.Name(), nil), problem)
		case info.IsDir():
			err = w.enter(rel, d.Name(), info, at)
		default:
			w.file(rel, d.Name(), info, at, sources)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sourceStems returns the names of a directory's .py files, without the ending.
func sourceStems(list []fs.DirEntry) map[string]bool {
	stems := make(map[string]bool, len(list))
	for _, d := range list {
		if stem, ok := strings.CutSuffix(d.Name(), ".py"); ok {
			stems[stem] = true
		}
	}
	return stems
}

// stat returns what d is, behind links, or why that can't be said.
func (w *walker) stat(rel string, d fs.DirEntry) (fs.FileInfo, error) {
	if d.Type()&fs.ModeSymlink == 0 {
		return inputs.Info(filepath.Dir(w.disk(rel)), d)
	}
	return inputs.Stat(w.disk(rel))
}

// leave gives the verdict to an entry that stat could not look at.
func (w *walker) leave(e *entry, problem error) {
	switch {
	case isEditorFile(e.name):
		e.exclude(ruleEditor)
	case errors.Is(problem, fs.ErrNotExist):
		e.settle(VerdictUnsupported, "", "symbolic link to nothing")
	case isLinkLoop(problem):
		e.exclude(ruleLoop)
	default:
		w.errs = append(w.errs, unreadable(e.Origin.String(), problem))
	}
}

// enter walks the sub-directory name of rel, unless a rule leaves it out or a link leads back.
func (w *walker) enter(rel, name string, info fs.FileInfo, at *folder) error {
	path := join(rel, name)
	if problem := badName(name); problem != "" {
		return w.omit(path, inputs.ReadDir, func(e *entry) { e.settle(VerdictUnsupported, "", "its directory's "+problem) })
	}
	for _, p := range w.parents {
		if os.SameFile(p, info) {
			w.entry(rel, name, nil).exclude(ruleLoop)
			return nil
		}
	}
	rule := w.ruleForDir(path, name)
	var list []fs.DirEntry
	var err error
	if rule == "" || w.recalled(rule) {
		list, err = inputs.ReadDir(w.disk(path))
		rule = cmp.Or(rule, w.ruleForContents(path, list))
	}
	outer := w.left
	defer func() { w.left = outer }()
	if rule != "" && w.left == "" {
		if !w.recalled(rule) {
			return w.leaveOut(path, rule)
		}
		w.left = rule
	}
	if err != nil && w.left == "" {
		w.errs = append(w.errs, unreadable(w.origin(path).String(), err))
		return nil
	}
	below := &folder{name: name}
	at.folders = append(at.folders, below)
	w.parents = append(w.parents, info)
	err = w.directory(path, list, below)
	w.parents = w.parents[:len(w.parents)-1]
	return err
}

// passing returns the rule that leaves out a directory of rel that comes and goes, so that it is not even noted; "" for any other entry.
func (w *walker) passing(rel string, d fs.DirEntry) string {
	if !d.IsDir() {
		return ""
	}
	rule := w.ruleForDir(join(rel, d.Name()), d.Name())
	if !isPassing(rule) || w.recalled(rule) {
		return ""
	}
	return rule
}

// recalled tells whether the user's rules may take files of a directory in that a rule leaves out. Bytecode stays out: it is of this
// machine, and has times in it.
func (w *walker) recalled(rule string) bool { return w.recall && rule != ruleBytecode }

// leaveOut leaves out a directory by a rule. What such a directory holds is no input where it does not change the program.
func (w *walker) leaveOut(rel, rule string) error {
	read := inputs.ReadDir
	if isPassing(rule) {
		read = os.ReadDir // to name the files, not to depend on them
	}
	return w.omit(rel, read, func(e *entry) { e.exclude(rule) })
}

// omit gives every file of a directory the same verdict. Links are not followed, and what can't be read is passed over.
func (w *walker) omit(rel string, read func(string) ([]fs.DirEntry, error), settle func(*entry)) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	list, _ := read(w.disk(rel))
	for _, d := range list {
		if w.input.passes(join(rel, d.Name())) {
			continue
		}
		if !d.IsDir() {
			settle(w.entry(rel, d.Name(), nil))
		} else if err := w.omit(join(rel, d.Name()), read, settle); err != nil {
			return err
		}
	}
	return nil
}

// file takes one file, with its verdict where that is clear already.
func (w *walker) file(rel, name string, info fs.FileInfo, at *folder, sources map[string]bool) {
	e := w.entry(rel, name, info)
	stem := strings.TrimSuffix(name, filepath.Ext(name))
	switch {
	case badName(name) != "":
		e.settle(VerdictUnsupported, "", badName(name))
	case !info.Mode().IsRegular():
		e.settle(VerdictUnsupported, "", "not a regular file ("+special(info.Mode())+")")
	default:
		if e.left = w.left; e.left == "" {
			e.left = w.ruleForFile(join(rel, name), name, info, sources[stem])
		}
		if err := readable(e.disk, info); err != nil && e.left == "" {
			w.errs = append(w.errs, unreadable(e.Origin.String(), err))
			return
		}
		at.files = append(at.files, e)
	}
}

// entry adds the file name in rel to the tree. info is nil for a file that gets its verdict unseen.
func (w *walker) entry(rel, name string, info fs.FileInfo) *entry {
	path := join(rel, name)
	e := &entry{name: name}
	e.Origin = w.origin(path)
	e.disk = w.disk(path)
	e.Path = path
	if w.input.Kind == PackageDir {
		e.Path = join(w.input.at(), path)
	}
	if info != nil {
		e.Size = info.Size()
		e.Executable = info.Mode().Perm()&0o111 != 0
	}
	w.entries = append(w.entries, e)
	return e
}

// origin returns the origin of the file at a slash path. Bytes that are no UTF-8 and control characters are written as
// Go escapes: origins are printed.
func (t *tree) origin(path string) Origin {
	if !utf8.ValidString(path) || strings.ContainsFunc(path, isControl) {
		path = strings.Trim(strconv.Quote(path), `"`)
	}
	return Origin{Input: t.input.Label, File: path}
}

// takeFile takes the one file of a SingleFile input.
func (t *tree) takeFile() error {
	info, err := inputs.Stat(t.input.Path)
	if err == nil {
		err = readable(t.input.Path, info)
	}
	if err != nil {
		return unreadable(t.input.Label, err)
	}
	e := &entry{name: path.Base(t.input.at())}
	e.Origin = Origin{Input: t.input.Label}
	e.disk, e.Path = t.input.Path, t.input.at()
	e.Size, e.Executable = info.Size(), info.Mode().Perm()&0o111 != 0
	t.entries = append(t.entries, e)
	at := t.root.descend(parent(e.Path))
	at.files = append(at.files, e)
	return nil
}

// readable says whether a regular file can be opened. Files that everyone may read are believed unopened.
func readable(path string, info fs.FileInfo) error {
	if info.Mode().Perm()&0o444 == 0o444 {
		return nil
	}
	f, err := inputs.Open(path)
	if err != nil {
		return err
	}
	return f.Close()
}

// badName says why a file name can't be kept, "" if it can. A backslash would be a separator on Windows.
func badName(name string) string {
	switch {
	case !utf8.ValidString(name):
		return "name is not UTF-8"
	case strings.ContainsFunc(name, isControl):
		return "name holds control characters"
	case strings.Contains(name, `\`):
		return "name holds a backslash"
	}
	return ""
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// special names the kind of a file that is no regular one.
func special(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "named pipe"
	case m&fs.ModeSocket != 0:
		return "socket"
	case m&fs.ModeDevice != 0:
		return "device"
	}
	return "special"
}

// exclude gives e the verdict of a rule.
func (e *entry) exclude(rule string) { e.settle(VerdictExcluded, rule, ruleReasons[rule]) }

// join is path.Join for parts that are clean already.
func join(dir, name string) string {
	if dir == "" {
		return name
	}
	return dir + "/" + name
}
