package inputs

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// A Record is what a run depended on: questions and what the system answered.
type Record struct {
	items []item // by question
}

type item struct {
	question
	answer
}

func newRecord(asked map[question]answer) *Record {
	r := &Record{}
	for q, a := range asked {
		r.items = append(r.items, item{q, a})
	}
	slices.SortFunc(r.items, func(a, b item) int { return cmp.Or(cmp.Compare(a.arg, b.arg), cmp.Compare(a.op, b.op)) })
	return r
}

// Holds asks everything once more and reports whether all answers are the same. settled says that r has changed and is worth
// keeping anew: contents that had to be compared are known by the times of their files from now on.
func (r *Record) Holds() (ok, settled bool) {
	var next atomic.Int64
	var other, changed atomic.Bool
	var group errgroup.Group
	const step = 64 // items at a time
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			for !other.Load() {
				end := int(next.Add(step))
				if end-step >= len(r.items) {
					return nil
				}
				for i := range r.items[end-step : min(end, len(r.items))] {
					it := &r.items[end-step+i]
					if !it.holds() {
						other.Store(true)
						return nil
					}
					if it.settle() {
						changed.Store(true)
					}
				}
			}
			return nil
		})
	}
	_ = group.Wait() // no errors
	return !other.Load(), changed.Load()
}

func (it *item) holds() bool {
	if it.op != readdir {
		return it.ask(it.digest != "") == it.answer
	}
	// A directory whose times are others may hold what it held.
	now := it.ask(false)
	return now.state == it.state || now.state != absent && it.state != absent && it.contents() == it.digest
}

// settle forgets the digest of a file when times have come to say enough, and takes the times that a directory has now.
func (it *item) settle() bool {
	if it.digest == "" {
		return false
	}
	info, err := os.Stat(it.arg)
	if err != nil || isFresh(info, time.Now()) {
		return false
	}
	state := it.op.state(info)
	if it.op == readdir {
		changed := state != it.state
		it.state = state
		return changed
	}
	if state != it.state {
		return false
	}
	it.digest = ""
	return true
}

// Paths returns the files and directories that were asked for, sorted; of a pattern the directory.
func (r *Record) Paths() []string {
	var paths []string
	for _, it := range r.items {
		switch {
		case it.op == glob:
			paths = append(paths, filepath.Dir(it.arg))
		case it.op.ofPath():
			paths = append(paths, it.arg)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// Encode returns the record as text: a line for each question, with the operation, the argument as Go quotes it, the state
// and the digest, separated by tabs.
func (r *Record) Encode() []byte {
	var b bytes.Buffer
	for _, it := range r.items {
		fmt.Fprintf(&b, "%c\t%s\t%s\t%s\n", it.op, strconv.Quote(it.arg), it.state, it.digest)
	}
	return b.Bytes()
}

// Decode reads what Encode wrote.
func Decode(data []byte) (*Record, error) {
	r := &Record{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		if len(fields) != 4 || len(fields[0]) != 1 {
			return nil, errors.New("not a line of a record")
		}
		arg, err := strconv.Unquote(fields[1])
		if err != nil {
			return nil, err
		}
		r.items = append(r.items, item{question{operation(fields[0][0]), arg}, answer{fields[2], fields[3]}})
	}
	return r, lines.Err()
}
