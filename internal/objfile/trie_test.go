package objfile

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExportedNames(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, trie string
		want       []string
		damaged    bool
	}{
		{"empty", "", nil, false},
		{"root alone", "\x00\x00", nil, false},
		{"shared beginning", "\x00\x01_P\x00\x06\x01x\x02a\x00\x10bc\x00\x13\x01x\x00\x01x\x00", []string{"_P", "_Pa", "_Pbc"}, false},
		{"others are not followed", "\x00\x01_Q\x00\x7f", nil, false},
		{"loop", "\x00\x01_P\x00\x00", nil, true},
		{"offset behind the end", "\x00\x01_P\x00\x7f", nil, true},
		{"information behind the end", "\x05\x00", nil, true},
		{"no number of children", "\x00", nil, true},
		{"edge without an end", "\x00\x01_P", nil, true},
		{"no offset", "\x00\x01_P\x00", nil, true},
		{"number without an end", "\xff\xff", nil, true},
	} {
		got, err := exportedNames([]byte(test.trie), "_P")
		if (err != nil) != test.damaged {
			t.Errorf("%s: error %v", test.name, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" && !test.damaged {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}
