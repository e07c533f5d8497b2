"""The process around the program: its main module, its exit status, its children, what C prints of its errors."""

import _frozen_importlib as _bootstrap
import _oxgen
import sys

import _oxgen_importer as importer


def install():
    """Puts the hooks in place, before the program's first module is imported."""
    # CPython was told another one, to keep it from looking for a pyvenv.cfg (pyembed, config.go).
    sys.executable = _oxgen.executable
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


def prepare_script(path):
    """Makes __main__ ready for a module of the program that is run by its path; returns its code and its globals.

    It does what python does for a script: the script's directory comes first in sys.path.
    """
    directory, _, name = path.rpartition("/")
    if importer.is_dir(path):
        directory, name = path, "__main__.py"
    try:
        loader = importer.path_hook(directory)
        code = loader.get_code(name.removesuffix(".py"))
    except ImportError:
        sys.stderr.write(f"{sys.executable}: can't open file {path!r}: [Errno 2] No such file or directory\n")
        raise SystemExit(2) from None
    if not getattr(sys.flags, "safe_path", sys.flags.isolated):
        sys.path.insert(0, directory)
    module = sys.modules["__main__"]
    module.__dict__.update(
        __name__="__main__",
        __file__=path,
        __cached__=None,
        __doc__=None,
        __loader__=loader,
        __package__=None,
        __spec__=None,
    )
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
    posix.register_at_fork(after_in_child=_announce)


def _announce():
    """Tells the children of a forked child who their parent is; see pyembed, child.go."""
    posix = sys.modules["posix"]
    name, value = _oxgen.parent, f"{posix.getpid()}:{_oxgen.identity}"
    posix.putenv(name, value)
    if "os" in sys.modules:
        sys.modules["os"].environ[name] = value
