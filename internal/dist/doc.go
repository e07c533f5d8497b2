// Package dist knows the Pythons that a program can be generated for: where they come from, how they are brought to
// this machine, and what lies where inside them.
//
// A [Distribution] is one CPython, 3.10 or newer. It comes from one of four places:
//
//   - a pinned release ([Known]): python-build-standalone as a Go module carries it, brought by `go mod download` with
//     the caller's own proxy and checksum database, and held to the h1 sum in this package as well;
//   - an interpreter of the host, by path or by name;
//   - an unpacked python-build-standalone tree, `install_only` or `full`;
//   - an archive of such a tree.
//
// # The cache
//
// Everything below [Store].CacheDir can be deleted at any time and comes back when it is needed:
//
//	dist/MODULE-VERSION/GOOS-GOARCH/    a pinned release, unpacked for one platform
//	archive/SHA256/                     an archive, unpacked
//	archive/by-stat/KEY                 the digest of an archive, by its path, size and time of change
//	probe/KEY.json                      what an interpreter said about itself, by its path, size and time of change
//
// An unpacked tree holds a list of its own files (see [tree]). A tree without the list does not count, one that
// has lost files since is unpacked anew. Trees are built in a temporary sibling under a file lock and renamed into
// place, so that a killed process leaves nothing that counts, and two at once do not disturb each other.
package dist
