package wheel

import (
	"testing"

	"github.com/oxgen/oxgen/internal/tag"
	"github.com/oxgen/oxgen/internal/target"
)

func TestBest(t *testing.T) {
	t.Parallel()
	const (
		pure   = "demo-1.0-py3-none-any.whl"
		older  = "demo-1.0-py2.py3-none-any.whl"
		amd64  = "demo-1.0-cp314-cp314-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"
		newer  = "demo-1.0-cp314-cp314-manylinux_2_28_x86_64.whl"
		arm64  = "demo-1.0-cp314-cp314-manylinux_2_17_aarch64.whl"
		stable = "demo-1.0-cp39-abi3-manylinux_2_17_x86_64.whl"
		build2 = "demo-1.0-2-py3-none-any.whl"
		build9 = "demo-1.0-09-py3-none-any.whl"
		buildX = "demo-1.0-9x-py3-none-any.whl"
		build0 = "demo-1.0-0-py3-none-any.whl"
		mac    = "demo-1.0-cp314-cp314-macosx_11_0_universal2.whl"
	)
	const linux = "linux/amd64"
	for _, tt := range []struct {
		target string // "" is any
		wheels []string
		want   int
	}{
		{linux, []string{pure}, 0},
		{linux, []string{pure, amd64}, 1},
		{linux, []string{amd64, pure, mac, arm64}, 0},
		{linux, []string{amd64, newer}, 1},
		{linux, []string{stable, amd64, pure}, 1},
		{linux, []string{pure, stable}, 1},
		{linux, []string{mac, arm64}, -1},
		{linux, nil, -1},
		{linux, []string{older, pure}, 0}, // the same tag
		{linux, []string{pure, build0, build2}, 2},
		{linux, []string{build2, build9, pure}, 1},
		{linux, []string{buildX, build9}, 0},
		{linux, []string{build9, amd64}, 1}, // the tag comes before the build
		{"linux/arm64", []string{pure, amd64, arm64}, 2},
		{"darwin/amd64", []string{pure, mac}, 1},
		{"darwin/arm64", []string{pure, mac}, 1},
		{"", []string{amd64, arm64}, 0},
		{"", []string{build2, build9}, 1},
	} {
		var names []Filename
		for _, w := range tt.wheels {
			f, err := ParseFilename(w)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, f)
		}
		var list *tag.List
		if tt.target != "" {
			on, err := target.Parse(tt.target)
			if err != nil {
				t.Fatal(err)
			}
			if list, err = tag.For("3.14.6", on, tag.Limits{}); err != nil {
				t.Fatal(err)
			}
		}
		if got := Best(names, list); got != tt.want {
			t.Errorf("%v for %q: got %d, want %d", tt.wheels, tt.target, got, tt.want)
		}
	}
}
