// Package bundled knows the C libraries that CPython's modules are made with: what they are called in lists of
// vulnerabilities, their licences, and how their versions are read off machine code.
package bundled

import (
	"bytes"
	"embed"
	"path"
	"regexp"
	"strings"

	"github.com/oxgen/oxgen/internal/versions"
)

// A Library is one C library.
type Library struct {
	Name     string   // "openssl"
	Title    string   // as its makers write it
	Modules  []string // extension or built-in modules that are linked with it
	SONames  []string // what its shared libraries' names begin with, where a module does not hold it itself
	Vendor   string   // vendor and product in CPE names: "openssl:openssl"; "" when there is none
	Homepage string
	Licence  string         // SPDX expression; see [Library.LicenceOf]
	Within   string         // the library that holds it, which is known of pinned distributions only; "" for the modules
	pattern  *regexp.Regexp // of its version in machine code, the first group; nil when it does not say
	anchors  []string       // what a match of pattern begins with: they are found faster
}

// CPythonLicence is the licence of CPython itself.
const CPythonLicence = "Python-2.0"

// All are the libraries, by name.
var All = []Library{
	{
		Name: "bdb", Title: "Berkeley DB", Modules: []string{"_dbm"}, SONames: []string{"libdb-"}, Vendor: "oracle:berkeley_db", Homepage: "https://www.oracle.com/database/technologies/related/berkeleydb.html", Licence: "Sleepycat",
		pattern: regexp.MustCompile(`Berkeley DB (\d+\.\d+\.\d+):`), anchors: []string{"Berkeley DB "},
	},
	{
		Name: "bzip2", Title: "bzip2", Modules: []string{"_bz2"}, SONames: []string{"libbz2.so"}, Vendor: "bzip:bzip2", Homepage: "https://sourceware.org/bzip2/", Licence: "bzip2-1.0.6",
		pattern: regexp.MustCompile(`\x00(1\.\d\.\d), \d{1,2}-[A-Z][a-z]{2}-\d{4}\x00`), anchors: []string{"\x001."},
	},
	{
		Name: "expat", Title: "Expat", Modules: []string{"pyexpat"}, SONames: []string{"libexpat.so"}, Vendor: "libexpat_project:libexpat", Homepage: "https://libexpat.github.io/", Licence: "MIT",
		pattern: regexp.MustCompile(`\x00expat_(\d+\.\d+\.\d+)\x00`), anchors: []string{"\x00expat_"},
	},
	{
		Name: "gdbm", Title: "GNU dbm", Modules: []string{"_gdbm"}, SONames: []string{"libgdbm.so"}, Vendor: "gnu:gdbm", Homepage: "https://www.gnu.org.ua/software/gdbm/", Licence: "GPL-3.0-or-later",
		pattern: regexp.MustCompile(`GDBM version (\d+\.\d+(?:\.\d+)?)`), anchors: []string{"GDBM version "},
	},
	{Name: "libedit", Title: "libedit", Modules: []string{"readline"}, SONames: []string{"libedit.so"}, Homepage: "https://www.thrysoee.dk/editline/", Licence: "BSD-3-Clause"},
	{Name: "libffi", Title: "libffi", Modules: []string{"_ctypes"}, SONames: []string{"libffi.so"}, Vendor: "libffi_project:libffi", Homepage: "https://sourceware.org/libffi/", Licence: "MIT"},
	{Name: "libuuid", Title: "libuuid", Modules: []string{"_uuid"}, SONames: []string{"libuuid.so"}, Homepage: "https://sourceforge.net/projects/libuuid/", Licence: "BSD-3-Clause"},
	{Name: "libx11", Title: "libX11", Modules: []string{"_tkinter"}, Vendor: "x.org:libx11", Homepage: "https://www.x.org/", Licence: "MIT AND X11", Within: "tk"},
	{Name: "libxau", Title: "libXau", Modules: []string{"_tkinter"}, Vendor: "x.org:libxau", Homepage: "https://www.x.org/", Licence: "MIT-open-group", Within: "tk"},
	{Name: "libxcb", Title: "libxcb", Modules: []string{"_tkinter"}, Vendor: "x.org:libxcb", Homepage: "https://xcb.freedesktop.org/", Licence: "X11", Within: "tk"},
	{Name: "mpdecimal", Title: "mpdecimal", Modules: []string{"_decimal"}, SONames: []string{"libmpdec.so"}, Homepage: "https://www.bytereef.org/mpdecimal/", Licence: "BSD-2-Clause"},
	{
		Name: "ncurses", Title: "ncurses", Modules: []string{"_curses", "_curses_panel"}, SONames: []string{"libncurses", "libtinfo", "libpanel"}, Vendor: "gnu:ncurses", Homepage: "https://invisible-island.net/ncurses/", Licence: "X11-distribute-modifications-variant",
		pattern: regexp.MustCompile(`\x00ncurses (\d+\.\d+)\.\d{8}\x00`), anchors: []string{"\x00ncurses "},
	},
	{
		Name: "openssl", Title: "OpenSSL", Modules: []string{"_hashlib", "_ssl"}, SONames: []string{"libcrypto.so", "libssl.so"}, Vendor: "openssl:openssl", Homepage: "https://www.openssl.org/", Licence: "Apache-2.0",
		pattern: regexp.MustCompile(`\x00OpenSSL (\d+\.\d+\.\d+[a-z]*) +\d`), anchors: []string{"\x00OpenSSL "},
	},
	{Name: "readline", Title: "GNU Readline", Modules: []string{"readline"}, SONames: []string{"libreadline.so"}, Vendor: "gnu:readline", Homepage: "https://tiswww.case.edu/php/chet/readline/rltop.html", Licence: "GPL-3.0-or-later"},
	{Name: "sqlite", Title: "SQLite", Modules: []string{"_sqlite3"}, SONames: []string{"libsqlite3.so"}, Vendor: "sqlite:sqlite", Homepage: "https://www.sqlite.org/", Licence: "blessing"},
	{
		Name: "tcl", Title: "Tcl", Modules: []string{"_tkinter"}, SONames: []string{"libtcl8", "libtcl9.", "libtcl9_"}, Vendor: "tcl:tcl", Homepage: "https://www.tcl-lang.org/", Licence: "TCL",
		pattern: regexp.MustCompile(`\x00([89]\.\d+\.\d+)\x00`), anchors: []string{"\x008.", "\x009."},
	},
	{
		Name: "tk", Title: "Tk", Modules: []string{"_tkinter"}, SONames: []string{"libtk8", "libtk9", "libtcl9tk9"}, Vendor: "tcl:tk", Homepage: "https://www.tcl-lang.org/", Licence: "TCL",
		pattern: regexp.MustCompile(`\x00([89]\.\d+\.\d+)\x00`), anchors: []string{"\x008.", "\x009."},
	},
	{
		Name: "xz", Title: "XZ Utils", Modules: []string{"_lzma"}, SONames: []string{"liblzma.so"}, Vendor: "tukaani:xz", Homepage: "https://tukaani.org/xz/", Licence: "0BSD",
		pattern: regexp.MustCompile(`\x00(5\.[2-9]\.\d+)\x00`), anchors: []string{"\x005."},
	},
	{
		Name: "zlib", Title: "zlib", Modules: []string{"binascii", "zlib"}, SONames: []string{"libz.so"}, Vendor: "zlib:zlib", Homepage: "https://zlib.net/", Licence: "Zlib",
		pattern: regexp.MustCompile(`(?:de|in)flate (\d+\.\d+(?:\.\d+)*) Copyright`), anchors: []string{"deflate ", "inflate "},
	},
	{Name: "zlib-ng", Title: "zlib-ng", Modules: []string{"zlib"}, SONames: []string{"libz-ng.so"}, Homepage: "https://github.com/zlib-ng/zlib-ng", Licence: "Zlib"},
	{Name: "zstd", Title: "Zstandard", Modules: []string{"_zstd"}, SONames: []string{"libzstd.so"}, Vendor: "facebook:zstandard", Homepage: "https://facebook.github.io/zstd/", Licence: "BSD-3-Clause OR GPL-2.0-only"},
}

