"""What parts share: threads that work beside them, children that are waited for, what a process has open."""
import contextlib
import faulthandler
import importlib.metadata
import importlib.resources
import linecache
import os
import signal
import sys
import threading
import time

# How long a child may take, in seconds; then it prints where it is, and dies.
PATIENCE = 60

# Modules without state that matters: they are imported again and again.
NAMES = ["calendar", "colorsys", "csv", "difflib", "fractions", "getopt", "html.parser", "ipaddress", "json.tool", "mailbox", "netrc", "plistlib", "pprint", "quopri", "sched", "shlex", "statistics", "textwrap", "timeit", "tomllib", "uuid", "wave", "xml.dom.minidom", "zipapp"]


def descriptors():
    """Returns the open file descriptors and where they lead, but for the one that looks."""
    found = set()
    for fd in os.listdir("/proc/self/fd"):
        try:
            found.add((int(fd), os.readlink("/proc/self/fd/" + fd).split(":")[0]))
        except FileNotFoundError:
            pass
    return found


def children():
    """Returns the command lines of the children, zombies among them."""
    found = []
    for task in os.listdir("/proc/self/task"):
        with open(f"/proc/self/task/{task}/children") as f:
            found += f.read().split()
    return found


def settle():
    """Gives threads and processes that are on their way out the time to go."""
    import gc
    gc.collect()
    tracker = sys.modules.get("multiprocessing.resource_tracker")
    if tracker:  # python leaves it to the end of the process
        tracker._resource_tracker._stop()
    forkserver = sys.modules.get("multiprocessing.forkserver")
    if forkserver:
        forkserver._forkserver._stop()
    deadline = time.monotonic() + 30
    while children() and time.monotonic() < deadline:
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        time.sleep(0.01)


@contextlib.contextmanager
def beside(*functions):
    """Runs functions again and again in threads of their own while the context lasts; raises what they raise."""
    stop, failed = threading.Event(), []

    def run(function):
        try:
            while not stop.is_set():
                function()
        except BaseException as e:
            failed.append(e)

    threads = [threading.Thread(target=run, args=(f,)) for f in functions]
    for t in threads:
        t.start()
    try:
        yield
    finally:
        stop.set()
        for t in threads:
            t.join()
    if failed:
        raise failed[0]


def import_again():
    """Imports modules that were taken out of sys.modules."""
    for name in NAMES:
        sys.modules.pop(name, None)
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
        time.sleep(0.001)


def read_files():
    """Reads files of the program, by every way that leads to them."""
    root = importlib.resources.files("soak")
    for p in root.iterdir():
        p.is_file() and p.read_text()
    list(importlib.metadata.distributions())
    linecache.checkcache()
    linecache.getlines(__file__)
    os.stat(__file__)
    time.sleep(0.01)


def spin():
    sum(range(1000))
    time.sleep(0.0001)


class Signals:
    """Counts the signals that come."""

    def __init__(self):
        self.count = 0
        signal.signal(signal.SIGUSR1, self._count)
        signal.signal(signal.SIGCHLD, self._count)

    def _count(self, number, frame):
        self.count += 1

    def send(self):
        os.kill(os.getpid(), signal.SIGUSR1)
        time.sleep(0.001)


def in_child(function):
    """Runs a function in a forked child and leaves; the exit status says whether it ran to its end."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        faulthandler.register(signal.SIGALRM, chain=True)
        signal.alarm(PATIENCE)
        function()
        status = 0
    except BaseException:
        import traceback
        traceback.print_exc()
    finally:
        os._exit(status)


def wait(pid):
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status:
        raise AssertionError(f"the child {pid} ended with {status}")
