package dist

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/oxgen/oxgen/internal/atomicfile"
	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/inputs"
)

// A compression is what an archive is packed with, known by its first bytes.
type compression string

const (
	notArchive  compression = ""
	gzipped     compression = "gzip"
	zstandard   compression = "zstd"
	unsupported compression = "other"
)

func archiveKind(head []byte) compression {
	for _, m := range []struct {
		magic string
		kind  compression
	}{
		{"\x1f\x8b", gzipped},
		{"\x28\xb5\x2f\xfd", zstandard},
		{"BZh", unsupported},
		{"\xfd7zXZ\x00", unsupported},
		{"PK\x03\x04", unsupported},
	} {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.kind
		}
	}
	return notArchive
}

// unpackArchive returns the directory that the archive is unpacked in.
func (s *Store) unpackArchive(ctx context.Context, c choice, name string, kind compression) (string, error) {
	if kind == unsupported {
		return "", c.errorf("unpack it and give the directory",
			"is an archive of a kind that oxgen does not read: .tar.gz and .tar.zst it does")
	}
	digest, err := s.archiveDigest(name)
	if err != nil {
		return "", s.cacheError(err)
	}
	tree, err := buildTree(ctx, filepath.Join(s.CacheDir, "archive", digest), "sha256:"+digest, func(b *builder) error {
		if err := s.extract(b, c, name, kind); err != nil {
			return c.archiveError(b, err)
		}
		return nil
	})
	if err != nil {
		return "", s.cacheError(err)
	}
	return tree.root, nil
}

// archiveError makes an error of the archive the user's; those of the disk stay what they are.
func (c choice) archiveError(b *builder, err error) error {
	var onDisk *fs.PathError
	var known *diag.Error
	if errors.As(err, &onDisk) || errors.As(err, &known) || b.ctx.Err() != nil {
		return err
	}
	return c.errorf("get the archive anew", "is no archive that can be unpacked: %w", err)
}

// archiveDigest returns the sha256 of a file in hex. It is remembered by the file's path, size and time of change.
func (s *Store) archiveDigest(name string) (string, error) {
	info, err := inputs.Stat(name)
	if err != nil {
		return "", err
	}
	stat := sha256.Sum256(fmt.Appendf(nil, "%s\n%d\n%d\n", name, info.Size(), info.ModTime().UnixNano()))
	note := filepath.Join(s.CacheDir, "archive", "by-stat", hex.EncodeToString(stat[:16]))
	if data, err := os.ReadFile(note); err == nil && len(data) == 2*sha256.Size {
		if _, err := hex.DecodeString(string(data)); err == nil {
			return string(data), nil
		}
	}
	f, err := inputs.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	digest := hex.EncodeToString(h.Sum(nil))
	if err := os.MkdirAll(filepath.Dir(note), 0o755); err != nil {
		return "", err
	}
	return digest, atomicfile.Write(note, []byte(digest), 0o644)
}

// extract writes what the archive holds into b.
func (s *Store) extract(b *builder, c choice, name string, kind compression) error {
	f, err := inputs.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	counted := &countingReader{r: f, seen: func(n int64) { s.progress("unpacking "+c.spec, n, info.Size()) }}
	content, err := decompress(counted, kind)
	if err != nil {
		return err
	}
	defer content.Close()
	archive := tar.NewReader(content)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := b.member(header, archive); err != nil {
			return err
		}
	}
}

func decompress(r io.Reader, kind compression) (io.ReadCloser, error) {
	if kind == gzipped {
		return gzip.NewReader(r)
	}
	zr, err := zstd.NewReader(r)
	if err != nil {
		return nil, err
	}
	return zr.IOReadCloser(), nil
}

// member writes one member of a tar archive.
func (b *builder) member(h *tar.Header, content io.Reader) error {
	name := path.Clean(h.Name)
	if strings.HasPrefix(h.Name, "/") || !validName(name) && name != "." {
		return fmt.Errorf("unsafe name %q", h.Name)
	}
	switch h.Typeflag {
	case tar.TypeDir:
		if name == "." {
			return nil
		}
		return b.dir(name)
	case tar.TypeReg:
		_, err := b.file(name, h.FileInfo().Mode(), content)
		return err
	case tar.TypeSymlink:
		return b.link(name, h.Linkname)
	case tar.TypeLink:
		return b.hardlink(name, path.Clean(h.Linkname))
	case tar.TypeXGlobalHeader:
		return nil
	}
	return fmt.Errorf("%q is of the type %q, which no Python needs", h.Name, h.Typeflag)
}

// hardlink gives the file at target, which came earlier in the archive, a copy at name.
func (b *builder) hardlink(name, target string) error {
	if !validName(target) {
		return fmt.Errorf("%s: link to %q leaves the tree", name, target)
	}
	first, err := b.root.Open(filepath.FromSlash(target))
	if err != nil {
		return fmt.Errorf("%s: link to %q, which is not there", name, target)
	}
	defer first.Close()
	info, err := first.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s: link to %q, which is no file", name, target)
	}
	_, err = b.file(name, info.Mode(), first)
	return err
}

// countingReader tells how much has been read through it.
type countingReader struct {
	r    io.Reader
	n    int64
	seen func(n int64)
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	c.seen(c.n)
	return n, err
}
