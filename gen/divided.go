package gen

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/gob"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"sync"

	"github.com/oxgen/oxgen/internal/bundled"
	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/libpython"
)

// A dividedLibrary is libpython as executables carry it, with what was found out about it. It is the same for every program, and kept
// in the cache.
type dividedLibrary struct {
	libpython.Image
	Object   []byte            // holds the payload; nil if the library could not be divided
	Length   int64             // of its file, in bytes
	Versions map[string]string // of the C libraries in it that say theirs, by the names that package bundled has
}

// dividedMark is part of every key: it changes with what is kept, and with what package libpython makes.
const dividedMark = "oxL5"

// divided returns a libpython divided. Several steps ask for it, some at once; it is divided once.
func (p *plan) divided(file string) (*dividedLibrary, error) {
	divide, _ := p.divisions.LoadOrStore(file, sync.OnceValues(func() (*dividedLibrary, error) { return p.divide(file) }))
	return divide.(func() (*dividedLibrary, error))()
}

func (p *plan) divide(file string) (*dividedLibrary, error) {
	info, err := inputs.Stat(file)
	if err != nil {
		return nil, fmt.Errorf("reading libpython: %w", err)
	}
	key := sha256.Sum256(fmt.Appendf(nil, "%s %q %d %d", dividedMark, file, info.Size(), info.ModTime().UnixNano()))
	place := filepath.Join(p.opts.Store.CacheDir, "libpython", hex.EncodeToString(key[:16]))
	if d := readDivided(place); d != nil {
		return d, nil
	}
	contents, err := inputs.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading libpython: %w", err)
	}
	d, err := divide(filepath.Base(file), contents)
	if err == nil {
		_ = d.write(place) // the next time it is divided again
	}
	return d, err
}

// divide takes over contents.
func divide(name string, contents []byte) (*dividedLibrary, error) {
	d := &dividedLibrary{Length: int64(len(contents)), Versions: map[string]string{}}
	for i := range bundled.All {
		if v := bundled.All[i].VersionIn(contents); v != "" {
			d.Versions[bundled.All[i].Name] = v
		}
	}
	img, err := libpython.Split(name, contents)
	if err != nil {
		return nil, err
	}
	if img.Whole == "" {
		if _, ok := assemblies[img.Machine]; !ok {
			return nil, diag.Errorf(img.Name, "", "machine %v is not supported", img.Machine)
		}
		d.Object = libpython.Object(img.Machine, payloadSymbol, img.Payload)
	}
	d.Image = *img
	return d, nil
}

// A file of the cache is, sealed, the sizes of the three parts that follow (uint64, little-endian), a gob of the dividedLibrary without
// Data, Payload and Object, and Data and Object as they are: most of 30 MB, which nobody shall copy.
const dividedHead = 3 * 8

// readDivided returns what write wrote, nil if there is nothing that is whole.
func readDivided(place string) *dividedLibrary {
	data, ok := cachedir.ReadSealed(place)
	if !ok || len(data) < dividedHead {
		return nil
	}
	size := func(part int) int { return int(binary.LittleEndian.Uint64(data[8*part:])) } // of what oxgen wrote
	d := &dividedLibrary{}
	about, rest := data[dividedHead:][:size(0)], data[dividedHead+size(0):]
	if gob.NewDecoder(bytes.NewReader(about)).Decode(d) != nil {
		return nil
	}
	d.Data, d.Object = rest[:size(1):size(1)], rest[size(1):]
	if d.Whole == "" {
		d.Payload = libpython.Parts(d.Machine, d.Object, d.Mapped)
	}
	return d
}

// write keeps d.
func (d *dividedLibrary) write(place string) error {
	about := *d
	about.Data, about.Payload, about.Object = nil, nil, nil
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(about); err != nil {
		return err
	}
	var head []byte
	for _, part := range [][]byte{b.Bytes(), d.Data, d.Object} {
		head = binary.LittleEndian.AppendUint64(head, uint64(len(part)))
	}
	return cachedir.WriteSealed(place, head, b.Bytes(), d.Data, d.Object)
}
