package wheel_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/wheel"
	"github.com/oxgen/oxgen/internal/wheel/wheeltest"
)

// refuse reads a wheel that must be refused and returns the one line.
func refuse(t *testing.T, name string, data []byte) string {
	t.Helper()
	_, err := wheel.Read(context.Background(), name, bytes.NewReader(data), int64(len(data)), wheel.Limits{})
	if err == nil {
		t.Fatal("the wheel was accepted")
	}
	var d *diag.Error
	if !errors.As(err, &d) || d.Hint == "" {
		t.Errorf("%v is no *diag.Error with a hint", err)
	}
	if strings.ContainsAny(err.Error(), "\n\x00\x1b") {
		t.Errorf("%q is not one line of text", err)
	}
	return err.Error()
}

const demo = "demo-1.0-py3-none-any.whl"

func one(name string) wheeltest.Wheel {
	return wheeltest.Wheel{Files: []wheeltest.File{{Name: name, Content: "x = 1\n"}}}
}

func edited(name string, edit func(*zip.FileHeader)) wheeltest.Wheel {
	return wheeltest.Wheel{Files: []wheeltest.File{{Name: name, Content: "x = 1\n", Edit: edit}}}
}

func two(a, b string) wheeltest.Wheel {
	return wheeltest.Wheel{Files: []wheeltest.File{{Name: a, Content: "a\n"}, {Name: b, Content: "b\n"}}}
}

