package graph

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/cachedir"
)

// A scanCache keeps what modules say of others, so that their code need not be read again: one file for the modules of a
// distribution that have the first part of their names in common.
//
//	file = checksum [32]byte, gob of []scanned
//
// Files are named by the SHA-256 of all that goes into them: the code, the platform, the groups of entry points. What can't be read
// is scanned again, and what can't be written is left out.
type scanCache struct {
	in     *Input
	dir    string          // "" is no cache
	groups map[string]bool // of entry points
}

// scanMark is part of every key: it changes with what a scan finds, or how it is kept.
const scanMark = "oxG2"

func newScanCache(in *Input) *scanCache {
	c := &scanCache{in: in, groups: map[string]bool{}}
	if in.CacheDir != "" {
		c.dir = filepath.Join(in.CacheDir, "graph")
	}
	for _, p := range in.EntryPoints {
		c.groups[p.Group] = true
	}
	return c
}

// A shelf is of modules that are kept together, by their places among all.
type shelf struct {
	places []int
	file   string // see scanCache.file, once it was read
	empty  bool   // it was not to be read
}

// shelves returns those of modules. Machine code stands alone and is not kept: what is in it depends on the names of all modules.
func shelves(modules []Module) []shelf {
	var all []shelf
	at := map[string]int{}
	for i := range modules {
		m := &modules[i]
		top, _, _ := strings.Cut(m.Name, ".")
		if m.Distribution != "" {
			top = "" // one for the distribution
		}
		key := m.Distribution + "\x00" + top
		if m.Extension {
			key = m.Name + "\x00extension"
		}
		place, ok := at[key]
		if !ok {
			place = len(all)
			at[key] = place
			all = append(all, shelf{})
		}
		all[place].places = append(all[place].places, i)
	}
	return all
}

// file returns the file of the modules at places; "" when they are not kept.
func (c *scanCache) file(places []int) string {
	if c.dir == "" || c.in.Modules[places[0]].Extension {
		return ""
	}
	h := sha256.New()
	part(h, scanMark, fmt.Sprint(c.in.Version), c.in.GOOS)
	part(h, slices.Sorted(maps.Keys(c.groups))...)
	for _, i := range places {
		m := &c.in.Modules[i]
		part(h, m.Name)
		_ = binary.Write(h, binary.LittleEndian, int64(len(m.Code))) // a hash takes everything
		h.Write(m.Code)
	}
	name := hex.EncodeToString(h.Sum(nil))
	return filepath.Join(c.dir, name)
}

// part adds texts to a hash, and how many and how long they are.
func part(h hash.Hash, texts ...string) {
	fmt.Fprintf(h, "%d", len(texts))
	for _, s := range texts {
		fmt.Fprintf(h, ",%d:%s", len(s), s)
	}
}

// read fills found at the places of a shelf, if it can.
func (c *scanCache) read(s *shelf, found []scanned) {
	s.file, s.empty = c.file(s.places), true
	if s.file == "" {
		return
	}
	data, ok := cachedir.ReadSealed(s.file)
	var kept []scanned
	if !ok || gob.NewDecoder(bytes.NewReader(data)).Decode(&kept) != nil || len(kept) != len(s.places) {
		return
	}
	for k, i := range s.places {
		found[i] = kept[k]
	}
	s.empty = false
}

// write keeps what was found for an empty shelf, if it can: otherwise the next run scans again.
func (c *scanCache) write(s *shelf, found []scanned) {
	if !s.empty || s.file == "" {
		return
	}
	kept := make([]scanned, len(s.places))
	for k, i := range s.places {
		kept[k] = found[i]
	}
	var b bytes.Buffer
	if gob.NewEncoder(&b).Encode(kept) == nil {
		_ = cachedir.WriteSealed(s.file, b.Bytes())
	}
}
