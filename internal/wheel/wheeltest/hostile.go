package wheeltest

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io/fs"
	"strings"
)

// A Hostile wheel is one that must be refused.
type Hostile struct {
	Kind     string // what was done to a good one
	Filename string
	Bytes    []byte
}

// hostileNames are names that no member may have, with what the wheel has already in mind: "demo/__init__.py".
var hostileNames = []string{
	"../evil.py", "demo/../../evil.py", "demo/..", "..", ".", "./evil.py", "demo/./evil.py", "demo//evil.py", "/evil.py", "/etc/passwd", "//server/share/evil.py",
	`\evil.py`, `..\evil.py`, `demo\evil.py`, `\\server\share\evil.py`, `\\?\C:\evil.py`, `C:\evil.py`, "C:evil.py", "c:/evil.py", "demo/x.txt:stream",
	"demo/evil\x00.py", "demo/evil\n.py", "demo/evil\r.py", "demo/evil\t.py", "demo/\x1b[2Jevil.py", "demo/evil\x7f.py", "demo/evil\u0085.py",
	"demo/evil\u202e.py", "demo/evil\u2066.py", "demo/evil\u2028.py", "demo/\xff.py", "demo/\xc3\x28.py", "demo/\xed\xa0\x80.py", "demo/\xc0\xae.py",
	"demo/evil.", "demo/evil ", "demo/evil. .", "demo./evil.py", "demo /evil.py", " /evil.py",
	strings.Repeat("demo/", 300) + "x.py", "demo/" + strings.Repeat("x", 256), strings.Repeat("é", 128) + ".py",
}

// deviceNames are refused in wheels that Windows takes.
var deviceNames = []string{
	"aux.py", "demo/CON", "demo/con.txt", "demo/nul.tar.gz", "prn/evil.py", "demo/COM1.py", "demo/lpt9", "demo/com¹.py", "demo/CONIN$", "demo/aux .py",
}

// clashes are pairs of names that are one file somewhere.
var clashes = [][2]string{
	{"evil/a.py", "evil/a.py"},
	{"evil/a.py", "evil/A.py"},
	{"evil/a.py", "EVIL/b.py"},
	{"evil", "evil/a.py"},
	{"evil/a.py", "evil"},
	{"evil/a.py", "evil/a.py/b"},
	{"evil/\u00e9.py", "evil/e\u0301.py"},
	{"evil/\u00c9.py", "evil/e\u0301.py"},
	{"evil/\u212b.py", "evil/\u00e5.py"},
	{"evil/\u017f.py", "evil/s.py"},
	{"evil/\u1e9e.py", "evil/\u00df.py"},
	{"evil/ss.py", "evil/\u00df.py"},
	{"evil/\ud55c.py", "evil/\u1112\u1161\u11ab.py"},
	{"evil/", "evil"},
	{"evil/", "evil/"},
	{"evil/", "EVIL/"},
}

