// Package dynlink works out which shared libraries the object files of a program are linked with, before the dynamic linker
// does: those that the program carries, those that the target has, and those that nobody has. It reads no file of the program
// itself; Host looks for libraries on the machine that oxgen runs on.
//
// The rules are those of glibc's dynamic linker (ld.so(8), elf/dl-load.c), with the difference that the program's libraries
// have no directories: the importer loads them one by one, each after those that it is linked with, and the linker finds
// them by their names among what is loaded.
package dynlink
