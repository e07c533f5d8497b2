package dist

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestModuleInTheCache(t *testing.T) {
	t.Parallel()
	whole := []string{"example.com/!upper@v1.2.3/go.mod", "cache/download/example.com/!upper/@v/v1.2.3.ziphash"}
	tests := []struct {
		name  string
		files []string
		found bool
	}{
		{"whole", whole, true},
		{"partial", append(whole, "cache/download/example.com/!upper/@v/v1.2.3.partial"), false},
		{"not verified", whole[:1], false},
		{"not unpacked", whole[1:], false},
		{"nothing", nil, false},
	}
	for _, tt := range tests {
		for _, variable := range []string{"GOMODCACHE", "GOPATH", "HOME"} {
			t.Run(tt.name+" by "+variable, func(t *testing.T) {
				t.Parallel()
				base := t.TempDir()
				below := map[string]string{"GOMODCACHE": "", "GOPATH": "pkg/mod", "HOME": "go/pkg/mod"}[variable]
				cache := filepath.Join(base, filepath.FromSlash(below))
				for _, name := range tt.files {
					put(t, cache, name, "")
				}
				s := newStage(t, `go {"Dir":"/downloaded","Sum":"h1:x"}`)
				s.Env = append(s.Env, variable+"="+base)
				want := "/downloaded"
				if tt.found {
					want = filepath.Join(cache, "example.com", "!upper@v1.2.3")
				}
				dir, err := s.Module(t.Context(), "example.com/Upper@v1.2.3")
				if dir != want || err != nil {
					t.Errorf("Module = %q, %v, want %q", dir, err, want)
				}
				if ran := len(s.noted(t)) > 0; ran == tt.found {
					t.Errorf("the go command was run: %v", ran)
				}
			})
		}
	}
}

func TestModuleIsDownloadedOutsideOfModules(t *testing.T) {
	t.Parallel()
	s := newStage(t, `go {"Dir":"/downloaded","Sum":"h1:x"}`)
	if _, err := s.Module(t.Context(), "example.com/a@v1.0.0"); err != nil {
		t.Fatal(err)
	}
	got := s.noted(t)
	if len(got) != 1 || !strings.HasPrefix(got[0], "mod download -json example.com/a@v1.0.0 in oxgen-go-") {
		t.Errorf("ran %q", got)
	}
}

func TestModuleRefuses(t *testing.T) {
	t.Parallel()
	for _, modver := range []string{
		"", "example.com/a", "example.com/a@", "example.com/a@latest", "example.com/a@v1.0", "../a@v1.0.0",
		"/a@v1.0.0", "-x@v1.0.0", "example.com/a@v1.0.0/../..", "example.com/a@v2.0.0",
	} {
		s := newStage(t, "go must not be run")
		dir, err := s.Module(t.Context(), modver)
		if dir != "" {
			t.Errorf("Module(%q) = %q", modver, dir)
		}
		wantDiag(t, err, "MODULE@VERSION")
		if ran := s.noted(t); len(ran) > 0 {
			t.Errorf("Module(%q) ran %q", modver, ran)
		}
	}
}

func TestDownloadErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, role string
		want       []string
	}{
		{
			"offline", `go {"Error":"example.com/a@v1.0.0: module lookup disabled by GOPROXY=off"}`,
			[]string{"bringing example.com/a@v1.0.0: module lookup disabled by GOPROXY=off", "can't be reached"},
		},
		{"no network", `go {"Error":"example.com/a@v1.0.0: Get \"x\": dial tcp: lookup x: no such host"}`, []string{"can't be reached"}},
		{"full disk", `go {"Error":"example.com/a@v1.0.0: write /x: no space left on device"}`, []string{"no space left", "make room"}},
		{"no leave", `go {"Error":"could not create module cache: mkdir /x: permission denied"}`, []string{"set GOMODCACHE"}},
		{
			"changed", `go {"Error":"example.com/a@v1.0.0: verifying module: checksum mismatch\n\tdownloaded: h1:x\n\nSECURITY ERROR\n"}`,
			[]string{"checksum mismatch", "GOPROXY"},
		},
		{"not there", `go {"Error":"example.com/a@v1.0.0: reading x: 404 Not Found\n\tserver response: no"}`, []string{"404 Not Found", "the whole story"}},
		{"no answer", "go: cannot find GOROOT", []string{"cannot find GOROOT"}},
		{"old go", `go {"Path":"example.com/a"}`, []string{"no directory and sum", "go version"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := newStage(t, "go "+strings.TrimPrefix(tt.role, "go ")).Module(t.Context(), "example.com/a@v1.0.0")
			wantDiag(t, err, tt.want...)
		})
	}
	s := newStage(t, "")
	s.Go = "no-such-go-command"
	_, err := s.Module(t.Context(), "example.com/a@v1.0.0")
	wantDiag(t, err, `the go command "no-such-go-command" can't be run`, "install Go")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := newStage(t, "go none").Module(ctx, "example.com/a@v1.0.0"); err != context.Canceled {
		t.Errorf("after the end of the context: %v", err)
	}
}

// TestRealGoOffline asks the real go command, which must not fail for any other reason than the one that is tested.
func TestRealGoOffline(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	put(t, dir, "go.mod", "no module file")
	s := &Store{Env: append(os.Environ(), "GOPROXY=off", "GOMODCACHE="+filepath.Join(dir, "cache"), "GO111MODULE=off",
		"GOWORK="+filepath.Join(dir, "go.work"), "GOFLAGS=-mod=mod -modfile="+filepath.Join(dir, "other.mod"))}
	_, err := s.Module(t.Context(), "example.com/a@v1.0.0")
	wantDiag(t, err, "module lookup disabled by GOPROXY=off", "can't be reached")
}

func TestGoEnviron(t *testing.T) {
	t.Parallel()
	got := goEnviron([]string{"A=1", "GOFLAGS=-modfile=x.mod -modcacherw", "GO111MODULE=off", "PWD=/here", "GOWORK=/w", "GOPROXY=p"}, "/there")
	want := []string{"A=1", "GOFLAGS=-modcacherw", "GOPROXY=p", "GO111MODULE=on", "GOWORK=off", "PWD=/there"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
}

func TestWithoutModfile(t *testing.T) {
	t.Parallel()
	tests := []struct{ flags, want string }{
		{"", ""},
		{"-mod=mod", "-mod=mod"},
		{"  -a\t--modfile=x -b ", "-a -b"},
		{`'-modfile=with space' "-ldflags=-s -w" -x`, `"-ldflags=-s -w" -x`},
		{`-modfilex=1`, `-modfilex=1`},
		{`"unclosed -modfile=x`, `"unclosed -modfile=x`},
		{`'`, `'`},
	}
	for _, tt := range tests {
		if got := withoutModfile(tt.flags); got != tt.want {
			t.Errorf("withoutModfile(%q) = %q, want %q", tt.flags, got, tt.want)
		}
	}
}
