"""Imports the modules of a program from the table in its executable.

The program's virtual root is the executable's own path: the module a.b has the file <executable>/a/b.py, as it would
have below a zip archive. An Importer stands for one directory of the virtual root; it is path entry finder and loader
in one, like zipimport.zipimporter. The table's grammar is in the doc comment of the Go package pyembed/table.

Nothing here calls Go, and nothing is read from disk.
"""

import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _bootstrap_external
import _imp
import _oxgen
import gc
import marshal
import sys

# Flags of a module, kinds of a file.
PACKAGE = 1
NAMESPACE = 2
ZLIB_SOURCE = 4
SOURCELESS = 8
EXTRACTED = 16
EXTENSION = 32
ZSTD_SOURCE = 64
FILE_PLAIN = 0
FILE_ZLIB = 1
FILE_DIR = 2
FILE_PYC = 3
FILE_ZSTD = 4

root = _oxgen.path
windows = sys.platform == "win32"
SEP = "\\" if windows else "/"
_table = _oxgen.table

if hasattr(_oxgen, "common"):
    class _Joined:
        """The table and what it has in common with those for other platforms, as one: there, offsets are complements."""

        def __getitem__(self, span, table=_table, common=_oxgen.common):
            at = span.start
            if at >= 0:
                return table[span]
            return common[~at:~at + span.stop - at]

    _table = _Joined()
_index = marshal.loads(_oxgen.root)


def _choose_code(levels, wanted):
    """Returns where a module's row has its code for the level of optimisation nearest to wanted, and whether it is that."""
    nearest = min(levels, key=lambda level: abs(level - wanted))
    i = levels.index(nearest)
    return (5 + 2 * i if i else 1), nearest == wanted


_code_at, _code_fits = _choose_code(_index["levels"], min(sys.flags.optimize, 2))

# Directory of the virtual root -> its Importer. Directories get in when they are first looked into.
_importers = {}


class _Leaves:
    """A page that is split into leaves, as far as they were read. It has what is used of a dict."""

    def __init__(self, firsts, spans):
        self._firsts = firsts
        self._spans = spans
        self._leaves = {}

    def _leaf(self, i):
        try:
            return self._leaves[i]
        except KeyError:
            leaf = self._leaves[i] = _page(self._spans[2 * i], self._spans[2 * i + 1])
            return leaf

    def get(self, key, default=None):
        firsts = self._firsts
        low, high = 0, len(firsts)
        while low < high:
            middle = (low + high) // 2
            if firsts[middle] <= key:
                low = middle + 1
            else:
                high = middle
        return self._leaf(low - 1).get(key, default) if low else default

    def items(self):
        for i in range(len(self._firsts)):
            yield from self._leaf(i).items()

    def __iter__(self):
        for i in range(len(self._firsts)):
            yield from self._leaf(i)


def _page(offset, size):
    """Returns the page at a span of the table; that of an empty span is empty."""
    if not size:
        return {}
    page = marshal.loads(_table[offset:offset + size])
    return page if type(page) is dict else _Leaves(*page)


def _stored(kind, offset, size):
    """Returns the contents of a file of the table."""
    data = _table[offset:offset + size]
    if kind == FILE_ZLIB:
        import zlib
        return zlib.decompress(data)
    if kind == FILE_ZSTD:
        import _zstd
        return _zstd.ZstdDecompressor().decompress(data)
    if kind == FILE_PYC:
        # Flags, time and size of the source are 0: nobody compares them (importlib's SourcelessFileLoader).
        return b"".join((_bootstrap_external.MAGIC_NUMBER, bytes(12), data))
    return data.tobytes()


def _source(row):
    """Returns the source of a module, which may be empty."""
    flags = row[0]
    kind = FILE_ZLIB if flags & ZLIB_SOURCE else FILE_ZSTD if flags & ZSTD_SOURCE else FILE_PLAIN
    return _stored(kind, row[3], row[4])


