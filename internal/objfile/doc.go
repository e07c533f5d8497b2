// Package objfile reads what oxgen needs to know of an object file: ELF, PE or Mach-O.
//
// An ELF file is read as the dynamic linker reads it: by its program headers and its dynamic segment (gABI, "Dynamic
// Section"; LSB, "Symbol Versioning"; glibc elf/dl-load.c), so that a file without section headers, or with wrong ones,
// gives the answers that count. Of a PE file the import, delay-load and export directories are read (Microsoft, "PE
// Format"), of a Mach-O file the load commands and the symbol table (mach-o/loader.h, mach-o/nlist.h).
//
// The bytes are foreign. No size or offset in them is believed before it was compared with the file, nothing is
// allocated by a number in the file alone, and every loop ends by a limit of ours.
package objfile
