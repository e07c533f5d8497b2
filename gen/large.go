package gen

import (
	"crypto/sha256"
	"errors"
	"hash"
	"io"

	"github.com/oxgen/oxgen/collector"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/objfile"
	"github.com/oxgen/oxgen/pyembed/table"
)

// largeSize is the size in bytes from which on data is not held in memory: it is read when its digest is taken and when the table is
// written.
const largeSize = 64 << 10

// measure takes the digest of data that is stored as it is, and tells whether it may stay where it is: it is large, and no machine
// code, which many look at.
func (u *unit) measure() (stays bool, err error) {
	if u.Kind != collector.Data || u.how.compression() != table.Uncompressed || u.Size < largeSize {
		return false, nil
	}
	r, err := u.Open()
	if err != nil {
		return false, err
	}
	defer r.Close()
	head := make([]byte, objfile.HeadSize)
	n, err := io.ReadFull(r, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return false, diag.Errorf(u.Origin.String(), "", "%w", err)
	}
	if head = head[:n]; objfile.Is(head) {
		return false, nil
	}
	sum := sha256.New()
	sum.Write(head) // a hash takes everything
	rest, err := io.Copy(sum, r)
	if err != nil {
		return false, diag.Errorf(u.Origin.String(), "", "%w", err)
	}
	u.length = n + int(rest)
	u.digest = [sha256.Size]byte(sum.Sum(nil))
	u.large = true
	return true, nil
}

// open returns a reader of large data. At its end it gives an error when the data is no longer what was measured.
func (u *unit) open() (io.ReadCloser, error) {
	r, err := u.Open()
	if err != nil {
		return nil, err
	}
	return &measured{ReadCloser: r, sum: sha256.New(), want: u.digest, name: u.Origin.String()}, nil
}

// text returns the contents of a unit that may be large; nil when it can't be read any more, which writing the table will say.
func (u *unit) text() []byte {
	if !u.large {
		return u.data
	}
	data, _ := u.Read()
	return data
}

// A measured reader reads what has been read before.
type measured struct {
	io.ReadCloser
	sum  hash.Hash
	want [sha256.Size]byte
	name string
}

func (m *measured) Read(p []byte) (int, error) {
	n, err := m.ReadCloser.Read(p)
	m.sum.Write(p[:n]) // a hash takes everything
	if errors.Is(err, io.EOF) && [sha256.Size]byte(m.sum.Sum(nil)) != m.want {
		return n, diag.Errorf(m.name, "generate again when nobody writes to it", "was changed while it was read")
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = diag.Errorf(m.name, "", "%w", err)
	}
	return n, err
}
