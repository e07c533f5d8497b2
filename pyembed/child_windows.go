package pyembed

import (
	"os"
	"path/filepath"
	"strings"
	"unsafe"

	"golang.org/x/sys/windows"
)

// isOrphan says no: on Windows the parent of a process stays what it was when it has ended.
func isOrphan(int, int) bool { return false }

// executableOf compares what a process runs with this process, whose executable is exe.
func executableOf(pid int, exe string) kinship {
	process, err := openProcess(pid)
	if err != nil {
		return unknown // it has ended, or is another user's
	}
	defer windows.CloseHandle(process)
	image, err := imageOf(process)
	if err != nil {
		return unknown
	}
	if strings.EqualFold(image, exe) {
		return itself // Windows replaces no executable that runs; one that was renamed says so
	}
	theirs, err := os.Stat(image)
	if err != nil {
		return unknown
	}
	ours, err := os.Stat(exe)
	if err != nil {
		return unknown
	}
	if os.SameFile(ours, theirs) {
		return itself
	}
	return another
}

// behindShell returns the parent of a command processor that runs one command, as os.system has it do: the command is the
// program's and not a person's. It returns 0 for any other process, and when the parent has ended.
func behindShell(pid int) int {
	shell, err := openProcess(pid)
	if err != nil {
		return 0
	}
	defer windows.CloseHandle(shell)
	image, err := imageOf(shell)
	if err != nil || !strings.EqualFold(filepath.Base(image), "cmd.exe") {
		return 0
	}
	info, err := processInfo(shell)
	if err != nil || !runsOneCommand(commandLineOf(shell, info.PebBaseAddress)) {
		return 0
	}
	parent := int(info.InheritedFromUniqueProcessId)
	process, err := openProcess(parent)
	if err != nil {
		return 0
	}
	defer windows.CloseHandle(process)
	if !startedBefore(process, shell) {
		return 0 // numbers of processes come again
	}
	return parent
}

// openProcess opens a process to ask it what it is.
func openProcess(pid int) (windows.Handle, error) {
	return windows.OpenProcess(windows.PROCESS_QUERY_LIMITED_INFORMATION|windows.PROCESS_VM_READ, false, uint32(pid))
}

// imageOf returns the path of what a process runs.
func imageOf(process windows.Handle) (string, error) {
	path := make([]uint16, windows.MAX_LONG_PATH)
	size := uint32(len(path))
	if err := windows.QueryFullProcessImageName(process, 0, &path[0], &size); err != nil {
		return "", err
	}
	return windows.UTF16ToString(path[:size]), nil
}

func processInfo(process windows.Handle) (windows.PROCESS_BASIC_INFORMATION, error) {
	var info windows.PROCESS_BASIC_INFORMATION
	err := windows.NtQueryInformationProcess(process, windows.ProcessBasicInformation, unsafe.Pointer(&info), uint32(unsafe.Sizeof(info)), nil)
	return info, err
}

// commandLineOf returns the command line of a process, which only that has, in its memory at what its environment block points to;
// "" when it can't be read.
func commandLineOf(process windows.Handle, block *windows.PEB) string {
	var peb windows.PEB
	var parameters windows.RTL_USER_PROCESS_PARAMETERS
	if !readMemory(process, unsafe.Pointer(block), unsafe.Pointer(&peb), unsafe.Sizeof(peb)) ||
		!readMemory(process, unsafe.Pointer(peb.ProcessParameters), unsafe.Pointer(&parameters), unsafe.Sizeof(parameters)) {
		return ""
	}
	text := parameters.CommandLine
	line := make([]uint16, text.Length/2)
	if len(line) == 0 || !readMemory(process, unsafe.Pointer(text.Buffer), unsafe.Pointer(&line[0]), uintptr(len(line))*2) {
		return ""
	}
	return windows.UTF16ToString(line)
}

func readMemory(process windows.Handle, from, to unsafe.Pointer, size uintptr) bool {
	var n uintptr
	return from != nil && windows.ReadProcessMemory(process, uintptr(from), (*byte)(to), size, &n) == nil && n == size
}

// startedBefore tells whether a process is older than another one.
func startedBefore(process, other windows.Handle) bool {
	var created, late, unused windows.Filetime
	if windows.GetProcessTimes(process, &created, &unused, &unused, &unused) != nil || windows.GetProcessTimes(other, &late, &unused, &unused, &unused) != nil {
		return false
	}
	return created.Nanoseconds() <= late.Nanoseconds()
}
