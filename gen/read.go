package gen

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"runtime"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/compression"
	"github.com/oxgen/oxgen/internal/manifest"
	"github.com/oxgen/oxgen/internal/parallel"
	"github.com/oxgen/oxgen/pyembed/table"
)

// read gives every unit its contents, but for the sources of modules, which compile has compressed already.
func (prog *program) read(ctx context.Context) error {
	p := prog.plan
	for _, r := range p.collection.Resources {
		if r.Kind != collector.Module || r.Bytecode {
			prog.units = append(prog.units, unit{Resource: r, how: p.storage(&r)})
		}
	}
	problems := make([]error, len(prog.units)) // all of them, in the order of the units
	err := parallel.Each(ctx, p.opts.Jobs, len(prog.units), func(i int) { problems[i] = prog.load(&prog.units[i]) })
	if err := errors.Join(append(problems, err)...); err != nil {
		return err
	}
	slices.SortFunc(prog.units, func(a, b unit) int { return strings.Compare(a.Path, b.Path) })
	return nil
}

// jobs returns how much is done at once.
func (p *plan) jobs() int {
	if p.opts.Jobs <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return p.opts.Jobs
}

func (prog *program) load(u *unit) error {
	if u.sourced {
		return nil // with its code
	}
	if u.Kind == collector.Module && !u.Bytecode && !u.how.source {
		if !manifest.IsScript(u.Module) {
			u.Path += "c" // what there is of it as a file is a .pyc
		}
		u.length = table.PycHeader + len(u.code[0])
		return nil
	}
	if stays, err := u.measure(); stays || err != nil {
		return err
	}
	data, err := prog.contents(u)
	if err != nil {
		return err
	}
	u.length = len(data)
	switch {
	case u.Bytecode:
		u.digest = sha256.Sum256(data)
		var code []byte
		if code, err = bytecode(&u.Resource, data, prog.plan.interp); err == nil {
			u.code, u.length = [][]byte{code}, table.PycHeader+len(code)
		}
	case u.Kind == collector.Module: // that is to be stored as it is
		u.sourced = true
		u.source, err = compression.Store(data, u.how.compression())
	default:
		u.digest = sha256.Sum256(data)
		u.data = data
		if u.Kind == collector.Data || u.Kind == collector.Metadata {
			u.stored, err = compression.Store(data, u.how.compression())
		}
	}
	return err
}

// contents returns what a unit is made of.
func (prog *program) contents(u *unit) ([]byte, error) {
	for i := range prog.scripts {
		if s := &prog.scripts[i]; u.Module == manifest.ScriptModule(s.path) {
			return s.text, nil
		}
	}
	return u.Read()
}

// packedSource names what packSource makes.
const packedSource = "zlib, " + compression.Version

// packSource stores a source as a zlib stream, in the form in which the cache of bytecode keeps it: a byte that is 1 for zlib,
// the length, and the bytes. A source is read once, and compressed once for all programs.
func packSource(data []byte) []byte {
	stored, err := compression.Store(data, table.Zlib)
	if err != nil { // of a write to memory; then it is stored as it is
		stored = table.Stored{Bytes: data, Length: len(data)}
	}
	packed := make([]byte, 1, len(stored.Bytes)+binary.MaxVarintLen64)
	packed[0] = byte(stored.Compression)
	return append(binary.AppendUvarint(packed, uint64(stored.Length)), stored.Bytes...)
}

// unpackSource reads what packSource wrote.
func unpackSource(packed []byte) table.Stored {
	length, n := binary.Uvarint(packed[1:])
	return table.Stored{Compression: table.Compression(packed[0]), Length: int(length), Bytes: packed[1+n:]}
}
