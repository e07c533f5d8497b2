package wheeltest

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// Lengths and signatures of the records of a zip archive (PKWARE's APPNOTE, 4.3).
const (
	localLen, centralLen, endLen = 30, 46, 22
	localSig, centralSig, endSig = "PK\x03\x04", "PK\x01\x02", "PK\x05\x06"
)

// An archiveMap says where the records of an archive are that archive/zip wrote.
type archiveMap struct {
	locals, centrals []int
	directory, end   int
}

func mapOf(data []byte) archiveMap {
	m := archiveMap{end: bytes.LastIndex(data, []byte(endSig))}
	m.directory = int(le32(data[m.end+16:]))
	for at := m.directory; at < m.end; {
		b := data[at:]
		m.centrals = append(m.centrals, at)
		m.locals = append(m.locals, int(le32(b[42:])))
		at += centralLen + int(le16(b[28:])) + int(le16(b[30:])) + int(le16(b[32:]))
	}
	return m
}

func le16(b []byte) uint16 { return binary.LittleEndian.Uint16(b) }
func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }

// fields are those of a header whose change is a lie: offset and length.
var centralFields = map[string][2]int{
	"encrypted": {8, 1}, "method": {10, 2}, "checksum": {16, 4}, "packed size": {20, 4}, "size": {24, 4}, "name length": {28, 2},
	"extra length": {30, 2}, "comment length": {32, 2}, "disk": {34, 2}, "offset": {42, 4}, "name": {46, 1}, "signature": {0, 4},
}

var localFields = map[string][2]int{
	"encrypted": {6, 1}, "method": {8, 2}, "checksum": {14, 4}, "packed size": {18, 4}, "size": {22, 4}, "name length": {26, 2},
	"extra length": {28, 2}, "name": {30, 1}, "signature": {0, 4},
}

var endFields = map[string][2]int{
	"disk": {4, 2}, "disk of the directory": {6, 2}, "members here": {8, 2}, "members": {10, 2}, "directory size": {12, 4}, "directory offset": {16, 4},
	"comment length": {20, 2}, "signature": {0, 4},
}

// values are what a field of a number of bytes is set to; nil is its own value and one more.
var values = map[int][]any{
	1: {uint8(0xff), uint8(0x01)}, 2: {uint16(1), uint16(0xffff), uint16(0x7fff), nil}, 4: {uint32(1), uint32(0xffffffff), uint32(0x7fffffff), nil},
}

// Damaged returns archives that were made from a good one, and are in disorder in one place.
func Damaged(name string, good []byte) []Hostile {
	m := mapOf(good)
	var list []Hostile
	add := func(kind string, data []byte) {
		if !bytes.Equal(data, good) {
			list = append(list, Hostile{kind, name, data})
		}
	}
	lie := func(what string, at int, fields map[string][2]int) {
		for field, place := range fields {
			for _, v := range values[place[1]] {
				data := bytes.Clone(good)
				put(data[at+place[0]:], place[1], v)
				add(fmt.Sprintf("%s: %s is %v", what, field, v), data)
			}
		}
	}
	for i := range m.locals {
		lie(fmt.Sprintf("header %d", i), m.centrals[i], centralFields)
		lie(fmt.Sprintf("local header %d", i), m.locals[i], localFields)
	}
	lie("end", m.end, endFields)
	for n := range good {
		add(fmt.Sprintf("cut off at byte %d", n), good[:n])
	}
	for _, more := range []string{"x", "\x00", endSig, string(good[m.end:]), string(good), endSig + string(make([]byte, 18))} {
		add(fmt.Sprintf("%d bytes behind", len(more)), append(bytes.Clone(good), more...))
		add(fmt.Sprintf("%d bytes before", len(more)), append([]byte(more), good...))
		for _, at := range append(slices.Clone(m.locals), m.directory) {
			add(fmt.Sprintf("%d bytes at %d", len(more), at), m.inserted(good, at, more))
		}
		add(fmt.Sprintf("a comment of %d bytes with an end in it", len(more)), m.commented(good, m.end, endSig+more))
	}
	for i := range m.centrals {
		add(fmt.Sprintf("header %d twice", i), m.repeated(good, i))
		add(fmt.Sprintf("header %d left out", i), m.without(good, i))
		add(fmt.Sprintf("header %d points to another member", i), m.pointed(good, i))
		add(fmt.Sprintf("header %d has zip64 sizes", i), m.widened(good, i, 1<<40))
		add(fmt.Sprintf("header %d has negative zip64 sizes", i), m.widened(good, i, 1<<63))
	}
	return list
}

