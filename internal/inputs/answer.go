package inputs

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A question is one that was asked of the system.
type question struct {
	op  operation
	arg string // a path or a pattern, absolute; the name of a variable, or how names start
}

type operation byte

const (
	stat         operation = 's'
	lstat        operation = 'l'
	readdir      operation = 'd'
	evalSymlinks operation = 'r'
	glob         operation = 'g'
	getenv       operation = 'v'
	environ      operation = 'e'
)

// ofPath tells whether the argument is a path.
func (op operation) ofPath() bool { return op != getenv && op != environ }

// An answer is what the system said. Two that are equal mean that nothing has changed.
type answer struct {
	state  string // what there is, without line feeds and tabs; "" for a directory that had just changed
	digest string // of contents, in hexadecimal, when state says too little of them; "" when it will do. A directory always has one
}

// agrees tells whether both can be true of one moment.
func (a answer) agrees(b answer) bool {
	if a.state == "" || b.state == "" {
		return a.digest == b.digest
	}
	return a.state == b.state
}

// absent is the state of what is not there.
const absent = "-"

// freshness is how long after a change of a file another one may have the same time: file systems count in steps of up to 2 s
// (FAT), kernels in some of 10 ms, and clocks of other machines go differently.
const freshness = 2 * time.Second

// isFresh tells whether a file could be changed once more without another time.
func isFresh(info fs.FileInfo, now time.Time) bool {
	return now.Sub(info.ModTime()) < freshness || now.Sub(changed(info)) < freshness
}

// ask asks the system once more. With digest set the answer has the digest of the contents.
func (q question) ask(withDigest bool) (a answer) {
	switch q.op {
	case stat, readdir:
		a.state = q.op.stateOf(os.Stat(q.arg))
	case lstat:
		a.state = q.op.stateOf(os.Lstat(q.arg))
	case evalSymlinks:
		a.state = resolved(filepath.EvalSymlinks(q.arg))
	case glob:
		names, _ := filepath.Glob(q.arg) // the pattern was a good one
		a.state = joined(names)
	case getenv:
		a.state = variable(os.LookupEnv(q.arg))
	case environ:
		a.state = variables(q.arg)
	}
	if withDigest {
		a.digest = q.contents()
	}
	return a
}

// contents returns the digest of a file or a directory, "" when it can't be read.
func (q question) contents() string {
	if q.op == readdir {
		list, err := os.ReadDir(q.arg)
		if err != nil {
			return ""
		}
		return listing(list)
	}
	f, err := os.Open(q.arg)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}

func (op operation) stateOf(info fs.FileInfo, err error) string {
	switch {
	case err == nil:
		return op.state(info)
	case isAbsent(err):
		return absent
	}
	return "unreadable" // which no log has
}

// state returns mode, inode, size in bytes, and the times of the last change of contents and of anything in nanoseconds. Of a
// directory that was not read it returns no more than that it is there.
func (op operation) state(info fs.FileInfo) string {
	if info.IsDir() && op != readdir {
		return fmt.Sprintf("%o %d", info.Mode(), inode(info))
	}
	size := info.Size()
	if info.IsDir() {
		size = 0 // says nothing
	}
	return fmt.Sprintf("%o %d %d %d %d", info.Mode(), inode(info), size, info.ModTime().UnixNano(), changed(info).UnixNano())
}

// resolved is the state of a path behind its links.
func resolved(target string, err error) string {
	if err != nil {
		return absent
	}
	return digest([]byte(target))
}

// joined is the state of a pattern.
func joined(names []string) string { return digest([]byte(strings.Join(names, "\n"))) }

// listing is the digest of a directory: names and kinds, by name. What python leaves in directories that it has imported from is no
// input of anything.
func listing(list []os.DirEntry) string {
	var text strings.Builder
	for _, e := range list {
		if e.Name() == "__pycache__" {
			continue
		}
		text.WriteString(e.Name() + "\x00" + e.Type().String() + "\n")
	}
	return digest([]byte(text.String()))
}

// variable is the state of a variable, which may be a secret.
func variable(value string, ok bool) string {
	if !ok {
		return absent
	}
	return digest([]byte(value))
}

// variables is the state of all whose names start with prefix.
func variables(prefix string) string {
	var own []string
	for _, kv := range os.Environ() {
		if strings.HasPrefix(kv, prefix) {
			own = append(own, kv)
		}
	}
	slices.Sort(own)
	return digest([]byte(strings.Join(own, "\x00")))
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
