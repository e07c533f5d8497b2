//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A jail says what is taken away from a program before it starts. The test binary runs itself with the order in the
// environment, in namespaces of its own, gives up what the order says, and becomes the program.
type jail struct {
	Root     string // directory that becomes /; "" leaves / as it is
	ReadOnly bool   // Root is mounted read-only
	Proc     bool   // /proc is mounted below Root
	NoexecTo string // directory below Root where a tmpfs is mounted noexec; "" for none
	SmallTo  string // directory below Root where a tmpfs of 64 KB is mounted; "" for none
	UID      int    // user and group to become, 0 for none

	NoMemfd  bool // memfd_create fails with EPERM
	OldMemfd bool // memfd_create does not know MFD_EXEC, as before Linux 6.3: it fails with EINVAL

	Path string   // set by prepare
	Args []string // likewise, with the program's name
	Env  []string // likewise
}

const (
	jailOrder   = "OXGEN_E2E_JAIL" // environment variable with the jail in JSON
	jailTrouble = "jail:"          // begins the message of one that can't be made
	jailStatus  = 125
)

// prepare makes cmd one that runs in the jail.
func (j jail) prepare(cmd *exec.Cmd) error {
	j.Path, j.Args, j.Env = cmd.Path, cmd.Args, cmd.Env
	if j.Env == nil {
		j.Env = os.Environ()
	}
	order, err := json.Marshal(j)
	if err != nil {
		return err
	}
	if cmd.Path, err = os.Executable(); err != nil {
		return err
	}
	cmd.Err = nil // the program need not exist outside of the jail
	cmd.Env = []string{jailOrder + "=" + string(order)}
	if j.Root == "" && j.UID == 0 {
		return nil
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID, Pdeathsig: syscall.SIGKILL}
	if os.Getuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}}
	}
	return nil
}

// enterJail does what an order says. It returns only with an error.
func enterJail(order string) error {
	var j jail
	if err := json.Unmarshal([]byte(order), &j); err != nil {
		return err
	}
	runtime.LockOSThread() // the filter is the thread's
	if j.Root != "" {
		if err := j.enterRoot(); err != nil {
			return err
		}
	}
	if j.UID != 0 {
		if err := syscall.Setgroups(nil); err != nil {
			return fmt.Errorf("setgroups: %w", err)
		}
		if err := syscall.Setgid(j.UID); err != nil {
			return fmt.Errorf("setgid: %w", err)
		}
		if err := syscall.Setuid(j.UID); err != nil {
			return fmt.Errorf("setuid: %w", err)
		}
	}
	if j.NoMemfd {
		if err := refuse(unix.SYS_MEMFD_CREATE, unix.EPERM, 0); err != nil {
			return err
		}
	}
	if j.OldMemfd {
		if err := refuse(unix.SYS_MEMFD_CREATE, unix.EINVAL, unix.MFD_EXEC); err != nil {
			return err
		}
	}
	return fmt.Errorf("exec: %w", syscall.Exec(j.Path, j.Args, j.Env)) // the test's own program
}

func (j jail) enterRoot() error {
	mountWith := func(what, where, kind string, flags uintptr, data string) error {
		if err := syscall.Mount(what, where, kind, flags, data); err != nil {
			return fmt.Errorf("mount %s: %w", where, err)
		}
		return nil
	}
	mount := func(what, where, kind string, flags uintptr) error { return mountWith(what, where, kind, flags, "") }
	if err := mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE); err != nil {
		return err
	}
	if err := mount(j.Root, j.Root, "", syscall.MS_BIND); err != nil {
		return err
	}
	if j.Proc {
		if err := mount("proc", filepath.Join(j.Root, "proc"), "proc", 0); err != nil {
			return err
		}
	}
	if j.NoexecTo != "" {
		if err := mount("oxgen-e2e", filepath.Join(j.Root, j.NoexecTo), "tmpfs", syscall.MS_NOEXEC); err != nil {
			return err
		}
	}
	if j.SmallTo != "" {
		if err := mountWith("oxgen-e2e", filepath.Join(j.Root, j.SmallTo), "tmpfs", 0, "size=64k"); err != nil {
			return err
		}
	}
	if j.ReadOnly {
		if err := mount("", j.Root, "", syscall.MS_BIND|syscall.MS_REMOUNT|syscall.MS_RDONLY); err != nil {
			return err
		}
	}
	if err := syscall.Chroot(j.Root); err != nil {
		return fmt.Errorf("chroot: %w", err)
	}
	return os.Chdir("/")
}

// refuse makes one system call fail, for this thread and what it becomes (seccomp(2)): when its second argument has one of
// the flags, or always without flags.
func refuse(number uint32, errno unix.Errno, flags uint32) error {
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 0}, // seccomp_data.nr
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, Jf: 3, K: number},
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 24}, // seccomp_data.args[1], the lower half
		{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, Jf: 1, K: flags},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ERRNO | uint32(errno)},
		{Code: unix.BPF_RET | unix.BPF_K, K: unix.SECCOMP_RET_ALLOW},
	}
	if flags == 0 {
		filter[3] = unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JA}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	list := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}
	if err := unix.Prctl(unix.PR_SET_SECCOMP, unix.SECCOMP_MODE_FILTER, uintptr(unsafe.Pointer(&list)), 0, 0); err != nil {
		return fmt.Errorf("seccomp: %w", err)
	}
	return nil
}