class _Patience:
    """Keeps the garbage collector from counting what imports make.

    Most of it stays, and looking through it every 2,000 objects takes a tenth of the time of imports. So the collector's
    threshold is raised while a module is imported, and lowered to what it was before plus what the import has made. The
    next collection, which looks at all of that once, sets it back. A threshold that the program sets is left alone: those
    that are set here end in two digits of their own. It takes no more to tell them apart, whatever threads do at once, and
    in a child after a fork, where the thread that raised the threshold is gone.
    """

    MARK = 77
    AROUND = 20  # objects that importlib makes around a module: the spec, the module, locks
    DURING_IMPORT = 100_000 + MARK

    def __init__(self):
        self._before = None  # the threshold to go back to; None when none was ever raised
        self._exact = 0  # the threshold that was set last, before it got its last two digits
        self._watching = False  # for the next collection

    def start_import(self):
        """Returns the threshold and count of objects before the import, None for one within another."""
        threshold = gc.get_threshold()[0]
        if not 0 < threshold < self.DURING_IMPORT:
            return None
        if threshold % 100 != self.MARK:
            self._before = self._exact = threshold
        elif self._before is None:  # the program's after all
            return None
        self._raise()
        return self._exact, gc.get_count()[0]

    def start_own(self, threshold):
        """Returns the same of the importer's own import, before which the threshold was this. What CPython has made before stays too."""
        self._before = self._exact = threshold
        self._raise()
        return threshold, 0

    def _raise(self):
        if not self._watching:
            self._watching = True
            gc.callbacks.append(self._collecting)
        gc.set_threshold(self.DURING_IMPORT)

    def end_import(self, before):
        if before is None or gc.get_threshold()[0] != self.DURING_IMPORT:
            return
        exact, count = before
        self._exact = min(exact + max(gc.get_count()[0] - count, 0) + self.AROUND, self.DURING_IMPORT - 100)
        gc.set_threshold(self._exact + (self.MARK - self._exact) % 100)

    def _collecting(self, phase, info):
        if phase != "start":
            return
        if gc.get_threshold()[0] % 100 == self.MARK:
            gc.set_threshold(self._before)
        if gc.callbacks[-1] == self._collecting:  # else one behind it would be passed over
            gc.callbacks.pop()
            self._watching = False


_patience = _Patience()

# The code that runs while CPython collects.
collecting = _Patience._collecting.__code__


