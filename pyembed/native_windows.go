package pyembed

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"path"
	"sync"

	"github.com/oxgen/oxgen/pyembed/internal/cpython"
	"github.com/oxgen/oxgen/pyembed/internal/loader"
	"github.com/oxgen/oxgen/pyembed/table"
)

// nativeValues returns what the built-in module needs to load extension modules and to put packages on disk: a function, and the
// directory for them, "" where Windows has none. Windows has no fork, so Go may run while Python does.
func nativeValues(api *cpython.API, t *table.Reader) []cpython.Value {
	n := &natives{table: t, loaded: map[string]bool{}}
	cache, err := loader.Cache()
	if err != nil {
		cache = ""
	}
	return []cpython.Value{api.OnDiskValue(n.onDisk), api.PathValue("cache", cache)}
}

// natives are the extension modules and DLLs of a program.
type natives struct {
	mutex  sync.Mutex // threads of Python without a common GIL may import at once
	table  *table.Reader
	byPath map[string]table.Native // nil until it is asked for
	loaded map[string]bool
}

// onDisk puts a file of the table into the cache directory and returns its path. The DLLs that it is linked with are loaded
// before: Windows finds them by their names among what is loaded, and looks into no directory.
func (n *natives) onDisk(place string) (string, error) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.byPath == nil {
		list, err := n.table.Natives()
		if err != nil {
			return "", err
		}
		n.byPath = make(map[string]table.Native, len(list))
		for _, native := range list {
			n.byPath[native.Path] = native
		}
	}
	for _, need := range n.byPath[place].Needs {
		if err := n.load(need); err != nil {
			return "", err
		}
	}
	contents, err := n.contents(place)
	if err != nil {
		return "", err
	}
	return loader.Keep(path.Base(place), n.byPath[place].Digest, contents)
}

// load loads a DLL, after those that it needs.
func (n *natives) load(place string) error {
	if n.loaded[place] {
		return nil
	}
	n.loaded[place] = true
	native := n.byPath[place]
	for _, need := range native.Needs {
		if err := n.load(need); err != nil {
			return err
		}
	}
	contents, err := n.contents(place)
	if err != nil {
		return err
	}
	return loader.LoadNeeded(path.Base(place), native.Digest, contents)
}

func (n *natives) contents(place string) (string, error) {
	e, ok, err := n.table.File(place)
	switch {
	case err != nil:
		return "", err
	case !ok || e.Dir || e.Pyc:
		return "", fmt.Errorf("the program has no file %s", place)
	case e.Compression == table.Uncompressed:
		return string(e.Bytes), nil
	}
	r, err := zlib.NewReader(bytes.NewReader(e.Bytes))
	if err != nil {
		return "", fmt.Errorf("%s: %w", place, err)
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return string(data), err
}
