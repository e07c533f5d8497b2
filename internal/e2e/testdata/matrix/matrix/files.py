"""The program's files for the functions of os and io. Each check says the same on every platform, or what is wrong."""
import errno
import glob
import io
import mmap
import os
import pathlib
import pickle
import shutil
import ssl
import stat
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

HERE = os.path.dirname(__file__)
TEXT = os.path.join(HERE, "data", "note.txt")
WORDS = "data of the package\n"
WINDOWS = sys.platform == "win32"
# QEMU has its own file for the kernel's link to the executable, unless that is read.
EMULATED = sys.platform == "linux" and not os.path.samefile("/proc/self/exe", sys.executable)


def equal(got, want):
    if got != want:
        raise AssertionError(f"{got!r} is not {want!r}")


def refused(number, function, *args, **kwargs):
    """Checks that a call fails with an error; EROFS is on Windows what a write-protected medium says."""
    if WINDOWS and number == errno.EROFS:
        number = errno.EACCES
    try:
        result = function(*args, **kwargs)
    except OSError as e:
        equal(e.errno, number)
        return e
    raise AssertionError(f"{function.__name__}{args} returned {result!r}")


def spelt():
    """Paths of all spellings."""
    paths = [TEXT, os.fsencode(TEXT), pathlib.Path(TEXT), os.path.join(HERE, "..", "matrix", ".", "data", "note.txt")]
    if os.path.splitdrive(os.getcwd())[0] == os.path.splitdrive(TEXT)[0] and not EMULATED:
        paths.append(os.path.relpath(TEXT))
    if WINDOWS:
        paths += [TEXT.replace("\\", "/"), TEXT.upper(), os.path.normcase(TEXT), "\\\\?\\" + TEXT]
    for path in paths:
        with open(path) as f:
            equal((path, f.read()), (path, WORDS))
        equal(os.path.samefile(path, TEXT), True)