class Importer(_bootstrap_external._LoaderBasics):
    """Finds and loads the modules of one directory of the virtual root."""

    _on_disk = False  # its path is a real directory (_oxgen_extract)

    def __init__(self, path, modules):
        self.path = path
        self._stem = path.rstrip(SEP) + SEP
        self._modules = modules

    def __repr__(self):
        return f"<oxgen importer {self.path!r}>"

    def _row(self, fullname):
        tail = fullname.rpartition(".")[2]
        row = self._modules.get(tail) or self._own_row(tail)
        if row is None:
            raise ImportError(f"no module named {fullname!r} in {self.path!r}", name=fullname, path=self.path)
        return row

    def _own_row(self, tail):
        """Returns the row of the directory's __init__.py as that of a module; None for other names, and where there is none."""
        if tail != "__init__":
            return None
        parts = _relative(self.path)
        row = _modules_in(parts[:-1]).get(parts[-1]) if parts else None
        if row is None or row[0] & (PACKAGE | NAMESPACE) != PACKAGE:
            return None
        return (row[0] & ~PACKAGE, *row[1:])

    def _directory(self, fullname):
        return self._stem + fullname.rpartition(".")[2]

    # Finder

    def find_spec(self, fullname, target=None):
        tail = fullname.rpartition(".")[2]
        row = self._modules.get(tail) or self._own_row(tail)
        if row is None:
            return None
        flags = row[0]
        directory = self._stem + tail
        if flags & EXTENSION:
            return self._extension(fullname, directory, row)
        if not flags & PACKAGE:
            return self._spec(fullname, directory + ".py", flags)
        if flags & EXTRACTED and not self._on_disk:
            from _oxgen_extract import find_spec
            return find_spec(self, fullname)
        if directory not in _importers:
            _importers[directory] = type(self)(directory, _page(row[5], row[6]))
        if flags & NAMESPACE:
            # One portion: PathFinder looks for others and makes the namespace package of all (PEP 420).
            spec = _bootstrap.ModuleSpec(fullname, None, is_package=True)
            spec.submodule_search_locations = [directory]
            return spec
        spec = self._spec(fullname, directory + SEP + "__init__.py", flags)
        spec.submodule_search_locations = [directory]
        return spec

    def _extension(self, fullname, directory, row):
        if row[0] & PACKAGE and directory not in _importers:
            _importers[directory] = type(self)(directory, _page(row[5], row[6]))
        from _oxgen_extension import extension_spec
        return extension_spec(fullname, directory, row)

    def _spec(self, fullname, source, flags):
        bytecode = source + "c"
        spec = _bootstrap.ModuleSpec(fullname, self, origin=bytecode if flags & SOURCELESS else source)
        spec._set_fileattr = True
        spec._cached = bytecode  # or importlib would work out a place in __pycache__
        return spec

    def invalidate_caches(self):
        """Does nothing: what is in the executable does not change."""

    def iter_modules(self, prefix=""):
        """Yields (name, is_package) in the order of names; pkgutil asks for it."""
        for tail, row in self._modules.items():
            if not row[0] & NAMESPACE and tail != "__init__" and not tail.startswith("_oxgen_"):
                yield prefix + tail, bool(row[0] & PACKAGE)

    # Loader

    def exec_module(self, module):
        before = _patience.start_import()
        try:
            _bootstrap._call_with_frames_removed(exec, self.get_code(module.__name__), module.__dict__)
        finally:
            _patience.end_import(before)
        imported(module)

    def get_filename(self, fullname):
        row = self._row(fullname)
        if row[0] & EXTENSION:
            return self._directory(fullname) + (SEP + "__init__" if row[0] & PACKAGE else "") + row[-1]
        path = self._source_path(fullname, row[0])
        return path + "c" if row[0] & SOURCELESS else path

    def _source_path(self, fullname, flags):
        """Returns where the source is or, of a module without, would be: the co_filename, as it is in .pyc files."""
        if flags & NAMESPACE:
            raise ImportError(f"{fullname!r} is a namespace package and has no file", name=fullname)
        return self._directory(fullname) + (SEP + "__init__.py" if flags & PACKAGE else ".py")

    def is_package(self, fullname):
        return bool(self._row(fullname)[0] & PACKAGE)

    def get_code(self, fullname):
        row = self._row(fullname)
        flags = row[0]
        if flags & EXTENSION:
            return None
        path = self._source_path(fullname, flags)
        size = row[_code_at + 1]
        if not (size and _code_fits) and not flags & SOURCELESS:
            # As importlib's SourceLoader does, with the level of this interpreter.
            return self.source_to_code(_source(row), path)
        offset = row[_code_at]
        code = marshal.loads(_table[offset:offset + size])
        # Compiled with a path below the virtual root; the root is known only now. Our own modules are as importlib's: CPython
        # leaves their frames out of tracebacks (Python/import.c, remove_importlib_frames).
        if not fullname.startswith("_oxgen_"):
            _imp._fix_co_filename(code, path)
        return code

    def get_source(self, fullname):
        """Returns the source as text, None when the program was built without it."""
        row = self._row(fullname)
        if row[0] & (SOURCELESS | NAMESPACE | EXTENSION):
            return None
        return _bootstrap_external.decode_source(_source(row))

    @staticmethod
    def source_to_code(data, path="<string>"):
        """Compiles source, as importlib.abc.InspectLoader says."""
        return _bootstrap._call_with_frames_removed(compile, data, path, "exec", dont_inherit=True)

    def get_data(self, path):
        """Returns the contents of a file, which need not be the program's."""
        if is_file(path):
            return read(path)
        with sys.modules["_io"].open_code(str(path)) as stream:
            return stream.read()

    def get_resource_reader(self, fullname):
        """Returns the reader of a package's directory; of another module, that of the directory it is in."""
        from _oxgen_resources import Reader
        return Reader(self._directory(fullname) if self.is_package(fullname) else self._stem.rstrip(SEP))


