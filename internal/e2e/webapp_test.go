//go:build linux

package e2e

import (
	"bufio"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestWebapp serves pages and signs the guest book, at home and in a chroot with a read-only root.
func TestWebapp(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("left out by -short")
	}
	exe := webapp(t).exe
	t.Run("at home", func(t *testing.T) {
		t.Parallel()
		file := t.TempDir() + "/book.db"
		for range 2 { // the second finds what the first has kept
			serve(t, exec.CommandContext(t.Context(), exe, "--port", "0", "--database", file)) // the test's own
		}
		if !holds(t, file, "a message") {
			t.Error("the database does not hold the message")
		}
	})
	t.Run("in a chroot", func(t *testing.T) {
		t.Parallel()
		if os.Getuid() != 0 {
			t.Skip("needs root")
		}
		j := jail{Root: chroot(t, exe, "proc"), Proc: true, ReadOnly: true}
		(&call{path: "/app", args: []string{"--help"}, jail: &j}).run(t) // skips where jails are not allowed
		cmd := exec.CommandContext(t.Context(), "/app", "--port", "0")
		if err := j.prepare(cmd); err != nil {
			t.Fatal(err)
		}
		serve(t, cmd)
	})
}

// client makes one connection for each request and no other: with connections to keep, net/http may open one more that it
// then says nothing on, and a server that serves one client after the other waits for it until the client ends.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// listening starts a server, and returns the address that its first line names and its standard error. The server is killed when
// the test takes too long.
func listening(t *testing.T, cmd *exec.Cmd) (address string, stderr *strings.Builder) {
	t.Helper()
	stderr = &strings.Builder{}
	cmd.Stderr = stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	t.Cleanup(func() { timer.Stop() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err, stderr.String())
	}
	_, address, _ = strings.Cut(strings.TrimSpace(line), "http://")
	return "http://" + address, stderr
}

// serve starts the server, talks to it, and ends it by Ctrl-C.
func serve(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	address, stderr := listening(t, cmd)
	if got := get(t, address+"style.css"); !strings.Contains(got, "{") {
		t.Errorf("style sheet is %q", got)
	}
	answer, err := client.PostForm(address, url.Values{"name": {"Zoë <b>"}, "message": {"a message"}})
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if got := get(t, address); !strings.Contains(got, "Zoë &lt;b&gt;") {
		t.Errorf("page lacks the entry:\n%s", got)
	}
	if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Error(err)
	}
	if err := cmd.Wait(); err != nil || stderr.Len() > 0 {
		t.Errorf("ended with %v:\n%s", err, stderr.String())
	}
}

func get(t *testing.T, address string) string {
	t.Helper()
	answer, err := client.Get(address) // the test's own server
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Error(err)
	}
	return string(body)
}
