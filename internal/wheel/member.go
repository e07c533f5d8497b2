package wheel

import (
	"bufio"
	"compress/flate"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"errors"
	"hash"
	"hash/crc32"
	"io"

	"github.com/oxgen/oxgen/internal/diag"
)

// A Scheme says where an installer puts a member (sysconfig's installation schemes).
type Scheme uint8

// The schemes of the .data directory. Its purelib and platlib are Root: in the virtual root they are one.
const (
	Root      Scheme = iota // site-packages
	Scripts                 // programs, installed in bin
	Headers                 // C headers
	DataFiles               // files below sys.prefix
)

// A Member is one file in a wheel. All Members of a Wheel were read once and agree with RECORD.
type Member struct {
	Name       string // slash path in the archive, as in RECORD
	Path       string // slash path below the directory of its scheme: Name without NAME-VERSION.data/SCHEME/
	Scheme     Scheme
	Size       int64 // unpacked, in bytes
	Executable bool  // an exec bit is set

	source *source
	header header
	data   int64   // offset of the packed data
	sum    *digest // nil for RECORD and its signatures
}

// Read returns the content, checked again against the sizes, the checksum and RECORD's digest. It reads the archive
// anew, so a wheel that was changed since gives a *diag.Error.
func (m *Member) Read() ([]byte, error) {
	r, done, err := m.source.open()
	if err != nil {
		return nil, diag.Errorf(m.source.label, hintRead, "%w", err)
	}
	defer done()
	buf := make([]byte, 0, m.Size)
	err = m.unpack(r, func(p []byte) { buf = append(buf, p...) })
	if err != nil {
		return nil, m.source.refuse(err)
	}
	return buf, nil
}

// verify reads the member and keeps nothing of it.
func (m *Member) verify(r io.ReaderAt) error { return m.unpack(r, func([]byte) {}) }

// unpack hands the content to take piece by piece, never more than Size bytes in all, and checks the whole.
func (m *Member) unpack(r io.ReaderAt, take func([]byte)) error {
	packed := bufio.NewReader(io.NewSectionReader(r, m.data, m.header.packed))
	var content io.Reader = packed
	if m.header.method == methodDeflate {
		inflater := flate.NewReader(packed) // reads not one byte too many from a bufio.Reader
		defer inflater.Close()
		content = inflater
	}
	crc := crc32.NewIEEE()
	var sum hash.Hash
	if m.sum != nil {
		sum = m.sum.hash()
	}
	buf := make([]byte, min(32<<10, m.Size+1))
	var n int64
	for {
		k, err := content.Read(buf)
		if n += int64(k); n > m.Size {
			return fault(m.Name, "unpacks to more than the %d bytes stated", m.Size)
		}
		take(buf[:k])
		crc.Write(buf[:k])
		if sum != nil {
			sum.Write(buf[:k])
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fault(m.Name, "can't be unpacked: %w", err)
		}
	}
	if _, err := packed.ReadByte(); !errors.Is(err, io.EOF) {
		return fault(m.Name, "has bytes behind its packed data")
	}
	switch {
	case n < m.Size:
		return fault(m.Name, "unpacks to %d bytes, and %d are stated", n, m.Size)
	case crc.Sum32() != m.header.crc:
		return fault(m.Name, "its checksum is wrong")
	case sum != nil && subtle.ConstantTimeCompare(sum.Sum(nil), m.sum.value) != 1:
		return fault(m.Name, "does not have the %s digest that RECORD gives", m.sum.algorithm)
	}
	return nil
}

// A digest is the hash that RECORD gives for a file.
type digest struct {
	algorithm string
	value     []byte
}

// digests are the algorithms that RECORD may use: "sha256 or better" of those that hashlib guarantees.
var digests = map[string]func() hash.Hash{"sha256": sha256.New, "sha384": sha512.New384, "sha512": sha512.New}

func (d *digest) hash() hash.Hash { return digests[d.algorithm]() }
