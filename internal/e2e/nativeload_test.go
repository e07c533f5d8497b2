//go:build linux

package e2e

import (
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// openFiles is Python code that tells which descriptors are open.
const openFiles = `
import importlib, os, sys
def opened(): return sorted(os.listdir("/proc/self/fd"))
`

// TestNativeForks imports, in each of a thousand forked children, an extension module that the parent has not imported.
func TestNativeForks(t *testing.T) {
	t.Parallel()
	times := 1000
	if testing.Short() {
		times = 60
	}
	dir := t.TempDir()
	native(t).code(openFiles+`
import multi
before, bad = opened(), []
for i in range(`+strconv.Itoa(times)+`):
    pid = os.fork()
    if not pid:
        try:
            module = importlib.import_module(f"many{i % 40:03d}")
            os._exit(0 if (module.count(), module.executions(), opened()) == (1, 1, before) else 2)
        finally:
            os._exit(1)
    status = os.waitpid(pid, 0)[1]
    if status:
        bad.append((i, status))
print(bad, opened() == before)
`).with("TMPDIR="+dir, "XDG_CACHE_HOME="+dir, "HOME="+dir).run(t).wantOutput(t, "[] True\n")
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("left in TMPDIR: %v", left)
	}
}

// TestNativeDescriptors loads many libraries, and looks at the descriptors and at the files in memory.
func TestNativeDescriptors(t *testing.T) {
	t.Parallel()
	native(t).code(openFiles+`
import fcntl, multi
before = opened()
for i in range(40):
    importlib.import_module(f"many{i:03d}")
print(opened() == before, len({sys.modules[f"many{i:03d}"].address() for i in range(40)}))

# The linker has mapped files that nobody can change any more, and that have a name.
seals = set()
for name in os.listdir("/proc/self/map_files"):
    path = "/proc/self/map_files/" + name
    if "/memfd:many" in os.readlink(path):
        descriptor = os.open(path, os.O_RDONLY)
        seals.add(fcntl.fcntl(descriptor, fcntl.F_GET_SEALS if hasattr(fcntl, "F_GET_SEALS") else 1034))
        os.close(descriptor)
print(seals == {15}, "/memfd:many007.abi3.so" in open("/proc/self/maps").read())
`).run(t).wantOutput(t, "True 40\nTrue True\n")
}

// TestNativeCloseOnExec starts processes while extension modules are loaded: they get no descriptor.
func TestNativeCloseOnExec(t *testing.T) {
	t.Parallel()
	r, log := native(t).code("import multi, package.inside, several; print(multi.count())").trace(t, "memfd_create,pipe,pipe2")
	r.wantOutput(t, "1\n")
	if found := strings.Count(log, "memfd_create("); found < 5 { // libpython is one
		t.Errorf("the log has only %d files in memory:\n%s", found, log)
	}
	for line := range strings.Lines(log) {
		if strings.Contains(line, "memfd_create(") && !strings.Contains(line, "MFD_CLOEXEC") ||
			strings.Contains(line, "pipe") && !strings.Contains(line, "O_CLOEXEC") {
			t.Errorf("is open in other programs too: %s", line)
		}
	}
}

// TestNativeTouchesNoFile records which paths the program hands to the system when it imports extension modules.
func TestNativeTouchesNoFile(t *testing.T) {
	t.Parallel()
	p := native(t)
	c := p.call("again")
	c.env = cleanEnviron(t)
	r, log := c.trace(t, "%file,ftruncate,fallocate")
	r.wantOutput(t, `"several": {`)
	checkTrace(t, log, p.exe)
	opened := regexp.MustCompile(`openat\(AT_FDCWD, "([^"]*)".*\) = \d`)
	known := regexp.MustCompile(`^(/proc/self/(\./)*(fd/\d+|exe|maps|mountinfo|stat|status|cgroup)|/etc/ld\.so\.cache|(/usr)?/lib(64)?/.*\.so(\.\d+)*|/dev/null|/dev/urandom|` +
		`/sys/.*|/etc/localtime|/proc/.*|/usr/lib/locale/.*|/usr/share/locale/.*|/usr/lib/.*/gconv/.*|/usr/share/zoneinfo/.*)$`)
	for _, m := range opened.FindAllStringSubmatch(log, -1) {
		if !known.MatchString(m[1]) && m[1] != p.exe {
			t.Errorf("opens %s", m[1])
		}
	}
}

