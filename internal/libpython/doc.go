// Package libpython divides a shared libpython, so that an executable can carry it without unpacking it.
//
// An ELF shared object is mapped by the dynamic linker segment by segment. Of libpython's segments two are large and
// never written to: the machine code and the read-only data. Split takes them out of the library. They go into a
// relocatable object (Object) that go build links into the executable, page-aligned, so that at run time the kernel can
// map them from the executable's own file. What stays, the skeleton, is what the dynamic linker reads and writes:
// headers, symbols, relocations and data.
//
// At run time (package pyembed) a memory file gets the skeleton and holes where the two segments were, the dynamic linker
// loads it, and the segments are mapped over the holes. Until then no code of the library can run, so the skeleton's
// initialisers are put out of the linker's sight by Patches and called by pyembed when everything is in place.
//
// Sources: System V ABI, chapter 5 (program loading and dynamic linking), and glibc's elf/dl-load.c.
package libpython