def opened():
    with io.open(TEXT, "rb", buffering=0) as f:
        equal((f.read(4), f.tell(), f.seek(0, 2), f.writable(), f.closed), (b"data", 4, len(WORDS), False, False))
        equal((os.fstat(f.fileno()).st_size, os.get_inheritable(f.fileno())), (len(WORDS), False))
        with mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
            equal(m[:], WORDS.encode())
        refused(errno.EBADF, os.write, f.fileno(), b"x")
    with io.open_code(TEXT) as f:
        equal(f.read(), WORDS.encode())
    descriptor = os.open(TEXT, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    equal(os.read(descriptor, 100), WORDS.encode())
    with os.fdopen(os.dup(descriptor), "rb") as f:
        f.seek(0)
        equal(f.read(), WORDS.encode())
    os.close(descriptor)
    streams = [open(TEXT) for _ in range(20)]
    equal({f.read() for f in streams}, {WORDS})
    for f in streams:
        f.close()


def refusals():
    missing, below = TEXT + "x", os.path.join(TEXT, "x")
    for path in missing, below, os.path.join(HERE, "no", "thing"):
        equal((os.path.exists(path), os.path.lexists(path), os.access(path, os.F_OK)), (False, False, False))
    for function in open, os.stat, os.lstat, os.listdir, os.readlink, os.remove, os.rmdir, os.utime:
        refused(errno.ENOENT, function, missing)
        refused(errno.ENOENT if WINDOWS else errno.ENOTDIR, function, below)
    refused(errno.ENOTDIR, os.listdir, TEXT)
    refused(errno.EACCES if WINDOWS else errno.EISDIR, open, HERE)
    refused(errno.EINVAL, os.readlink, TEXT)
    error = refused(errno.EROFS, os.remove, TEXT)
    equal((error.filename, getattr(error, "winerror", 19)), (TEXT, 19))


def changes():
    with tempfile.TemporaryDirectory() as directory:
        other = os.path.join(directory, "other")
        with open(other, "w") as f:
            f.write("other")
        for mode in "w", "a", "r+":
            refused(errno.EROFS, open, TEXT, mode)
        refused(errno.EROFS, open, TEXT + "x", "w")
        refused(errno.EROFS, os.open, TEXT, os.O_RDWR)
        refused(errno.EEXIST, os.open, TEXT, os.O_RDWR | os.O_CREAT | os.O_EXCL)
        for function in os.remove, os.unlink, os.rmdir, os.utime:
            refused(errno.EROFS, function, TEXT)
        refused(errno.EROFS, os.chmod, TEXT, 0o600)
        refused(errno.EROFS, os.truncate, TEXT, 0)
        refused(errno.EROFS, os.mkdir, TEXT + "x")
        refused(errno.EEXIST, os.mkdir, HERE)
        refused(errno.EROFS, os.rename, TEXT, other)
        refused(errno.EROFS, os.rename, other, TEXT + "x")
        refused(errno.EROFS, os.replace, other, TEXT)
        refused(errno.EROFS, shutil.copyfile, other, TEXT)
        refused(errno.EROFS, tempfile.mkdtemp, dir=HERE)
        equal(os.listdir(directory), ["other"])


def statuses():
    text, directory, executable = os.stat(TEXT), os.stat(HERE), os.stat(sys.executable)
    equal((stat.S_ISREG(text.st_mode), stat.S_ISDIR(directory.st_mode), text.st_size), (True, True, len(WORDS)))
    equal(EMULATED or (text.st_dev, text.st_mtime_ns) == (executable.st_dev, executable.st_mtime_ns), True)
    equal((os.lstat(TEXT).st_ino == text.st_ino, directory.st_ino == text.st_ino), (True, False))
    if WINDOWS:
        equal((text.st_file_attributes, directory.st_file_attributes, text.st_reparse_tag), (32, 16, 0))
        equal((text.st_birthtime_ns, oct(text.st_mode), oct(directory.st_mode)), (executable.st_birthtime_ns, "0o100666", "0o40777"))
    p = os.path
    equal([f(TEXT) for f in (p.exists, p.lexists, p.isfile, p.isdir, p.islink, p.ismount)], [True, True, True, False, False, False])
    equal([f(HERE) for f in (p.exists, p.lexists, p.isfile, p.isdir, p.islink, p.ismount)], [True, True, False, True, False, False])
    equal([f(sys.executable) for f in (p.exists, p.isfile, p.isdir)], [True, True, False])
    equal([os.access(TEXT, mode) for mode in (os.F_OK, os.R_OK, os.W_OK)], [True, True, False])
    equal((p.realpath(TEXT), p.realpath(TEXT, strict=True)), (p.realpath(sys.executable) + TEXT[len(sys.executable):],) * 2)
    equal(shutil.disk_usage(HERE).total > 0, True)


def listings():
    names = ["__init__.py", "__main__.py", "data", "files.py"]
    equal(os.listdir(HERE), names)
    equal(os.listdir(os.fsencode(HERE)), [os.fsencode(name) for name in names])
    with os.scandir(HERE) as entries:
        equal([(e.name, e.path, e.is_dir(), e.is_file(), e.is_symlink()) for e in entries if e.name[0] == "d"],
              [("data", os.path.join(HERE, "data"), True, False, False)])
    equal([(d[len(HERE):], sub, files) for d, sub, files in os.walk(HERE)],
          [("", ["data"], ["__init__.py", "__main__.py", "files.py"]), (os.sep + "data", [], ["authority.pem", "note.txt"])])
    equal("matrix" in os.listdir(sys.executable), True)
    equal([p.name for p in pathlib.Path(HERE).rglob("*.txt")], ["note.txt"])
    equal(glob.glob(os.path.join(HERE, "*", "n*.txt")), [TEXT])
    equal(pathlib.Path(TEXT).read_text(), WORDS)
    equal(pathlib.Path(HERE, "..", "matrix").resolve(strict=True), pathlib.Path(os.path.realpath(HERE)))


def copies():
    with tempfile.TemporaryDirectory() as directory:
        to = os.path.join(directory, "a")
        for copy in shutil.copyfile, shutil.copy, shutil.copy2:
            copy(TEXT, to)
            with open(to) as f:
                equal(f.read(), WORDS)
            os.remove(to)
        shutil.copytree(os.path.join(HERE, "data"), to)
        equal(sorted(os.listdir(to)), ["authority.pem", "note.txt"])
        shutil.rmtree(to)
        with zipfile.ZipFile(os.path.join(directory, "a.zip"), "w") as archive:
            archive.write(TEXT, "note.txt")
            equal(archive.read("note.txt"), WORDS.encode())
        with tarfile.open(os.path.join(directory, "a.tar"), "w") as archive:
            archive.add(os.path.join(HERE, "data"), "data")
            equal(archive.getnames(), ["data", "data/authority.pem", "data/note.txt"])


def certificates():
    """OpenSSL opens files itself."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(os.path.join(HERE, "data", "authority.pem"))
    equal([dict(pair[0] for pair in c["subject"]) for c in context.get_ca_certs()], [{"commonName": "matrix"}])


def functions():
    """What stands before C's functions passes for them."""
    equal(pickle.loads(pickle.dumps((os.stat, open))), (os.stat, open))
    equal((os.stat.__name__, open.__module__), ("stat", "_io"))
    equal(os.stat in os.supports_follow_symlinks, True)
    if WINDOWS:
        os.add_dll_directory(HERE).close()


def left():
    """Nothing is left of files that were open."""
    directory = tempfile.gettempdir()
    equal([name for name in os.listdir(directory) if name.startswith(f"oxgen-{os.getpid()}-")], [])


def on_disk():
    """A package with real files."""
    import kept
    path = os.path.join(kept.__path__[0], "data", "real.txt")
    equal(path.startswith(sys.executable), False)
    with open(path) as f:
        equal(f.read(), "a real file\n")
    equal(os.stat(path).st_ino > 0, True)
    return path


def on_disk_again():
    """Other processes set right what was changed, several at once."""
    path = on_disk()
    code = "import matrix.files; matrix.files.on_disk()"
    for change in (lambda: None, lambda: pathlib.Path(path).write_text("changed\n"), lambda: os.remove(path)):
        change()
        children = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(3)]
        equal([child.wait() for child in children], [0, 0, 0])
    package = os.path.dirname(os.path.dirname(path))
    equal([name for name in os.listdir(os.path.dirname(os.path.dirname(package))) if name.endswith(".new")], [])


