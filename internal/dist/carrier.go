package dist

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
	"golang.org/x/mod/module"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/target"
)

// releasePlatform returns what the release r has for t and the tree that it lies in.
func (s *Store) releasePlatform(ctx context.Context, r Release, t target.Target) (*Platform, *tree, error) {
	if !slices.Contains(r.Targets, t) {
		var names []string
		for _, t := range r.Targets {
			names = append(names, t.String())
		}
		return nil, nil, diag.Errorf("", r.Name()+" comes for "+strings.Join(names, ", "), "%s does not come for %s", r.Name(), t)
	}
	tree, err := s.releaseTree(ctx, r, t)
	if err != nil {
		return nil, nil, err
	}
	p, err := tree.platform(t, r.Version)
	if err != nil {
		return nil, nil, fmt.Errorf("%s for %s: %w", r.Name(), t, err)
	}
	return p, tree, nil
}

// Has reports whether the release r is unpacked for t, so that nothing has to be brought.
func (s *Store) Has(r Release, t target.Target) bool {
	_, err := openTree(s.releaseDir(r, t), r.Sum)
	return err == nil
}

func (s *Store) releaseDir(r Release, t target.Target) string {
	return filepath.Join(s.CacheDir, "dist", filepath.Base(r.Module)+"-"+r.ModuleVersion, t.GOOS+"-"+t.GOARCH)
}

func (s *Store) releaseTree(ctx context.Context, r Release, t target.Target) (*tree, error) {
	tree, err := buildTree(ctx, s.releaseDir(r, t), r.Sum, func(b *builder) error {
		got, err := s.download(ctx, module.Version{Path: r.Module, Version: r.ModuleVersion})
		if err != nil {
			return err
		}
		if got.Sum != r.Sum {
			return diag.Errorf("",
				"somebody has changed the module: look at GOPROXY and GONOSUMDB, then `go clean -modcache` and try again",
				"%s@%s has the sum %q, oxgen expects %q", r.Module, r.ModuleVersion, got.Sum, r.Sum)
		}
		data := os.DirFS(filepath.Join(got.Dir, "python", "internal", "data", t.GOOS+"-"+t.GOARCH))
		return s.unpackRelease(b, data, fmt.Sprintf("unpacking %s for %s", r.Name(), t))
	})
	return tree, s.cacheError(err)
}

// unpackRelease writes into b what the module has for one platform.
func (s *Store) unpackRelease(b *builder, data fs.FS, step string) error {
	raw, err := fs.ReadFile(data, "files.json")
	if err != nil {
		return err
	}
	list, err := parseFileList(raw)
	if err != nil {
		return err
	}
	done, total := int64(0), list.total()
	for _, f := range list.Files {
		s.progress(step, done, total)
		size, err := b.listed(f, data)
		if err != nil {
			return err
		}
		done += size
	}
	s.progress(step, total, total)
	return nil
}

// listed writes one entry of a fileList, with its content from data.
func (b *builder) listed(f listedFile, data fs.FS) (size int64, err error) {
	switch f.Mode.Type() {
	case fs.ModeDir:
		return 0, b.dir(f.Name)
	case fs.ModeSymlink:
		return 0, b.link(f.Name, f.Symlink)
	}
	stored, err := data.Open(f.stored())
	if err != nil {
		return 0, err
	}
	defer stored.Close()
	var content io.Reader = stored
	if f.Compressed {
		zr, err := gzip.NewReader(stored)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", f.stored(), err)
		}
		content = io.LimitReader(zr, f.Size+1)
	}
	size, err = b.file(f.Name, f.Mode, content)
	if err != nil {
		return 0, err
	}
	if size != f.Size {
		return 0, errors.New(f.Name + ": not of the size that files.json says")
	}
	return size, nil
}
