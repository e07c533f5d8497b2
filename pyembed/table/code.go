package table

import "encoding/binary"

// A Coding makes machine code shorter to compress, and undoes that. Code names the places that it calls and jumps to by their distance, so
// calls of one function look all different; coded, they name the place itself. It is done to all bytes of a file, be they code or not:
// for amd64 to the operands of CALL, JMP and Jcc rel32 (E8, E9, 0F 80 to 0F 8F), for arm64 to those of BL. Other processors' code stays as
// it is. libpython compresses by a twentieth better.
type Coding struct {
	arch string
	size int64 // of the file
	at   int64 // where the next piece begins
}

// NewCoding returns a coding of a file of size bytes, less than 2 GiB, with code for GOARCH arch.
func NewCoding(arch string, size int64) *Coding { return &Coding{arch: arch, size: size} }

// Encode changes the whole file.
func (c *Coding) Encode(file []byte) { c.walk(file, true) }

// Decode undoes Encode for the next piece of the file, and returns how many of its bytes are done: with the others, the beginning of an
// instruction, the next piece begins. Of the last piece all are done.
func (c *Coding) Decode(piece []byte) (done int) {
	done = c.walk(piece, false)
	if c.at+int64(len(piece)) == c.size {
		done = len(piece)
	}
	c.at += int64(done)
	return done
}

// walk changes the operands in b, and returns where the first instruction begins that b may not have the end of.
func (c *Coding) walk(b []byte, encode bool) int {
	switch c.arch {
	case "amd64":
		return c.walkAMD64(b, encode)
	case "arm64":
		return c.walkARM64(b, encode)
	}
	return len(b)
}

func (c *Coding) walkAMD64(b []byte, encode bool) int {
	i := 0
	for i+6 <= len(b) {
		operand := i + 1
		switch {
		case b[i] == 0x0F && b[i+1]&0xF0 == 0x80:
			operand++
		case b[i] != 0xE8 && b[i] != 0xE9:
			i++
			continue
		}
		field, at := b[operand:operand+4], int32(c.at)+int32(operand)
		if encode { // the first byte of a place says most, so it comes first
			binary.BigEndian.PutUint32(field, uint32(c.place(int32(binary.LittleEndian.Uint32(field)), at)))
		} else {
			binary.LittleEndian.PutUint32(field, uint32(c.distance(int32(binary.BigEndian.Uint32(field)), at)))
		}
		i = operand + 4
	}
	return i
}

// place returns what stands for a distance from at: the place in the file, from 0, or where there is none another number, so that each
// distance has its own.
func (c *Coding) place(distance, at int32) int32 {
	size := int32(c.size)
	switch {
	case distance >= -at && distance < size-at:
		return distance + at
	case distance >= size-at && distance < size:
		return distance - size
	}
	return distance
}

// distance undoes place.
func (c *Coding) distance(place, at int32) int32 {
	size := int32(c.size)
	switch {
	case place >= 0 && place < size:
		return place - at
	case place >= -at && place < 0:
		return place + size
	}
	return place
}

// walkARM64 changes the words that are BL: six bits 100101, and a distance in words, of which 26 bits count.
func (c *Coding) walkARM64(b []byte, encode bool) int {
	const operand = 1<<26 - 1
	i := int(-c.at & 3)
	for ; i+4 <= len(b); i += 4 {
		word := binary.LittleEndian.Uint32(b[i:])
		if word&^operand != 0x94000000 {
			continue
		}
		at := uint32((c.at + int64(i)) / 4)
		if !encode {
			at = -at
		}
		binary.LittleEndian.PutUint32(b[i:], word&^operand|(word+at)&operand)
	}
	return min(i, len(b))
}
