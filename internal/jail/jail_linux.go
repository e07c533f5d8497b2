package jail

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"golang.org/x/sys/unix"
)

// Enter enters the jail of an order and becomes its program, which has the rights of its user and no others. It returns only with an
// error.
func Enter(order string) error {
	var j Jail
	if err := json.Unmarshal([]byte(order), &j); err != nil {
		return fmt.Errorf("the order of a jail: %w", err)
	}
	if err := j.mount(); err != nil {
		return err
	}
	if err := unix.Chroot(j.Root); err != nil {
		return fmt.Errorf("chroot: %w", err)
	}
	if err := os.Chdir("/"); err != nil {
		return err
	}
	runtime.LockOSThread() // rights are a thread's
	if err := unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0); err != nil {
		return fmt.Errorf("giving up what entering a jail takes: %w", err)
	}
	return fmt.Errorf("exec %s: %w", j.Path, unix.Exec(j.Path, append([]string{j.Path}, j.Args...), j.Env)) // what the order says
}

// mount fills the root, for this namespace alone.
func (j *Jail) mount() error {
	if err := mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE); err != nil { // or the system would see what follows
		return err
	}
	if err := mount("oxgen", j.Root, "tmpfs", unix.MS_NOSUID); err != nil {
		return err
	}
	for _, dir := range []string{"proc", "tmp"} {
		if err := os.Mkdir(filepath.Join(j.Root, dir), 0o777); err != nil {
			return err
		}
	}
	for _, f := range j.Files {
		to := filepath.Join(j.Root, f.To)
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(to, nil, 0o666); err != nil {
			return err
		}
		if err := mount(f.From, to, "", unix.MS_BIND); err != nil {
			return err
		}
	}
	if j.Proc == "new" {
		return mount("proc", filepath.Join(j.Root, "proc"), "proc", unix.MS_NOSUID|unix.MS_NOEXEC|unix.MS_NODEV)
	}
	return mount("/proc", filepath.Join(j.Root, "proc"), "", unix.MS_BIND|unix.MS_REC)
}

func mount(what, where, kind string, flags uintptr) error {
	if err := unix.Mount(what, where, kind, flags, ""); err != nil {
		return fmt.Errorf("mount %s: %w", where, err)
	}
	return nil
}
