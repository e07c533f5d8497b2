package download_test

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/download"
)

const content = "the bytes of a wheel"

func digests(s string) map[string]string {
	a, b := sha256.Sum256([]byte(s)), sha512.Sum512([]byte(s))
	return map[string]string{"sha256": hex.EncodeToString(a[:]), "sha512": hex.EncodeToString(b[:]), "md5": "00"}
}

// server serves the content at /a.whl and counts what is asked.
func server(t *testing.T) (address string, asked *atomic.Int64) {
	t.Helper()
	asked = new(atomic.Int64)
	mux := http.NewServeMux()
	mux.HandleFunc("/a.whl", func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		fmt.Fprint(w, content)
	})
	mux.HandleFunc("/other", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/a.whl", http.StatusFound) })
	mux.HandleFunc("/short", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, content[:4])
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL, asked
}

func files(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			names = append(names, filepath.Base(path))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

func TestGet(t *testing.T) {
	t.Parallel()
	address, asked := server(t)
	store := download.Store{Dir: filepath.Join(t.TempDir(), "wheel")}
	f := &download.File{Name: "a.whl", URL: address + "/a.whl?token=secret#sha256=1", Size: int64(len(content)), Hashes: digests(content)}
	if _, ok := store.Cached(f); ok {
		t.Error("it is there before it was downloaded")
	}
	for range 2 {
		path, err := store.Get(context.Background(), f)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := os.ReadFile(path); err != nil || string(data) != content || filepath.Base(path) != "a.whl" {
			t.Errorf("%s: %q, %v", path, data, err)
		}
	}
	if asked.Load() != 1 {
		t.Errorf("asked %d times", asked.Load())
	}
	// A damaged file in the cache is brought again.
	path, ok := store.Cached(f)
	if !ok {
		t.Fatal("not cached")
	}
	if err := os.WriteFile(path, []byte(strings.ToUpper(content)), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, ok := store.Cached(f); ok {
		t.Error("a damaged file is handed out")
	}
	if _, err := store.Get(context.Background(), f); err != nil || asked.Load() != 2 {
		t.Errorf("%v, asked %d times", err, asked.Load())
	}
	if got := files(t, store.Dir); got != "a.whl" {
		t.Errorf("the store has %s", got)
	}
	f.URL = address + "/other"
	f.Hashes = map[string]string{"sha512": f.Hashes["sha512"]}
	if _, err := store.Get(context.Background(), f); err != nil {
		t.Errorf("redirected, by sha512: %v", err)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	address, _ := server(t)
	good := digests(content)
	for _, tt := range []struct {
		name string
		file download.File
		want string
	}{
		{"other bytes", download.File{URL: "/a.whl", Size: -1, Hashes: digests("x")}, "/a.whl: its sha256 is " + good["sha256"] + ", and " + digests("x")["sha256"] + " is expected"},
		{
			"one of two",
			download.File{URL: "/a.whl", Size: -1, Hashes: map[string]string{"sha256": good["sha256"], "sha512": digests("x")["sha512"]}},
			"/a.whl: its sha512 is " + good["sha512"] + ", and " + digests("x")["sha512"] + " is expected",
		},
		{"larger", download.File{URL: "/a.whl", Size: 3, Hashes: good}, "/a.whl: has more than the 3 bytes expected"},
		{"smaller", download.File{URL: "/a.whl", Size: 99, Hashes: good}, "/a.whl: has 20 bytes, and 99 are expected"},
		{"cut off", download.File{URL: "/short", Size: -1, Hashes: good}, "/short: unexpected EOF"},
		{"missing", download.File{URL: "/b.whl?token=secret", Size: -1, Hashes: good}, "/b.whl: the server says 404 Not Found"},
		{"weak", download.File{URL: "/a.whl", Size: -1, Hashes: map[string]string{"md5": "00", "sha1": "00"}}, "a.whl can't be checked: it has no sha256 but only md5, sha1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			store := download.Store{Dir: t.TempDir()}
			tt.file.Name, tt.file.URL = "a.whl", address+tt.file.URL
			_, err := store.Get(context.Background(), &tt.file)
			want := "a.whl: " + tt.want
			if strings.HasPrefix(tt.want, "/") {
				want = "a.whl: " + address + tt.want
			}
			if err == nil || err.Error() != want {
				t.Errorf("got %v\nwant %s", err, want)
			}
			var d *diag.Error
			if !errors.As(err, &d) || d.Hint == "" {
				t.Errorf("%v has no hint", err)
			}
			if got := files(t, store.Dir); got != "" {
				t.Errorf("the store has %s", got)
			}
		})
	}
}

// Without a network the error says so, and no secret of the address is in it.
func TestOffline(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	address := strings.Replace(s.URL, "http://", "http://user:password@", 1) + "/a.whl?token=secret"
	store := download.Store{Dir: t.TempDir()}
	_, err := store.Get(context.Background(), &download.File{Name: "a.whl", URL: address, Size: -1, Hashes: digests(content)})
	if err == nil || !strings.HasPrefix(err.Error(), "a.whl: "+s.URL+"/a.whl can't be reached: ") ||
		strings.Contains(err.Error(), "password") || strings.Contains(err.Error(), "secret") {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := store.Get(ctx, &download.File{Name: "a.whl", URL: address, Size: -1, Hashes: digests(content)}); !errors.Is(err, context.Canceled) {
		t.Errorf("ended: %v", err)
	}
	if _, err := store.Get(context.Background(), &download.File{Name: "a.whl", URL: "ftp://x/a.whl", Size: -1, Hashes: digests(content)}); err == nil ||
		err.Error() != "a.whl: ftp://x/a.whl: is not an address of http or https" {
		t.Errorf("ftp: %v", err)
	}
}
