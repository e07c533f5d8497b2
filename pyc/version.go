package pyc

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"strconv"
)

// A Version is a version of Python.
type Version struct {
	Major, Minor, Micro int
}

// String returns "3.14.6".
func (v Version) String() string { return fmt.Sprintf("%d.%d.%d", v.Major, v.Minor, v.Micro) }

// Feature returns "3.14", the part of a version that bytecode and extension modules go by.
func (v Version) Feature() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// compare returns -1, 0 or 1 as v comes before w, is w, or comes after it.
func (v Version) compare(w Version) int {
	return cmp.Or(cmp.Compare(v.Major, w.Major), cmp.Compare(v.Minor, w.Minor), cmp.Compare(v.Micro, w.Micro))
}

// versionOf reads sys.version_info[:3].
func versionOf(fields []string) (Version, error) {
	var n [3]int
	if len(fields) != len(n) {
		return Version{}, fmt.Errorf("version of %d fields", len(fields))
	}
	for i, f := range fields {
		var err error
		if n[i], err = strconv.Atoi(f); err != nil {
			return Version{}, err
		}
	}
	return Version{n[0], n[1], n[2]}, nil
}

// magics are the magic numbers of released Pythons, oldest first (CPython's Include/internal/pycore_magic_number.h, before
// 3.14 Lib/importlib/_bootstrap_external.py). A feature release keeps its number; alphas and betas had others.
var magics = []struct {
	number  uint16
	version Version
}{
	{3439, Version{3, 10, 0}},
	{3495, Version{3, 11, 0}},
	{3531, Version{3, 12, 0}},
	{3571, Version{3, 13, 0}},
	{3627, Version{3, 14, 0}},
}

// MagicVersion returns the feature release (Micro is 0) that a magic number belongs to. The number is the first two
// bytes, little-endian; "\r\n" follows, so that a file that was copied as text does not pass.
func MagicVersion(magic [4]byte) (Version, error) {
	number := binary.LittleEndian.Uint16(magic[:])
	if magic[2] == '\r' && magic[3] == '\n' {
		for _, m := range magics {
			if m.number == number {
				return m.version, nil
			}
		}
	}
	return Version{}, fmt.Errorf("magic number %d (% x) belongs to no release of Python from %s to %s",
		number, magic[:], magics[0].version.Feature(), magics[len(magics)-1].version.Feature())
}
