package table

import (
	"errors"
	"slices"
	"strconv"
	"strings"
)

// stem returns what the path of a module's file begins with: "a/b" for the module a.b, "a/b/__init__" for the package.
func (m *Module) stem() string {
	stem := strings.ReplaceAll(m.Name, ".", "/")
	if m.Package {
		stem += "/__init__"
	}
	return stem
}

// ending returns what follows the module's name in the path of an extension module.
func (m *Module) ending() string { return strings.TrimPrefix(m.Extension, m.stem()) }

// nativePage appends the page of the files that the dynamic linker loads.
func (w *writer) nativePage(natives []Native) span {
	var entries dict
	for _, n := range sortedBy(natives, func(n Native) string { return n.Path }) {
		flags := 0
		if n.Located {
			flags |= NativeLocated
		}
		value := tuple{n.Digest, flags, n.Name}
		for _, path := range n.Needs {
			value = append(value, path)
		}
		entries.keys, entries.values = append(entries.keys, n.Path), append(entries.values, value)
	}
	return w.page(entries)
}

// checkNatives expects modules and files sorted by name and path.
func checkNatives(natives []Native, modules []Module, files []File) error {
	byPath := make(map[string]*Native, len(natives))
	for i := range natives {
		n := &natives[i]
		_, found := slices.BinarySearchFunc(files, n.Path, func(f File, path string) int { return strings.Compare(f.Path, path) })
		switch {
		case byPath[n.Path] != nil:
			return errors.New("native file " + strconv.Quote(n.Path) + " is listed twice")
		case !found:
			return errors.New("native file " + strconv.Quote(n.Path) + " is no file of the table")
		case !cleanPath(n.Digest) || strings.Contains(n.Digest, "/"):
			return errors.New("native file " + strconv.Quote(n.Path) + ": digest " + strconv.Quote(n.Digest) + " is no file name")
		}
		byPath[n.Path] = n
	}
	for i := range modules {
		m := &modules[i]
		switch {
		case m.Extension == "":
		case byPath[m.Extension] == nil:
			return errors.New("module " + strconv.Quote(m.Name) + ": " + strconv.Quote(m.Extension) + " is no native file of the table")
		case !strings.HasPrefix(m.Extension, m.stem()) || strings.Contains(m.ending(), "/"):
			return errors.New("module " + strconv.Quote(m.Name) + ": no import finds it at " + strconv.Quote(m.Extension))
		}
	}
	return checkNeeds(natives, byPath)
}

// checkNeeds refuses what would load without end.
func checkNeeds(natives []Native, byPath map[string]*Native) error {
	done := make(map[string]bool, len(natives)) // false while on the way
	var visit func(n *Native) error
	visit = func(n *Native) error {
		done[n.Path] = false
		for _, path := range n.Needs {
			below := byPath[path]
			if below == nil {
				return errors.New("native file " + strconv.Quote(n.Path) + " needs " + strconv.Quote(path) + ", which is no native file of the table")
			}
			switch finished, seen := done[path]; {
			case seen && !finished:
				return errors.New("native files " + strconv.Quote(n.Path) + " and " + strconv.Quote(path) + " need each other")
			case !seen:
				if err := visit(below); err != nil {
					return err
				}
			}
		}
		done[n.Path] = true
		return nil
	}
	for i := range natives {
		if _, seen := done[natives[i].Path]; seen {
			continue
		}
		if err := visit(&natives[i]); err != nil {
			return err
		}
	}
	return nil
}

// Natives returns the files that the dynamic linker loads, by path.
func (r *Reader) Natives() ([]Native, error) {
	var list []Native
	_, err := r.walk().entries(r.root.natives, true, func(path string, v any) (bool, error) {
		n, err := native(path, v)
		list = append(list, n)
		return true, err
	})
	if err != nil {
		return nil, errors.Join(ErrCorrupt, err)
	}
	return list, nil
}

func native(path string, v any) (Native, error) {
	n := Native{Path: path}
	t, ok := v.(tuple)
	if !ok || len(t) < 3 {
		return n, errShape
	}
	digest, isText := t[0].(string)
	flags, isInt := t[1].(int)
	name, isName := t[2].(string)
	if !isText || !isInt || !isName {
		return n, errShape
	}
	n.Digest, n.Name, n.Located = digest, name, flags&NativeLocated != 0
	for _, need := range t[3:] {
		path, ok := need.(string)
		if !ok {
			return n, errShape
		}
		n.Needs = append(n.Needs, path)
	}
	return n, nil
}
