package pyc

// lines returns the line of every instruction, by offset in code units of two bytes; 0 where the table has none. It reads
// co_linetable: pairs of bytes on 3.10 (PEP 626, Objects/lnotab_notes.txt), the location table since (PEP 657,
// Objects/locations.md). A damaged table gives what could be read of it.
func (c *Code) lines() []int {
	lines := make([]int, (len(c.Code)+1)/2)
	if c.Version.Minor == 10 {
		c.lines310(lines)
		return lines
	}
	line, at := c.FirstLine, 0
	table := c.LineTable
	for len(table) > 0 {
		first := table[0]
		units, form := int(first&7)+1, first>>3&15
		table = table[1:]
		known := true
		switch {
		case form < 10: // short: one byte of columns
			table = table[min(1, len(table)):]
		case form < 13: // one line
			line += int(form) - 10
			table = table[min(2, len(table)):]
		case form == 15:
			known = false
		default:
			var delta int
			delta, table = signedVarint(table)
			line += delta
			if form == 14 { // the end line, the column and the end column
				for range 3 {
					_, table = varint(table)
				}
			}
		}
		for i := at; known && i < min(at+units, len(lines)); i++ {
			lines[i] = line
		}
		at += units
	}
	return lines
}

func (c *Code) lines310(lines []int) {
	line, at := c.FirstLine, 0
	for i := 0; i+1 < len(c.LineTable); i += 2 {
		units, delta := int(c.LineTable[i])/2, int8(c.LineTable[i+1])
		if delta != -128 {
			line += int(delta)
			for k := at; k < min(at+units, len(lines)); k++ {
				lines[k] = line
			}
		}
		at += units
	}
}

// varint reads an unsigned number of six bits a byte, lowest first.
func varint(b []byte) (int, []byte) {
	value, shift := 0, 0
	for i, c := range b {
		if shift < 30 {
			value |= int(c&0x3F) << shift
		}
		shift += 6
		if c&0x40 == 0 {
			return value, b[i+1:]
		}
	}
	return value, nil
}

func signedVarint(b []byte) (int, []byte) {
	value, rest := varint(b)
	if value&1 != 0 {
		return -(value >> 1), rest
	}
	return value >> 1, rest
}

// A handler covers the instructions from start to end, and begins at target. Offsets are in bytes.
type handler struct{ start, end, target int }

// handlers reads co_exceptiontable (3.11 and later, Objects/exception_handling_notes.txt), in the order of the code.
// Numbers are of six bits a byte, highest first; the first byte of an entry has its high bit set.
func (c *Code) handlers() []handler {
	var list []handler
	table := c.ExceptionTable
	number := func() int {
		value := 0
		for len(table) > 0 {
			b := table[0]
			table = table[1:]
			value = value<<6&0xFFFFFFF | int(b&0x3F)
			if b&0x40 == 0 {
				break
			}
		}
		return value
	}
	for len(table) > 0 {
		start, length, target := 2*number(), 2*number(), 2*number()
		number() // the depth of the stack
		list = append(list, handler{start, start + length, target})
	}
	return list
}
