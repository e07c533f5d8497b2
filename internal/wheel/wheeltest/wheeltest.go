// Package wheeltest builds wheels for tests, good ones and hostile ones.
package wheeltest

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/oxgen/oxgen/internal/tag"
)

// A TB is what is needed of a testing.TB.
type TB interface {
	Helper()
	Fatal(args ...any)
}

// A File is one member of a wheel.
type File struct {
	Name    string
	Content string
	Mode    fs.FileMode              // 0 is a regular file that is not executable
	Edit    func(*zip.FileHeader)    // changes the header before the member is written; nil is no change
	Record  func(line string) string // changes its line of RECORD; nil is no change, "" leaves the line out
}

// Leave is the text of a file that is left out.
const Leave = "\x00"

// A Wheel describes a wheel. The zero value is the distribution demo 1.0 without a module.
type Wheel struct {
	Name, Version string // "" stands for demo and 1.0
	Build         string // build tag; "" is none
	Tag           string // tags of the file's name and, one by one, of WHEEL; "" stands for py3-none-any
	Files         []File // besides those of .dist-info; in the order of the archive
	WheelFile     string // text of WHEEL; "" is the usual one
	Metadata      string // text of METADATA; "" is the usual one
	EntryPoints   string // text of entry_points.txt; "" is none
	Record        string // text of RECORD; "" is the true one
	RecordMore    string // lines added to the true RECORD
	Comment       string // of the archive
}

// Text returns files with the given contents, sorted by name.
func Text(files map[string]string) []File {
	var list []File
	for name, content := range files {
		list = append(list, File{Name: name, Content: content})
	}
	slices.SortFunc(list, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Filename returns the name that fits the wheel: "demo-1.0-py3-none-any.whl".
func (w Wheel) Filename() string {
	stem := w.stem()
	if w.Build != "" {
		stem += "-" + w.Build
	}
	return stem + "-" + w.tag() + ".whl"
}

func (w Wheel) tag() string {
	if w.Tag == "" {
		return "py3-none-any"
	}
	return w.Tag
}

// wheelFile returns the usual text of WHEEL.
func (w Wheel) wheelFile() string {
	text := fmt.Sprintf("Wheel-Version: 1.0\nGenerator: wheeltest\nRoot-Is-Purelib: %v\n", strings.HasSuffix(w.tag(), "-any"))
	if w.Build != "" {
		text += "Build: " + w.Build + "\n"
	}
	if tags, err := tag.Parse(w.tag()); err == nil {
		for _, t := range tags {
			text += "Tag: " + t.String() + "\n"
		}
	}
	return text
}

// DistInfo returns "demo-1.0.dist-info".
func (w Wheel) DistInfo() string { return w.stem() + ".dist-info" }

func (w Wheel) stem() string { return w.name() + "-" + w.version() }

func (w Wheel) name() string {
	if w.Name == "" {
		return "demo"
	}
	return w.Name
}

func (w Wheel) version() string {
	if w.Version == "" {
		return "1.0"
	}
	return w.Version
}

// Bytes returns the archive.
func (w Wheel) Bytes(tb TB) []byte {
	tb.Helper()
	if w.WheelFile == "" {
		w.WheelFile = w.wheelFile()
	}
	if w.Metadata == "" {
		w.Metadata = fmt.Sprintf("Metadata-Version: 2.1\nName: %s\nVersion: %s\n", w.name(), w.version())
	}
	files := slices.Clone(w.Files)
	info := func(name, text string) {
		if text != Leave && text != "" {
			files = append(files, File{Name: w.DistInfo() + "/" + name, Content: text})
		}
	}
	info("METADATA", w.Metadata)
	info("WHEEL", w.WheelFile)
	info("entry_points.txt", w.EntryPoints)
	if w.Record == "" {
		w.Record = record(files) + w.DistInfo() + "/RECORD,,\n" + w.RecordMore
	}
	info("RECORD", w.Record)
	return archive(tb, files, w.Comment)
}

func record(files []File) string {
	var b strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name := f.Name
		if strings.ContainsAny(name, `",`+"\n") {
			name = `"` + strings.ReplaceAll(name, `"`, `""`) + `"`
		}
		sum := sha256.Sum256([]byte(f.Content))
		line := fmt.Sprintf("%s,sha256=%s,%d\n", name, base64.RawURLEncoding.EncodeToString(sum[:]), len(f.Content))
		if f.Record != nil {
			line = f.Record(line)
		}
		b.WriteString(line)
	}
	return b.String()
}

func archive(tb TB, files []File, comment string) []byte {
	tb.Helper()
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.Name, Method: zip.Deflate}
		if f.Mode != 0 {
			h.SetMode(f.Mode)
		}
		if f.Edit != nil {
			f.Edit(h)
		}
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write([]byte(f.Content))
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := z.SetComment(comment); err != nil {
		tb.Fatal(err)
	}
	if err := z.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}
