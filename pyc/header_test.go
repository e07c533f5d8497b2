package pyc

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func magicOf(number uint16) string {
	return string(binary.LittleEndian.AppendUint16(nil, number)) + "\r\n"
}

func TestReadPyc(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		header string
		want   Pyc
	}{
		"by time":           {magicOf(3627) + le32(0) + le32(1700000000) + le32(321), Pyc{Version: py314, ModTime: time.Unix(1700000000, 0).UTC(), SourceSize: 321}},
		"checked hash":      {magicOf(3531) + le32(3) + "abcdefgh", Pyc{Version: py312, HashBased: true, CheckSource: true, Hash: [8]byte([]byte("abcdefgh"))}},
		"unchecked hash":    {magicOf(3495) + le32(1) + "abcdefgh", Pyc{Version: py311, HashBased: true, Hash: [8]byte([]byte("abcdefgh"))}},
		"the oldest Python": {magicOf(3439) + le32(0) + le32(0) + le32(0), Pyc{Version: py310, ModTime: time.Unix(0, 0).UTC()}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadPyc([]byte(test.header + codeOf(test.want.Version, codeParts{})))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(&test.want, got, cmpopts.IgnoreFields(Pyc{}, "Magic", "Code")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got.Code.Filename != "m.py" || got.Code.FirstLine != 3 {
				t.Errorf("code of %q from line %d", got.Code.Filename, got.Code.FirstLine)
			}
		})
	}
}

func TestReadPycRefuses(t *testing.T) {
	t.Parallel()
	header := magicOf(3627) + le32(0) + le32(0) + le32(0)
	for data, want := range map[string]string{
		"":                           "0 bytes, 16 wanted",
		header[:15]:                  "15 bytes, 16 wanted",
		magicOf(3425) + header[4:]:   "magic number 3425",
		header[:2] + "\n\n" + header: "magic number 3627",
		header[:4] + le32(4) + header + codeOf(py314, codeParts{}): "unknown flags 0x4 at byte 4",
		header:       "at byte 16: not a code object",
		header + "c": "at byte 17: 20 bytes wanted, 0 left",
	} {
		if _, err := ReadPyc([]byte(data)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", data, err, want)
		}
	}
}

func FuzzReadPyc(f *testing.F) {
	for _, m := range magics {
		f.Add([]byte(magicOf(m.number) + le32(0) + le32(0) + le32(0) + codeOf(m.version, codeParts{})))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		pyc, err := ReadPyc(data)
		var bad *MarshalError
		switch {
		case errors.As(err, &bad) && (bad.Offset < HeaderSize || bad.Offset > len(data)):
			t.Errorf("offset of %v in %d bytes", err, len(data))
		case err == nil && pyc.Code == nil:
			t.Error("no code")
		}
	})
}
