package table

import (
	"encoding/binary"
	"errors"
	"strconv"
	"unicode/utf8"
)

// The part of Python's marshal format (CPython, Python/marshal.c) that pages are written in.
const (
	typeNull       = '0'
	typeInt        = 'i' // int32
	typeUnicode    = 'u' // uint32 size, UTF-8
	typeShortASCII = 'z' // uint8 size, ASCII
	typeSmallTuple = ')' // uint8 count, values
	typeTuple      = '(' // uint32 count, values
	typeDict       = '{' // key, value, …, typeNull
)

// maxDepth bounds how deeply tuples and dicts nest: pages need three levels.
const maxDepth = 8

// A dict is a Python dict whose keys are strings; keys and values have the same length, in the order of the page.
type dict struct {
	keys   []string
	values []any
}

// A tuple is a Python tuple. Its elements, like all values of a page, are int, string, tuple or dict.
type tuple []any

func ints(values ...int) tuple {
	t := make(tuple, len(values))
	for i, v := range values {
		t[i] = v
	}
	return t
}

func appendValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case int:
		b = append(b, typeInt)
		return binary.LittleEndian.AppendUint32(b, uint32(int32(v))) // a table is smaller than 2 GiB
	case string:
		return appendString(b, v)
	case tuple:
		return appendTuple(b, v)
	case dict:
		b = append(b, typeDict)
		for i, k := range v.keys {
			b = appendString(b, k)
			b = appendValue(b, v.values[i])
		}
		return append(b, typeNull)
	}
	return b
}

func appendString(b []byte, s string) []byte {
	if len(s) < 256 && isASCII(s) {
		b = append(b, typeShortASCII, byte(len(s)))
		return append(b, s...)
	}
	b = append(b, typeUnicode)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(s))) // a table is smaller than 2 GiB
	return append(b, s...)
}

func appendTuple(b []byte, t tuple) []byte {
	if len(t) < 256 {
		b = append(b, typeSmallTuple, byte(len(t)))
	} else {
		b = append(b, typeTuple)
		b = binary.LittleEndian.AppendUint32(b, uint32(len(t))) // a table is smaller than 2 GiB
	}
	for _, v := range t {
		b = appendValue(b, v)
	}
	return b
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// A decoder reads one page. The first error stops it; at says where.
type decoder struct {
	data string
	at   int
}

// decode reads the value that page consists of.
func decode(page string) (any, error) {
	d := &decoder{data: page}
	v, err := d.value(0)
	if err == nil && d.at != len(page) {
		err = errors.New("bytes behind the value")
	}
	if err != nil {
		return nil, errors.New("byte " + strconv.Itoa(d.at) + " of the page: " + err.Error())
	}
	return v, nil
}

var (
	errShort = errors.New("ends too early")
	errDeep  = errors.New("nested too deeply")
	errType  = errors.New("unknown type")
	errKey   = errors.New("key is no string")
)

func (d *decoder) take(n int) (string, error) {
	if n < 0 || n > len(d.data)-d.at {
		return "", errShort
	}
	s := d.data[d.at : d.at+n]
	d.at += n
	return s, nil
}

func (d *decoder) uint32() (int, error) {
	s, err := d.take(4)
	if err != nil {
		return 0, err
	}
	return int(uint32(s[0]) | uint32(s[1])<<8 | uint32(s[2])<<16 | uint32(s[3])<<24), nil
}

func (d *decoder) uint8() (int, error) {
	s, err := d.take(1)
	if err != nil {
		return 0, err
	}
	return int(s[0]), nil
}

func (d *decoder) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, errDeep
	}
	t, err := d.take(1)
	if err != nil {
		return nil, err
	}
	switch t[0] {
	case typeInt:
		n, err := d.uint32()
		return int(int32(n)), err // n came from 32 bits
	case typeShortASCII:
		return d.sized(d.uint8)
	case typeUnicode:
		return d.sized(d.uint32)
	case typeSmallTuple:
		return d.tuple(d.uint8, depth)
	case typeTuple:
		return d.tuple(d.uint32, depth)
	case typeDict:
		return d.dict(depth)
	}
	d.at--
	return nil, errType
}

func (d *decoder) sized(size func() (int, error)) (any, error) {
	n, err := size()
	if err != nil {
		return nil, err
	}
	return d.take(n)
}

func (d *decoder) tuple(count func() (int, error), depth int) (any, error) {
	n, err := count()
	if err != nil {
		return nil, err
	}
	if n > len(d.data)-d.at { // every value takes a byte at least
		return nil, errShort
	}
	t := make(tuple, 0, n)
	for range n {
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		t = append(t, v)
	}
	return t, nil
}

func (d *decoder) dict(depth int) (any, error) {
	var m dict
	for {
		if d.at < len(d.data) && d.data[d.at] == typeNull {
			d.at++
			return m, nil
		}
		k, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		key, ok := k.(string)
		if !ok {
			return nil, errKey
		}
		v, err := d.value(depth + 1)
		if err != nil {
			return nil, err
		}
		m.keys, m.values = append(m.keys, key), append(m.values, v)
	}
}
