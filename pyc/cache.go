package pyc

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math"
	"path/filepath"

	"github.com/oxgen/oxgen/internal/cachedir"
)

// A cache keeps what sources compile to, errors too, in one sealed file each (see cachedir.WriteSealed), named by its key:
//
//	file = mark [4]byte, kind byte, alsoSize uint32, also, body
//
// Kind and body are those of a worker's response, code in its canonical form; also is Result.Also; the integer is little-endian.
type cache struct {
	dir  string // "" is no cache
	salt []byte // the part of every key that a run has in common
}

// cacheMark starts every file and, being part of every key, separates formats: it changes with the layout of a file,
// with worker.py and with Canonical.
const cacheMark = "oxC4"

// cacheHeader is the length of what stands before also.
const cacheHeader = len(cacheMark) + 5

type cacheKey [sha256.Size]byte

// newCache returns the cache of what c makes with these options.
func newCache(c *Compiler, opts *Options) *cache {
	if opts.CacheDir == "" {
		return &cache{}
	}
	identity := c.interp.Identity()
	salt := append([]byte(cacheMark), identity[:]...)
	salt = binary.LittleEndian.AppendUint32(salt, uint32(opts.Optimize))
	for _, text := range append([]string{opts.AlsoName}, c.flags...) {
		salt = binary.LittleEndian.AppendUint32(salt, uint32(len(text))) // short
		salt = append(salt, text...)
	}
	return &cache{dir: filepath.Join(opts.CacheDir, "pyc"), salt: salt}
}

// key returns the key of a source: its path, which becomes part of the code, and the hash of its bytes.
func (c *cache) key(path string, hash [sha256.Size]byte) cacheKey {
	text := append(bytes.Clone(c.salt), hash[:]...)
	return sha256.Sum256(append(text, path...))
}

func (c *cache) file(key cacheKey) string {
	name := hex.EncodeToString(key[:])
	return filepath.Join(c.dir, name[:1], name[1:]) // making more directories costs more than large ones
}

// An entry is what is kept of a source.
type entry struct {
	kind       byte
	also, body []byte
}

// get returns what was put under key.
func (c *cache) get(key cacheKey) (e entry, ok bool) {
	if c.dir == "" {
		return entry{}, false
	}
	data, ok := cachedir.ReadSealed(c.file(key))
	if !ok || len(data) < cacheHeader || string(data[:len(cacheMark)]) != cacheMark {
		return entry{}, false
	}
	head, rest := data[len(cacheMark):cacheHeader], data[cacheHeader:]
	size := int64(binary.LittleEndian.Uint32(head[1:]))
	if size > int64(len(rest)) {
		return entry{}, false
	}
	return entry{head[0], rest[:size:size], rest[size:]}, true
}

// put keeps an entry under key.
func (c *cache) put(key cacheKey, e entry) error {
	if c.dir == "" || len(e.also) > math.MaxUint32 {
		return nil
	}
	head := binary.LittleEndian.AppendUint32(append([]byte(cacheMark), e.kind), uint32(len(e.also)))
	return cachedir.WriteSealed(c.file(key), head, e.also, e.body)
}
