package gen

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/manifest"
)

func TestParseVendored(t *testing.T) {
	got := parseVendored([]byte("CacheControl==0.14.4\n# a comment==1\nrequests==2.34.2\n    idna==3.15  # why\nrich[jupyter]==1; python_version > '3'\nsetuptools\nx>=1\n==2\na==\n"))
	want := []manifest.Vendored{
		{Name: "CacheControl", Version: "0.14.4"},
		{Name: "requests", Version: "2.34.2"},
		{Name: "idna", Version: "3.15"},
		{Name: "rich", Version: "1"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}
