package gen

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"github.com/oxgen/oxgen/internal/cachedir"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
	"github.com/oxgen/oxgen/internal/target"
)

// A Receipt says of a generated package that it is current, and what there was to say when it was made.
type Receipt struct {
	Dir      string // of the package, as Output.Dir has it
	Files    int    // in the program
	Bytes    int64  // of the generated files
	Warnings []*diag.Error
}

// Receipts are those of the generations that one configuration was asked for with the same options. They are kept in the cache, with
// what the generation depended on (package inputs).
type Receipts struct {
	file  string // "" when there is no place for them
	oxgen string // path of this executable
}

// A kept receipt is a line of JSON, and the record behind it.
type kept struct {
	Receipt
	Record [sha256.Size]byte // its SHA-256
}

// Receipts returns those for the configuration in dir that this executable of oxgen made: another one makes another package. Of the
// options all count but Config, Jobs and the functions.
func (o *Options) Receipts(dir string) Receipts {
	abs, err1 := filepath.Abs(dir)
	oxgen, err2 := os.Executable()
	if err1 != nil || err2 != nil || o.Store.CacheDir == "" {
		return Receipts{}
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q %q %s %t %q",
		receiptMark, oxgen, abs, o.Python, o.Env, o.Targets, target.Environment(), o.Strict, o.Trace))
	return Receipts{filepath.Join(o.Store.CacheDir, "generate", hex.EncodeToString(sum[:16])), oxgen}
}

// receiptMark is part of every key: it changes with the form of a receipt.
const receiptMark = "oxR1"

// Current returns the receipt of the package on disk, nil when it is not known to be current: then it must be generated.
func (rs Receipts) Current() *Receipt {
	data, err := os.ReadFile(rs.file)
	if err != nil {
		return nil
	}
	var k kept
	head, body, _ := bytes.Cut(data, []byte("\n"))
	if json.Unmarshal(head, &k) != nil || sha256.Sum256(body) != k.Record {
		return nil
	}
	record, err := inputs.Decode(body)
	if err != nil {
		return nil
	}
	holds, settled := record.Holds()
	if !holds {
		return nil
	}
	cachedir.Touch(rs.file)
	if settled {
		_ = rs.keep(k.Receipt, record) // the next time takes a little longer without
	}
	return &k.Receipt
}

// Keep keeps the receipt of a package that was committed. The log is the one that was begun before the configuration was read. The
// error says why there is none.
func (rs Receipts) Keep(log *inputs.Log, out *Output, warnings []error) error {
	if rs.file == "" {
		return nil
	}
	_, _ = inputs.Stat(rs.oxgen)
	r := Receipt{Dir: out.Dir(), Files: len(out.Manifest.Files)}
	for _, f := range out.Files {
		log.Wrote(filepath.Join(out.Dir(), f.Name), f, f.Sum)
		r.Bytes += int64(f.Size())
	}
	_, _ = inputs.ReadDir(out.Dir())
	for _, w := range warnings {
		r.Warnings = append(r.Warnings, diag.List(w)...)
	}
	record, err := log.Stop()
	if err != nil {
		return err
	}
	return rs.keep(r, record)
}

func (rs Receipts) keep(r Receipt, record *inputs.Record) error {
	body := record.Encode()
	head, err := json.Marshal(kept{r, sha256.Sum256(body)})
	if err != nil {
		return err
	}
	return cachedir.Write(rs.file, bytes.Join([][]byte{head, body}, []byte("\n")))
}