// lines are lies of RECORD about a line of it, "PATH,sha256=DIGEST,SIZE".
var lines = map[string]func(line string) string{
	"left out":      func(string) string { return "" },
	"twice":         func(s string) string { return s + s },
	"no digest":     func(s string) string { return before(s, ",sha256=") + ",,0\n" },
	"nothing":       func(s string) string { return before(s, ",sha256=") + ",,\n" },
	"md5":           func(s string) string { return before(s, ",sha256=") + ",md5=1B2M2Y8AsgTpgAmY7PhCfg,\n" },
	"sha1":          func(s string) string { return before(s, ",sha256=") + ",sha1=2jmj7l5rSw0yVb_vlWAYkK_YBwk,\n" },
	"other digest":  func(s string) string { return before(s, ",sha256=") + ",sha256=" + strings.Repeat("A", 43) + ",\n" },
	"padded":        func(s string) string { i := strings.LastIndex(s, ","); return s[:i] + "=" + s[i:] },
	"hex":           func(s string) string { return before(s, ",sha256=") + ",sha256=" + strings.Repeat("0a", 32) + ",\n" },
	"capital":       func(s string) string { return strings.Replace(s, ",sha256=", ",SHA256=", 1) },
	"size":          func(s string) string { return s[:strings.LastIndex(s, ",")] + ",123456\n" },
	"negative":      func(s string) string { return s[:strings.LastIndex(s, ",")] + ",-1\n" },
	"words":         func(s string) string { return s[:strings.LastIndex(s, ",")] + ",many\n" },
	"two columns":   func(s string) string { return s[:strings.LastIndex(s, ",")] + "\n" },
	"four columns":  func(s string) string { return strings.TrimSuffix(s, "\n") + ",x\n" },
	"open quote":    func(s string) string { return `"` + s },
	"dot":           func(s string) string { return "./" + s },
	"root":          func(s string) string { return "/" + s },
	"backslash":     func(s string) string { return `x\` + s },
	"other case":    func(s string) string { return strings.ToUpper(before(s, ",sha256=")) + s[len(before(s, ",sha256=")):] },
	"absent beside": func(s string) string { return s + "evil.py,,\n" },
	"outside":       func(s string) string { return s + "../../../bin/evil,,\n" },
}

// before returns what stands before sep.
func before(s, sep string) string {
	b, _, _ := strings.Cut(s, sep)
	return b
}

// metadataLies are texts of METADATA for a wheel called demo 1.0.
var metadataLies = []string{
	Leave, "\n", "Name: demo\nVersion: 1.0\n", "Metadata-Version: 2.1\nName: demo\n", "Metadata-Version: 2.1\nVersion: 1.0\n",
	"Metadata-Version: 2.1\nName: evil\nVersion: 1.0\n", "Metadata-Version: 2.1\nName: demo\nVersion: 1.1\n",
	"Metadata-Version: 2.1\nName: demo\nName: evil\nVersion: 1.0\n", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\nVersion: 2.0\n",
	"Metadata-Version: 3.0\nName: demo\nVersion: 1.0\n", "Metadata-Version: x\nName: demo\nVersion: 1.0\n",
	"Metadata-Version: 2.1\nName: demo\nVersion: 1.0.x\n", "Metadata-Version: 2.1\nName: -demo\nVersion: 1.0\n", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n\xff\n",
	"Metadata-Version: 2.1\n\nName: demo\nVersion: 1.0\n", "\xff\xfeM\x00e\x00", "Metadata-Version: 2.1\nName: demo\n evil\nVersion: 1.0\n",
}

// wheelFileLies are texts of WHEEL.
var wheelFileLies = []string{
	Leave, "\n", "Root-Is-Purelib: true\n", "Wheel-Version: 1.0\n", "Wheel-Version: 2.0\nRoot-Is-Purelib: true\n", "Wheel-Version: 0.9\nRoot-Is-Purelib: true\n",
	"Wheel-Version: 1\nRoot-Is-Purelib: true\n", "Wheel-Version: one\nRoot-Is-Purelib: true\n", "Wheel-Version: 1.0\nRoot-Is-Purelib: maybe\n",
	"Wheel-Version: 1.0\nWheel-Version: 2.0\nRoot-Is-Purelib: true\n", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3\n", "Wheel-Version: 1.-1\nRoot-Is-Purelib: true\n", "\xff",
}

// entryPointLies are texts of entry_points.txt.
var entryPointLies = []string{
	"x = y:z\n", "[console_scripts\nx = y:z\n", "[console_scripts]\nx\n", "[console_scripts]\n../x = y:z\n", "[console_scripts]\nx = y\n", "[console_scripts]\nx = os:system('evil')\n", "\xff",
}

// dirs are members whose directory is not theirs.
func dirs(w Wheel) []File {
	info, data := w.DistInfo(), strings.TrimSuffix(w.DistInfo(), ".dist-info")+".data"
	var files []File
	for _, name := range []string{
		"other-1.0.dist-info/METADATA", "other.dist-info/METADATA", "OTHER-1.0.DIST-INFO/METADATA", strings.ToUpper(info) + "/x.txt",
		data + "/evil", data + "/root/evil", data + "/purelib", data + "/PURELIB/evil", data + "/purelib/other-1.0.dist-info/METADATA",
		data + "/platlib/" + info + "/METADATA", data + "/purelib/" + info + "/RECORD",
	} {
		files = append(files, File{Name: name, Content: "evil"})
	}
	return files
}

// modes are those of members that are no plain files.
var modes = map[string]fs.FileMode{
	"link": fs.ModeSymlink | 0o777, "pipe": fs.ModeNamedPipe | 0o666, "socket": fs.ModeSocket | 0o666, "device": fs.ModeDevice | 0o666,
	"character device": fs.ModeDevice | fs.ModeCharDevice | 0o666, "directory": fs.ModeDir | 0o755,
}

// Variants returns wheels that were made from w with something in them that must be refused. Their archives are in order.
func Variants(tb TB, w Wheel) []Hostile {
	tb.Helper()
	var list []Hostile
	add := func(kind string, change func(*Wheel)) {
		h := w
		h.Files = append([]File(nil), w.Files...)
		change(&h)
		list = append(list, Hostile{kind, w.Filename(), h.Bytes(tb)})
	}
	with := func(files ...File) func(*Wheel) { return func(h *Wheel) { h.Files = append(h.Files, files...) } }
	for _, name := range hostileNames {
		add(fmt.Sprintf("name %.40q", name), with(File{Name: name, Content: "evil"}))
	}
	if strings.HasSuffix(w.Filename(), "-any.whl") {
		for _, name := range deviceNames {
			add(fmt.Sprintf("device %q", name), with(File{Name: name, Content: "evil"}))
		}
	}
	for _, pair := range clashes {
		add(fmt.Sprintf("clash %q", pair), with(member(pair[0]), member(pair[1])))
	}
	for _, f := range dirs(w) {
		add("directory "+f.Name, with(f))
	}
	for kind, mode := range modes {
		add(kind, with(File{Name: "demo/special", Content: "../../target", Mode: mode}))
	}
	add("folder that is a link", with(File{Name: "special/", Mode: fs.ModeSymlink | 0o777}))
	add("folder with content", with(File{Name: "special!", Content: "evil"}))
	last := &list[len(list)-1]
	last.Bytes = bytes.ReplaceAll(last.Bytes, []byte("special!"), []byte("special/")) // archive/zip does not write it
	add("DOS directory", with(File{Name: "special", Content: "evil", Edit: func(h *zip.FileHeader) { h.ExternalAttrs = 0x10 }}))
	add("name in code page 437", with(File{Name: "demo/\u00e4.py", Content: "evil", Edit: func(h *zip.FileHeader) { h.NonUTF8 = true }}))
	for i := range w.Files {
		if strings.HasSuffix(w.Files[i].Name, "/") {
			continue
		}
		for kind, lie := range lines {
			add(fmt.Sprintf("RECORD, %s: %s", w.Files[i].Name, kind), func(h *Wheel) { h.Files[i].Record = lie })
		}
	}
	for _, text := range []string{Leave, "\n", "\xff,,\n", "\"\n", "a,b\n"} {
		add(fmt.Sprintf("RECORD %q", text), func(h *Wheel) { h.Record = text })
	}
	for _, text := range metadataLies {
		if text != Leave && w.name() != "demo" {
			text = strings.NewReplacer(": demo", ": "+w.name(), "Version: 1.0", "Version: "+w.version()).Replace(text)
		}
		add(fmt.Sprintf("METADATA %.60q", text), func(h *Wheel) { h.Metadata = text })
	}
	for _, text := range wheelFileLies {
		add(fmt.Sprintf("WHEEL %.60q", text), func(h *Wheel) { h.WheelFile = text })
	}
	for _, text := range entryPointLies {
		add(fmt.Sprintf("entry points %.60q", text), func(h *Wheel) { h.EntryPoints = text })
	}
	return append(list, renamed(tb, w)...)
}

// member returns a file of a name, or a folder.
func member(name string) File {
	if strings.HasSuffix(name, "/") {
		return File{Name: name}
	}
	return File{Name: name, Content: "evil"}
}

// renamed returns w under names that are not its own.
func renamed(tb TB, w Wheel) []Hostile {
	tb.Helper()
	good := w.Bytes(tb)
	var list []Hostile
	for _, name := range []string{
		"evil-1.0-py3-none-any.whl", w.name() + "-9.9-py3-none-any.whl", w.name() + ".whl", w.name() + "-" + w.version() + ".whl",
		w.name() + "-" + w.version() + "-py3-none-any.zip", w.name() + "-" + w.version() + "-x-py3-none-any.whl",
		w.name() + "-" + w.version() + "-1/../x-py3-none-any.whl", w.name() + "-" + w.version() + "-py3..-none-any.whl",
		w.name() + "-" + w.version() + "\n-py3-none-any.whl", w.name() + "--py3-none-any.whl", "-" + w.version() + "-py3-none-any.whl",
	} {
		list = append(list, Hostile{fmt.Sprintf("called %q", name), name, good})
	}
	return list
}
