"""The process around the program: its main module, its exit status, its children, what C prints of its errors."""

import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _bootstrap_external
import _imp
import _oxgen
import sys

import _oxgen_importer as importer

_system = sys.modules["nt" if importer.windows else "posix"]


def install():
    """Puts the hooks in place, before the program's first module is imported."""
    # CPython was told another one, to keep it from looking for a pyvenv.cfg (pyembed, config.go).
    sys.executable = _oxgen.executable
    if _oxgen.environment:
        sys.prefix = sys.exec_prefix = _oxgen.environment
    if hasattr(_system, "register_at_fork"):
        _install_fork_hooks()
    _install_marks()
    importer.extend("runpy", _extend_runpy)
    if sys.platform == "linux":
        importer.extend("multiprocessing.util", _extend_multiprocessing)
    if sys.flags.no_site and not _oxgen.acts_as_python:
        _install_site_builtins()


def _install_marks():
    """Sets what PyInstaller sets in sys, where the configuration asks for it."""
    if _oxgen.frozen:
        sys.frozen = True
    if _oxgen.meipass:
        sys._MEIPASS = importer.root


_OLD_CREDITS = """\
    Thanks to CWI, CNRI, BeOpen.com, Zope Corporation and a cast of thousands
    for supporting Python development.  See www.python.org for more information."""
_CREDITS = """\
Thanks to CWI, CNRI, BeOpen, Zope Corporation, the Python Software
Foundation, and a cast of thousands for supporting Python
development.  See www.python.org for more information."""


def _install_site_builtins():
    """Adds the built-ins that the module site adds (Lib/site.py: setquit, setcopyright, sethelper)."""
    import _sitebuiltins
    import builtins

    def printer(name, data, files=()):
        # Not by the constructor, which imports os: that takes longer than the start of some programs.
        result = object.__new__(_sitebuiltins._Printer)
        vars(result).update(_Printer__name=name, _Printer__data=data, _Printer__lines=[], _Printer__filenames=files)
        return result

    end = "Ctrl-Z plus Return" if importer.windows else "Ctrl-D (i.e. EOF)"
    builtins.quit = _sitebuiltins.Quitter("quit", end)
    builtins.exit = _sitebuiltins.Quitter("exit", end)
    builtins.copyright = printer("copyright", sys.copyright)
    builtins.credits = printer("credits", _CREDITS if sys.version_info >= (3, 14) else _OLD_CREDITS)
    # site looks above this directory and in the current one as well, where there may be somebody else's file.
    files = [importer.joined(name) for name in ("LICENSE.txt", "LICENSE")]
    builtins.license = printer("license", "See https://www.python.org/psf/license/", files)
    builtins.help = _sitebuiltins._Helper()


# The main module and the end

def prepare(mode, *what):
    """Makes __main__ ready for what is run, which main.go of pyembed says; returns its code, its globals, and None. When that
    fails, the third is the exception, without frames of ours in its traceback."""
    prepare = {
        "module": _prepare_module, "file": _prepare_file, "script": _prepare_script, "command": _prepare_command,
    }[mode]
    try:
        code = prepare(*what)
    except BaseException as e:
        frame = e.__traceback__
        while frame is not None and frame.tb_frame.f_globals is globals():
            frame = frame.tb_next
        return None, None, e.with_traceback(frame)
    return code, sys.modules["__main__"].__dict__, None


def _prepare_module(name):
    """Does what runpy does for `python -m name`, without runpy's imports, and leaves sys.argv alone."""
    spec = _find_main(name)
    loader = spec.loader
    importer.extend("argparse", _name_program)
    sys.modules["__main__"].__dict__.update(
        __name__="__main__",
        __file__=spec.origin,
        __cached__=spec.cached,
        __doc__=None,
        __loader__=loader,
        __package__=spec.parent,
        __spec__=spec,
    )
    return loader.get_code(spec.name)


def _name_program(argparse):
    """Lets usage messages name what the user types. Since 3.14 they say `python -m name` of a main module."""
    if not hasattr(argparse, "_prog_name"):
        return
    original = argparse._prog_name

    def _prog_name(prog=None):
        return original(sys.argv[0].rpartition(importer.SEP)[2] if prog is None and sys.argv else prog)

    argparse._prog_name = _prog_name