func TestHostileNames(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, want string
	}{
		{"../evil.py", "demo-1.0-py3-none-any.whl!../evil.py: its name leads out of the wheel"},
		{"a/../../evil.py", "demo-1.0-py3-none-any.whl!a/../../evil.py: its name leads out of the wheel"},
		{"a/..", "demo-1.0-py3-none-any.whl!a/..: its name leads out of the wheel"},
		{"/etc/passwd", "demo-1.0-py3-none-any.whl!/etc/passwd: its name is absolute"},
		{"//server/share/x", "demo-1.0-py3-none-any.whl!//server/share/x: its name is absolute"},
		{`\\server\share\x`, `demo-1.0-py3-none-any.whl!\\server\share\x: its name holds a backslash`},
		{`..\evil.py`, `demo-1.0-py3-none-any.whl!..\evil.py: its name holds a backslash`},
		{"C:evil.py", "demo-1.0-py3-none-any.whl!C:evil.py: its name holds a colon, as drives have"},
		{"c:/evil.py", "demo-1.0-py3-none-any.whl!c:/evil.py: its name holds a colon, as drives have"},
		{"a.txt:stream", "demo-1.0-py3-none-any.whl!a.txt:stream: its name holds a colon, as drives have"},
		{"a//b.py", "demo-1.0-py3-none-any.whl!a//b.py: its name has an empty part"},
		{"./a.py", "demo-1.0-py3-none-any.whl!./a.py: its name has an empty part"},
		{"a\x00.py", `demo-1.0-py3-none-any.whl: "a\x00.py": the name holds control characters`},
		{"a\x1b[31m.py", `demo-1.0-py3-none-any.whl: "a\x1b[31m.py": the name holds control characters`},
		{"a\n.py", `demo-1.0-py3-none-any.whl: "a\n.py": the name holds control characters`},
		{"\xff.py", `demo-1.0-py3-none-any.whl: "\xff.py": the name is not UTF-8`},
		{strings.Repeat("a/", 600) + "x.py", "demo-1.0-py3-none-any.whl!" + strings.Repeat("a/", 20) +
			"…: its name is longer than 1024 bytes"},
		{strings.Repeat("a", 256), "demo-1.0-py3-none-any.whl!" + strings.Repeat("a", 40) +
			"…: a part of its name is longer than 255 bytes"},
	} {
		t.Run(fmt.Sprintf("%.20q", tt.name), func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, refuse(t, demo, one(tt.name).Bytes(t))); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestHostileMembers(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		wheel wheeltest.Wheel
		want  string // without the wheel's name
	}{
		{"twice", two("a.py", "a.py"), "!a.py: is there twice"},
		{"folder twice", wheeltest.Wheel{Files: []wheeltest.File{{Name: "a/"}, {Name: "a/"}}}, "!a/: is there twice"},
		{"case", two("Foo.py", "foo.py"), `!foo.py: differs from "Foo.py" only by case`},
		{"case of folder", two("A/x.py", "a/y.py"), `!a: differs from "A" only by case`},
		{"file is folder", two("a", "a/b.py"), `!a: is a file, and "a" a folder`},
		{"folder is file", two("a/b.py", "a"), `!a: is a file, and "a" a folder`},
		{"link", edited("a.py", func(h *zip.FileHeader) { h.SetMode(fs.ModeSymlink | 0o777) }), "!a.py: is a symbolic link"},
		{"pipe", edited("a.py", func(h *zip.FileHeader) { h.SetMode(fs.ModeNamedPipe | 0o666) }), "!a.py: is not a regular file"},
		{"device", edited("a.py", func(h *zip.FileHeader) { h.SetMode(fs.ModeDevice | 0o666) }), "!a.py: is not a regular file"},
		{
			"directory without slash", edited("a.py", func(h *zip.FileHeader) { h.SetMode(fs.ModeDir | 0o755) }),
			"!a.py: is not a regular file",
		},
		{"DOS directory", edited("a.py", func(h *zip.FileHeader) { h.ExternalAttrs = 0x10 }), "!a.py: is not a regular file"},
		{
			"folder that is a link",
			wheeltest.Wheel{Files: []wheeltest.File{{Name: "a/", Mode: fs.ModeSymlink | 0o777}}},
			"!a/: is a symbolic link",
		},
		{"second name", edited("a.py", func(h *zip.FileHeader) {
			h.Extra = append([]byte{0x75, 0x70, 9, 0, 1, 0, 0, 0, 0}, "b.py"...)
		}), `: directory, offset 0: "a.py" has a second name`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(demo+tt.want, refuse(t, demo, tt.wheel.Bytes(t))); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// Offsets of zip records, for damaging them.
func centralOf(data []byte, name string) int {
	for at := 0; ; {
		i := bytes.Index(data[at:], []byte("PK\x01\x02"))
		if i < 0 {
			return -1
		}
		if at += i; bytes.HasPrefix(data[at+46:], []byte(name)) {
			return at
		}
		at += 4
	}
}

func endOf(data []byte) int { return bytes.LastIndex(data, []byte("PK\x05\x06")) }

func put16(b []byte, v uint16) { binary.LittleEndian.PutUint16(b, v) }
func put32(b []byte, v uint32) { binary.LittleEndian.PutUint32(b, v) }

// stated makes the directory and the data descriptor say that name unpacks to size bytes.
func stated(data []byte, name string, size uint32) []byte {
	central := centralOf(data, name)
	descriptor := bytes.Index(data, append([]byte("PK\x07\x08"), data[central+16:central+20]...))
	put32(data[central+24:], size)
	put32(data[descriptor+12:], size)
	return data
}

const demoInfo = "demo-1.0.dist-info/"

func TestHostileArchive(t *testing.T) {
	t.Parallel()
	stored := func(h *zip.FileHeader) { h.Method = zip.Store }
	for _, tt := range []struct {
		name   string
		damage func(data []byte) []byte
		want   string
	}{
		{"empty", func([]byte) []byte { return nil }, ": not a zip archive, or cut off: there is no end record"},
		{
			"text", func([]byte) []byte { return []byte(strings.Repeat("no zip\n", 99)) },
			": not a zip archive, or cut off: there is no end record",
		},
		{"cut off", func(d []byte) []byte { return d[:len(d)-5] }, ": not a zip archive, or cut off: there is no end record"},
		{
			"something before", func(d []byte) []byte { return append([]byte("#!"), d...) },
			": the directory is not where the end record says",
		},
		{
			"something behind", func(d []byte) []byte { return append(d, "more"...) },
			": not a zip archive, or cut off: there is no end record",
		},
		{"two ends", func(d []byte) []byte {
			put16(d[endOf(d)+20:], 22)
			return append(d, "PK\x05\x06"+strings.Repeat("\x00", 18)...)
		}, ": has two end records"},
		{
			"several files", func(d []byte) []byte { put16(d[endOf(d)+4:], 1); return d },
			": is a part of an archive of several files",
		},
		{"more members than counted", func(d []byte) []byte {
			put16(d[endOf(d)+8:], 1)
			put16(d[endOf(d)+10:], 1)
			return d
		}, ": the directory lists 5 members and the end record counts 1"},
		{"more counted than members", func(d []byte) []byte {
			put16(d[endOf(d)+8:], 60000)
			put16(d[endOf(d)+10:], 60000)
			return d
		}, ": the directory is too short for its members"},
		{"encrypted", func(d []byte) []byte { d[centralOf(d, "a.py")+8] |= 1; return d }, "!a.py: is encrypted"},
		{
			"bzip2", func(d []byte) []byte { put16(d[centralOf(d, "a.py")+10:], 12); return d },
			"!a.py: is packed by method 12; stored and deflated members are read",
		},
		{"other local name", func(d []byte) []byte { d[30] = 'b'; return d }, `!a.py: its local header names it "b.py"`},
		{
			"other local method", func(d []byte) []byte { d[8] = 0; return d },
			"!a.py: its local header and the directory differ",
		},
		{
			"other local size", func(d []byte) []byte { put32(d[22:], 7); return d },
			"!a.py: its local header and the directory differ",
		},
		{
			"no local header", func(d []byte) []byte { d[0] = 'Q'; return d },
			"!a.py: has no local header where the directory says",
		},
		{
			"offset behind the end", func(d []byte) []byte { put32(d[centralOf(d, "a.py")+42:], 1<<30); return d },
			"!a.py: lies behind the end of the archive",
		},
		{"shared bytes", func(d []byte) []byte {
			a, b := centralOf(d, "a.py"), centralOf(d, "b.py")
			copy(d[b:b+46+4], d[a:a+46+4]) // b.py becomes a second a.py
			return d
		}, "!a.py: is there twice"},
		{
			"directory has another size", func(d []byte) []byte { put32(d[centralOf(d, "a.py")+24:], 2); return d },
			"!a.py: its data descriptor and the directory differ",
		},
		{
			"RECORD has another size", func(d []byte) []byte { return stated(d, "a.py", 2) },
			"!a.py: has 2 bytes, and RECORD says 6",
		},
		{
			"larger than stated", func(d []byte) []byte { return stated(d, demoInfo+"RECORD", 200) },
			"!" + demoInfo + "RECORD: unpacks to more than the 200 bytes stated",
		},
		{
			"smaller than stated", func(d []byte) []byte { return stated(d, demoInfo+"RECORD", 2000) },
			"!" + demoInfo + "RECORD: unpacks to 305 bytes, and 2000 are stated",
		},
		{
			"beyond the limit", func(d []byte) []byte { return stated(d, "a.py", 0xfffffff0) },
			"!a.py: unpacks to 4294967280 bytes, more than the 2147483648 allowed",
		},
		{
			"wrong checksum", func(d []byte) []byte { d[centralOf(d, "a.py")+16] ^= 1; return d },
			"!a.py: its data descriptor and the directory differ",
		},
		{"wrong checksum everywhere", func(d []byte) []byte {
			d[centralOf(d, "a.py")+16] ^= 1
			d[bytes.Index(d, []byte("PK\x07\x08"))+4] ^= 1
			return d
		}, "!a.py: its checksum is wrong"},
		{
			"damaged data", func(d []byte) []byte { d[30+4] = 0xff; return d },
			"!a.py: can't be unpacked: flate: corrupt input before offset 1",
		},
		{
			"zip64 size missing", func(d []byte) []byte { return stated(d, "a.py", 0xffffffff) },
			"!a.py: unpacks to 4294967295 bytes, more than the 2147483648 allowed",
		},
		{
			"stored with two sizes", func(d []byte) []byte { put32(d[centralOf(d, "c.py")+20:], 3); return d },
			"!c.py: is not packed, and has two sizes",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := wheeltest.Wheel{Files: []wheeltest.File{
				{Name: "a.py", Content: "a = 1\n"}, {Name: "b.py", Content: "b = 1\n"},
			}}
			if strings.HasPrefix(tt.want, "!c.py") {
				w.Files = append(w.Files, wheeltest.File{Name: "c.py", Content: "c = 1\n", Edit: stored})
			}
			got := refuse(t, demo, tt.damage(w.Bytes(t)))
			if diff := cmp.Diff(demo+tt.want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// Two members over the same data: repeated, this makes bombs.
func TestOverlap(t *testing.T) {
	t.Parallel()
	// The inner local header lies in the (stored) data of the outer member.
	inner := wheeltest.Wheel{Files: []wheeltest.File{{Name: "in.py", Content: strings.Repeat("x", 50), Edit: store}}}
	innerBytes := inner.Bytes(t)
	local := innerBytes[:30+5+50+16] // header, name, data, descriptor
	outer := wheeltest.Wheel{Files: []wheeltest.File{
		{Name: "out.py", Content: string(local), Edit: store},
		{Name: "in.py", Content: strings.Repeat("x", 50), Edit: store},
	}}
	data := outer.Bytes(t)
	at := bytes.Index(data, local)
	put32(data[centralOf(data, "in.py")+42:], uint32(at))
	want := demo + `!in.py: shares bytes of the archive with "out.py"`
	if diff := cmp.Diff(want, refuse(t, demo, data)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func store(h *zip.FileHeader) { h.Method = zip.Store }

func TestBomb(t *testing.T) {
	t.Parallel()
	var files []wheeltest.File
	for i := range 2 {
		files = append(files, wheeltest.File{Name: fmt.Sprintf("zeros%d.bin", i), Content: strings.Repeat("\x00", 33<<20)})
	}
	data := wheeltest.Wheel{Files: files}.Bytes(t)
	if diff := cmp.Diff(demo+": unpacks to more than 200 times its size", refuse(t, demo, data)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	data := two("a.py", "b.py").Bytes(t)
	for _, tt := range []struct {
		limits wheel.Limits
		want   string
	}{
		{wheel.Limits{Members: 4}, ": holds 5 members, more than the 4 allowed"},
		{wheel.Limits{MemberSize: 1}, "!a.py: unpacks to 2 bytes, more than the 1 allowed"},
		{wheel.Limits{TotalSize: 3}, ": unpacks to more than the 3 bytes allowed"},
	} {
		_, err := wheel.Read(context.Background(), demo, bytes.NewReader(data), int64(len(data)), tt.limits)
		if got := fmt.Sprint(err); got != demo+tt.want {
			t.Errorf("%+v: got %q, want %q", tt.limits, got, demo+tt.want)
		}
	}
}
