package wheeltest

import (
	"archive/zip"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/wheel"
)

// Installed makes a wheel of each distribution that is installed in a directory of site-packages, sorted by name: by its RECORD
// where there is one, else by its list of top-level names. Files that are not there any more are left out, and so is
// what Python compiled. python is the tag for those with machine code, "cp311-cp311-linux_x86_64"; with "" these are passed over.
//
// A distribution of which nothing can be told, or that holds no file, gives no wheel.
func Installed(dir, python string) ([]Wheel, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var wheels []Wheel
	for _, e := range list {
		ending := path.Ext(e.Name())
		if !e.IsDir() || ending != ".dist-info" && ending != ".egg-info" {
			continue
		}
		w, err := installed(dir, e.Name(), python)
		if err != nil {
			return nil, err
		}
		if w != nil {
			wheels = append(wheels, *w)
		}
	}
	slices.SortFunc(wheels, func(a, b Wheel) int { return strings.Compare(a.Filename(), b.Filename()) })
	return wheels, nil
}

// installed makes the wheel of the distribution whose metadata are in the directory info; nil when it can't be told what
// belongs to it.
func installed(dir, info, python string) (*Wheel, error) {
	text, err := read(dir, path.Join(info, "METADATA"))
	if text == "" && err == nil {
		text, err = read(dir, path.Join(info, "PKG-INFO"))
	}
	if err != nil {
		return nil, err
	}
	meta, err := wheel.ParseMetadata([]byte(text))
	if err != nil {
		return nil, nil
	}
	names, err := members(dir, info)
	if err != nil || len(names) == 0 {
		return nil, err
	}
	w := &Wheel{
		Name: strings.NewReplacer("-", "_", ".", "_").Replace(meta.Name), Version: meta.Version, Metadata: text, Tag: "py3-none-any",
	}
	if w.EntryPoints, err = read(dir, path.Join(info, "entry_points.txt")); err != nil {
		return nil, err
	}
	for _, name := range names {
		content, err := read(dir, name)
		if err != nil {
			return nil, err
		}
		if native.MatchString(name) {
			w.Tag = python
		}
		f := File{Name: name, Content: content}
		if len(content) > large {
			f.Edit = func(h *zip.FileHeader) { h.Method = zip.Store }
		}
		w.Files = append(w.Files, f)
	}
	if w.Tag == "" {
		return nil, nil
	}
	// Metadata that are no part of every wheel: licences, lists of names.
	for _, name := range []string{"top_level.txt", "LICENSE", "LICENSE.txt", "AUTHORS", "AUTHORS.rst"} {
		content, err := read(dir, path.Join(info, name))
		if err != nil {
			return nil, err
		}
		if content != "" {
			w.Files = append(w.Files, File{Name: w.DistInfo() + "/" + name, Content: content})
		}
	}
	return w, nil
}

// large is the size in bytes above which a file is not compressed, to save time.
const large = 32 << 10

// native matches the names of extension modules and of libraries.
var native = regexp.MustCompile(`\.so(\.[0-9.]+)?$`)

// read returns the text of a file, "" when there is none.
func read(dir, name string) (string, error) {
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		err = nil
	}
	return string(data), err
}

// members returns the files of a distribution besides its metadata, sorted.
func members(dir, info string) ([]string, error) {
	record, err := read(dir, path.Join(info, "RECORD"))
	if err != nil {
		return nil, err
	}
	var names []string
	take := func(name string) {
		full := filepath.Join(dir, filepath.FromSlash(name))
		if stat, err := os.Stat(full); err == nil && stat.Mode().IsRegular() && !strings.Contains(name, "__pycache__") &&
			filepath.IsLocal(name) && !strings.HasPrefix(name, info+"/") {
			names = append(names, name)
		}
	}
	for _, name := range wheel.RecordPaths([]byte(record)) {
		take(name)
	}
	tops, err := read(dir, path.Join(info, "top_level.txt"))
	if err != nil || record != "" {
		return unique(names), err
	}
	for _, top := range strings.Fields(tops) {
		take(top + ".py")
		for _, pattern := range []string{top + ".*.so", top + ".so"} {
			found, _ := filepath.Glob(filepath.Join(dir, pattern))
			for _, f := range found {
				take(filepath.Base(f))
			}
		}
		err := filepath.WalkDir(filepath.Join(dir, top), func(file string, e fs.DirEntry, err error) error {
			if rel, relErr := filepath.Rel(dir, file); err == nil && relErr == nil && !e.IsDir() {
				take(filepath.ToSlash(rel))
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return unique(names), nil
}

func unique(names []string) []string {
	slices.Sort(names)
	return slices.Compact(names)
}
