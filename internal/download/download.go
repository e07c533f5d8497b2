// Package download brings files by HTTP into the cache, each known beforehand by its digests. A file is checked before it is
// handed out, also when it was there already, so that neither an index nor a damaged cache decides what a program is made of.
package download

import (
	"context"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/oxgen/oxgen/internal/diag"
)

// A Store is a directory of the cache. Several processes may use it at once.
type Store struct {
	Dir    string       // made when missing
	Client *http.Client // nil is one that goes through the proxies of the environment
}

// A File is what is wanted.
type File struct {
	Name   string            // file name, without directories
	URL    string            // http or https; "" when it can't be downloaded
	Size   int64             // in bytes; below 0 when it is not known
	Hashes map[string]string // hexadecimal digests by the name of the algorithm, in small letters
}

// maxSize bounds a file whose size is not known, in bytes.
const maxSize = 8 << 30

// stall is how long a server may send nothing.
const stall = 60 * time.Second

// algorithms are the digests that are trusted, by their names in Python's hashlib; the best known first.
var algorithms = []struct {
	name string
	make func() hash.Hash
}{
	{"sha256", sha256.New},
	{"sha512", sha512.New},
	{"sha384", sha512.New384},
	{"sha3_256", func() hash.Hash { return sha3.New256() }},
	{"sha3_384", func() hash.Hash { return sha3.New384() }},
	{"sha3_512", func() hash.Hash { return sha3.New512() }},
}

// A checker takes the bytes of a file and compares them with what is known of it.
type checker struct {
	file   *File
	names  []string
	hashes []hash.Hash
	size   int64
}

// weakHint is what helps when no digest can be trusted.
const weakHint = "have a sha256 locked"

// newChecker fails when no digest of the file is of a kind that can be trusted, with a *diag.Error about no file.
func newChecker(f *File) (*checker, error) {
	c := &checker{file: f}
	for _, a := range algorithms {
		if f.Hashes[a.name] != "" {
			c.names, c.hashes = append(c.names, a.name), append(c.hashes, a.make())
		}
	}
	if c.names == nil {
		return nil, diag.Errorf("", weakHint, "%s can't be checked: it has no sha256 but only %s", f.Name, strings.Join(slices.Sorted(maps.Keys(f.Hashes)), ", "))
	}
	return c, nil
}

// Write never fails.
func (c *checker) Write(p []byte) (int, error) {
	c.size += int64(len(p))
	for _, h := range c.hashes {
		h.Write(p)
	}
	return len(p), nil
}

// err says in what the bytes differ from the file that is wanted; all digests that are known must agree.
func (c *checker) err() error {
	if c.file.Size >= 0 && c.size != c.file.Size {
		return fmt.Errorf("has %d bytes, and %d are expected", c.size, c.file.Size)
	}
	for i, h := range c.hashes {
		if got, want := hex.EncodeToString(h.Sum(nil)), c.file.Hashes[c.names[i]]; got != want {
			return fmt.Errorf("its %s is %s, and %s is expected", c.names[i], got, want)
		}
	}
	return nil
}

// Check tells whether the file at path is the one that is wanted. The error says in what it differs, without naming it; it
// is one of package fs, or a *diag.Error where no digest of the file can be trusted.
func (f *File) Check(path string) error {
	c, err := newChecker(f)
	if err != nil {
		return err
	}
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return errors.New("is not a file")
	case f.Size >= 0 && info.Size() != f.Size:
		return fmt.Errorf("has %d bytes, and %d are expected", info.Size(), f.Size)
	}
	if _, err := io.Copy(c, file); err != nil {
		return err
	}
	return c.err()
}

// path returns where the file lies in the store.
func (s *Store) path(f *File) (string, error) {
	c, err := newChecker(f)
	if err != nil {
		return "", err
	}
	digest := f.Hashes[c.names[0]]
	return filepath.Join(s.Dir, c.names[0]+"-"+digest, f.Name), nil
}

// Cached returns the path of the file when it is in the store and what it should be.
func (s *Store) Cached(f *File) (path string, ok bool) {
	path, err := s.path(f)
	return path, err == nil && f.Check(path) == nil
}

// Get returns the path of the file in the store, and downloads it when it is not there. The error is a *diag.Error about
// f.Name, or that of ctx.
func (s *Store) Get(ctx context.Context, f *File) (string, error) {
	path, err := s.path(f)
	if err != nil {
		return "", diag.Errorf(f.Name, weakHint, "%w", err)
	}
	if f.Check(path) == nil {
		return path, nil
	}
	if err := s.download(ctx, f, path); err != nil {
		if ctx.Err() != nil {
			return "", context.Cause(ctx)
		}
		return "", s.explain(f, err)
	}
	return path, nil
}

// explain makes the *diag.Error of what went wrong.
func (s *Store) explain(f *File, err error) error {
	var d *diag.Error
	if errors.As(err, &d) {
		return err
	}
	hint := "put the file into a directory of `find-links`, or go online"
	var network *url.Error
	var file *fs.PathError
	switch {
	case errors.As(err, &network):
		return diag.Errorf(f.Name, hint, "%s can't be reached: %w", shown(f.URL), network.Err)
	case errors.As(err, &file):
		return diag.Errorf(f.Name, "make the cache writable, or set OXGEN_CACHE to another directory", "can't be kept in the cache: %w", file.Err)
	}
	return diag.Errorf(f.Name, hint, "%s: %w", shown(f.URL), err)
}

// shown returns an address without passwords and parameters, which may be secrets.
func shown(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "its address"
	}
	u.RawQuery, u.Fragment, u.User = "", "", nil
	return u.String()
}

// download writes to a file beside path, which gets its name once it is whole and checked.
func (s *Store) download(ctx context.Context, f *File, path string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	idle := time.AfterFunc(stall, func() { cancel(errors.New("nothing came for a minute")) })
	defer idle.Stop()
	body, err := s.open(ctx, f)
	if err != nil {
		return orCause(ctx, err)
	}
	defer body.Close()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), "*.part")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // no longer there when all went well
	defer tmp.Close()
	c, err := newChecker(f)
	if err != nil {
		return err
	}
	most := f.Size
	if most < 0 {
		most = maxSize
	}
	if _, err := io.Copy(io.MultiWriter(tmp, c, tick{idle}), io.LimitReader(body, most+1)); err != nil {
		return orCause(ctx, err)
	}
	if c.size > most {
		return fmt.Errorf("has more than the %d bytes expected", most)
	}
	if err := c.err(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// orCause returns why a context ended, if it did, else err.
func orCause(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// A tick puts the end of a timer off when bytes come.
type tick struct{ timer *time.Timer }

func (t tick) Write(p []byte) (int, error) {
	t.timer.Reset(stall)
	return len(p), nil
}

// open asks the server.
func (s *Store) open(ctx context.Context, f *File) (io.ReadCloser, error) {
	u, err := url.Parse(f.URL)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
		return nil, errors.New("is not an address of http or https")
	}
	u.Fragment = ""
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "oxgen")
	request.Header.Set("Accept-Encoding", "identity") // the digest is that of the file, not of what unpacking it gives
	client := s.Client
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusOK {
		response.Body.Close()
		return nil, fmt.Errorf("the server says %s", response.Status)
	}
	return response.Body, nil
}