func put(b []byte, n int, v any) {
	switch v := v.(type) {
	case nil:
		if n == 2 {
			binary.LittleEndian.PutUint16(b, le16(b)+1)
		} else {
			binary.LittleEndian.PutUint32(b, le32(b)+1)
		}
	case uint8:
		b[0] ^= v
	case uint16:
		binary.LittleEndian.PutUint16(b, v)
	case uint32:
		binary.LittleEndian.PutUint32(b, v)
	}
}

// inserted puts bytes at an offset and corrects all offsets behind it, so that only a reader that goes from one local header to
// the next sees them.
func (m archiveMap) inserted(good []byte, at int, more string) []byte {
	data := slices.Insert(bytes.Clone(good), at, []byte(more)...)
	shift := func(b []byte) {
		if v := le32(b); int(v) >= at {
			binary.LittleEndian.PutUint32(b, v+uint32(len(more)))
		}
	}
	for _, c := range m.centrals {
		shift(data[c+len(more)+42:])
	}
	shift(data[m.end+len(more)+16:])
	return data
}

// commented gives the archive a comment.
func (m archiveMap) commented(good []byte, end int, comment string) []byte {
	data := append(bytes.Clone(good[:end+endLen]), comment...)
	binary.LittleEndian.PutUint16(data[end+20:], uint16(len(comment)))
	return data
}

func (m archiveMap) central(good []byte, i int) []byte {
	to := m.end
	if i+1 < len(m.centrals) {
		to = m.centrals[i+1]
	}
	return good[m.centrals[i]:to]
}

// directoryOf replaces the directory.
func (m archiveMap) directoryOf(good []byte, headers [][]byte) []byte {
	data := bytes.Clone(good[:m.directory])
	for _, h := range headers {
		data = append(data, h...)
	}
	size := len(data) - m.directory
	end := len(data)
	data = append(data, good[m.end:]...)
	binary.LittleEndian.PutUint16(data[end+8:], uint16(len(headers)))
	binary.LittleEndian.PutUint16(data[end+10:], uint16(len(headers)))
	binary.LittleEndian.PutUint32(data[end+12:], uint32(size))
	return data
}

func (m archiveMap) headers(good []byte) [][]byte {
	var list [][]byte
	for i := range m.centrals {
		list = append(list, bytes.Clone(m.central(good, i)))
	}
	return list
}

func (m archiveMap) repeated(good []byte, i int) []byte {
	list := m.headers(good)
	return m.directoryOf(good, slices.Insert(list, i, bytes.Clone(list[i])))
}

func (m archiveMap) without(good []byte, i int) []byte {
	return m.directoryOf(good, slices.Delete(m.headers(good), i, i+1))
}

// pointed makes a header lead to the local header of another member.
func (m archiveMap) pointed(good []byte, i int) []byte {
	list := m.headers(good)
	binary.LittleEndian.PutUint32(list[i][42:], uint32(m.locals[(i+1)%len(m.locals)]))
	return m.directoryOf(good, list)
}

// widened gives a header sizes of 64 bits.
func (m archiveMap) widened(good []byte, i int, size uint64) []byte {
	list := m.headers(good)
	h := list[i]
	binary.LittleEndian.PutUint32(h[20:], 0xffffffff)
	binary.LittleEndian.PutUint32(h[24:], 0xffffffff)
	n := int(le16(h[28:]))
	extra := binary.LittleEndian.AppendUint64([]byte{1, 0, 16, 0}, size)
	extra = binary.LittleEndian.AppendUint64(extra, size)
	binary.LittleEndian.PutUint16(h[30:], le16(h[30:])+uint16(len(extra)))
	list[i] = slices.Insert(h, centralLen+n, extra...)
	return m.directoryOf(good, list)
}
