// Package atomicfile replaces files so that a process that is killed, or meets a full disk, leaves what was there before.
//
// [Write] replaces one file: the old or the new content is there at every moment, nothing else.
//
// [Commit] replaces a set of files in one directory. POSIX can't rename several files at once, so it goes in steps:
//
//  1. All new files are written into a staging directory inside the directory itself, hence on the same file system,
//     and synced. Its name starts with a dot, so that go build and go:embed don't see it, and it holds a .gitignore
//     of its own, so that git does not either. The old files get a second name there (a hard link).
//  2. A journal that lists the steps to come is written beside them and synced: from here on the new set counts.
//  3. The files are renamed into place, in the order that the caller gave, then what is obsolete is removed, then the
//     staging directory.
//
// A process that ends during 1 has changed nothing; the next Commit removes what it left. One that ends during 3 is
// finished by the next Commit or [Recover], which follow the journal. An error during 3 (a full disk may still refuse a
// directory entry) is rolled back with the old files. Nobody else waits for these steps, so there is a window left,
// some ten microseconds a file long: who reads the directory during 3, or after a process was killed during 3, may
// see new files beside old ones. So the caller puts the file that binds the others together last, with a fingerprint
// of them in it, and whoever uses the set compares: a mixture is then noticed and never taken for a set.
//
// Commits of one directory wait for each other by a lock of the directory itself (flock of its descriptor), which leaves
// no file behind, holds across users and containers, and goes with its process. Where directories can't be locked
// (Windows, some network file systems), a lock file in the temporary directory stands in, which only holds on one machine.
//
// Files get the mode that the caller asks for less the umask. Of the mode of an existing file only the owner's
// executable bit is compared, as git does: a umask is not a difference.
package atomicfile