def unused_on_disk():
    """What nobody has used for a month is removed, and what a process uses is not."""
    import _oxgen_extract
    own = os.path.dirname(os.path.dirname(os.path.dirname(on_disk())))
    base, old = os.path.dirname(own), os.path.join(os.path.dirname(own), "a" * 32)
    os.makedirs(os.path.join(old, "package"))
    month = time.time() - 31 * 24 * 3600
    for path in old, own, os.path.join(own, ".used"):
        if os.path.exists(path):
            os.utime(path, (month, month))
    _oxgen_extract._remove_unused(base)
    equal((os.path.exists(old), os.path.exists(own)), (False, True))
    _oxgen_extract._remove_stale(base)
    equal(os.listdir(base), [os.path.basename(own)])


def as_on_macos():
    """Has the files answered as on macOS, where no test runs: by guards in Python, without /proc, and without files in memory."""
    import _io
    import _oxgen_cache as cache
    import _oxgen_disk as disk
    import _oxgen_importer as importer
    import builtins
    import posix

    def without_proc(function):
        def answer(path, *args):
            if isinstance(path, str) and path.startswith("/proc/"):
                raise FileNotFoundError(errno.ENOENT, "No /proc", path)
            return function(path, *args)

        return answer

    disk.memory_file = lambda name: -errno.ENOSYS
    disk.c.update(stat=without_proc(disk.c["stat"]), open=without_proc(disk.c["open"]))
    for number, (name, function) in enumerate(importer.guarded.items()):
        home, tail = name.split(".")
        for module in (posix, os) if home == "posix" else (_io, io, builtins):
            if hasattr(module, tail):
                setattr(module, tail, importer.Guard(function, number))
    sys.platform = "darwin"
    equal(cache._place(), (os.environ["HOME"].rstrip("/") + "/Library/Caches/oxgen", "extract"))
    sys.platform = "linux"


FILES = spelt, opened, refusals, changes, statuses, listings, copies, certificates, left
CHECKS = FILES + (functions, on_disk)


def check(children):
    checks = CHECKS + ((on_disk_again, unused_on_disk) if children else ())
    if sys.platform == "linux":
        checks += (as_on_macos,) + FILES
    for function in checks:
        try:
            function()
        except Exception:
            import traceback
            print(function.__name__, traceback.format_exc())
    print("files checked")
