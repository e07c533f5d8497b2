package dist

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// A builder fills a new tree. Whatever it is told to write, it writes below the tree's root and nowhere else: names
// are checked, and every operation goes through an os.Root.
type builder struct {
	ctx     context.Context
	root    *os.Root
	tree    *tree
	links   []plannedLink
	written int64
}

type plannedLink struct{ name, target string }

// Limits of a tree, far above every Python (some 20,000 files and 500 MB for a `full` one), far below a disk.
const (
	maxFiles = 200_000
	maxBytes = 8 << 30
)

// buildTree returns the tree of key at dir: the one that is there if it is complete, else a new one that fill fills.
// The new one comes into being under another name and is renamed when all is done. A damaged tree is moved away first;
// processes that use it at this moment have lost files already.
func buildTree(ctx context.Context, dir, key string, fill func(*builder) error) (*tree, error) {
	if t, err := openTree(dir, key); err == nil {
		return t, nil
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	unlock, err := lock(ctx, dir+".lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	if t, err := openTree(dir, key); err == nil {
		return t, nil // another process was faster
	}
	if err := removeLeftovers(dir); err != nil {
		return nil, err
	}
	made := dir + leftover + "new"
	if err := fillTree(ctx, made, key, fill); err != nil {
		_ = os.RemoveAll(made)
		return nil, err
	}
	return replaceTree(made, dir, key)
}

// leftover is what the names of unfinished and of replaced trees have between the tree's own and a last word. They
// belong to the holder of the lock.
const leftover = ".tmp-"

func removeLeftovers(dir string) error {
	siblings, err := os.ReadDir(filepath.Dir(dir))
	if err != nil {
		return err
	}
	for _, s := range siblings {
		if strings.HasPrefix(s.Name(), filepath.Base(dir)+leftover) {
			if err := os.RemoveAll(filepath.Join(filepath.Dir(dir), s.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func replaceTree(made, dir, key string) (*tree, error) {
	damaged := dir + leftover + "old"
	if err := os.Rename(dir, damaged); err == nil {
		defer os.RemoveAll(damaged)
	}
	if err := os.Rename(made, dir); err != nil {
		return nil, err
	}
	return openTree(dir, key)
}

// fillTree makes the directory dir, lets fill write into it and adds the list. The files are not synced one by one:
// were they lost by a power failure, their sizes would tell.
func fillTree(ctx context.Context, dir, key string, fill func(*builder) error) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	b := &builder{ctx: ctx, root: root, tree: &tree{root: dir, key: key}}
	if err := fill(b); err != nil {
		return err
	}
	if err := b.makeLinks(); err != nil {
		return err
	}
	slices.SortFunc(b.tree.entries, func(x, y entry) int { return strings.Compare(x.name, y.name) })
	if err := b.tree.check(); err != nil {
		return fmt.Errorf("check of what was unpacked: %w", err)
	}
	return root.WriteFile(listName, b.tree.encode(), 0o644)
}

// dir makes a directory and those above it.
func (b *builder) dir(name string) error {
	if !validName(name) {
		return fmt.Errorf("unsafe name %q", name)
	}
	return b.root.MkdirAll(filepath.FromSlash(name), 0o755)
}

// file writes a file that must not be there yet, and returns its size. Of mode only the owner's executable bit counts.
func (b *builder) file(name string, mode fs.FileMode, content io.Reader) (size int64, err error) {
	if err := b.ctx.Err(); err != nil {
		return 0, context.Cause(b.ctx)
	}
	if len(b.tree.entries) >= maxFiles {
		return 0, fmt.Errorf("more than %d files", maxFiles)
	}
	if dir := path.Dir(name); dir != "." {
		if err := b.dir(dir); err != nil {
			return 0, err
		}
	}
	if !validName(name) {
		return 0, fmt.Errorf("unsafe name %q", name)
	}
	kind, perm := regular, fs.FileMode(0o644)
	if mode&0o100 != 0 {
		kind, perm = executable, 0o755
	}
	f, err := b.root.OpenFile(filepath.FromSlash(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if err != nil {
		return 0, err
	}
	size, err = io.Copy(f, io.LimitReader(content, maxBytes-b.written+1))
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	if b.written += size; b.written > maxBytes {
		return 0, fmt.Errorf("more than %d bytes", int64(maxBytes))
	}
	b.tree.entries = append(b.tree.entries, entry{kind, size, name})
	return size, nil
}

// link notes a symbolic link, hard noted as one too. Links are made when all files are there, so that nothing can be
// written through one.
func (b *builder) link(name, target string) error {
	if !validName(name) {
		return fmt.Errorf("unsafe name %q", name)
	}
	if target == "" || path.IsAbs(target) || !filepath.IsLocal(filepath.FromSlash(path.Join(path.Dir(name), target))) ||
		strings.ContainsAny(target, "\n\\\x00") {
		return fmt.Errorf("%s: link to %q leaves the tree", name, target)
	}
	if len(b.tree.entries)+len(b.links) >= maxFiles {
		return fmt.Errorf("more than %d files", maxFiles)
	}
	b.links = append(b.links, plannedLink{name, target})
	return nil
}

func (b *builder) makeLinks() error {
	for _, l := range b.links {
		if dir := path.Dir(l.name); dir != "." {
			if err := b.dir(dir); err != nil {
				return err
			}
		}
		name := filepath.FromSlash(l.name)
		if err := b.root.Symlink(filepath.FromSlash(l.target), name); err != nil {
			// Windows makes symbolic links for few people; a second name of the file does as well.
			target := filepath.Join(filepath.Dir(name), filepath.FromSlash(l.target))
			if hardErr := b.root.Link(target, name); hardErr != nil {
				return err
			}
		}
		b.tree.entries = append(b.tree.entries, entry{link, int64(len(l.target)), l.name})
	}
	return nil
}

// validName reports whether name is a slash path below the root that every system takes as one, and that fits the list.
func validName(name string) bool {
	return fs.ValidPath(name) && name != "." && name != listName && !strings.ContainsAny(name, "\n\r\\\x00") &&
		filepath.IsLocal(filepath.FromSlash(name))
}
