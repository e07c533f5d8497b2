// Package table is the packed format in which an executable carries its Python program: the index of its modules and
// files, their bytecode, sources and data, and what there is to say about them.
//
// A table is written once, when the program is generated, and read in two places: by Go (Reader), before the
// interpreter starts and for `oxgen inspect`, and by the importer (templates/importer.py), which sees the table as one
// read-only memoryview. Both read the same bytes; there is no second index.
//
// Whoever writes or verifies a table imports crypto/sha256, as for every hash that is asked of package crypto.
//
// # Grammar
//
// All integers are little-endian. Offsets are in bytes from the first byte of the table, sizes in bytes. A span is an
// (offset, size) pair; an empty span is (0, 0) or has size 0.
//
//	table    = header bootstrap importer code source data index root manifest
//	header   = magic                 8 bytes   "\x89OXTABLE"
//	           version               uint32    FormatVersion
//	           python-magic          4 bytes   the .pyc magic number of all bytecode in the table (importlib.util.MAGIC_NUMBER)
//	           python-version        uint32    sys.hexversion of the interpreter that compiled
//	           flags                 uint32    0; 1 for the common part of several tables
//	           size                  uint64    of the whole table
//	           fingerprint           32 bytes  SHA-256 of everything behind the fingerprint
//	           { span }              16 bytes  uint64 offset, uint64 size: one for each Section, in the order of the constants
//	bootstrap, importer              marshal of a code object
//	code     = { marshal of a code object }
//	source   = { zlib stream | zstd frame | bytes }
//	data     = { bytes }
//	index    = { page }              a page lies behind the pages and the payload that it refers to
//	manifest = bytes                 for people and tools, never read by the program itself; see package gen
//
// The index is a tree of pages, one tree of modules and one of files. A page is a marshalled value (Python's
// marshal, version 2: dicts, tuples, ASCII and Unicode strings, 32-bit ints), so that the interpreter turns it into
// its own objects in one call; pages are read when a package is first looked into and not before.
//
//	root     = dict                  the span of section Root
//	           "modules"             span of the page of the top-level modules
//	           "files"               span of the page of the top-level files
//	           "distributions"       dict: name normalised as in PEP 503 → name of its .dist-info or .egg-info
//	           "levels"              tuple of ints: the levels of optimisation that there is code for, ascending
//	           "native"              span of the page of the files that the dynamic linker loads
//	           "extract"             dict: name of a package with the flag ModuleExtracted → (digest, path, …): a name that
//	                                 stands for the contents of its files, and the paths of those with an execute bit
//	           "common"              string: the fingerprint of the common part, only in a table that has one
//	span     = (offset, size)        size bytes at offset; where offset is negative, at ^offset of the common part
//
//	modules  = dict                  last part of the name → module | extension
//	         | fences
//	module   = (flags, code, source, children, { code })
//	           flags                 int       the Module flags below
//	           code                  span      in section code, for the first level of optimisation, and at the end for each
//	                                           other one. Levels with the same code share a span. Empty for a namespace
//	                                           package and for a module that is compiled from its source
//	           source                span      in section source; empty without source
//	           children              span      page of the modules below a package, else empty
//
//	extension = (flags, file, empty, children, { empty }, ending)
//	           file                  span      in section data, of the file as it is stored
//	           ending                string    what follows the module's name in that of the file: ".cpython-314-x86_64-linux-gnu.so"
//
//	native   = dict                  path → (digest, flags, name, { path })
//	         | fences
//	           digest                string    that stands for the contents
//	           flags                 int       the Native flags below
//	           name                  string    by which others are linked with it (DT_SONAME), or empty
//	           path                  string    of a file that it is linked with; all in the order of the file's list
//
//	files    = dict                  last part of the path → file
//	         | fences
//	file     = (kind, span, length)
//	           kind                  int       FilePlain, FileZlib, FileDir, FilePyc or FileZstd
//	           span                  span      the stored bytes, or the page of a directory. Those of a FilePyc are the code of
//	                                           a module for the first level
//	           length                int       of the file when it is read; for a directory the number of its entries
//
//	fences   = (firsts, pages)       a page of more than MaxPage entries is split into leaves of that many, in order
//	           firsts                tuple     first key of each leaf, ascending by code point
//	           pages                 tuple     span of each leaf
//
// Spans inside pages are written flat: module is a tuple of seven ints and two more for each level but the first, extension the
// same with a string behind it, file of four, and pages a tuple of two ints a leaf.
//
// # Common parts
//
// Programs for several platforms have most of their payload in common. It lies in a file of its own, a table that has only
// the sections code, source and data, and each platform's table refers to it by negative offsets. Pages are never in it.
//
// # Promises
//
// The same Contents give the same bytes. Modules and files are stored in ascending order of their names, whatever
// order they came in; the code of modules that every start imports may lie in front (Contents.First). Every name appears
// once. A table is smaller than 2 GiB, because marshal's and the interpreter's sizes are signed 32-bit integers.
package table
