// Package inputs notes what a run of oxgen depends on, so that the next run can tell that nothing has changed without
// doing the work again.
//
// What reads the user's files, a distribution or the machine's libraries does so by the functions of this package in the
// place of those of os and path/filepath. They do the same; while a Log is taken they also note what was asked and what the answer
// was. Record.Holds asks again and compares. The go command caches tests in this way (internal/testlog, and
// computeTestInputsID in cmd/go/internal/test).
//
// Files are known by size, times, inode and mode, not by their bytes. A file that was changed so shortly before it was looked at that
// another change might leave all of these alone is known by the digest of what was read.
//
// There is one log for the process: who looks at a file knows nothing of why.
package inputs

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
)

// current is the log that is being taken, nil for none.
var current atomic.Pointer[Log]

// A Log is what is noted between Start and Stop. Its methods may be called from any goroutine.
type Log struct {
	mutex  sync.Mutex
	asked  map[question]answer
	spoilt string // what can't be noted, and why; "" for nothing
}

// Start begins a log. A process takes one at a time: that of an earlier Start ends.
func Start() *Log {
	l := &Log{asked: map[question]answer{}}
	current.Store(l)
	return l
}

// Stop ends the log and returns what was noted. The error says what the run depends on that can't be noted: something that
// was run, could not be read, or changed meanwhile.
func (l *Log) Stop() (*Record, error) {
	current.CompareAndSwap(l, nil)
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.spoilt != "" {
		return nil, errors.New("the run depends on " + l.spoilt)
	}
	return newRecord(l.asked), nil
}

// Spoil says that the run depends on something that can't be noted. why completes "the run depends on".
func Spoil(why string) {
	if l := current.Load(); l != nil {
		l.spoil(why)
	}
}

func (l *Log) spoil(why string) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	if l.spoilt == "" {
		l.spoilt = why
	}
}

// Wrote notes a file that the run has written, or would have, had it not been there with these contents. sum is their SHA-256, nil or
// zero when it is not known.
func (l *Log) Wrote(name string, contents io.WriterTo, sum *[sha256.Size]byte) {
	info, err := os.Stat(name)
	l.looked(stat, name, info, err, func() string {
		if sum != nil && *sum != [sha256.Size]byte{} {
			return hex.EncodeToString(sum[:])
		}
		hash := sha256.New()
		if _, err := contents.WriteTo(hash); err != nil {
			l.spoil(name + ", whose contents can't be read again")
		}
		return hex.EncodeToString(hash.Sum(nil))
	})
}

// note notes an answer. A question that had another answer before is about something that changes meanwhile.
func (l *Log) note(q question, a answer) {
	if q.op.ofPath() {
		if q.arg == "" {
			return // is never there
		}
		abs, err := filepath.Abs(q.arg)
		if err != nil {
			l.spoil("the working directory, which is gone")
			return
		}
		q.arg = abs
	}
	l.mutex.Lock()
	defer l.mutex.Unlock()
	before, again := l.asked[q]
	if again && !before.agrees(a) && l.spoilt == "" {
		l.spoilt = q.arg + ", which is being changed"
	}
	if !again || a.digest != "" {
		l.asked[q] = a
	}
}