# The names of the extension modules that are part of the executable.
_linked = frozenset(_oxgen.linked.split())


class LinkedImporter(_bootstrap.BuiltinImporter):
    """Loads an extension module that is part of the executable: BuiltinImporter, for names with dots too."""

    @staticmethod
    def create_module(spec):
        module = _bootstrap._call_with_frames_removed(_imp.create_builtin, spec)
        if module.__name__ != spec.name:  # a module of single-phase initialisation knows the end of its name only
            module.__name__ = spec.name
        return module


class Finder:
    """The meta path finder: finds what sys.path or a package's __path__ gives first to the virtual root.

    Where another entry comes first, where a namespace package wants its portions collected, and where the module is
    not in the table, it finds nothing, and PathFinder does what it always does, with the help of path_hook.
    """

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        if fullname in _linked:
            return _bootstrap.spec_from_loader(fullname, LinkedImporter, origin="built-in")
        try:
            importer = _importers[(sys.path if path is None else path)[0]]
        except (KeyError, IndexError, TypeError):
            return None
        spec = importer.find_spec(fullname)
        return None if spec is None or spec.loader is None else spec

    @staticmethod
    def invalidate_caches():
        """Does nothing: what is in the executable does not change."""

    @staticmethod
    def find_distributions(context=None):
        """Returns the distributions in the executable that match an importlib.metadata.DistributionFinder.Context."""
        if guarded:
            return iter(())  # PathFinder sees the metadata as files
        from _oxgen_resources import distributions
        return distributions(context)


class LazyFinder:
    """The meta path finder before all others in a program with the key lazy: finds the modules that it names."""

    names = frozenset(_oxgen.lazy.split())

    @staticmethod
    def find_spec(fullname, path=None, target=None):
        names = LazyFinder.names
        if fullname not in names:
            return None
        LazyFinder.names = frozenset()  # what the next line imports may be among them, and can't wait
        from _oxgen_lazy import find_spec
        LazyFinder.names = names
        return find_spec(fullname, path)

    @staticmethod
    def invalidate_caches():
        """Does nothing: what is in the executable does not change."""


def path_hook(path):
    """Returns the Importer of a directory of the virtual root, for sys.path_hooks."""
    importer = _importers.get(path)
    if importer is None:
        importer = _open(path)
        if importer is None:
            raise ImportError("not a directory of the program", path=path)
    return importer


def _open(path):
    """Returns the Importer of a directory that was not looked into before, None when it is none of the program's."""
    parts = _relative(path)
    if parts is None:
        return None
    modules = _modules_in(parts)
    if not modules and not is_dir(path):
        return None
    importer = _importers[path] = Importer(path, modules)
    return importer


def _modules_in(parts):
    """Returns tail of the name -> row of the modules in a directory of the virtual root; there need be none."""
    modules = _importers[root]._modules
    for tail in parts:
        row = modules.get(tail)
        if row is None or not row[0] & PACKAGE:
            return {}
        modules = _page(row[5], row[6])
    return modules


# Files

_directories = {}


def _relative(path):
    """Returns the parts of a path below the virtual root, None for one that lies elsewhere."""
    if not isinstance(path, str) or not (path.startswith(root) or windows and _starts(path)):
        return None
    rest = path[len(root):]
    if windows:
        rest = rest.replace("\\", "/")
    if not rest:
        return []
    if rest[0] != "/":
        return None
    return split(rest)[0]


def _starts(path):
    """Tells whether a path begins with the virtual root on Windows: letters of either case are one, and so are both slashes."""
    return path[:len(root)].replace("/", "\\").lower() == root.lower()


def below(path):
    """Tells whether a path spells something below the virtual root as the importer does."""
    return path.startswith(root + SEP)


def joined(place):
    """Returns the path of a place below the virtual root."""
    return root + SEP + (place.replace("/", SEP) if windows else place)


