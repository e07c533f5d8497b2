package inputs

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ReadFile is os.ReadFile.
func ReadFile(name string) ([]byte, error) {
	l := current.Load()
	if l == nil {
		return os.ReadFile(name)
	}
	info, statErr := os.Stat(name)
	data, err := os.ReadFile(name)
	if err == nil && statErr != nil {
		l.spoil(name + ", which appeared just now")
		return data, nil
	}
	l.looked(stat, name, info, err, func() string { return digest(data) })
	return data, err
}

// Open is os.Open.
func Open(name string) (*os.File, error) {
	f, err := os.Open(name)
	l := current.Load()
	if l == nil {
		return f, err
	}
	var info fs.FileInfo
	if err == nil {
		info, err = f.Stat()
	}
	// What is read later is this, or else the file has changed since, and is seen to have.
	l.looked(stat, name, info, err, question{stat, name}.contents)
	return f, err
}

// Stat is os.Stat.
func Stat(name string) (fs.FileInfo, error) {
	info, err := os.Stat(name)
	if l := current.Load(); l != nil {
		l.looked(stat, name, info, err, nil)
	}
	return info, err
}

// Lstat is os.Lstat.
func Lstat(name string) (fs.FileInfo, error) {
	info, err := os.Lstat(name)
	if l := current.Load(); l != nil {
		l.looked(lstat, name, info, err, nil)
	}
	return info, err
}

// Info is entry.Info for an entry of the directory dir that is no symbolic link.
func Info(dir string, entry fs.DirEntry) (fs.FileInfo, error) {
	info, err := entry.Info()
	if l := current.Load(); l != nil {
		l.looked(stat, filepath.Join(dir, entry.Name()), info, err, nil)
	}
	return info, err
}

// ReadDir is os.ReadDir.
func ReadDir(name string) ([]os.DirEntry, error) {
	l := current.Load()
	if l == nil {
		return os.ReadDir(name)
	}
	info, statErr := os.Stat(name)
	list, err := os.ReadDir(name)
	if err == nil {
		err = statErr
	}
	l.looked(readdir, name, info, err, func() string { return listing(list) })
	return list, err
}

// EvalSymlinks is filepath.EvalSymlinks.
func EvalSymlinks(name string) (string, error) {
	target, err := filepath.EvalSymlinks(name)
	if l := current.Load(); l != nil {
		l.note(question{evalSymlinks, name}, answer{state: resolved(target, err)})
	}
	return target, err
}

// Glob is filepath.Glob.
func Glob(pattern string) ([]string, error) {
	names, err := filepath.Glob(pattern)
	if l := current.Load(); l != nil && err == nil {
		l.note(question{glob, pattern}, answer{state: joined(names)})
	}
	return names, err
}

// Getenv is os.Getenv.
func Getenv(name string) string {
	value, _ := LookupEnv(name)
	return value
}

// LookupEnv is os.LookupEnv.
func LookupEnv(name string) (string, bool) {
	value, ok := os.LookupEnv(name)
	if l := current.Load(); l != nil {
		l.note(question{getenv, name}, answer{state: variable(value, ok)})
	}
	return value, ok
}

// Environ notes all variables whose names start with prefix.
func Environ(prefix string) {
	if l := current.Load(); l != nil {
		l.note(question{environ, prefix}, answer{state: variables(prefix)})
	}
}

// looked notes a look at a file or directory. contents returns the digest of what was read, which is noted when the times alone would
// not show that it was changed since; nil when nothing but info was of interest.
func (l *Log) looked(op operation, name string, info fs.FileInfo, err error, contents func() string) {
	switch {
	case err == nil:
		a := answer{state: op.state(info)}
		switch fresh := isFresh(info, time.Now()); {
		case op == readdir && fresh:
			a.state, a.digest = "", contents()
		case op == readdir || fresh && contents != nil:
			a.digest = contents()
		}
		l.note(question{op, name}, a)
	case isAbsent(err):
		l.note(question{op, name}, answer{state: absent})
	default:
		l.spoil(name + ", which can't be read")
	}
}

// isAbsent tells whether a file is missing, or what would be a directory above it is none.
func isAbsent(err error) bool { return errors.Is(err, fs.ErrNotExist) || isNotDir(err) }
