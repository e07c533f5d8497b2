package pyc

import (
	"encoding/binary"
	"fmt"
	"time"
)

// HeaderSize is the length, in bytes, of what stands before the code object in a .pyc file since Python 3.7.
const HeaderSize = 16

// A Pyc is a .pyc file (PEP 3147, PEP 552):
//
//	file = magic [4]byte, flags uint32, (mtime uint32, size uint32 | hash [8]byte), code object
//
// All integers are little-endian. Bit 0 of flags says that the hash is there, bit 1 that it is to be checked.
type Pyc struct {
	Magic       [4]byte
	Version     Version // feature release of Magic
	HashBased   bool
	CheckSource bool      // of a hash-based file: whether the importer compares Hash with the source
	Hash        [8]byte   // of a hash-based file: SipHash of the source
	ModTime     time.Time // else: of the source, in whole seconds, UTC
	SourceSize  uint32    // else: of the source, in bytes, modulo 2³²
	Code        *Code
}

const (
	flagHashBased   = 1 << 0
	flagCheckSource = 1 << 1
)

// ReadPyc reads a .pyc file. An error in the code object is a *MarshalError whose offset counts from the start of the file.
func ReadPyc(data []byte) (*Pyc, error) {
	if len(data) < HeaderSize {
		return nil, fmt.Errorf("read .pyc header: %d bytes, %d wanted", len(data), HeaderSize)
	}
	p := &Pyc{Magic: [4]byte(data)}
	var err error
	if p.Version, err = MagicVersion(p.Magic); err != nil {
		return nil, fmt.Errorf("read .pyc header: %w", err)
	}
	flags := binary.LittleEndian.Uint32(data[4:])
	if flags&^(flagHashBased|flagCheckSource) != 0 {
		return nil, fmt.Errorf("read .pyc header: unknown flags %#x at byte 4", flags)
	}
	if flags&flagHashBased != 0 {
		p.HashBased = true
		p.CheckSource = flags&flagCheckSource != 0
		p.Hash = [8]byte(data[8:])
	} else {
		p.ModTime = time.Unix(int64(binary.LittleEndian.Uint32(data[8:])), 0).UTC()
		p.SourceSize = binary.LittleEndian.Uint32(data[12:])
	}
	if p.Code, err = readCode(data, HeaderSize, p.Version); err != nil {
		return nil, fmt.Errorf("read .pyc: %w", err)
	}
	return p, nil
}
