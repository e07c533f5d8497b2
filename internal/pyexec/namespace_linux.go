package pyexec

import (
	"os"
	"os/exec"
	"syscall"

	"golang.org/x/sys/unix"
)

// separate gives a program namespaces of its own (namespaces(7)). Who is not root gets a user namespace as well, in which the
// program may mount and chroot; its files belong to the same user as before. As that user is not root there either, the rights would
// be lost when the program is started, unless they are ambient (capabilities(7)).
func separate(cmd *exec.Cmd, ns Namespaces) {
	if ns == Shared {
		return
	}
	cmd.SysProcAttr.Cloneflags = syscall.CLONE_NEWNS
	if ns == OwnProcesses {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWPID
	}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.AmbientCaps = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_SYS_CHROOT}
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	}
}
