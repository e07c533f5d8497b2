package dist

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"github.com/oxgen/oxgen/internal/diag"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// Module returns the directory of a Go module in the module cache and brings it there when needed, through the
// caller's GOPROXY, GONOSUMDB and GOFLAGS and held to the checksum database. The argument is "MODULE@VERSION", the
// version a canonical one ("v1.2.3"). What is in the module cache already is found without running the go command.
// The files in the directory must not be written to.
func (s *Store) Module(ctx context.Context, modver string) (dir string, err error) {
	mod, err := parseModule(modver)
	if err != nil {
		return "", err
	}
	if dir, ok := s.cachedModule(mod); ok {
		return dir, nil
	}
	got, err := s.download(ctx, mod)
	if err != nil {
		return "", err
	}
	return got.Dir, nil
}

func parseModule(modver string) (module.Version, error) {
	path, version, ok := strings.Cut(modver, "@")
	mod := module.Version{Path: path, Version: version}
	const hint = "write MODULE@VERSION with the full version, as in example.com/lib@v1.2.3;" +
		" `go list -m MODULE@latest` prints it"
	if !ok || module.CanonicalVersion(version) != version {
		return mod, diag.Errorf("", hint, "%q names no module version", modver)
	}
	if err := module.Check(path, version); err != nil {
		return mod, diag.Errorf("", hint, "%q names no module version: %w", modver, err)
	}
	return mod, nil
}

// cachedModule returns the directory of a module that the go command has downloaded, verified and unpacked to the end,
// by the same signs that the go command itself goes by (cmd/go/internal/modfetch, DownloadDir): the directory is
// there, NAME.ziphash is, NAME.partial is not.
func (s *Store) cachedModule(mod module.Version) (dir string, ok bool) {
	modcache := s.moduleCache()
	path, err1 := module.EscapePath(mod.Path)
	version, err2 := module.EscapeVersion(mod.Version)
	if modcache == "" || err1 != nil || err2 != nil {
		return "", false
	}
	dir = filepath.Join(modcache, filepath.FromSlash(path)+"@"+version)
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return "", false
	}
	download := filepath.Join(modcache, "cache", "download", filepath.FromSlash(path), "@v", version)
	if _, err := os.Stat(download + ".partial"); !errors.Is(err, fs.ErrNotExist) {
		return "", false
	}
	if _, err := os.Stat(download + ".ziphash"); err != nil {
		return "", false
	}
	return dir, true
}

// moduleCache returns the module cache's directory, as far as the environment tells it. A value set by `go env -w` is
// not seen: then nothing is found, and the go command is run and knows.
func (s *Store) moduleCache() string {
	if dir := s.getenv("GOMODCACHE"); dir != "" {
		return dir
	}
	if list := filepath.SplitList(s.getenv("GOPATH")); len(list) > 0 && list[0] != "" {
		return filepath.Join(list[0], "pkg", "mod")
	}
	home := s.getenv("HOME")
	if u, err := user.Current(); home == "" && err == nil {
		home = u.HomeDir
	}
	if home == "" {
		return ""
	}
	return filepath.Join(home, "go", "pkg", "mod")
}

// getenv returns a variable of the store's environment; as everywhere, the last of several with one name counts.
func (s *Store) getenv(name string) string {
	env := s.environ()
	for i := len(env) - 1; i >= 0; i-- {
		if n, value, _ := strings.Cut(env[i], "="); n == name {
			return value
		}
	}
	return ""
}

// downloaded is what `go mod download -json` prints about a module.
type downloaded struct {
	Dir   string
	Sum   string
	Error string
}

