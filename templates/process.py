"""The process around the program: its main module, its exit status, its children, what C prints of its errors."""

import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _bootstrap_external
import _oxgen
import sys

import _oxgen_importer as importer


def install():
    """Puts the hooks in place, before the program's first module is imported."""
    sys.executable = _oxgen.executable
    _install_fork_hooks()
    _install_hooks()


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
    if importer.is_dir(path):
        path += "/__main__.py"
    directory, _, name = path.rpartition("/")
    loader, code = _script_code(directory, name)
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


def _script_code(directory, name):
    """Returns the loader and the code of a file; the loader of one that is no module is None."""
    path = f"{directory}/{name}"
    try:
        if name == "__init__.py":
            directory, _, name = directory.rpartition("/")
        loader = importer.path_hook(directory)
        return loader, loader.get_code(name.removesuffix(".py"))
    except ImportError:
        if importer.is_file(path):
            return None, compile(importer.read(path), path, "exec", dont_inherit=True)
    sys.stderr.write(f"{sys.executable}: can't open file {path!r}: [Errno 2] No such file or directory\n")
    raise SystemExit(2)


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


def inspects():
    """Tells whether the interactive interpreter follows the program (Modules/main.c, pymain_repl)."""
    import posix
    wanted = sys.flags.inspect
    if not wanted and not sys.flags.ignore_environment and "os" in sys.modules:
        wanted = bool(sys.modules["os"].environ.get("PYTHONINSPECT"))
    return int(wanted and (sys.flags.interactive or posix.isatty(0)))


# Children

class _ForkWarning:
    """Matches the text of the warning that Python gives when a process with threads forks, as long as there is one Python
    thread. The other threads are the Go runtime's, which take no locks of C or Python."""

    def match(self, text):
        return text.startswith("This process (pid=") and len(sys._current_frames()) <= 1


def _install_fork_hooks():
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


# Tracebacks that C prints. C reads the source lines with io.open (Python/traceback.c, _Py_DisplaySourceLine), which finds
# no file below the virtual root. What it prints of an exception is more than the module traceback knows in old versions
# (Did you mean …), so C goes on printing, and finds a file.

def _install_hooks():
    sys.unraisablehook = sys.__unraisablehook__ = _with_sources(sys.unraisablehook)
    if sys.version_info < (3, 13):  # from then on C leaves these to the module traceback
        import _thread
        sys.excepthook = sys.__excepthook__ = _with_sources(sys.excepthook)
        _thread._excepthook = _with_sources(_thread._excepthook)  # becomes threading.excepthook


def _with_sources(hook):
    def show(*args):
        try:
            import io
            before, io.open = io.open, _open_source
        except Exception:  # the interpreter is ending
            return hook(*args)
        try:
            return hook(*args)
        finally:
            io.open = before

    show.__name__ = show.__qualname__ = hook.__name__
    return show


def _open_source(path, mode="r", *args, **kwargs):
    if mode != "rb" or not importer.is_file(path):
        from _io import open
        return open(path, mode, *args, **kwargs)
    import io
    import os
    source = _bootstrap_external.decode_source(importer.read(path)).encode()

    class Source(io.BytesIO):
        # C asks for a file descriptor to look for a coding cookie and to seek in; it reads the lines from here.
        descriptor = None

        def fileno(self):
            if self.descriptor is None:
                self.descriptor = os.open(os.devnull, os.O_RDONLY)
            return self.descriptor

        def close(self):
            if self.descriptor is not None:
                os.close(self.descriptor)
                self.descriptor = None
            super().close()

    return Source(source)
