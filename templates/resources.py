"""What importlib.resources and importlib.metadata ask of the importer (_oxgen_importer)."""

import _oxgen_importer as importer
import importlib.metadata
import io

try:
    from importlib.resources.abc import Traversable, TraversableResources
    from importlib.resources.readers import MultiplexedPath
except ImportError:  # Python 3.10
    from importlib.abc import Traversable, TraversableResources
    from importlib.readers import MultiplexedPath


class Path:
    """A file or directory of the program's virtual root: an importlib.resources.abc.Traversable.

    It also has the few members of pathlib.Path that users of importlib.metadata take for granted.
    """

    def __init__(self, path):
        self._path = path

    def __str__(self):
        return self._path

    def __fspath__(self):
        return self._path

    def __repr__(self):
        return f"{type(self).__module__}.{type(self).__name__}({self._path!r})"

    def __eq__(self, other):
        return isinstance(other, Path) and self._path == other._path

    def __hash__(self):
        return hash(self._path)

    @property
    def name(self):
        return self._path.rpartition("/")[2]

    @property
    def suffix(self):
        stem, dot, suffix = self.name.rpartition(".")
        return dot + suffix if stem else ""

    @property
    def stem(self):
        return self.name[:len(self.name) - len(self.suffix)]

    @property
    def parent(self):
        return Path(self._path.rpartition("/")[0])

    def is_dir(self):
        return importer.is_dir(self._path)

    def is_file(self):
        return importer.is_file(self._path)

    def exists(self):
        return importer.entry(self._path) is not None

    def iterdir(self):
        for name in importer.list_dir(self._path):
            yield Path(f"{self._path}/{name}")

    def joinpath(self, *children):
        parts = self._path.split("/")
        for child in children:
            for part in str(child).split("/"):
                if part == "..":
                    parts.pop()
                elif part not in ("", "."):
                    parts.append(part)
        return Path("/".join(parts))

    def __truediv__(self, child):
        return self.joinpath(child)

    def open(self, mode="r", *args, **kwargs):
        if mode not in ("r", "rt", "rb"):
            raise OSError(30, "Read-only file system", self._path)
        stream = io.BytesIO(self.read_bytes())
        return stream if "b" in mode else io.TextIOWrapper(stream, *args, **kwargs)

    def read_bytes(self):
        return importer.read(self._path)

    def read_text(self, encoding=None, errors=None):
        with self.open("r", encoding=encoding, errors=errors) as stream:
            return stream.read()


Traversable.register(Path)


class Reader(TraversableResources):
    """Reads the data files of one package."""

    def __init__(self, package, path):
        self.package = package
        self._root = Path(path)

    def files(self):
        return self._root


class NamespaceReader(TraversableResources):
    """Reads the data files of a namespace package, whose portions lie in the program, on disk and in zip archives."""

    def __init__(self, path):
        self._portions = path

    def files(self):
        portions = [Path(p) if importer.is_dir(p) else _elsewhere(p) for p in self._portions]
        if len(portions) == 1:
            return portions[0]
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
    if context.name is None:
        names = list(table)
    else:
        names = [importlib.metadata.Prepared(context.name).normalized.replace("_", "-")]
    for name in names:
        if name in table:
            yield Distribution(Path(f"{importer.root}/{table[name]}"))
