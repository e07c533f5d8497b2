package loader

import (
	"testing"

	"golang.org/x/sys/unix"
)

func TestDataOfTheExecutable(t *testing.T) {
	t.Parallel()
	const bias = 1 << 40
	page := uint64(unix.Getpagesize())
	code := programHeader{kind: ptLoad, flags: 5, vaddr: 2 * page, fileSize: page, memorySize: page}
	data := func(first, size, memory uint64) programHeader {
		return programHeader{kind: ptLoad, flags: pfWrite | 4, vaddr: first, fileSize: size, memorySize: memory}
	}
	tests := []struct {
		name        string
		headers     []programHeader
		start, size uint64 // within the image
	}{
		{"without data", []programHeader{code}, 0, 0},
		{"zeros alone", []programHeader{code, data(4*page, 0, page)}, 0, 0},
		{"whole pages, and zeros", []programHeader{code, data(4*page, 3*page, 9*page)}, 4 * page, 3 * page},
		{"parts of pages", []programHeader{code, data(4*page+8, page, page)}, 4 * page, 2 * page},
		{"some of it made read-only", []programHeader{data(4*page+8, 3*page, 4*page), {kind: ptGNURelro, vaddr: 4*page + 8, memorySize: page - 8}}, 5 * page, 3 * page},
		{"all of it made read-only", []programHeader{data(4*page, page, page), {kind: ptGNURelro, vaddr: 4 * page, memorySize: page}}, 0, 0},
	}
	for _, tt := range tests {
		start, size := image{headers: tt.headers, bias: bias}.data()
		if tt.size > 0 {
			start -= bias
		}
		if uint64(start) != tt.start || uint64(size) != tt.size {
			t.Errorf("%s: %#x bytes at %#x, want %#x at %#x", tt.name, size, start, tt.size, tt.start)
		}
	}
}