// Find returns the library of that name, nil when it is not known.
func Find(name string) *Library {
	for i := range All {
		if All[i].Name == name {
			return &All[i]
		}
	}
	return nil
}

// VersionIn reads the version of the library off machine code that holds it; "" when it is not found, or several are.
func (l *Library) VersionIn(code []byte) string {
	version := ""
	for _, anchor := range l.anchors {
		for at := 0; ; at++ {
			next := bytes.Index(code[at:], []byte(anchor))
			if next < 0 {
				break
			}
			at += next
			m := l.pattern.FindSubmatchIndex(code[at:min(at+longestVersion, len(code))])
			if m == nil || m[0] != 0 {
				continue
			}
			found := string(code[at+m[2] : at+m[3]])
			if version != "" && version != found {
				return ""
			}
			version = found
		}
	}
	return version
}

// longestVersion is more than any match of a pattern has, in bytes.
const longestVersion = 64

// IsFile tells by the file name of a shared library whether it is the library's.
func (l *Library) IsFile(name string) bool {
	for _, p := range l.SONames {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	return false
}

// OfFile returns the library that a shared library is by its file's name, which may have the hash that auditwheel gives it; nil when it
// is not known.
func OfFile(name string) *Library {
	name = OriginalName(name)
	for i := range All {
		if All[i].IsFile(name) {
			return &All[i]
		}
	}
	return nil
}

// hashInName matches what auditwheel and delocate's like put into names, so that two wheels can bring two versions of a library.
var hashInName = regexp.MustCompile(`-[0-9a-f]{8}(\.|$)`)

// OriginalName returns the name that a library had before auditwheel gave it one with a hash, "libgomp-a34b3233.so.1.0.0" →
// "libgomp.so.1.0.0" (auditwheel, repair.py: behind what comes before the first dot). Of a path it is the last element.
func OriginalName(name string) string {
	name = path.Base(name)
	at := hashInName.FindStringIndex(name)
	if at == nil || strings.Contains(name[:at[0]], ".") {
		return name
	}
	return name[:at[0]] + name[at[0]+len("-00000000"):]
}

// ByLink returns the library that a name after -l means, "crypto" for one of OpenSSL's; nil when it is not known.
func ByLink(name string) *Library {
	for i := range All {
		l := &All[i]
		if l.IsFile("lib"+name+".so") || l.IsFile("lib"+name+"-") || l.Name == "lib"+strings.ToLower(name) {
			return l
		}
	}
	return nil
}

// LicenceOf returns the licence of a version as an SPDX expression; "" stands for a version that is not known. OpenSSL and
// XZ Utils have changed theirs.
func (l *Library) LicenceOf(version string) string {
	switch {
	case version == "":
	case l.Name == "openssl" && versions.Compare(version, "3") < 0:
		return "OpenSSL"
	case l.Name == "xz" && versions.Compare(version, "5.6") < 0:
		return "LicenseRef-Public-Domain"
	case l.Name == "bdb" && versions.Compare(version, "6.0.20") >= 0:
		return "AGPL-3.0-only"
	}
	return l.Licence
}

// CPE returns the name of a version in lists of vulnerabilities (CPE 2.3, NIST IR 7695), "" when the library has none or the
// version is not known.
func (l *Library) CPE(version string) string {
	if l.Vendor == "" || version == "" {
		return ""
	}
	return CPE(l.Vendor, version)
}

// CPE returns a CPE 2.3 name of an application; product is "vendor:product".
func CPE(product, version string) string {
	quoted := strings.NewReplacer("+", `\+`, "~", `\~`, ":", `\:`, "/", `\/`).Replace(version)
	return "cpe:2.3:a:" + product + ":" + quoted + ":*:*:*:*:*:*:*"
}

// sameText are libraries with the text of another.
var sameText = map[string]string{"gdbm": "readline", "tk": "tcl"}

//go:embed texts/*.txt
var texts embed.FS

// Text returns the text of the library's licence; nil when there is none here, as of a version with another licence.
func (l *Library) Text(version string) []byte {
	if l.LicenceOf(version) != l.Licence {
		return nil
	}
	name := l.Name
	if other := sameText[name]; other != "" {
		name = other
	}
	text, err := texts.ReadFile("texts/" + name + ".txt")
	if err != nil {
		return nil
	}
	return text
}