// TestNativeWithoutDescriptors imports where nearly all descriptors are in use, and where somebody closes all of them.
func TestNativeWithoutDescriptors(t *testing.T) {
	t.Parallel()
	p := native(t)
	p.code(openFiles+`
import errno, resource
import multi
for free in range(4):
    spare = [os.open("/dev/null", os.O_RDONLY) for _ in range(5)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(spare) + 1, 4096))
    for descriptor in spare[:free]:
        os.close(descriptor)
    try:
        result = importlib.import_module(f"many{free:03d}").count()
    except ImportError as e:
        result = e
    for descriptor in spare[free:]:
        os.close(descriptor)
    resource.setrlimit(resource.RLIMIT_NOFILE, (1024, 4096))
    print(free, str(result).replace(sys.executable, "<root>"))
`).run(t).wantOutput(t, "2 1\n3 1\n")

	// Daemons close what they don't know, and the numbers of descriptors come again.
	p.code(`
import os
result = os.dup(1)
os.set_inheritable(result, True)
import multi
os.closerange(3, result)
os.closerange(result + 1, 4096)
import single, several, package.inside
os.closerange(0, result)
import many000, many001
null = os.open("/dev/null", os.O_RDONLY)
import many002
names = [m.__name__ for m in (multi, many000, many001, many002) if m.count() == 1]
os.write(result, " ".join([str(null), *names]).encode())
`).run(t).wantOutput(t, "0 multi many000 many001 many002")
}

// TestNativeThreads imports in forty threads at once, and forks beside them. A child may import what no thread is importing:
// else it hangs, in python too.
func TestNativeThreads(t *testing.T) {
	t.Parallel()
	native(t).code(openFiles+`
import threading
errors, start = [], threading.Barrier(41)
def load(i):
    start.wait()
    try:
        module = importlib.import_module(f"many{i:03d}")
        assert (module.compiled_as, module.executions()) == (module.__name__, 1), module
        import multi, several
        import package.inside
    except BaseException as e:
        errors.append(repr(e))
before = opened()
threads = [threading.Thread(target=load, args=(i % 20,)) for i in range(40)]
for thread in threads: thread.start()
start.wait()
children = []
for i in range(20, 40):
    pid = os.fork()
    if not pid:
        try:
            os._exit(0 if importlib.import_module(f"many{i:03d}").count() == 1 else 1)
        finally:
            os._exit(2)
    children.append(pid)
for thread in threads: thread.join()
print(errors, {os.waitpid(pid, 0)[1] for pid in children}, opened() == before)
`).with("PYTHONWARNINGS=ignore").run(t).wantOutput(t, "[] {0} True\n")
}

// TestNativeKilled kills a program that has loaded extension modules: nothing is left of it.
func TestNativeKilled(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := native(t).code("import multi, single, package.inside, os, time; os.kill(os.getpid(), 9); time.sleep(60)")
	c.patience = time.Minute
	r := c.with("TMPDIR="+dir, "XDG_CACHE_HOME="+dir, "HOME="+dir).run(t)
	if r.signal != syscall.SIGKILL {
		t.Errorf("status %d, signal %v\n%s", r.status, r.signal, r.stderr)
	}
	if left := files(t, dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// TestNativeInterpreters has interpreters with GILs of their own import one module at once: the library is loaded once.
func TestNativeInterpreters(t *testing.T) {
	t.Parallel()
	p := native(t)
	for range 4 {
		p.code(linkMap+`
import _interpreters, os, threading
start, errors = threading.Barrier(8), []
def work(interpreter):
    start.wait()
    error = _interpreters.exec(interpreter, "import _testmultiphase as m; assert m.foo(1, 2) == 3")
    if error:
        errors.append(error.formatted)
interpreters = [_interpreters.create("isolated") for _ in range(8)]
threads = [threading.Thread(target=work, args=(i,)) for i in interpreters]
for thread in threads: thread.start()
for thread in threads: thread.join()
names.clear()
ctypes.CDLL(None).dl_iterate_phdr(visit, None)
print(errors, sum("_testmultiphase" in name for name in names))
for i in interpreters: _interpreters.destroy(i)
pid = os.fork()
if not pid:
    import multi
    os._exit(multi.count() - 1)
print(os.waitpid(pid, 0)[1])
`).run(t).wantOutput(t, "[] 1\n0\n")
	}
}
