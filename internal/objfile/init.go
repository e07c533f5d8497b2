package objfile

import "strings"

// initName returns the name of the module that an exported function initialises, and false for other functions (PEP 489,
// "Export Hook Name"). A name outside of ASCII is encoded with Punycode, with "_" for its "-".
func initName(function string) (string, bool) {
	if name, ok := strings.CutPrefix(function, "PyInitU_"); ok {
		ascii, digits := "", name
		if at := strings.LastIndexByte(name, '_'); at >= 0 {
			ascii, digits = name[:at], name[at+1:]
		}
		return decodePunycode(ascii, digits)
	}
	if name, ok := strings.CutPrefix(function, "PyInit_"); ok && name != "" {
		return name, true
	}
	return "", false
}

// decodePunycode decodes a name by RFC 3492, section 6.2: the ASCII characters of the name, and digits that place the
// others among them.
func decodePunycode(ascii, digits string) (string, bool) {
	const base, tMin, tMax, skew, damp, initialBias, initialN = 36, 1, 26, 38, 700, 72, 0x80
	if digits == "" || len(ascii)+len(digits) > 255 {
		return "", false
	}
	text := []rune(ascii)
	n, i, bias := initialN, 0, initialBias
	for len(digits) > 0 {
		start, weight := i, 1
		for k := base; ; k += base {
			if len(digits) == 0 {
				return "", false
			}
			digit, ok := punycodeDigit(digits[0])
			digits = digits[1:]
			if !ok || weight > 1<<26 {
				return "", false
			}
			i += digit * weight
			t := min(max(k-bias, tMin), tMax)
			if digit < t {
				break
			}
			weight *= base - t
		}
		count := len(text) + 1
		delta := (i - start) / 2
		if start == 0 {
			delta = i / damp
		}
		delta += delta / count
		k := 0
		for ; delta > (base-tMin)*tMax/2; k += base {
			delta /= base - tMin
		}
		bias = k + (base-tMin+1)*delta/(delta+skew)
		n += i / count
		i %= count
		if n > 0x10ffff || n >= 0xd800 && n < 0xe000 {
			return "", false
		}
		text = append(text[:i], append([]rune{rune(n)}, text[i:]...)...)
		i++
	}
	return string(text), true
}

func punycodeDigit(c byte) (int, bool) {
	switch {
	case c >= 'a' && c <= 'z':
		return int(c - 'a'), true
	case c >= 'A' && c <= 'Z':
		return int(c - 'A'), true
	case c >= '0' && c <= '9':
		return int(c-'0') + 26, true
	}
	return 0, false
}
