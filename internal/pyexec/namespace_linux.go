package pyexec

import (
	"os"
	"os/exec"
	"syscall"
)

// separate gives a program namespaces of its own (namespaces(7)). Who is not root gets a user namespace as well, in which the
// program may mount and chroot; its files belong to the same user as before.
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
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
	}
}