// download runs `go mod download`. It does so in an empty directory outside every module and workspace, so that no
// go.mod of the user's is read or written.
func (s *Store) download(ctx context.Context, mod module.Version) (downloaded, error) {
	outside, err := os.MkdirTemp("", "oxgen-go-")
	if err != nil {
		return downloaded{}, err
	}
	defer os.RemoveAll(outside)
	var got downloaded
	s.progress("downloading "+mod.String(), 0, 0)
	out, err := pyexec.Run(ctx, pyexec.Command{
		Path: s.goCommand(),
		Args: []string{"mod", "download", "-json", mod.String()},
		Dir:  outside,
		Env:  goEnviron(s.environ(), outside),

		Repeatable: true, // the checksum database sees to it
	})
	if cause := context.Cause(ctx); cause != nil {
		return downloaded{}, cause
	}
	if jsonErr := json.Unmarshal(bytes.TrimSpace(out), &got); jsonErr == nil && got.Error != "" {
		return downloaded{}, downloadError(mod, got.Error)
	}
	if err != nil {
		return downloaded{}, s.goError(mod, err)
	}
	if got.Dir == "" || got.Sum == "" {
		return downloaded{}, diag.Errorf("", "oxgen needs Go 1.21 or newer: `go version` prints yours",
			"go mod download: no directory and sum for %s in its answer", mod)
	}
	return got, nil
}

func (s *Store) goCommand() string {
	if s.Go == "" {
		return "go"
	}
	return s.Go
}

// goError returns the error of a go command that could not be run or said nothing in JSON.
func (s *Store) goError(mod module.Version, err error) error {
	var failed *pyexec.Failure
	if errors.As(err, &failed) {
		return downloadError(mod, failed.Stderr)
	}
	return diag.Errorf("", "install Go 1.26 or newer and put its bin directory in PATH",
		"bringing %s: the go command %q can't be run: %w", mod, s.goCommand(), err)
}

// downloadError makes one line with a hint of what the go command says.
func downloadError(mod module.Version, said string) error {
	line, _, _ := strings.Cut(strings.TrimSpace(said), "\n")
	line = strings.TrimPrefix(strings.TrimPrefix(line, "go: "), mod.String()+": ")
	contains := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(said, p) {
				return true
			}
		}
		return false
	}
	hint := "`go mod download -json " + mod.String() + "`, run in an empty directory, shows the whole story"
	switch {
	case contains("checksum mismatch", "SECURITY ERROR"):
		line = "checksum mismatch: what the proxy sends is not what the checksum database knows"
		hint = "somebody may have changed the module on its way: look at GOPROXY, and see `go help module-auth`"
	case contains("no space left", "disk quota exceeded"):
		hint = "make room, or set GOMODCACHE to a directory on a larger disk"
	case contains("module lookup disabled", "dial tcp", "no such host", "connection re", "timeout", "proxyconnect"):
		hint = "the module is not in the module cache and can't be reached: connect once and run" +
			" `go mod download " + mod.String() + "` in an empty directory, or set GOPROXY to a proxy that can be reached"
	case contains("could not create module cache", "permission denied", "read-only file system", "GOPATH"):
		hint = "set GOMODCACHE to a directory that may be written to"
	}
	return diag.Errorf("", hint, "bringing %s: %s", mod, line)
}

// goEnviron returns env for a go command run in dir: in module mode, without a workspace, and without a -modfile in
// GOFLAGS, which the go command refuses outside a module. All other flags stay.
func goEnviron(env []string, dir string) []string {
	set := []string{"GO111MODULE=on", "GOWORK=off", "PWD=" + dir}
	var out []string
	for _, kv := range env {
		switch name, value, _ := strings.Cut(kv, "="); name {
		case "GO111MODULE", "GOWORK", "PWD":
		case "GOFLAGS":
			out = append(out, "GOFLAGS="+withoutModfile(value))
		default:
			out = append(out, kv)
		}
	}
	return append(out, set...)
}

// withoutModfile takes -modfile out of a GOFLAGS value: flags separated by spaces, each may be quoted as a whole by ' or ".
func withoutModfile(flags string) string {
	var kept []string
	for rest := strings.TrimLeft(flags, " \t\n\r"); rest != ""; rest = strings.TrimLeft(rest, " \t\n\r") {
		end := strings.IndexAny(rest, " \t\n\r")
		if quote := rest[0]; quote == '\'' || quote == '"' {
			end = strings.IndexByte(rest[1:], quote)
			if end >= 0 {
				end += 2
			}
		}
		if end < 0 {
			end = len(rest)
		}
		flag := strings.TrimLeft(rest[:end], `'"-`)
		if flag != "modfile" && !strings.HasPrefix(flag, "modfile=") {
			kept = append(kept, rest[:end])
		}
		rest = rest[end:]
	}
	return strings.Join(kept, " ")
}
