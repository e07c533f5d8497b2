package wheel

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The directory of a zip archive is read here and not by archive/zip, because two programs must not see two
// different archives in one file: whatever PKWARE's APPNOTE leaves open, so that readers differ, is refused. The end
// record is the only one and ends the file, the directory ends where the end record begins, both headers of a
// member agree, and no two members share bytes. Zip64, data descriptors, stored members, folders, extra
// fields and comments are all legal.

// Signatures and lengths of the records (APPNOTE 4.3).
const (
	localSig, localLen         = 0x04034b50, 30
	centralSig, centralLen     = 0x02014b50, 46
	endSig, endLen             = 0x06054b50, 22
	end64Sig, end64Len         = 0x06064b50, 56
	locator64Sig, locator64Len = 0x07064b50, 20
	descriptorSig              = 0x08074b50

	max16, max32 = 1<<16 - 1, 1<<32 - 1 // stand for "see the zip64 record"
)

// Extra fields (APPNOTE 4.5.2, 4.6.9) that change what a header says.
const (
	extraZip64 = 0x0001
	extraName  = 0x7075
)

// Flags (APPNOTE 4.4.4).
const (
	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3 // the local header leaves sizes and checksum to a record behind the data
	flagPatch      = 1 << 5
	flagStrong     = 1 << 6
	flagUTF8       = 1 << 11 // the name is UTF-8, and not in the code page 437 of the IBM PC
	flagMasked     = 1 << 13
)

// Compression methods.
const (
	methodStored  = 0
	methodDeflate = 8
)

// A header is what the central directory says of one member.
type header struct {
	name             string
	flags, method    uint16
	crc              uint32
	packed, unpacked int64
	offset           int64  // of the local header
	mode             uint32 // upper half of the external attributes: a Unix mode, 0 when the writer knows none
	dosDir           bool   // the MS-DOS attribute for directories
}

// An end is what the end records say.
type end struct {
	members      int64
	size, offset int64 // of the central directory
	at           int64 // where it must end
}

var errTruncated = errors.New("not a zip archive, or cut off: there is no end record")

// readHeaders reads the central directory of the archive in r, which is size bytes long.
// directory is where it begins.
func readHeaders(r io.ReaderAt, size int64, most int) (headers []header, directory int64, err error) {
	e, err := readEnd(r, size)
	if err != nil {
		return nil, 0, err
	}
	switch {
	case e.members > int64(most):
		return nil, 0, beyond("max-wheel-files", "holds %d members, more than the %d allowed", e.members, most)
	case e.size < 0 || e.offset < 0 || e.offset > e.at || e.at-e.offset != e.size:
		return nil, 0, errors.New("the directory is not where the end record says")
	case e.members*centralLen > e.size:
		return nil, 0, errors.New("the directory is too short for its members")
	}
	buf, err := readAt(r, e.offset, e.size)
	if err != nil {
		return nil, 0, err
	}
	headers = make([]header, 0, e.members)
	for len(buf) > 0 {
		h, rest, err := parseHeader(buf)
		if err != nil {
			return nil, 0, fmt.Errorf("directory, offset %d: %w", e.size-int64(len(buf)), err)
		}
		headers = append(headers, h)
		buf = rest
	}
	if int64(len(headers)) != e.members {
		return nil, 0, fmt.Errorf("the directory lists %d members and the end record counts %d", len(headers), e.members)
	}
	return headers, e.offset, nil
}

// readEnd finds the end record: at the end of the file, but for a comment.
func readEnd(r io.ReaderAt, size int64) (end, error) {
	tail, err := readAt(r, max(0, size-endLen-max16), min(size, endLen+max16))
	if err != nil {
		return end{}, err
	}
	at := -1
	for i := len(tail) - endLen; i >= 0; i-- {
		if le32(tail[i:]) == endSig && i+endLen+int(le16(tail[i+20:])) == len(tail) {
			at = i // the first one
		}
	}
	if at < 0 {
		return end{}, errTruncated
	}
	if signature := binary.LittleEndian.AppendUint32(nil, endSig); bytes.Contains(tail[at+4:], signature) {
		return end{}, errors.New("has two end records") // other readers take the last one, fitting or not
	}
	b := tail[at:]
	e := end{
		members: int64(le16(b[10:])),
		size:    int64(le32(b[12:])),
		offset:  int64(le32(b[16:])),
		at:      size - int64(len(b)),
	}
	if int64(le16(b[8:])) != e.members {
		return end{}, errors.New("the end record counts its members twice and differently")
	}
	full, found, err := readEnd64(r, e)
	for _, disk := range []uint16{le16(b[4:]), le16(b[6:])} {
		if err == nil && disk != 0 && (disk != max16 || !found) {
			return end{}, errors.New("is a part of an archive of several files")
		}
	}
	return full, err
}

