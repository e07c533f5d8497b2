// Package archive writes what a release of a program consists of: an archive for each platform and a list of checksums. The
// same files give the same bytes: names are in order, times are one moment, owners nobody.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
)

// A File is one file of an archive.
type File struct {
	Name       string // with slashes
	Data       []byte
	Executable bool
}

// moment is the time of all files: the first that zip archives can hold.
var moment = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// Pack packs files below a directory called name: as a zip archive for windows, for all others as a compressed tar archive.
// It returns the name of the archive's file and its bytes.
func Pack(name, goos string, files []File) (file string, data []byte, err error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	var b bytes.Buffer
	if goos == "windows" {
		err = writeZip(&b, name, files)
		return name + ".zip", b.Bytes(), err
	}
	err = writeTar(&b, name, files)
	return name + ".tar.gz", b.Bytes(), err
}

func writeTar(b *bytes.Buffer, name string, files []File) error {
	z, err := gzip.NewWriterLevel(b, gzip.BestCompression)
	if err != nil {
		return err
	}
	w := tar.NewWriter(z)
	for _, f := range files {
		h := &tar.Header{Typeflag: tar.TypeReg, Name: path.Join(name, f.Name), Size: int64(len(f.Data)), Mode: f.mode(), ModTime: moment, Format: tar.FormatPAX}
		if err := w.WriteHeader(h); err != nil {
			return err
		}
		if _, err := w.Write(f.Data); err != nil {
			return err
		}
	}
	return errors.Join(w.Close(), z.Close())
}

func writeZip(b *bytes.Buffer, name string, files []File) error {
	w := zip.NewWriter(b)
	w.RegisterCompressor(zip.Deflate, func(out io.Writer) (io.WriteCloser, error) { return flate.NewWriter(out, flate.BestCompression) })
	for _, f := range files {
		h := &zip.FileHeader{Name: path.Join(name, f.Name), Method: zip.Deflate, Modified: moment}
		part, err := w.CreateHeader(h)
		if err != nil {
			return err
		}
		if _, err := part.Write(f.Data); err != nil {
			return err
		}
	}
	return w.Close()
}

func (f *File) mode() int64 {
	if f.Executable {
		return 0o755
	}
	return 0o644
}

// Checksums returns a list of SHA-256 sums in the format of sha256sum, by name.
func Checksums(files []File) []byte {
	lines := make([]string, len(files))
	for i, f := range files {
		lines[i] = fmt.Sprintf("%x  %s\n", sha256.Sum256(f.Data), f.Name)
	}
	slices.SortFunc(lines, func(a, b string) int { return cmp.Compare(a[64:], b[64:]) })
	return []byte(strings.Join(lines, ""))
}
