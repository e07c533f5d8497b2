// Package pyc has the target interpreter compile Python sources, and reads what it made: .pyc files and code objects in
// CPython's marshal format.
//
// [Probe] asks an interpreter what it is, [Compile] has a few long-lived processes of it compile sources, [ReadPyc] and
// [ReadCode] read bytecode in Go, without an interpreter.
//
// # Determinism
//
// The bytes that Compile returns for a source depend on the source, its path, the optimisation level and the build of
// the interpreter; on nothing else: not on the number of workers, nor on what a worker compiled before, the hash seed or
// what came from the cache. CPython does not promise as much: which objects marshal marks as referenced follows their
// reference counts, the flag of an interned string follows what the process interned before, and up to 3.10 a frozenset is
// written in the order of its hashes. So every code object is brought into a canonical form by [Canonical], in which
// all of that follows from the values alone.
package pyc