// readEnd64 replaces what the zip64 end record says better, if there is one before e; found tells whether.
func readEnd64(r io.ReaderAt, e end) (full end, found bool, err error) {
	if e.at < locator64Len {
		return e, false, nil
	}
	b, err := readAt(r, e.at-locator64Len, locator64Len)
	if err != nil {
		return end{}, false, err
	}
	if le32(b) != locator64Sig {
		return e, false, nil
	}
	at := int64(le64(b[8:]))
	if le32(b[4:]) != 0 || le32(b[16:]) > 1 || at < 0 || at != e.at-locator64Len-end64Len {
		return end{}, false, errors.New("the zip64 end record is not where its locator says")
	}
	if b, err = readAt(r, at, end64Len); err != nil {
		return end{}, false, err
	}
	if le32(b) != end64Sig || le64(b[4:]) != end64Len-12 || le32(b[16:]) != 0 || le32(b[20:]) != 0 {
		return end{}, false, errors.New("the zip64 end record is damaged")
	}
	full = end{members: int64(le64(b[32:])), size: int64(le64(b[40:])), offset: int64(le64(b[48:])), at: at}
	agree := func(short, long, sentinel int64) bool { return short == long || short == sentinel }
	if full.members < 0 || full.members != int64(le64(b[24:])) || !agree(e.members, full.members, max16) ||
		!agree(e.size, full.size, max32) || !agree(e.offset, full.offset, max32) {
		return end{}, false, errors.New("the end record and the zip64 end record differ")
	}
	return full, true, nil
}

// parseHeader takes one header off the central directory.
func parseHeader(b []byte) (h header, rest []byte, err error) {
	if len(b) < centralLen || le32(b) != centralSig {
		return header{}, nil, errors.New("no header of a member")
	}
	nameLen, extraLen, commentLen := int(le16(b[28:])), int(le16(b[30:])), int(le16(b[32:]))
	total := centralLen + nameLen + extraLen + commentLen
	if total > len(b) {
		return header{}, nil, errors.New("a header is cut off")
	}
	h = header{
		name:     string(b[centralLen : centralLen+nameLen]),
		flags:    le16(b[8:]),
		method:   le16(b[10:]),
		crc:      le32(b[16:]),
		packed:   int64(le32(b[20:])),
		unpacked: int64(le32(b[24:])),
		offset:   int64(le32(b[42:])),
		mode:     le32(b[38:]) >> 16,
		dosDir:   b[38]&0x10 != 0,
	}
	if le16(b[34:]) != 0 {
		return header{}, nil, errors.New("a member lies in another file")
	}
	extra := b[centralLen+nameLen:][:extraLen]
	if err := h.extra(extra, &h.unpacked, &h.packed, &h.offset); err != nil {
		return header{}, nil, err
	}
	return h, b[total:], nil
}

// extra reads the extra fields of a header. The zip64 field replaces those of the given values that are max32, in
// this order.
func (h *header) extra(b []byte, values ...*int64) error {
	seen64 := false
	for len(b) >= 4 {
		id, n := le16(b), int(le16(b[2:]))
		if b = b[4:]; n > len(b) {
			return fmt.Errorf("the extra fields of %q are cut off", h.name)
		}
		field := b[:n]
		b = b[n:]
		switch {
		case id == extraZip64 && seen64:
			return fmt.Errorf("%q has its size twice", h.name)
		case id == extraZip64:
			seen64 = true
			for _, v := range values {
				if *v != max32 {
					continue
				}
				if len(field) < 8 {
					return fmt.Errorf("%q lacks its size", h.name)
				}
				if *v, field = int64(le64(field)), field[8:]; *v < 0 {
					return fmt.Errorf("%q has an impossible size", h.name)
				}
			}
		case id == extraName && (n < 5 || string(field[5:]) != h.name): // version, checksum, name
			return fmt.Errorf("%q has a second name", h.name)
		}
	}
	if len(b) > 0 && strings.Trim(string(b), "\x00") != "" { // some writers pad
		return fmt.Errorf("the extra fields of %q are cut off", h.name)
	}
	return nil
}

// readAt reads n bytes at off.
func readAt(r io.ReaderAt, off, n int64) ([]byte, error) {
	buf := make([]byte, n)
	if k, err := io.ReadFull(io.NewSectionReader(r, off, n), buf); err != nil {
		return nil, fmt.Errorf("offset %d: %w", off+int64(k), err)
	}
	return buf, nil
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }
