package pyc

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// A cache keeps what sources compile to, errors too, in one file each, named by its key:
//
//	file = mark [4]byte, checksum [32]byte, kind byte, body
//
// Kind and body are those of a worker's response, code in its canonical form; checksum is the SHA-256 of both. A file that
// is cut off or damaged is not found. Files are written beside their place and renamed, so processes may share a cache.
type cache struct {
	dir  string // "" is no cache
	salt []byte // the part of every key that a run has in common
}

// cacheMark starts every file and, being part of every key, separates formats: it changes with the layout of a file,
// with worker.py and with Canonical.
const cacheMark = "oxC1"

// cacheHeader is the length of what stands before kind.
const cacheHeader = len(cacheMark) + sha256.Size

type cacheKey [sha256.Size]byte

// newCache returns the cache below dir for one interpreter and optimisation level.
func newCache(dir string, interp *Interpreter, optimize int) *cache {
	if dir == "" {
		return &cache{}
	}
	identity := interp.Identity()
	salt := append([]byte(cacheMark), identity[:]...)
	return &cache{dir: cacheRoot(dir), salt: binary.LittleEndian.AppendUint32(salt, uint32(optimize))}
}

func cacheRoot(dir string) string { return filepath.Join(dir, "pyc") }

// key returns the key of a source: its path, which becomes part of the code, and the hash of its bytes.
func (c *cache) key(path string, hash [sha256.Size]byte) cacheKey {
	text := append(bytes.Clone(c.salt), hash[:]...)
	return sha256.Sum256(append(text, path...))
}

func (c *cache) file(key cacheKey) string {
	name := hex.EncodeToString(key[:])
	return filepath.Join(c.dir, name[:2], name[2:])
}

// get returns what was put under key.
func (c *cache) get(key cacheKey) (kind byte, body []byte, ok bool) {
	if c.dir == "" {
		return 0, nil, false
	}
	data, err := os.ReadFile(c.file(key))
	if err != nil || len(data) <= cacheHeader || string(data[:len(cacheMark)]) != cacheMark {
		return 0, nil, false
	}
	sum := sha256.Sum256(data[cacheHeader:])
	if !bytes.Equal(sum[:], data[len(cacheMark):cacheHeader]) {
		return 0, nil, false
	}
	return data[cacheHeader], data[cacheHeader+1 : len(data) : len(data)], true
}

// put keeps body under key.
func (c *cache) put(key cacheKey, kind byte, body []byte) error {
	if c.dir == "" {
		return nil
	}
	payload := append([]byte{kind}, body...)
	sum := sha256.Sum256(payload)
	path := c.file(key)
	f, err := createTemp(filepath.Dir(path))
	if err != nil {
		return err
	}
	_, err = f.Write(append(append([]byte(cacheMark), sum[:]...), payload...))
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // what matters went wrong before
	}
	return err
}

// createTemp creates a file in dir, and dir if it must.
func createTemp(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "tmp-*")
	if !errors.Is(err, fs.ErrNotExist) {
		return f, err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	return os.CreateTemp(dir, "tmp-*")
}

// CleanCache removes what Compile has kept below dir, its Options.CacheDir, and returns how many files and bytes that
// were. A cache that isn't there is empty. A run that uses the cache meanwhile is only slowed down.
func CleanCache(dir string) (files int, size int64, err error) {
	root := cacheRoot(dir)
	err = filepath.WalkDir(root, func(_ string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || entry.IsDir() {
			return err
		}
		if info, err := entry.Info(); err == nil {
			files++
			size += info.Size()
		}
		return nil
	})
	if err != nil {
		return 0, 0, err
	}
	return files, size, os.RemoveAll(root)
}
