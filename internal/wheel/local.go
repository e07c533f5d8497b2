package wheel

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// checkLocal reads the local header of h, and the data descriptor if there is one. It returns where the data begins and
// where all that belongs to the member ends.
func (h *header) checkLocal(r io.ReaderAt, size int64) (data, to int64, err error) {
	if h.offset > size-localLen {
		return 0, 0, fault(h.name, "lies behind the end of the archive")
	}
	fixed, err := readAt(r, h.offset, localLen)
	if err != nil {
		return 0, 0, err
	}
	if le32(fixed) != localSig {
		return 0, 0, fault(h.name, "has no local header where the directory says")
	}
	nameLen, extraLen := int64(le16(fixed[26:])), int64(le16(fixed[28:]))
	data = h.offset + localLen + nameLen + extraLen
	if data > size || h.packed > size-data {
		return 0, 0, fault(h.name, "lies behind the end of the archive")
	}
	variable, err := readAt(r, h.offset+localLen, nameLen+extraLen)
	if err != nil {
		return 0, 0, err
	}
	if !bytes.Equal(variable[:nameLen], []byte(h.name)) {
		return 0, 0, fault(h.name, "its local header names it %q", variable[:nameLen])
	}
	flags, method := le16(fixed[6:]), le16(fixed[8:])
	crc, packed, unpacked := le32(fixed[14:]), int64(le32(fixed[18:])), int64(le32(fixed[22:]))
	if err := h.extra(variable[nameLen:], &unpacked, &packed); err != nil {
		return 0, 0, err
	}
	later := flags&flagDescriptor != 0 && crc == 0 && packed == 0 && unpacked == 0
	same := crc == h.crc && packed == h.packed && unpacked == h.unpacked
	const compared = flagEncrypted | flagDescriptor | flagPatch | flagStrong | flagUTF8 | flagMasked
	if flags&compared != h.flags&compared || method != h.method || !same && !later {
		return 0, 0, fault(h.name, "its local header and the directory differ")
	}
	to = data + h.packed
	if flags&flagDescriptor != 0 {
		n, err := h.checkDescriptor(r, to, size)
		if err != nil {
			return 0, 0, err
		}
		to += n
	}
	return data, to, nil
}

// checkDescriptor reads the data descriptor at off and returns its length. It has a signature or not, and sizes of four
// bytes or of eight (APPNOTE 4.3.9).
func (h *header) checkDescriptor(r io.ReaderAt, off, size int64) (int64, error) {
	const longest = 4 + 4 + 8 + 8
	b, err := readAt(r, off, min(longest, size-off))
	if err != nil {
		return 0, err
	}
	var signed, short, long []byte
	signed = binary.LittleEndian.AppendUint32(nil, descriptorSig)
	short = binary.LittleEndian.AppendUint32(nil, h.crc)
	long = binary.LittleEndian.AppendUint64(slices.Clone(short), uint64(h.packed))
	long = binary.LittleEndian.AppendUint64(long, uint64(h.unpacked))
	short = binary.LittleEndian.AppendUint32(short, uint32(h.packed))
	short = binary.LittleEndian.AppendUint32(short, uint32(h.unpacked))
	forms := [][]byte{slices.Concat(signed, long), slices.Concat(signed, short), long, short}
	if h.packed > max32 || h.unpacked > max32 { // the short forms would hold only the lower halves
		forms = [][]byte{forms[0], forms[2]}
	}
	for _, form := range forms {
		if bytes.HasPrefix(b, form) {
			return int64(len(form)), nil
		}
	}
	return 0, fault(h.name, "its data descriptor and the directory differ")
}

// A span is the part of an archive that one member takes up.
type span struct {
	name     string
	from, to int64
}

// checkSpans refuses members that share bytes, by which a small archive could unpack to a large one, and bytes before
// the directory that belong to no member: a reader that goes from local header to local header could find others there.
func checkSpans(spans []span, directory int64) error {
	slices.SortFunc(spans, func(a, b span) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.name, b.name))
	})
	at, before := int64(0), ""
	for _, s := range append(spans, span{from: directory, to: directory}) {
		switch {
		case s.from < at && s.name == "":
			return fault(before, "reaches into the directory")
		case s.from < at:
			return fault(s.name, "shares bytes of the archive with %q", before)
		case s.from > at:
			return fmt.Errorf("offset %d: %d bytes belong to no member", at, s.from-at)
		}
		at, before = s.to, s.name
	}
	return nil
}
