"""Children of the program: what the standard library starts by itself, and sys.executable as the python command."""
import concurrent.futures
import multiprocessing
import os
import subprocess
import sys

from . import equal, raises, unix


def _module(name):
    """A task that imports, and tells where from."""
    module = __import__(name)
    return module.__file__.startswith(sys.executable), os.getpid(), __name__


def _fail():
    raise LookupError("in the child")


def _pool(method):
    context = multiprocessing.get_context(method)
    with context.Pool(2) as pool:
        found = pool.map(_module, ["fractions", "colorsys", "statistics"])
        equal([f[0] for f in found], [True] * 3)
        equal([f[2] for f in found], ["probe.checks.children"] * 3)
        equal(os.getpid() in [f[1] for f in found], False)
        e = raises(LookupError, pool.apply, _fail)
        equal(str(e), "in the child")
    process = context.Process(target=sys.exit, args=(7,))
    process.start()
    process.join()
    equal(process.exitcode, 7)


@unix
def fork():
    _pool("fork")


def spawn():
    _pool("spawn")


@unix
def forkserver():
    _pool("forkserver")


def nested_spawn():
    context = multiprocessing.get_context("spawn")
    queue = context.Queue()
    process = context.Process(target=_nested, args=(queue, 2))
    process.start()
    equal([queue.get() for _ in range(3)], [0, 1, 2])
    process.join()
    equal(process.exitcode, 0)


def _nested(queue, depth):
    if depth:
        process = multiprocessing.get_context("spawn").Process(target=_nested, args=(queue, depth - 1))
        process.start()
        process.join()
    queue.put(depth)


def manager():
    with multiprocessing.get_context("spawn").Manager() as manager:
        shared = manager.dict()
        shared["key"] = [1, 2]
        equal(dict(shared), {"key": [1, 2]})


def shared_memory():
    from multiprocessing import resource_tracker, shared_memory
    memory = shared_memory.SharedMemory(create=True, size=100)
    try:
        memory.buf[:3] = b"abc"
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            equal(pool.apply(_read, (memory.name,)), b"abc")
    finally:
        memory.close()
        memory.unlink()
    if os.name == "posix":
        equal(resource_tracker._resource_tracker._check_alive(), True)


def _read(name):
    from multiprocessing import shared_memory
    memory = shared_memory.SharedMemory(name)
    try:
        return bytes(memory.buf[:3])
    finally:
        memory.close()


@unix
def tracker():
    """A signal that comes at once ends no resource tracker."""
    import signal
    from multiprocessing.resource_tracker import _resource_tracker as tracker
    for number in (signal.SIGINT, signal.SIGTERM) * 3:
        tracker.ensure_running()
        os.kill(tracker._pid, number)
        os.close(tracker._fd)  # at which it ends by itself
        equal(os.waitpid(tracker._pid, 0)[1], 0)
        tracker._fd = tracker._pid = None


def process_pool():
    for method in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context(method)
        with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
            equal([f[0] for f in pool.map(_module, ["fractions", "colorsys"])], [True, True])


def interpreter_pool():
    if sys.version_info < (3, 14):
        return
    with concurrent.futures.InterpreterPoolExecutor(2) as pool:
        equal([f[0] for f in pool.map(_module, ["fractions", "colorsys", "statistics"])], [True] * 3)
    if not hasattr(os, "fork"):
        return
    from concurrent import interpreters
    child = os.fork()
    if child == 0:
        interpreter = interpreters.create()
        interpreter.exec("import json, decimal")
        interpreter.close()
        os._exit(0)
    equal(os.waitpid(child, 0)[1], 0)


def _run(*args, **kwargs):
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True, timeout=100, **kwargs)
    equal(done.stderr, "")
    return done.stdout.strip()


# Where a process takes long to start, the one that says least.
ENVIRONMENTS = (None, {}, {"PATH": "/nowhere"}) if os.name == "posix" else ({},)

PRINT = "import sys, colorsys; print(sys.argv[1:], colorsys.__file__.startswith(sys.executable))"


def subprocesses():
    import tempfile
    with tempfile.TemporaryDirectory() as tmp:
        with open(tmp + "/script.py", "w") as f:
            f.write("import beside; print(beside.x)")
        with open(tmp + "/beside.py", "w") as f:
            f.write("x = 'beside the script'")
        for env in ENVIRONMENTS:
            equal(_run("-c", PRINT, "-c", "a", env=env), "['-c', 'a'] True")
            equal(_run("-", "a", input=PRINT, env=env), "['a'] True")
            equal(_run("-uIBm", "probe", "children._told", "a", env=env), "['a']")
            equal(_run(tmp + "/script.py", env=env), "beside the script")
        equal(_run("script.py", cwd=tmp), "beside the script")
        before = os.getcwd()
        os.chdir(tmp)
        try:
            equal(_run("-c", PRINT), "[] True")
        finally:
            os.chdir(before)
    equal(_run("-V"), "Python " + sys.version.split()[0])