def split(path):
    """Returns the parts of a path relative to the virtual root without "." and "..", and None; or, where it leads out of the
    root by "..", None and what comes behind that."""
    parts = []
    words = path.split("/")
    for i, word in enumerate(words):
        if word == "..":
            if not parts:
                return None, "/".join(words[i + 1:])
            parts.pop()
        elif word not in ("", "."):
            parts.append(word)
    return parts, None


def find(parts):
    """Returns the entry of the longest part of a path below the virtual root that exists, and the parts left over.

    An entry is a (kind, offset, size, length); see the grammar.
    """
    offset, size = _index["files"]
    found = (FILE_DIR, offset, size, 0)
    for i, name in enumerate(parts):
        below = listing(found).get(name) if found[0] == FILE_DIR else None
        if below is None:
            return found, parts[i:]
        found = below
    return found, []


# How a path ends that can only be a directory's.
_LIKE_DIRECTORY = ("/", "/.", "/..", "\\", "\\.", "\\..") if windows else ("/", "/.", "/..")


def entry(path):
    """Returns the entry of a file or directory of the virtual root, None if there is none."""
    parts = _relative(path)
    if parts is None:
        return None
    found, rest = find(parts)
    if rest or found[0] != FILE_DIR and path.endswith(_LIKE_DIRECTORY):
        return None
    return found


def listing(directory):
    """Returns name -> entry of a directory's entry; it has what is used of a dict, in the order of names."""
    offset = directory[1]
    try:
        return _directories[offset]
    except KeyError:
        page = _directories[offset] = _page(offset, directory[2])
        return page


def stored(found):
    """Returns the contents of a file's entry."""
    return _stored(*found[:3])


def is_dir(path):
    found = entry(path)
    return found is not None and found[0] == FILE_DIR


def is_file(path):
    found = entry(path)
    return found is not None and found[0] != FILE_DIR


def list_dir(path):
    """Returns the names in a directory of the virtual root, sorted by code point."""
    found = entry(path)
    if found is None:
        raise FileNotFoundError(2, "No such file or directory", path)
    if found[0] != FILE_DIR:
        raise NotADirectoryError(20, "Not a directory", path)
    return list(listing(found))


def read(path):
    """Returns the contents of a file of the virtual root."""
    found = entry(path)
    if found is None:
        raise FileNotFoundError(2, "No such file or directory", path)
    if found[0] == FILE_DIR:
        raise IsADirectoryError(21, "Is a directory", path)
    return stored(found)


def place(path):
    """Returns the path below the virtual root that a path leads to, None for one that lies elsewhere."""
    parts = _relative(path)
    return None if parts is None else "/".join(parts)


def stored_view(place):
    """Returns the contents of the file at a path below the virtual root, uncopied where it is stored as it is."""
    kind, offset, size, _ = find(place.split("/"))[0]
    return _table[offset:offset + size] if kind == FILE_PLAIN else _stored(kind, offset, size)


# The page of the files that the dynamic linker loads; read when one is.
_natives = None


def natives():
    """Returns (path below the virtual root, row) of the files that the dynamic linker loads, in the order of paths."""
    global _natives
    if _natives is None:
        _natives = _page(*_index["native"])
    return _natives.items()


def native(place):
    """Returns the row of such a file, None for others."""
    natives()
    return _natives.get(place)


def extractions():
    """Returns package -> (digest, path, ...): what is put on disk, and which files of it have an execute bit."""
    return _index["extract"]


def distribution_table():
    """Returns normalised name -> name of the .dist-info, for all distributions in the executable."""
    return _index["distributions"]


# Start

