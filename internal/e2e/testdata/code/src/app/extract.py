import importlib
import importlib.resources
import importlib.util
import inspect
import os
import pkgutil
import subprocess
import sys

from app import equal, raises


def where():
    """Prints the directory of the package, which is put on disk for that."""
    print(os.path.dirname(importlib.util.find_spec("taken").origin), end="")


def _real():
    spec = importlib.util.find_spec("taken")
    import taken
    import taken.sub.deep
    return spec, taken


def attributes():
    spec, taken = _real()
    directory = os.path.dirname(spec.origin)
    ending = os.path.splitext(spec.origin)[1]
    equal(os.path.basename(directory), "taken")
    equal(directory.startswith(os.environ["XDG_CACHE_HOME"] + "/oxgen-extract/"), True)
    equal((taken.__file__, taken.__path__), (f"{directory}/__init__{ending}", [directory]))
    equal(taken.sub.deep.__file__, f"{directory}/sub/deep{ending}")
    equal(taken.sub.f.__code__.co_filename, f"{directory}/sub/__init__.py")
    equal(sorted(os.listdir(directory)), ["__init__" + ending, "data", "late" + ending, "sub"])
    equal([m.name for m in pkgutil.walk_packages(taken.__path__, "taken.")], ["taken.late", "taken.sub", "taken.sub.deep"])
    equal(importlib.reload(taken).__file__, taken.__file__)
    equal(sys.executable in str(taken.__loader__), False)
    if ending == ".py":
        equal(inspect.getsource(taken.sub.f), 'def f():\n    return "f"\n')
    else:
        raises(OSError, inspect.getsource, taken.sub.f)
    with open(taken.__file__, "rb") as stream:
        equal(stream.read(), taken.__loader__.get_data(taken.__file__))


def resources():
    _real()
    data = importlib.resources.files("taken") / "data"
    equal(os.path.isdir(data), True)
    equal(data.joinpath("a.txt").read_text(), "hello\n")
    with importlib.resources.as_file(data / "a.txt") as path:
        equal(str(path), str(data / "a.txt"))
    equal(subprocess.check_output([data / "run.sh"]), b"ran\n")
    equal(pkgutil.get_data("taken", "data/a.txt"), b"hello\n")
    equal(os.stat(data / "a.txt").st_mode & 0o777, 0o600)


def parts():
    """A package within a namespace package; its neighbour stays in the executable."""
    import space.inner
    import space.other
    equal(space.inner.__file__.endswith("/space/inner/" + os.path.basename(space.inner.__file__)), True)
    equal(os.path.exists(space.inner.__file__), True)
    equal(space.other.__file__.startswith(sys.executable + "/space/other/"), True)
    equal(os.listdir(os.path.dirname(os.path.dirname(space.inner.__file__))), ["inner"])


def memory():
    """Code comes from memory: what is on disk is not run."""
    _, taken = _real()
    with open(os.path.join(taken.__path__[0], "late.py"), "w") as stream:
        stream.write("raise SystemExit('from disk')\n")
    import taken.late
    equal(taken.late.VALUE, "late")


def held():
    """The directory is locked for as long as the process runs, in which others would take it for unused."""
    import fcntl
    _, taken = _real()
    descriptor = os.open(os.path.dirname(taken.__path__[0]), os.O_RDONLY)
    raises(BlockingIOError, fcntl.flock, descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(descriptor, fcntl.LOCK_SH)


def unused():
    equal("_oxgen_extract" in sys.modules, False)


def killed():
    """Is killed when all files are written and the directory has not got its name."""
    os.rename = lambda *args: os.kill(os.getpid(), 9)
    import taken


def overtaken():
    """Another process is done when this one wants to give its directory the name."""
    rename = os.rename

    def late(*args):
        os.rename = rename
        subprocess.run([sys.executable, "-m", "app", "extract.where"], check=True, stdout=subprocess.DEVNULL)
        rename(*args)

    os.rename = late
    resources()
    equal([n for n in os.listdir(os.environ["XDG_CACHE_HOME"] + "/oxgen-extract") if n.endswith(".new")], [])


def threads():
    """Eight threads ask at once."""
    from concurrent.futures import ThreadPoolExecutor
    import importlib.machinery
    find = importlib.machinery.PathFinder.find_spec
    with ThreadPoolExecutor(8) as pool:
        origins = {spec.origin for spec in pool.map(find, ["taken"] * 8)}
    equal(len(origins), 1)