def _find_main(name):
    package = name.rpartition(".")[0]
    if package:
        __import__(package)
        if name in sys.modules and not hasattr(sys.modules[name], "__path__"):
            _warn_imported(name, package)
    path = sys.modules[package].__path__ if package else None
    spec = _bootstrap._find_spec(name, path)
    if spec is not None and spec.submodule_search_locations is not None:
        if name.endswith(".__main__"):
            raise ImportError(f"{name!r} is a package and can't be run", name=name)
        return _find_main(name + ".__main__")
    if spec is None or not hasattr(spec.loader, "get_code"):
        raise ImportError(f"no module named {name!r} to run", name=name)
    return spec


def _warn_imported(name, package):
    """Warns as runpy does (_get_module_details), and names it as the place."""
    import _warnings
    _warnings.warn_explicit(
        f"{name!r} found in sys.modules after import of package {package!r}, but prior to execution of {name!r}; "
        "this may result in unpredictable behaviour", RuntimeWarning, "<frozen runpy>", 128, "runpy")


def _script_code(path):
    """Returns the code of a script: that of a module whose name only gen/main.go gives, else that of the module at path."""
    root = importer.path_hook(importer.root)
    name = "_oxgen_script " + path.replace("%", "%25").replace(".", "%2E")
    try:
        return root.get_code(name)
    except ImportError:
        pass
    full = importer.joined(path)
    directory, _, tail = full.rpartition(importer.SEP)
    if tail in ("__init__.py", "__init__.pyc"):
        directory, _, tail = directory.rpartition(importer.SEP)
    try:
        return importer.path_hook(directory).get_code(tail.removesuffix(".pyc").removesuffix(".py"))
    except ImportError:
        return compile(importer.read(full), full, "exec", dont_inherit=True)


def _extend_runpy(runpy):
    """Lets run_path find scripts without their sources, and without virtual files: multiprocessing runs the main module's file
    again in its children (Lib/multiprocessing/spawn.py, _fixup_main_from_path)."""
    original = runpy._get_code_from_file

    def _get_code_from_file(*args):  # (run_name, fname) before 3.12, then fname alone
        path = args[-1]
        if isinstance(path, str) and importer.below(path):
            try:
                code = _script_code(importer.place(path))
            except (ImportError, OSError):  # none of ours
                pass
            else:
                _imp._fix_co_filename(code, path)
                return code if len(args) == 1 else (code, path)
        return original(*args)

    runpy._get_code_from_file = _get_code_from_file


class ScriptLoader(_bootstrap_external.SourceFileLoader):
    """The loader of a script, the one that python has there: it knows the module __main__ only."""

    def get_code(self, fullname):
        filename = self.get_filename(fullname)
        code = _script_code(importer.place(filename))
        _imp._fix_co_filename(code, filename)
        return code

    def get_source(self, fullname):
        path = self.get_filename(fullname)
        if path.endswith(".pyc") or not importer.is_file(path):
            return None
        return _bootstrap_external.decode_source(importer.read(path))

    def get_data(self, path):
        return importer.read(path)


def _prepare_file(path):
    """Does what python does for a script; path lies below the virtual root."""
    full = importer.joined(path)
    if not importer.is_file(full) and importer.is_file(full + "c"):
        full += "c"  # the program has no sources
    loader = ScriptLoader("__main__", full)
    sys.modules["__main__"].__dict__.update(
        __name__="__main__",
        __file__=loader.path,
        __cached__=None,
        __doc__=None,
        __loader__=loader,
        __package__=None,
        __spec__=None,
    )
    return loader.get_code("__main__")


def _prepare_script(path):
    """Does what python does for a file or directory of the program that its command line names: its directory comes first
    in sys.path."""
    directory, file = path.rpartition(importer.SEP)[0], path
    if importer.is_dir(path):
        directory, file = path, path + importer.SEP + "__main__.py"
    if not importer.is_file(file):
        sys.stderr.write(f"{sys.executable}: can't open file {path!r}: [Errno 2] No such file or directory\n")
        raise SystemExit(2)
    if not getattr(sys.flags, "safe_path", sys.flags.isolated):
        sys.path.insert(0, directory)
    return _prepare_file(importer.place(file))


def _prepare_command(text, code):
    """Does what python does for -c. __main__ is as the interpreter has made it."""

    def register(linecache):
        # From 3.13 on, tracebacks show the lines of a command (Python/pythonrun.c, _PyRun_StringFlagsWithName).
        if hasattr(linecache, "_register_code"):
            key = code if hasattr(linecache, "_interactive_cache") else "<string>"
            linecache._register_code(key, text, "<string>")

    importer.extend("linecache", register)
    return code


