package pyc

import (
	"encoding/binary"
	"strings"
)

// The functions of this file write marshal streams by hand; a stream is a string so that streams add up.

var (
	py310 = Version{3, 10, 0}
	py311 = Version{3, 11, 0}
	py312 = Version{3, 12, 0}
	py313 = Version{3, 13, 0}
	py314 = Version{3, 14, 0}
)

func le32(n int) string { return string(binary.LittleEndian.AppendUint32(nil, uint32(n))) }

func short(s string) string { return "z" + string([]byte{byte(len(s))}) + s }

func bytesOf(s string) string { return "s" + le32(len(s)) + s }

func tuple(items ...string) string {
	return ")" + string([]byte{byte(len(items))}) + strings.Join(items, "")
}

func frozenset(items ...string) string { return ">" + le32(len(items)) + strings.Join(items, "") }

// flagged gives an object a number.
func flagged(object string) string { return string([]byte{object[0] | flagRef}) + object[1:] }

func ref(number int) string { return "r" + le32(number) }

// codeParts are what differs between the code objects of tests; each is a stream, "" an empty one of the right type.
type codeParts struct {
	code, consts, names, locals, kinds, filename, name string
	cells, free                                        string // 3.10
	function                                           bool   // it has the flag of one
}

// codeOf writes a code object of one of the two layouts.
func codeOf(v Version, p codeParts) string {
	or := func(stream, otherwise string) string {
		if stream == "" {
			return otherwise
		}
		return stream
	}
	code, consts, names := or(p.code, bytesOf("")), or(p.consts, tuple()), or(p.names, tuple())
	filename, name := or(p.filename, short("m.py")), or(p.name, short("f"))
	flags := 64
	if p.function {
		flags |= flagOptimized
	}
	if v.Minor == 10 {
		ints := le32(1) + le32(0) + le32(0) + le32(1) + le32(7) + le32(flags)
		return "c" + ints + code + consts + names + or(p.locals, tuple()) + or(p.free, tuple()) + or(p.cells, tuple()) + filename + name + le32(3) + bytesOf("lines")
	}
	ints := le32(1) + le32(0) + le32(0) + le32(7) + le32(flags)
	return "c" + ints + code + consts + names + or(p.locals, tuple()) + or(p.kinds, bytesOf("")) + filename + name + short("C.f") +
		le32(3) + bytesOf("lines") + bytesOf("exc")
}
