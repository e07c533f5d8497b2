package config

import (
	"fmt"
	"math"
	"math/big"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/oxgen/oxgen/internal/diag"
)

// A ByteSize is a number of bytes: an integer, or a string with a unit. 0 is what an absent key leaves.
type ByteSize int64

// units are the factors of what may stand behind a number.
var units = map[string]int64{
	"": 1, "B": 1,
	"kB": 1e3, "KB": 1e3, "MB": 1e6, "GB": 1e9,
	"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30,
}

var sizeForm = regexp.MustCompile(`^([0-9]+(?:\.[0-9]+)?) ?([A-Za-z]*)$`)

// ParseByteSize reads "60 MB", "1.5GiB", "4096". A kB has 1,000 bytes, a KiB 1,024. What is left of a byte is cut off.
func ParseByteSize(s string) (ByteSize, error) {
	const hint = `a number with B, kB, MB, GB, KiB, MiB or GiB, such as "60 MB"`
	m := sizeForm.FindStringSubmatch(strings.TrimSpace(s))
	if m == nil || units[m[2]] == 0 {
		return 0, diag.Errorf("", hint, "%q is not a size", s)
	}
	n, ok := new(big.Rat).SetString(m[1])
	if !ok {
		return 0, diag.Errorf("", hint, "%q is not a size", s)
	}
	n.Mul(n, new(big.Rat).SetInt64(units[m[2]]))
	bytes := new(big.Int).Quo(n.Num(), n.Denom())
	if bytes.Sign() <= 0 || !bytes.IsInt64() || bytes.Int64() > math.MaxInt64/2 {
		return 0, diag.Errorf("", hint, "%q is out of range", s)
	}
	return ByteSize(bytes.Int64()), nil
}

// UnmarshalTOML reads an integer or a string.
func (b *ByteSize) UnmarshalTOML(data []byte) error {
	var value struct{ V any }
	if err := toml.Unmarshal([]byte("V = "+string(data)), &value); err != nil {
		return err
	}
	var err error
	switch v := value.V.(type) {
	case int64:
		*b = ByteSize(v)
	case string:
		*b, err = ParseByteSize(v)
	}
	return err
}

// UnmarshalText reads what ParseByteSize reads.
func (b *ByteSize) UnmarshalText(text []byte) error {
	var err error
	*b, err = ParseByteSize(string(text))
	return err
}

// String returns the size as people read it: "60.0 MB".
func (b ByteSize) String() string {
	switch {
	case b < 1000:
		return fmt.Sprintf("%d B", int64(b))
	case b < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(b)/1e3)
	}
	return fmt.Sprintf("%.1f MB", float64(b)/1e6)
}
