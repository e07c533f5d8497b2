package jail

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/oxgen/oxgen/internal/exectest"
	"github.com/oxgen/oxgen/internal/pyexec"
)

// role says what this test's executable is started for: "user" enters a jail as an ordinary user, "inside" is the program in it.
const role = "OXGEN_JAIL_TEST"

func TestMain(m *testing.M) {
	switch {
	case len(os.Args) > 2 && os.Args[1] == CommandName:
		fmt.Fprintln(os.Stderr, Enter(os.Args[2]))
		os.Exit(1)
	case os.Getenv(role) == "user":
		asUser()
	case os.Getenv(role) == "inside":
		inside()
	default:
		os.Exit(m.Run())
	}
}

// inside says what the program finds.
func inside() {
	entries, err := os.ReadDir("/")
	fmt.Println("uid", os.Getuid(), err)
	for _, e := range entries {
		fmt.Println("/" + e.Name())
	}
	status, err := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(status)) {
		if strings.HasPrefix(line, "CapEff:") || strings.HasPrefix(line, "CapAmb:") {
			fmt.Print(strings.Join(strings.Fields(line), " ") + "\n")
		}
	}
	if err != nil {
		fmt.Println(err)
	}
}

// asUser enters a jail with this executable in it.
func asUser() {
	self, err := os.Executable()
	if err != nil {
		panic(err)
	}
	j := Jail{Root: filepath.Join(filepath.Dir(self), "root"), Proc: "bind", Path: "/program", Env: []string{role + "=inside"}}
	j.Files = append(Devices(), File{self, "/program"})
	for _, name := range []string{"/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6", "/lib/x86_64-linux-gnu/libpthread.so.0", "/lib/x86_64-linux-gnu/libresolv.so.2"} {
		if real, err := filepath.EvalSymlinks(name); err == nil { // with cgo it is linked with these
			j.Files = append(j.Files, File{real, name})
		}
	}
	command, err := j.Command(self)
	if err == nil {
		var out []byte
		out, err = pyexec.Run(context.Background(), command)
		fmt.Print(string(out))
	}
	if err != nil {
		fmt.Println("refused:", err)
	}
}

// TestOrdinaryUser has somebody who is not root enter a jail: with the rights that the namespace gives, which are gone in the program.
func TestOrdinaryUser(t *testing.T) {
	t.Parallel()
	for _, forbids := range []struct{ file, value string }{
		{"/proc/sys/kernel/unprivileged_userns_clone", "0"}, {"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1"}, {"/proc/sys/user/max_user_namespaces", "0"},
	} {
		if data, err := os.ReadFile(forbids.file); err == nil && strings.TrimSpace(string(data)) == forbids.value {
			t.Skip("this system forbids it:", forbids.file)
		}
	}
	dir, err := os.MkdirTemp("", "oxgen-jail-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	program := filepath.Join(dir, "program")
	err = exectest.Copy(program, "/proc/self/exe", 0o755) // for everybody
	if err == nil {
		err = os.Mkdir(filepath.Join(dir, "root"), 0o755)
	}
	if err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program)
	c.Env = []string{role + "=user"}
	uid := os.Getuid()
	if uid == 0 {
		uid = 65534
		c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	out, err := c.CombinedOutput()
	if err != nil {
		t.Skip("no program of another user:", err)
	}
	if first, _, _ := strings.Cut(string(out), "\n"); strings.HasPrefix(first, "refused:") && strings.Contains(first, "fork/exec") {
		t.Skip("this system forbids it:", first)
	}
	var got []string
	for line := range strings.Lines(string(out)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "/lib") {
			got = append(got, line)
		}
	}
	want := []string{fmt.Sprintf("uid %d <nil>", uid), "/dev", "/proc", "/program", "/tmp", "CapEff: 0000000000000000", "CapAmb: 0000000000000000"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
