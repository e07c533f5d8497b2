package collector

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// A literal is what is left of a text that Python's repr wrote: of strings, None, True and False, and of lists, tuples, sets and
// dictionaries of these.
type literal struct{ text string }

// A sequence is a list, a tuple or a set, in the order of the text.
type sequence []any

// A dictionary has its items in the order of the text.
type dictionary []item

type item struct{ key, value any }

// A pair is a key with its value, or with the elements of its list.
type pair struct {
	name   string
	values []string
}

// maxDepth is how deep lists may lie in lists.
const maxDepth = 16

// value takes a value: a string, a bool, nil for None, a sequence or a dictionary.
func (l *literal) value(depth int) (any, error) {
	l.take("")
	switch {
	case depth > maxDepth:
		return nil, errors.New("lists lie too deep in lists")
	case l.text != "" && (l.text[0] == '\'' || l.text[0] == '"'):
		return l.str()
	case l.take("None"):
		return nil, nil
	case l.take("True"):
		return true, nil
	case l.take("False"):
		return false, nil
	case l.take("set()"):
		return sequence{}, nil
	case l.take("["):
		return l.sequence("]", nil, depth)
	case l.take("("):
		return l.sequence(")", nil, depth)
	case l.take("{"):
		return l.braces(depth)
	}
	return nil, errors.New("a string was expected")
}

// sequence takes the elements of a list behind those that were read, to its end and with it.
func (l *literal) sequence(end string, read sequence, depth int) (any, error) {
	for !l.take(end) {
		if len(read) > 0 && !l.take(",") {
			return nil, errors.New("a list is not closed")
		}
		if l.take(end) {
			break
		}
		v, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		read = append(read, v)
	}
	return read, nil
}

// braces takes what stands between braces: a dictionary or a set.
func (l *literal) braces(depth int) (any, error) {
	dict := dictionary{}
	for !l.take("}") {
		key, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		if !l.take(":") {
			if len(dict) > 0 {
				return nil, errors.New("a key has no value")
			}
			return l.sequence("}", sequence{key}, depth)
		}
		value, err := l.value(depth + 1)
		if err != nil {
			return nil, err
		}
		dict = append(dict, item{key, value})
		if !l.take(",") && !strings.HasPrefix(l.text, "}") {
			return nil, errors.New("the dictionary is not closed")
		}
	}
	return dict, nil
}

// take takes a sign, and white space around it.
func (l *literal) take(sign string) bool {
	l.text = strings.TrimLeft(l.text, " \t\r\n")
	rest, ok := strings.CutPrefix(l.text, sign)
	if ok {
		l.text = strings.TrimLeft(rest, " \t\r\n")
	}
	return ok
}

// str takes a string as repr writes it: one of the two quotes, and the escapes of Objects/unicodeobject.c, unicode_repr.
func (l *literal) str() (string, error) {
	quote := l.text[0]
	rest := l.text[1:]
	var b strings.Builder
	for rest != "" && rest[0] != quote {
		if rest[0] == '\n' {
			break
		}
		r, _, tail, err := strconv.UnquoteChar(rest, 0)
		switch {
		case strings.HasPrefix(rest, `\'`), strings.HasPrefix(rest, `\"`):
			r, tail = rune(rest[1]), rest[2:]
		case strings.HasPrefix(rest, `\x`) && err == nil: // a character in Python, a byte in Go
		case err != nil:
			return "", errors.New("a string has an escape that repr does not write")
		}
		b.WriteRune(r)
		rest = tail
	}
	if rest == "" || rest[0] != quote {
		return "", errors.New("a string is not closed")
	}
	l.text = rest[1:]
	return b.String(), nil
}

// dictOf reads the dictionary from strings to strings, or to lists of strings, with which a text begins.
func dictOf(text string) ([]pair, error) {
	if !strings.HasPrefix(text, "{") {
		return nil, errors.New("it is no dictionary")
	}
	l := literal{text: text}
	v, err := l.value(0)
	if err != nil {
		return nil, err
	}
	return pairsOf(v)
}

// pairsOf returns the pairs of a dictionary from strings to strings, or to lists of strings.
func pairsOf(v any) ([]pair, error) {
	dict, ok := v.(dictionary)
	if !ok {
		return nil, errors.New("a key has no value")
	}
	var pairs []pair
	for _, it := range dict {
		name, ok := it.key.(string)
		values, isList := stringsOf(it.value)
		if one, isString := it.value.(string); isString {
			values = []string{one}
		} else {
			ok = ok && isList
		}
		if !ok {
			return nil, errors.New("a string was expected")
		}
		pairs = append(pairs, pair{name, values})
	}
	return pairs, nil
}

// stringsOf returns the elements of a list that has nothing but strings.
func stringsOf(v any) (all []string, ok bool) {
	list, ok := v.(sequence)
	for _, e := range list {
		s, isString := e.(string)
		if !isString {
			return nil, false
		}
		all = append(all, s)
	}
	return all, ok
}

// callOf reads the arguments of a call at the end of a text, behind its opening parenthesis.
func callOf(text string) ([]any, error) {
	l := literal{text: "(" + text}
	v, err := l.value(0)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(l.text) != "" {
		return nil, fmt.Errorf("something follows its call of install: %.20q", l.text)
	}
	return v.(sequence), nil
}
