# Imports modules, each in a forked child of its own, so that what one does the next does not see. Package trial starts it;
# worker.go has the protocol. What it imports is built in, lest it hide that a module of the program forgets to.
import sys
import os  # noqa: site has it where it is imported, and some modules count on it
import posix
import _signal


def tell(fd, kind, text=""):
    data = f"{kind} {text.encode('utf-8', 'backslashreplace').hex()}\n".encode()
    while data:
        data = data[posix.write(fd, data):]


def place(exc):
    where, tb = "", exc.__traceback__
    while tb is not None:
        name = tb.tb_frame.f_code.co_filename
        if not name.startswith("<") and tb.tb_frame.f_globals is not globals():
            where = f"{name}:{tb.tb_lineno}"
        tb = tb.tb_next
    return where


def attempt(name, out, limit):
    _signal.signal(_signal.SIGALRM, _signal.SIG_DFL)
    _signal.alarm(limit)
    try:
        __import__(name)
    except SystemExit as exc:
        return tell(out, "exit", f"SystemExit: {exc}\n{place(exc)}")
    except BaseException as exc:
        kind = type(exc)
        label = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
        try:
            text = str(exc)
        except BaseException:
            text = ""
        return tell(out, "error", " ".join(f"{label}: {text}".removesuffix(": ").split())[:1000] + "\n" + place(exc))
    tell(out, "ok")


def child(name, out, err, limit):
    posix.setsid()
    null = posix.open("/dev/null", posix.O_RDWR)
    for fd in 0, 1:
        posix.dup2(null, fd)
    posix.dup2(err, 2)
    try:
        attempt(name, out, limit)
    finally:
        posix._exit(0)


def answer(fd):
    data = b""
    while not data.endswith(b"\n"):
        part = posix.read(fd, 65536)
        if not part:
            break
        data += part
    return data


def ended(status):
    if posix.WIFSIGNALED(status):
        number = posix.WTERMSIG(status)
        return ("hang" if number == _signal.SIGALRM else "crash"), f"signal {number}"
    return "crash", f"ended with status {posix.WEXITSTATUS(status)} while it was imported"


def scratch():
    name = posix.environ[b"HOME"] + b"/stderr-%d" % posix.getpid()
    fd = posix.open(name, posix.O_RDWR | posix.O_CREAT | posix.O_EXCL, 0o600)
    posix.unlink(name)
    return fd


def ask(name, answers, limit):
    read, write = posix.pipe()
    err = scratch()
    pid = posix.fork()
    if pid == 0:
        child(name, write, err, limit)
    posix.close(write)
    alive, gave_up = True, False

    def give_up(*_):
        nonlocal gave_up
        if alive:
            gave_up = True
            posix.killpg(pid, _signal.SIGKILL)

    _signal.signal(_signal.SIGALRM, give_up)
    _signal.alarm(limit + 2)
    data = answer(read)
    posix.close(read)
    _, status = posix.waitpid(pid, 0)
    alive = False
    _signal.alarm(0)
    try:
        posix.killpg(pid, _signal.SIGKILL)  # what it left behind
    except OSError:
        pass
    if data.endswith(b"\n"):
        posix.write(answers, data)
    else:
        kind, text = ("hang", "") if gave_up else ended(status)
        size = posix.fstat(err).st_size
        posix.lseek(err, max(0, size - 2000), 0)
        last = posix.read(err, 2000).decode("utf-8", "replace").strip().split("\n")
        if last[-1] and kind == "crash":
            text += ": " + next((line for line in last if line.startswith("Fatal Python error")), last[-1])
        tell(answers, kind, text + "\n")
    posix.close(err)


def serve(limit):
    answers = posix.dup(1)
    null = posix.open("/dev/null", posix.O_RDWR)
    posix.dup2(null, 1)
    tell(answers, "ready", sys.version.split()[0])
    rest = b""
    while True:
        data = posix.read(0, 65536)
        if not data:
            return
        *names, rest = (rest + data).split(b"\n")
        for name in names:
            ask(bytes.fromhex(name.decode()).decode(), answers, limit)


serve(int(sys.argv[1]))
