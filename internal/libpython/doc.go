// Package libpython divides a shared libpython, so that an executable can carry it without unpacking it.
//
// The dynamic linker maps an ELF shared object segment by segment, applies relocations, and calls initialisers. Most of
// libpython is none of its business: machine code and read-only data are never written to, and most relocations only add
// the load address to a word of the data. Split takes all that out of the library. It goes into a relocatable object
// (Object) that go build links into the executable, page-aligned, so that at run time the kernel can map it from the
// executable's own file. What stays, the skeleton, is what the linker has to see: headers, symbols, the relocations
// that need a symbol of another library, and the few pages of data that these are in.
//
// At run time (package pyembed) a memory file gets the skeleton, and holes in all other places. The dynamic linker loads it:
// it owns the addresses, the thread-local storage, the symbols and their versions. Then the payload is mapped over the
// holes and its words are relocated. Until then no code of the library can run, so the skeleton's initialisers are put
// out of the linker's sight, and pyembed calls them when everything is in place.
//
// Sources: System V ABI, chapter 5 (program loading and dynamic linking), its processor supplements for AMD64 and AArch64,
// and glibc's elf/dl-load.c and elf/dynamic-link.h.
package libpython
