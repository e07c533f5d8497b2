package table

import (
	"bytes"
	"errors"
	"io"
)

// A Table is one that can be written: its header, and the runs of bytes behind it, where they already are in memory or on disk. So a
// table takes no memory of its own, whatever its size.
type Table struct {
	header [HeaderSize]byte
	runs   []Stored
	size   int // of the runs, in bytes
}

// append adds a run and returns its place; that of none is the zero span.
func (t *Table) append(s *Stored) span {
	n := s.size()
	if n == 0 {
		return span{}
	}
	at := t.Size()
	t.runs = append(t.runs, *s)
	t.size += n
	return span{at, n}
}

// Size returns the table's size in bytes, header included.
func (t *Table) Size() int { return HeaderSize + t.size }

// Header returns the table's header.
func (t *Table) Header() (Header, error) { return ReadHeader(string(t.header[:])) }

// Bytes returns the whole table.
func (t *Table) Bytes() ([]byte, error) {
	b := bytes.NewBuffer(make([]byte, 0, t.Size()))
	_, err := t.WriteTo(b)
	return b.Bytes(), err
}

// WriteTo writes the whole table. It can be called again, and then reads large contents again.
func (t *Table) WriteTo(w io.Writer) (int64, error) { return t.writeFrom(w, 0) }

// writeFrom leaves the first bytes of the header out.
func (t *Table) writeFrom(w io.Writer, from int) (int64, error) {
	n, err := w.Write(t.header[from:])
	written := int64(n)
	for i := range t.runs {
		if err != nil {
			break
		}
		var more int64
		more, err = t.runs[i].writeTo(w)
		written += more
	}
	return written, err
}

// errLarge is that of large contents that are not as long as the table says.
var errLarge = errors.New("contents of the table changed while they were read")

func (s *Stored) writeTo(w io.Writer) (int64, error) {
	if s.Large == nil {
		n, err := w.Write(s.Bytes)
		return int64(n), err
	}
	r, err := s.Large.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	n, err := io.Copy(w, r)
	if err == nil && n != int64(s.Length) {
		err = errLarge
	}
	return n, err
}
