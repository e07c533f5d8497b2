"""The program's files as functions of os and io see them."""
import builtins
import errno
import gc
import glob
import importlib.util
import inspect
import io
import linecache
import mmap
import os
import pathlib
import pickle
import runpy
import shutil
import stat
import subprocess
import sys
import tempfile
import tokenize
import zipfile

from . import ROOT, at, equal, raises, unix

HERE = at("probe")
TEXT = HERE + "/data.txt"


def _number(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except OSError as e:
        return errno.errorcode[e.errno]
    return None


@unix
def reading():
    contents = os.read(os.open(TEXT, os.O_RDONLY), 1000)
    equal(open(TEXT, "rb").read(), contents)
    equal(open(TEXT).read(), contents.decode())
    equal(io.open_code(TEXT).read(), contents)
    equal(pathlib.Path(TEXT).read_bytes(), contents)
    equal(open(TEXT.encode(), "rb", 0).read(), contents)
    equal(open(pathlib.Path(TEXT)).name, TEXT)
    with open(TEXT, encoding="ascii", newline="") as f:
        equal((f.name, f.mode, f.encoding), (TEXT, "r", "ascii"))
        equal(os.fstat(f.fileno()).st_size, len(contents))
        equal(os.fstat(f.fileno()).st_mtime_ns, os.stat(ROOT).st_mtime_ns)
        equal(os.get_inheritable(f.fileno()), False)
    with open(TEXT, "rb") as f, mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
        equal(bytes(m), contents)
    with tokenize.open(HERE + "/sub/foreign.py") as f:
        equal(f.encoding != "utf-8", True)
    equal(subprocess.run(["cat"], stdin=open(TEXT), capture_output=True, check=True).stdout, contents)


class _Stream(io.FileIO):
    """A FileIO whose files are below the root."""

    def __init__(self, name, *args):
        super().__init__(at("") + name, *args)


def streams():
    contents = open(TEXT, "rb").read()
    for f in io.FileIO(TEXT), io.FileIO(TEXT.encode()), io.FileIO(file=TEXT, mode="rb", closefd=True), _Stream("probe/data.txt", "r"):
        with f:
            equal((f.readall(), f.mode, os.fsdecode(f.name), f.closefd), (contents, "rb", TEXT, True))
            raises(io.UnsupportedOperation, f.write, b"x")
    with open(TEXT, "rb", 0) as f:
        equal((type(f), f.read()), (io.FileIO, contents))
        f.__init__(os.devnull)
        equal((f.read(), f.name), (b"", os.devnull))
        f.__init__(at("probe/data.bin"))
        equal(f.read(), open(at("probe/data.bin"), "rb").read())
    with io.FileIO(TEXT, opener=lambda name, flags: os.open(os.devnull, flags)) as f:
        equal(f.read(), b"")
    directory, below, read_only = ("EACCES", "ENOENT", "EACCES") if sys.platform == "win32" else ("EISDIR", "ENOTDIR", "EROFS")
    equal(_number(io.FileIO, HERE), directory)
    equal(_number(io.FileIO, HERE + "/nothing"), "ENOENT")
    equal(_number(io.FileIO, TEXT + "/nothing"), below)
    equal(_number(io.FileIO, TEXT, "w"), read_only)
    equal(_number(io.FileIO, HERE + "/new", "xb"), read_only)
    equal(_number(_Stream, "probe/nothing"), "ENOENT")
    with tempfile.NamedTemporaryFile() as file:
        equal(_number(io.FileIO, file.name + "/x"), below)
        equal(_number(io.FileIO, TEXT, opener=lambda name, flags: os.open(file.name + "/x", flags)), below)
    e = raises(FileNotFoundError, io.FileIO, HERE + "/nothing")
    equal((e.filename, e.__context__, e.__traceback__.tb_next), (HERE + "/nothing", None, None))
    raises(ZeroDivisionError, lambda: io.FileIO(TEXT, opener=lambda name, flags: 1 / 0))
    raises(TypeError, lambda: io.FileIO(TEXT, nothing=1))
    raises(ValueError, lambda: io.FileIO(TEXT, "rz"))
    raises(TypeError, lambda: pickle.dumps(io.FileIO(TEXT)))


@unix
def streams_outside():
    with tempfile.TemporaryDirectory() as d:
        os.symlink(ROOT, d + "/link")
        with io.FileIO(d + "/link/../out", "x") as f:
            equal((f.write(b"x"), f.name, stat.S_IMODE(os.stat(d + "/out").st_mode) & 0o111), (1, d + "/link/../out", 0))


@unix
def streams_are_closed():
    count = len(os.listdir("/proc/self/fd"))
    for _ in range(100):
        io.FileIO(TEXT).close()
        _number(io.FileIO, TEXT + "/nothing")
        _number(io.FileIO, "/etc/passwd/x")
    equal(len(os.listdir("/proc/self/fd")), count)


def streams_leak_nothing():
    _leaks_nothing(lambda: io.FileIO(TEXT).close(), lambda path: _number(io.FileIO, path))


def functions_leak_nothing():
    _leaks_nothing(lambda: os.stat(TEXT), lambda path: (_number(os.stat, path), os.path.exists(path), os.access(path, os.F_OK)))


def _leaks_nothing(good, bad):
    def several():
        for _ in range(500):
            good()
            bad(TEXT + "/nothing")
            bad(os.path.dirname(ROOT) + "/no/thing")

    several()
    gc.collect()
    before = sys.getallocatedblocks()
    several()
    gc.collect()  # what guards in Python leave behind has cycles
    equal(abs(sys.getallocatedblocks() - before) < 200, True)


@unix
def status():
    s = os.stat(TEXT)
    equal(stat.filemode(s.st_mode), "-rw-r--r--")
    equal(s.st_size, len(open(TEXT, "rb").read()))
    equal((s.st_uid, s.st_mtime_ns, s.st_dev), (os.stat(ROOT).st_uid, os.stat(ROOT).st_mtime_ns, os.stat(ROOT).st_dev))
    equal(os.lstat(TEXT), s)
    equal(os.path.samefile(TEXT, HERE + "/../probe/data.txt"), True)
    equal(os.path.samefile(TEXT, HERE + "/data.bin"), False)
    equal(stat.filemode(os.stat(HERE).st_mode), "drwxr-xr-x")
    equal([os.access(TEXT, m) for m in (os.F_OK, os.R_OK, os.W_OK, os.X_OK)], [True, True, False, False])
    equal([os.access(HERE, m) for m in (os.F_OK, os.R_OK, os.W_OK, os.X_OK)], [True, True, False, True])
    equal(os.access(HERE + "/nothing", os.F_OK), False)
    for path, exists, is_dir in ((HERE, True, True), (TEXT, True, False), (at(""), True, True), (HERE + "/nothing", False, False),
                                 (TEXT + "/x", False, False), (TEXT + "/", False, False), (HERE + "//./sub/", True, True)):
        equal((path, os.path.exists(path), os.path.isdir(path)), (path, exists, is_dir))
        equal((path, os.path.lexists(path)), (path, exists))
    equal(os.path.realpath(HERE + "/sub/../data.txt"), TEXT)
    equal(pathlib.Path(TEXT).resolve(), pathlib.Path(TEXT))
    equal(os.path.ismount(HERE), False)
    equal(os.path.getsize(TEXT), s.st_size)


@unix
def directories():
    names = sorted(os.listdir(HERE))
    equal("data.txt" in names and "sub" in names, True)
    equal(sorted(os.listdir(HERE.encode())), [os.fsencode(n) for n in names])
    with os.scandir(HERE) as entries:
        found = {e.name: (e.path, e.is_dir(), e.is_file(), e.is_symlink(), e.stat().st_size) for e in entries}
    equal(sorted(found), names)
    equal(found["sub"][:4], (HERE + "/sub", True, False, False))
    equal(found["data.txt"], (TEXT, False, True, False, os.path.getsize(TEXT)))
    equal(next(os.walk(HERE))[0], HERE)
    equal(sorted(f for _, _, files in os.walk(HERE + "/sub") for f in files), ["__init__.py", "foreign.py", "leaf.py", "marked.py", "notes.txt"])
    equal(sorted(p.name for p in pathlib.Path(HERE).glob("sub/*.py")), ["__init__.py", "foreign.py", "leaf.py", "marked.py"])
    equal([p.name for p in pathlib.Path(HERE).rglob("notes.*")], ["notes.txt"])
    equal(glob.glob("**/notes.txt", root_dir=HERE, recursive=True), ["sub/deep/notes.txt"])
    equal("probe" in os.listdir(ROOT), True)


@unix
def other_spellings():
    os.chdir(os.path.dirname(ROOT))
    name = os.path.basename(ROOT)
    equal(open(name + "/probe/data.txt").read(), open(TEXT).read())
    equal(open("./" + name + "/probe/sub/../data.txt").read(), open(TEXT).read())
    equal(os.listdir(name) == os.listdir(ROOT), True)
    equal(os.path.exists(name + "/../" + name), True)  # out of the root again, and to the executable
    equal(os.path.exists(at("probe/../../no such file")), False)
    with tempfile.TemporaryDirectory() as d:
        os.symlink(ROOT, d + "/link")
        equal(open(d + "/link/probe/data.txt").read(), open(TEXT).read())
        os.mkdir(d + "/beside")
        out = d + "/link/probe/../../beside"  # leads out of the root again
        equal(os.listdir(out.encode()), [])
        os.mkdir(out + "/new")
        os.chmod(out + "/new", 0o500)
        os.rename(src=out + "/new", dst=out + "/newer")
        equal(os.listdir(d + "/beside"), ["newer"])
        os.symlink(ROOT, out + "/self")
        equal(os.readlink(d + "/beside/self"), ROOT)


@unix
def changes():
    new, none, below = HERE + "/new", HERE + "/nothing/new", TEXT + "/new"
    for mode in ("w", "a", "r+", "xb"):
        equal((mode, _number(open, new, mode)), (mode, "ENOENT" if mode == "r+" else "EROFS"))
        equal((mode, _number(open, none, mode)), (mode, "ENOENT"))
        equal((mode, _number(open, below, mode)), (mode, "ENOTDIR"))
        equal((mode, _number(open, TEXT, mode)), (mode, "EEXIST" if "x" in mode else "EROFS"))
    equal(_number(open, HERE), "EISDIR")
    equal(_number(os.open, TEXT, os.O_RDWR), "EROFS")
    equal(_number(os.open, TEXT, os.O_RDONLY | os.O_DIRECTORY), "ENOTDIR")
    equal(_number(os.write, os.open(TEXT, os.O_RDONLY), b"x"), "EBADF")
    equal(_number(os.mkdir, new), "EROFS")
    equal(_number(os.mkdir, path=new), "EROFS")
    equal(_number(os.mkdir, HERE), "EEXIST")
    equal(_number(os.makedirs, HERE, exist_ok=True), None)
    equal(_number(os.remove, TEXT), "EROFS")
    equal(_number(os.remove, new), "ENOENT")
    equal(_number(os.rename, TEXT, new), "EROFS")
    equal(_number(os.rename, "/etc/passwd", new), "EROFS")
    equal(_number(os.rename, new, TEXT), "ENOENT")
    equal(_number(os.link, TEXT + "/x", new), "ENOTDIR")
    equal(_number(os.symlink, "x", new), "EROFS")
    equal(_number(os.chmod, TEXT, 0o600), "EROFS")
    equal(_number(os.utime, TEXT), "EROFS")
    equal(_number(os.truncate, TEXT, 0), "EROFS")
    equal(_number(os.readlink, TEXT), "EINVAL")
    equal(_number(os.listdir, TEXT), "ENOTDIR")
    equal(_number(open, "/etc/passwd/x"), "ENOTDIR")
    equal(os.path.exists(TEXT), True)


@unix
def errors():
    e = raises(FileNotFoundError, open, HERE + "/nothing")
    equal((e.filename, e.strerror, str(e)), (HERE + "/nothing", "No such file or directory", f"[Errno 2] No such file or directory: '{HERE}/nothing'"))
    equal(e.__traceback__.tb_next, None)  # no frame but that of the caller, as with C's function
    equal((e.__context__, e.__cause__), (None, None))
    e = raises(OSError, os.rename, TEXT, HERE + "/new")
    equal((e.filename, e.filename2), (TEXT, HERE + "/new"))
    e = raises(OSError, os.symlink, "x", HERE + "/new")
    equal((e.filename, e.filename2), ("x", HERE + "/new"))
    raises(ValueError, open, TEXT, "rz")
    raises(ValueError, open, HERE + "/\0")
    raises(TypeError, os.stat)
    raises(TypeError, os.stat, 1.5)
    raises(TypeError, lambda: open(TEXT, nothing=1))


@unix
def long_names():
    long = "ä" * 128
    equal(_number(open, f"{HERE}/{long}"), "ENAMETOOLONG")
    equal(_number(os.stat, f"{HERE}/{long}/x"), "ENAMETOOLONG")
    equal(_number(os.mkdir, f"{HERE}/{long}"), "ENAMETOOLONG")
    equal(_number(open, f"{HERE}/{long}", "w"), "ENAMETOOLONG")
    equal(_number(os.stat, f"{HERE}/{long[1:]}"), "ENOENT")
    equal(_number(os.stat, f"{HERE}/nothing/{long}"), "ENOENT")
    equal(_number(os.stat, f"{TEXT}/{long}"), "ENOTDIR")


@unix
def real_paths():
    equal(os.path.realpath(HERE + "/./sub/../data.txt", strict=True), TEXT)
    equal(os.path.realpath(at(""), strict=True), ROOT)
    equal(os.path.realpath(TEXT.encode(), strict=True), TEXT.encode())
    equal(pathlib.Path(TEXT).resolve(strict=True), pathlib.Path(TEXT))
    with tempfile.TemporaryDirectory() as d:
        os.symlink(ROOT, d + "/link")
        equal(os.path.realpath(d + "/link/probe/data.txt", strict=True), TEXT)
    equal(_number(os.path.realpath, HERE + "/nothing", strict=True), "ENOENT")
    equal(_number(os.path.realpath, TEXT + "/nothing", strict=True), "ENOTDIR")
    equal(_number(os.path.realpath, "/etc/passwd/nothing", strict=True), "ENOTDIR")
    equal(os.path.realpath(HERE + "/nothing"), HERE + "/nothing")
    if hasattr(os.path, "ALLOW_MISSING"):
        equal(os.path.realpath(HERE + "/no/thing", strict=os.path.ALLOW_MISSING), HERE + "/no/thing")
        equal(_number(os.path.realpath, TEXT + "/nothing", strict=os.path.ALLOW_MISSING), "ENOTDIR")
    equal(str(inspect.signature(os.path.realpath)), "(filename, *, strict=False)")
    equal(pickle.loads(pickle.dumps(os.path.realpath)) is os.path.realpath, True)
    equal(inspect.getsource(os.path.realpath).startswith("def realpath("), True)


def copies():
    with tempfile.TemporaryDirectory() as d:
        shutil.copytree(HERE, d + "/all")
        equal(sorted(os.listdir(d + "/all")), sorted(os.listdir(HERE)))
        equal(open(d + "/all/data.bin", "rb").read(), open(HERE + "/data.bin", "rb").read())
        for copy in shutil.copy, shutil.copy2, shutil.copyfile:
            equal(open(copy(TEXT, d + "/one"), "rb").read(), open(TEXT, "rb").read())
        with zipfile.ZipFile(d + "/z.zip", "w") as z:
            z.write(TEXT, "data.txt")
            equal(z.read("data.txt"), open(TEXT, "rb").read())


@unix
def of_the_functions():
    for f in os.stat, os.open, os.listdir, os.scandir, open, io.open_code:
        equal(pickle.loads(pickle.dumps(f)) is f, True)
        equal(repr(f), f"<built-in function {f.__name__}>")
    equal(str(inspect.signature(os.stat)), "(path, *, dir_fd=None, follow_symlinks=True)")
    equal(io.open is builtins.open, True)
    equal(os.stat in os.supports_fd and os.stat in os.supports_dir_fd and os.listdir in os.supports_fd, True)


def by_others():
    equal(linecache.getline(HERE + "/sub/leaf.py", 1) != "", True)
    equal(runpy.run_path(HERE + "/sub/marked.py")["__file__"], HERE + "/sub/marked.py")
    spec = importlib.util.spec_from_file_location("another_name", HERE + "/sub/marked.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    equal(module.__file__, HERE + "/sub/marked.py")


@unix
def nowhere_to_write():
    import importlib.resources
    tempfile.tempdir = "/nonexistent"
    with importlib.resources.as_file(importlib.resources.files("probe") / "data.txt") as path:
        equal(path.parent, pathlib.Path("/proc/self/fd"))
        equal(subprocess.run(["cat", path], capture_output=True, check=False, pass_fds=[int(path.name)]).stdout, open(TEXT, "rb").read())
    equal(path.exists(), False)
    raises(OSError, importlib.resources.as_file(importlib.resources.files("probe")).__enter__)


@unix
def certificates():
    import ssl
    ca, key = at("certs/ca.pem"), at("certs/key.pem")
    equal(len(ssl.create_default_context(cafile=ca).get_ca_certs()), 1)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ca, key)
    context.load_cert_chain(pathlib.Path(ca), keyfile=key)
    equal(_number(context.load_verify_locations, at("certs/none.pem")), "ENOENT")
    raises(TypeError, context.load_verify_locations)
    before = len(os.listdir("/proc/self/fd"))
    context.load_verify_locations(ca)
    equal(len(os.listdir("/proc/self/fd")), before)


@unix
def certificates_by_name():
    import ssl
    ca, directory = at("certs/ca.pem"), at("certs/hashed")
    for capath in directory, directory.encode(), pathlib.Path(directory):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(capath=capath)
        equal(context.get_ca_certs(), [])  # what is in a directory is loaded when it is needed
        _handshake(context, ca, at("certs/key.pem"))
        equal(len(context.get_ca_certs()), 1)
    for name, path in ("SSL_CERT_FILE", ca), ("SSL_CERT_DIR", "/nowhere:" + directory), ("SSL_CERT_DIR", at("none")):
        os.environ.update(SSL_CERT_FILE="/nowhere", SSL_CERT_DIR="/nowhere")
        os.environ[name] = path
        context = ssl.create_default_context()
        equal((name, len(context.get_ca_certs())), (name, int(path == ca)))
        if "none" not in path:
            context.check_hostname = False
            _handshake(context, ca, at("certs/key.pem"))
    if os.fork() == 0:
        sys.exit()  # which leaves the parent's copies alone
    os.wait()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(capath=directory)
    _handshake(context, ca, at("certs/key.pem"))


def _handshake(client, certificate, key):
    """Has the client check the certificate of a server, without a network."""
    import ssl
    client.check_hostname = False
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate, key)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = [client.wrap_bio(back, there), server.wrap_bio(there, back, server_side=True)]
    while sides:
        for side in list(sides):
            try:
                side.do_handshake()
                sides.remove(side)
            except ssl.SSLWantReadError:
                pass


@unix
def forked():
    """A child after a fork, where no Go code can run, and where the fallbacks are asked for the first time."""
    child = os.fork()
    if child == 0:
        try:
            os._exit(open(TEXT).read() == "" or len(os.listdir(HERE)) < 3)
        except BaseException:
            os._exit(9)
    equal(os.waitpid(child, 0)[1], 0)


@unix
def forked_while_locking():
    """A fork at the moment when another thread takes the lock for what the fallbacks need, and does not own it yet."""
    import _frozen_importlib
    import signal
    import threading
    lock = _frozen_importlib._get_module_lock("_oxgen_files")
    taken, done = threading.Event(), threading.Event()

    def take():
        with lock.lock:
            taken.set()
            done.wait()

    thread = threading.Thread(target=take)
    thread.start()
    taken.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(20)
        os._exit(open(TEXT).read() == "")
    status = os.waitpid(child, 0)[1]
    done.set()
    thread.join()
    equal(status, 0)