def install(threshold):
    """Puts the importer in front of all others. threshold is the garbage collector's from before it was loaded."""
    before = _patience.start_own(threshold)
    offset, size = _index["modules"]
    _importers[root] = Importer(root, _page(offset, size))
    _set_stdlib_dir()
    sys.meta_path.insert(0, Finder)
    if LazyFinder.names:
        sys.meta_path.insert(0, LazyFinder)
    sys.path_hooks.insert(0, path_hook)
    # CPython's own reader knows the directories of disks and of zip archives only.
    namespace_loader = getattr(_bootstrap_external, "NamespaceLoader", None) or _bootstrap_external._NamespaceLoader
    namespace_loader.get_resource_reader = _namespace_reader
    _install_guards()
    if _importers[root]._modules.get("_oxgen_trace"):
        import _oxgen_trace
        _oxgen_trace.install()
    import _oxgen_process
    _oxgen_process.install()
    # By the name in a frame's globals debuggers know what to pass over: skip=["importlib*"] (bdb.Bdb.is_skipped_module).
    globals()["__name__"] = "importlib._bootstrap_oxgen"
    _patience.end_import(before)


def _extend_abc(abc):
    """Lets isinstance say of an Importer what it says of CPython's own loaders and finders."""
    for kind in ("PathEntryFinder", "Loader", "ResourceLoader", "InspectLoader", "ExecutionLoader"):
        if hasattr(abc, kind):
            getattr(abc, kind).register(Importer)
    abc.MetaPathFinder.register(Finder)
    abc.MetaPathFinder.register(LazyFinder)


def _extend_pkg_resources(module):
    """Teaches pkg_resources (setuptools) that an Importer's directories are like those of disks."""
    module.register_loader_type(Importer, module.DefaultProvider)
    module.register_finder(Importer, module.find_on_path)
    module.register_namespace_handler(Importer, module.file_ns_handler)
    # It looked for distributions while it was imported, and did not know yet.
    module._initialize_master_working_set()


def _set_stdlib_dir():
    """Sets sys._stdlib_dir where CPython looked for it on disk (3.11), and what the modules before us have by it."""
    if getattr(sys, "_stdlib_dir", root) == root:
        return
    sys._stdlib_dir = root
    for name in ("zipimport", "_frozen_importlib_external"):
        module = sys.modules[name]
        state = module.__spec__.loader_state
        if state is not None:
            state.filename = module.__file__ = joined(state.origname.replace(".", "/") + ".py")


def pass_for_frozen(module):
    """Gives a module that CPython believes to be frozen what FrozenImporter finds in such, from 3.11 on."""
    if sys.version_info >= (3, 11):
        state = type(sys.implementation)(filename=module.__file__, origname=module.__name__)
        module.__spec__.loader_state = state
        module.__spec__.has_location = False


def _extend_ssl(ssl):
    import _oxgen_certificates
    _oxgen_certificates.extend(ssl)


def _extend_posixpath(posixpath):
    """Lets realpath(strict=True) take the executable for a directory, which since 3.13 it has to be by its status."""
    original = posixpath.realpath
    if "S_ISDIR" not in original.__code__.co_names:
        return

    def realpath(filename, *, strict=False):
        try:
            return original(filename, strict=strict)
        except NotADirectoryError:
            import _oxgen_files
            return _oxgen_files.realpath(original, filename, strict)

    posixpath.realpath = stand_in(realpath, original)


def stand_in(function, original):
    """Gives a function what there is to see of the one that it stands before, and returns it."""
    for name in "__module__", "__name__", "__qualname__", "__doc__":
        setattr(function, name, getattr(original, name))
    function.__wrapped__ = original
    return function


def _extend_by_native(name):
    def extend_(module):
        import _oxgen_native
        getattr(_oxgen_native, name)(module)

    return extend_


# What is done to a module when it has been imported, by name.
_extensions = {
    "importlib.abc": _extend_abc,
    "pkg_resources": _extend_pkg_resources,
    "pip._vendor.pkg_resources": _extend_pkg_resources,
}


# C's function, in whose place another one is put where the program has extension modules.
create_dynamic = _imp.create_dynamic


def _create_dynamic(spec, *file):
    import _oxgen_native
    _imp.create_dynamic = _oxgen_native.create_dynamic
    return _oxgen_native.create_dynamic(spec, *file)


if _index["native"][1]:
    _imp.create_dynamic = _create_dynamic
    _extensions.update({
        "ctypes": _extend_by_native("extend_ctypes"),
        "ctypes.util": _extend_by_native("extend_ctypes_util"),
        "_cffi_backend": _extend_by_native("extend_cffi"),
    })


