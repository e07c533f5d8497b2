"""The process around the program: its main module, its exit status, its children, what C prints of its errors."""

import _frozen_importlib as _bootstrap
import _oxgen
import sys

import _oxgen_importer as importer


def install():
    """Puts the hooks in place, before the program's first module is imported."""
    _install_fork_hooks()


# The main module and the end

def prepare_main(name):
    """Makes __main__ ready for the module called name; returns its code and its globals.

    It does what runpy does for `python -m name`, without runpy's imports, and leaves sys.argv alone.
    """
    spec = _find_main(name)
    loader = spec.loader
    module = sys.modules["__main__"]
    module.__dict__.update(
        __name__="__main__",
        __file__=spec.origin,
        __cached__=None,
        __doc__=None,
        __loader__=loader,
        __package__=spec.parent,
        __spec__=spec,
    )
    code = loader.get_code(spec.name)
    return code, module.__dict__


def _find_main(name):
    package = name.rpartition(".")[0]
    if package:
        __import__(package)
    path = sys.modules[package].__path__ if package else None
    spec = _bootstrap._find_spec(name, path)
    if spec is not None and spec.submodule_search_locations is not None:
        if name.endswith(".__main__"):
            raise ImportError(f"{name!r} is a package and can't be run", name=name)
        return _find_main(name + ".__main__")
    if spec is None or not hasattr(spec.loader, "get_code"):
        raise ImportError(f"no module named {name!r} to run", name=name)
    return spec


def exit_status(error):
    """Returns the exit status that a SystemExit asks for, printing what it has to say, as python does."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        return code & 0xFF
    try:
        sys.stdout.flush()
    except Exception:
        pass
    try:
        sys.stderr.write(str(code) + "\n")
        sys.stderr.flush()
    except Exception:
        pass
    return 1


# Children


class _ForkWarning:
    """Matches the text of the warning that Python gives when a process with threads forks, as long as there is one Python
    thread. The other threads are the Go runtime's, which take no locks of C or Python."""

    def match(self, text):
        return text.startswith("This process (pid=") and len(sys._current_frames()) <= 1


def _install_fork_hooks():
    if sys.version_info >= (3, 12):
        import _warnings
        _warnings.filters.insert(0, ("ignore", _ForkWarning(), DeprecationWarning, None, 0))
    posix = sys.modules["posix"]
    posix.register_at_fork(before=_await_collection)
    posix.register_at_fork(after_in_child=_announce)
    posix.register_at_fork(after_in_child=_forget_imports)


def _await_collection():
    """Waits, before a fork, until no other thread is in the importer's callback of the garbage collector.

    CPython notes that it is collecting, and in a child without the thread that does it the note would stay: the child would
    never collect.
    """
    this, code = sys.modules["_thread"].get_ident(), importer.collecting
    while any(f.f_code is code for thread, f in sys._current_frames().items() if thread != this):
        import time
        time.sleep(0)


def _forget_imports():
    """Takes back, in a forked child, what other threads were importing for the importer's own use.

    Those threads are not in the child, and the locks that they hold are never released: python hangs in a child that
    imports what another thread was importing. But where python only opens a file, the importer may import, and then a child
    would hang that does not under python.
    """
    this = sys.modules["_thread"].get_ident()
    for name in list(_bootstrap._module_locks):
        if not (name.startswith("_oxgen_") or name in sys.builtin_module_names or name == "stat"):
            continue
        lock = _bootstrap._module_locks[name]()
        if lock is None or lock.owner in (None, this):
            continue
        del _bootstrap._module_locks[name]
        spec = getattr(sys.modules.get(name), "__spec__", None)
        if getattr(spec, "_initializing", False):
            del sys.modules[name]


def _announce():
    """Tells the children of a forked child who their parent is; see pyembed, child.go."""
    posix = sys.modules["posix"]
    name = _oxgen.parent
    value = posix.environ[name.encode()].rpartition(b":")[0].decode() + f":{posix.getpid()}"
    posix.putenv(name, value)
    if "os" in sys.modules:
        sys.modules["os"].environ[name] = value
