package config_test

import (
	"testing"

	"github.com/oxgen/oxgen/internal/config"
)

func TestParseByteSize(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]config.ByteSize{
		"60 MB": 60_000_000, "60MB": 60_000_000, "1.5 GiB": 3 << 29, "4096": 4096, "1 B": 1, "2 kB": 2000, "2 KB": 2000, "2 KiB": 2048,
		"0.0015 kB": 1, // the half of a byte is cut off
		"":          0, "MB": 0, "60 mb": 0, "-1 MB": 0, "1e3": 0, "0": 0, "0.1 B": 0, "99999999999 GB": 0, "1,5 MB": 0, "1  MB": 0,
	} {
		got, err := config.ParseByteSize(text)
		if got != want || (err == nil) != (want > 0) {
			t.Errorf("%q is %d, %v; want %d", text, got, err, want)
		}
	}
}

func TestSizeKey(t *testing.T) {
	t.Parallel()
	for _, literal := range []string{`"60 MB"`, `'60 MB'`, `60_000_000`, `0x3938700`} {
		c, err := config.Parse("oxgen.toml", []byte("max-size = "+literal+"\nrun.module = 'a'"))
		if err != nil || c.MaxSize != 60_000_000 {
			t.Errorf("%s: %v, %v", literal, c, err)
		}
	}
}