def exit_status(error):
    """Returns the exit status that a SystemExit asks for, printing what it has to say, as python does."""
    code = error.code
    if code is None:
        return 0
    if isinstance(code, int):
        if importer.windows:  # a C long has 32 bits, and so has a status
            return code if -1 << 31 <= code < 1 << 31 else code - (1 << 32) if 0 < code < 1 << 32 else -1
        return code & 0xFF if -1 << 63 <= code < 1 << 63 else 0xFF  # what does not fit into a C long is -1
    for text in (code, "\n"):
        try:
            _write_error(str(text))
        except Exception:
            pass
    return 1


def end():
    """Does of Py_FinalizeEx (Python/pylifecycle.c) what others than the interpreter see: waits for threads, calls exit functions,
    flushes files. Returns whether all streams could be flushed; if not, C's function has to say so."""
    import atexit
    if "threading" in sys.modules:
        atexit.register(sys.modules["threading"]._shutdown)  # is called first, and what it raises is reported
    atexit._run_exitfuncs()
    return all([_flush(file) for file in _open_files()])


def _open_files():
    """Returns the files that may have something to write. Those that the program has left open python flushes when it deletes them."""
    import _io
    import gc
    writers = (_io.TextIOWrapper, _io.BufferedWriter, _io.BufferedRandom)
    found = [o for o in gc.get_objects() if issubclass(type(o), writers)]
    found.sort(key=lambda file: not isinstance(file, _io.TextIOWrapper))  # these write into the others
    return found + [file for file in (sys.stdout, sys.stderr) if file is not None]


def _flush(file):
    try:
        if not file.closed:
            file.flush()
    except BaseException:
        return file is not sys.stdout
    return True


def _write_error(text):
    stream = getattr(sys, "stderr", None)
    if stream is None:
        _system.write(2, text.encode("utf-8", "backslashreplace"))
    else:
        stream.write(text)
        stream.flush()


def inspects():
    """Tells whether the interactive interpreter follows the program (Modules/main.c, pymain_repl)."""
    wanted = sys.flags.inspect
    if not wanted and not sys.flags.ignore_environment and "os" in sys.modules:
        wanted = bool(sys.modules["os"].environ.get("PYTHONINSPECT"))
    return int(wanted and (sys.flags.interactive or _system.isatty(0)))


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
    _system.register_at_fork(before=_await_collection)
    _system.register_at_fork(after_in_child=_announce)
    _system.register_at_fork(after_in_child=_forget_imports)


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
        # A lock that nobody owns may be one that a thread was just about to take or has let go: then it holds the lock's own lock.
        if lock is None or lock.owner == this:
            continue
        del _bootstrap._module_locks[name]
        spec = getattr(sys.modules.get(name), "__spec__", None)
        if getattr(spec, "_initializing", False):
            del sys.modules[name]


def _announce():
    """Tells the children of a forked child who their parent is; see pyembed, child.go."""
    name, value = _oxgen.parent, f"{_system.getpid()}:{_oxgen.identity}"
    _system.putenv(name, value)
    if "os" in sys.modules:
        sys.modules["os"].environ[name] = value


def _extend_multiprocessing(util):
    """Has the start of a resource tracker wait until a signal does no longer end that; see pyembed, tracker.go."""
    original = util.spawnv_passfds

    def spawnv_passfds(path, args, passfds):
        pid = original(path, args, passfds)
        if args[-1].startswith("from multiprocessing.resource_tracker import main;main("):
            _await_ignored(pid)
        return pid

    util.spawnv_passfds = importer.stand_in(spawnv_passfds, original)


def _await_ignored(pid):
    """Waits until a child ignores SIGINT and SIGTERM, a second at most, or until it has ended."""
    import time
    wanted = 1 << 1 | 1 << 14  # a signal's bit is its number less one
    end = time.monotonic() + 1
    while time.monotonic() < end:
        try:
            with open(f"/proc/{pid}/status") as status:
                fields = dict(line.split(":", 1) for line in status)
        except OSError:
            return
        if fields["State"].split()[0] in "ZX" or int(fields["SigIgn"], 16) & wanted == wanted:
            return
        time.sleep(0.0005)
