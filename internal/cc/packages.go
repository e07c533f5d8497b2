package cc

import (
	"fmt"
	"strings"
)

// Packages are what a part is in, for each kind of system.
type packages struct{ debian, fedora, brew string }

// parts is the one table of what has to be installed. %[1]s is the minor version of Python, "3.11". A part that a system has
// no package of is "".
var parts = map[string]packages{
	"cc":        {debian: "gcc libc6-dev", fedora: "gcc glibc-devel"},
	"c++":       {debian: "g++", fedora: "gcc-c++"},
	"binutils":  {debian: "binutils", fedora: "binutils", brew: "binutils"},
	"libpython": {debian: "libpython%[1]s-dev"},
	"headers":   {debian: "libpython%[1]s-dev", fedora: "python%[1]s-devel", brew: "python@%[1]s"},

	// Libraries, by their names after -l.
	"lib bz2":      {"libbz2-dev", "bzip2-static", "bzip2"},
	"lib crypt":    {"libcrypt-dev", "libxcrypt-static", "libxcrypt"},
	"lib crypto":   {"libssl-dev", "openssl-devel", "openssl"},
	"lib expat":    {"libexpat1-dev", "expat-static", "expat"},
	"lib ffi":      {"libffi-dev", "libffi-devel", "libffi"},
	"lib gdbm":     {"libgdbm-dev", "gdbm-devel", "gdbm"},
	"lib lzma":     {"liblzma-dev", "xz-static", "xz"},
	"lib mpdec":    {"libmpdec-dev", "mpdecimal-devel", "mpdecimal"},
	"lib ncursesw": {"libncurses-dev", "ncurses-static", "ncurses"},
	"lib nsl":      {"libnsl-dev", "libnsl2-devel", ""},
	"lib readline": {"libreadline-dev", "readline-static", "readline"},
	"lib stdc++":   {"g++", "libstdc++-static", ""},
	"lib sqlite3":  {"libsqlite3-dev", "sqlite-devel", "sqlite"},
	"lib ssl":      {"libssl-dev", "openssl-devel", "openssl"},
	"lib tirpc":    {"libtirpc-dev", "libtirpc-devel", ""},
	"lib uuid":     {"uuid-dev", "libuuid-devel", "util-linux"},
	"lib z":        {"zlib1g-dev", "zlib-static", "zlib"},
	"lib zstd":     {"libzstd-dev", "libzstd-static", "zstd"},
}

// CompilerHint says which package has a C compiler.
func CompilerHint() string { return hint("cc") }

// hint says which package has a part. Minor is the version of Python, for those parts that have one.
func hint(part string, minor ...string) string {
	p, ok := parts[part]
	if !ok {
		return "install the package that has it"
	}
	var ways []string
	for _, way := range []struct{ system, command, name string }{
		{"Debian, Ubuntu", "apt-get install", p.debian}, {"Fedora", "dnf install", p.fedora}, {"Homebrew", "brew install", p.brew},
	} {
		if way.name == "" {
			continue
		}
		name := way.name
		if strings.Contains(name, "%") {
			name = fmt.Sprintf(name, minor[0])
		}
		ways = append(ways, fmt.Sprintf("%s: %s %s", way.system, way.command, name))
	}
	text := strings.Join(ways, "; ")
	switch part {
	case "cc":
		text += "; macOS: xcode-select --install; another compiler is named by $CC"
	case "libpython":
		text += "; Fedora and Homebrew have no package with it: build Python, as `pyenv install " + minor[0] + "` does"
	}
	return text
}