def imported(module):
    """Does to a module what is to be done when it has been imported."""
    if module.__name__ in _extensions:
        _extensions[module.__name__](module)


def extend(name, function):
    """Has function called with the module called name, when that has been imported."""
    _extensions[name] = function


# C's functions that take paths, by module; those of Windows are in _oxgen_guards.
_TAKE_PATHS = {
    "_io": "open open_code",
    "posix": "open stat lstat access listdir scandir readlink statvfs getxattr listxattr "
             "chmod chown lchown lchmod chflags lchflags utime truncate setxattr removexattr "
             "mkdir mkfifo mknod remove unlink rmdir rename replace link symlink",
}

# Those that have guards, by "module.name". A program without virtual files has none.
guarded = {}

# What the guards fall back on, in the same order.
fallbacks = []


class Guard:
    """Does what a guard in assembly does (pyembed, guard.go), where there is none: on macOS, in Python 3.10, and in interpreters
    after the first of the process; _oxgen_guards has those of Windows. No function, which would become a method as an attribute of
    a class."""

    # What C's function raises for a path below the executable.
    refusal = NotADirectoryError

    def __init__(self, function, number):
        self._function = self.__wrapped__ = function
        self._number = number
        self.__name__ = self.__qualname__ = function.__name__
        self.__module__ = function.__module__
        self.__doc__ = function.__doc__

    def __call__(self, *args, **kwargs):
        try:
            result = self._function(*args, **kwargs)
            if result is not False or not self.concerns(args, kwargs):
                return result
        except self.refusal:
            if not self.concerns(args, kwargs):
                raise
        answer = fallbacks[self._number](*args, **kwargs)
        if isinstance(answer, OSError):
            raise answer
        return answer

    def concerns(self, args, kwargs):
        """Tells whether a refusal may be about a path below the executable."""
        return True

    def __repr__(self):
        return repr(self.__wrapped__)

    def __reduce__(self):
        return self.__name__


def _install_guards():
    """Puts guards in the place of C's functions, before anybody has taken those from their modules."""
    if not _oxgen.virtual_files:
        return
    make = getattr(_oxgen, "guard", lambda *args: 0)
    builtin = type(len)
    take_paths, ahead, other, asked, streams = _TAKE_PATHS, (), Guard, fallbacks, stream_fallback
    if windows:
        from _oxgen_guards import TAKE_PATHS as take_paths, AHEAD as ahead, Guard as other, initialize_stream
        asked, streams = [], [initialize_stream]
    for home, names in take_paths.items():
        module = sys.modules.get(home) or __import__(home)
        for name in names.split():
            function = getattr(module, name, None)
            if type(function) is not builtin:
                continue
            number = len(fallbacks)
            guard = 0 if name in ahead else make(number, function)  # 0 when the guards belong to another interpreter
            if number == 0 and guard != 0:
                make(-1, asked)
            if windows:
                asked.append(other(function, number).ask)
            guarded[f"{home}.{name}"] = function
            fallbacks.append(_first_fallback(number))
            setattr(module, name, guard or other(function, number))
    sys.modules["builtins"].open = sys.modules["_io"].open
    if hasattr(_oxgen, "stream"):
        stream = sys.modules["_io"].FileIO
        _oxgen.stream(stream, vars(stream)["__init__"], streams)
    _extensions["ssl"] = _extend_ssl
    if not windows:
        _extensions["posixpath"] = _extend_posixpath


def _first_fallback(number, fallbacks=fallbacks):
    def fallback(*args, **kwargs):
        import _oxgen_files
        _oxgen_files.install()
        return fallbacks[number](*args, **kwargs)

    return fallback


# What FileIO's __init__ falls back on (pyembed, stream.go).
stream_fallback = [None]
stream_fallback[0] = _first_fallback(0, stream_fallback)


def _namespace_reader(loader, fullname):
    from _oxgen_resources import NamespaceReader
    return NamespaceReader(loader._path)