def _told():
    print(sys.argv[2:])


def in_threads():
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        equal(set(pool.map(lambda _: _run("-c", PRINT), range(8))), {"[] True"})


def of_a_child():
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import subprocess, sys; subprocess.run([sys.executable, \"-c\", \"print(5)\"], env={})'])"
    equal(_run("-c", code), "5")


@unix
def of_a_fork():
    for env in (None, {}):
        pid = os.fork()
        if pid == 0:
            equal(_run("-c", "print(5)", env=env), "5")
            os._exit(0)
        equal(os.waitpid(pid, 0)[1], 0)


@unix
def of_a_daemon():
    """Two forks, as daemons do: the parent's number changes to that of init."""
    out, into = os.pipe()
    if os.fork() == 0:
        os.setsid()
        if os.fork():
            os._exit(0)
        while os.getppid() == os.getsid(0):
            pass
        os.write(into, _run("-c", "print(5)").encode() + _run("-c", "print(6)", env={}).encode())
        os._exit(0)
    os.close(into)
    equal(os.read(out, 10), b"56")


@unix
def of_a_terminal():
    import pty
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [sys.executable, "process.exit_three"])
    equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 3)
    pid, terminal = pty.fork()
    if pid == 0:
        os._exit(subprocess.call([sys.executable, "-c", "raise SystemExit(4)"]))
    equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 4)


def _upgrade():
    os.rename(sys.argv[2], sys.executable)
    equal(_run("-c", "import hello; print('the new one')", env=None), "the new one")
    print("the new one")


def _abandon():
    """Ends before the child that it starts can look for its parent."""
    pid = os.fork()
    if pid == 0:
        starter = os.getpid()
        if os.fork() == 0:
            while os.getppid() == starter:
                pass
            # As if this were what the starter ran with subprocess: its token, and a parent that is init.
            os.execve(sys.executable, [sys.executable, "-c", "print('orphan')"], {"OXGEN_PARENT": os.environ["OXGEN_PARENT"].replace(str(os.getpid()), str(starter), 1)})
        os._exit(0)
    os.waitpid(pid, 0)


@unix
def posix_spawn():
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", "raise SystemExit(5)"], os.environ)
    equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 5)
    equal(os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-c", "raise SystemExit(6)"]), 6)


@unix
def system():
    equal(os.system(f"'{sys.executable}' -c 'raise SystemExit(5)'") >> 8, 5)
    equal(subprocess.run(f"cd /; '{sys.executable}' -c 'raise SystemExit(6)'; exit $?", shell=True, env={}).returncode, 6)
    equal(os.popen(f"echo 'print(7)' | '{sys.executable}' - ; true").read(), "7\n")


def asynchronous():
    import asyncio

    async def main():
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", PRINT, stdout=subprocess.PIPE)
        out, _ = await process.communicate()
        equal(out.decode().strip(), "[] True")
        loop = asyncio.get_running_loop()
        with concurrent.futures.ProcessPoolExecutor(1) as pool:
            equal((await loop.run_in_executor(pool, _module, "fractions"))[0], True)
    asyncio.run(main())


def program_again():
    """Arguments that python has no use for are the program's, and so is what follows the path of the executable."""
    equal(_run("children._told", "a"), "['a']")
    equal(_run(sys.executable, "children._told", "-c", "a"), "['-c', 'a']")
    equal(_run("-W", "error", "-u", sys.executable, "children._settings"), "['error'] True")
    equal(_run(sys.executable + "/probe/checks/__init__.py"), "")
    equal(_run(os.path.dirname(__file__) + "/alone.py", "x"), "__main__ ['x'] True beside")
    done = subprocess.run([sys.executable, sys.executable + "/nothing.py"], capture_output=True, text=True)
    equal((done.returncode, "can't open file" in done.stderr), (2, True))


def _settings():
    print(sys.warnoptions, sys.stdout.write_through)


@unix
def shell():
    """A shell that the program becomes is a person's: what is typed there reaches the program."""
    command = f"'{sys.executable}' -c x; echo done"
    done = subprocess.run([sys.executable, "children._become"], input=command, capture_output=True, text=True)
    equal(("No module named 'probe.checks.-c'" in done.stderr, done.stdout), (True, "done\n"))


def _become():
    os.execv("/bin/sh", ["sh"])


@unix
def restart():
    """The idioms by which a program starts itself anew."""
    if os.environ.get("RESTARTED"):
        print(sys.argv[2:])
        return
    os.environ["RESTARTED"] = "1"
    for command in ([sys.executable, sys.argv[1], "-c"], [sys.executable, sys.executable, sys.argv[1], "-c"], ["python", sys.executable, sys.argv[1], "-c"]):
        pid = os.fork()
        if pid == 0:
            os.execv(sys.executable, command)
        equal(os.waitpid(pid, 0)[1], 0)
