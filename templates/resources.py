"""What importlib.resources and importlib.metadata ask of the importer (_oxgen_importer)."""

import _oxgen_importer as importer
import contextlib
import importlib.metadata
import importlib.resources
import io
import os
import pathlib

try:
    from importlib.resources.abc import TraversableResources
    from importlib.resources.readers import MultiplexedPath
except ImportError:  # Python 3.10
    from importlib.abc import TraversableResources
    from importlib.readers import MultiplexedPath


class PosixPath(type(pathlib.Path())):
    """A path of the program's virtual root.

    CPython gives programs a pathlib.Path, and they use more of it than a Traversable has. It has a class of its own, of the
    same name, so that as_file makes a file on disk of it: what as_file is there for is C code and other programs.
    """

    __slots__ = ()


if importer.windows:
    WindowsPath = PosixPath
    WindowsPath.__name__ = WindowsPath.__qualname__ = "WindowsPath"


class _TablePath:
    """What a Traversable has, from the table: in a program without virtual files, pathlib finds nothing."""

    def is_dir(self, **kwargs):
        return importer.is_dir(str(self))

    def is_file(self, **kwargs):
        return importer.is_file(str(self))

    def exists(self, **kwargs):
        return importer.entry(str(self)) is not None

    def iterdir(self):
        for name in importer.list_dir(str(self)):
            yield self / name

    def open(self, mode="r", buffering=-1, encoding=None, errors=None, newline=None):
        if mode not in ("r", "rt", "rb"):
            raise OSError(30, "Read-only file system", str(self))
        stream = io.BytesIO(self.read_bytes())
        return stream if "b" in mode else io.TextIOWrapper(stream, encoding, errors, newline)

    def read_bytes(self):
        return importer.read(str(self))

    def read_text(self, encoding=None, errors=None, newline=None):
        with self.open("r", -1, encoding, errors, newline) as stream:
            return stream.read()


if not importer.guarded:
    for _name, _method in list(vars(_TablePath).items()):
        if not _name.startswith("__"):
            setattr(PosixPath, _name, _method)


@importlib.resources.as_file.register(PosixPath)
@contextlib.contextmanager
def _as_file(path):
    """Copies a file or directory of the program to disk, under its own name, for as long as the context lasts.

    Where there is no disk to write to, a file gets the path of a descriptor.
    """
    if importer.entry(str(path)) is None:
        yield path
        return
    import tempfile
    try:
        temporary = tempfile.TemporaryDirectory()
    except OSError:
        if not importer.guarded or importer.is_dir(str(path)):
            raise
        import _oxgen_files
        with _oxgen_files.RealPath(path) as real:
            yield pathlib.Path(real)
        return
    with temporary as directory:
        copy = f"{directory}/{os.path.basename(os.path.normpath(path))}"
        _copy(str(path), copy)
        yield pathlib.Path(copy)


def _copy(path, to):
    if not importer.is_dir(path):
        with open(to, "xb") as stream:
            stream.write(importer.read(path))
        return
    os.mkdir(to)
    for name in importer.list_dir(path):
        _copy(f"{path}/{name}", f"{to}/{name}")


class Reader(TraversableResources):
    """Reads the data files of a directory."""

    def __init__(self, path):
        self._root = PosixPath(path)

    def files(self):
        return self._root


class NamespaceReader(TraversableResources):
    """Reads the data files of a namespace package, whose portions lie in the program, on disk and in zip archives."""

    def __init__(self, path):
        self._portions = path

    def files(self):
        portions = [PosixPath(p) if importer.is_dir(p) else _elsewhere(p) for p in self._portions]
        together = MultiplexedPath.__new__(MultiplexedPath)  # its __init__ takes paths on disk only, before 3.13
        together._paths = portions
        return together


def _elsewhere(path):
    """Returns the Traversable of a directory that is not the program's."""
    import pathlib
    directory = pathlib.Path(path)
    if not directory.is_dir():
        import zipfile
        import zipimport
        try:
            archive = zipimport.zipimporter(path)
            return zipfile.Path(archive.archive, archive.prefix.replace("\\", "/"))
        except zipimport.ZipImportError:
            pass
    return directory


class Distribution(importlib.metadata.Distribution):
    """An installed distribution whose metadata is in the executable."""

    def __init__(self, path):
        self._path = path

    def read_text(self, filename):
        path = self._path.joinpath(filename) if self._path.is_dir() else self._path
        try:
            return path.read_text(encoding="utf-8")
        except (FileNotFoundError, IsADirectoryError, NotADirectoryError, KeyError, PermissionError):
            return None

    def locate_file(self, path):
        return self._path.parent.joinpath(path)


def distributions(context):
    """Yields the distributions that match context; None matches all."""
    context = context or importlib.metadata.DistributionFinder.Context()
    if importer.root not in context.path:
        return
    table = importer.distribution_table()
    if not context.name:
        names = list(table)
    else:
        names = [importlib.metadata.Prepared(context.name).normalized.replace("_", "-")]
    for name in names:
        if name in table:
            yield Distribution(PosixPath(importer.joined(table[name])))
