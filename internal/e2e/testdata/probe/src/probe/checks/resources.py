"""Data files and metadata."""
import importlib.metadata
import importlib.resources
import os
import zipfile
from importlib.resources import files

import probe

from . import ROOT, at, equal, raises

# The distributions of the other programs, where the probe is one of several in an executable.
BESIDE = {"plugged", "river-names"}


def package():
    root = files("probe")
    equal(root.joinpath("data.txt").read_text(encoding="utf-8"), "a line\nÄ second\n")
    equal((root / "data.bin").read_bytes(), b"\x00\x01\xfe\xff")
    equal(sorted(p.name for p in root.iterdir()), ["__init__.py", "__main__.py", "checks", "data.bin", "data.txt", "hollow", "sub"])
    equal((root.is_dir(), root.is_file(), root.name), (True, False, "probe"))
    equal(files(probe).joinpath("sub").joinpath("leaf.py").is_file(), True)
    with (root / "data.txt").open(encoding="utf-8") as f:
        equal(f.readline(), "a line\n")
    with (root / "data.bin").open("rb") as f:
        equal(f.read(2), b"\x00\x01")


def below():
    root = files("probe.sub")
    equal(root.joinpath("deep", "notes.txt").read_text(), "deep\n")
    equal(root.joinpath("deep/notes.txt").is_file(), True)
    equal((root / "deep").is_dir(), True)
    equal([p.name for p in (root / "deep").iterdir()], ["notes.txt"])


def namespace():
    root = files("nsp")
    equal("right.py" in [p.name for p in root.iterdir()], True)
    equal(files("nsp.part").joinpath("table.csv").read_text(), "a,b\n1,2\n")


def namespace_portions():
    """Directories on disk and in a zip archive add to a namespace package of the program."""
    import sys
    import tempfile
    with tempfile.TemporaryDirectory() as dir:
        os.mkdir(dir + "/nsp")
        with open(dir + "/nsp/disk.txt", "w") as f:
            f.write("disk\n")
        with zipfile.ZipFile(dir + "/lib.zip", "w") as z:
            z.writestr("nsp/zipped.txt", "zipped\n")
            z.writestr("nsp/zipped.py", "")
        sys.path += [dir, dir + "/lib.zip"]
        import nsp
        equal(len(nsp.__path__), 3)
        names = [p.name for p in files("nsp").iterdir()]
        equal({"right.py", "part", "disk.txt", "zipped.txt"} <= set(names), True)
        equal(files("nsp").joinpath("disk.txt").read_text(), "disk\n")
        equal(files("nsp").joinpath("zipped.txt").read_text(), "zipped\n")
        equal(files("nsp").joinpath("part").joinpath("table.csv").read_text(), "a,b\n1,2\n")


def empty():
    """An empty file is a file, an empty module has a source."""
    import probe.hollow
    equal(files("probe").joinpath("hollow", "__init__.py").read_bytes(), b"")
    equal(probe.hollow.__loader__.get_source("probe.hollow"), "")


def missing():
    raises(FileNotFoundError, files("probe").joinpath("nothing.txt").read_text)
    equal(files("probe").joinpath("nothing.txt").is_file(), False)
    equal(files("probe").joinpath("data.txt", "x").is_file(), False)
    raises(ModuleNotFoundError, files, "nothing")


def functions():
    equal(importlib.resources.read_text("probe", "data.txt", encoding="utf-8"), "a line\nÄ second\n")
    equal(importlib.resources.read_binary("probe", "data.bin"), b"\x00\x01\xfe\xff")
    equal(importlib.resources.is_resource("probe", "data.txt"), True)
    equal(importlib.resources.is_resource("probe", "sub"), False)
    equal("data.txt" in importlib.resources.contents("probe"), True)
    with importlib.resources.open_text("probe.sub", "deep", "notes.txt", encoding="utf-8") as f:
        equal(f.read(), "deep\n")


def as_file():
    """A resource becomes a real file for as long as it is needed."""
    with importlib.resources.as_file(files("probe") / "data.txt") as path:
        equal(path.read_text(encoding="utf-8"), "a line\nÄ second\n")
        equal(os.path.isfile(path), True)
    equal(path.exists(), False)
    with importlib.resources.as_file(files("probe.sub") / "deep") as path:
        equal((path.name, os.listdir(path)), ("deep", ["notes.txt"]))
        with open(path / "notes.txt") as f:  # by C too
            equal(f.read(), "deep\n")
    equal(path.exists(), False)
    with importlib.resources.as_file(files("probe") / "data.bin") as path:
        equal((path.name, str(path).startswith(ROOT)), ("data.bin", False))
    with importlib.resources.as_file(files("probe") / "nothing") as path:
        equal(path.exists(), False)
    with importlib.resources.path("probe", "data.bin") as path:
        equal((path.name, path.read_bytes()), ("data.bin", b"\x00\x01\xfe\xff"))


def as_path():
    """What files() returns is a path, as python's is."""
    import pathlib
    import pickle
    root = files("probe")
    equal(isinstance(root, pathlib.Path), True)
    equal((os.fspath(root), repr(root)), (at("probe"), f"{type(pathlib.Path()).__name__}({at('probe').replace(os.sep, '/')!r})"))
    equal(pickle.loads(pickle.dumps(root)) == root, True)
    equal((root / "sub/../data.txt").read_bytes(), (root / "data.txt").read_bytes())
    equal((root / "data.txt").with_suffix(".bin").read_bytes(), b"\x00\x01\xfe\xff")
    equal(sorted(p.name for p in root.glob("data.*")), ["data.bin", "data.txt"])
    equal([p.relative_to(root).as_posix() for p in root.rglob("notes.txt")], ["sub/deep/notes.txt"])
    equal((root / "data.txt").stat().st_size, len((root / "data.txt").read_bytes()))


def modules():
    """A module that is no package stands for the directory that it is in."""
    from probe.sub import leaf
    reader = leaf.__loader__.get_resource_reader(leaf.__name__)
    equal(reader.files().joinpath("deep", "notes.txt").read_text(), "deep\n")
    import sys
    if sys.version_info >= (3, 12):
        equal(files(leaf).joinpath("deep", "notes.txt").read_text(), "deep\n")
        equal(importlib.resources.files().joinpath("resources.py").is_file(), True)


def metadata():
    m = importlib.metadata
    equal(m.version("tiny-dist"), "1.2")
    equal(m.version("Tiny.Dist"), "1.2")
    equal(m.version("tiny_dist"), "1.2")
    equal(m.metadata("tiny-dist")["Summary"], "A distribution for the tests")
    equal(m.requires("tiny-dist"), ['other>=1; extra == "more"'])
    equal(raises(m.PackageNotFoundError, m.version, "nothing").name, "nothing")
    d = m.distribution("tiny-dist")
    equal((d.name, d.version), ("Tiny.Dist", "1.2"))
    equal([d.name for d in m.distributions() if d.name not in BESIDE], ["Tiny.Dist"])
    equal({k: v for k, v in m.packages_distributions().items() if not BESIDE.issuperset(v)}, {"tinydist": ["Tiny.Dist"]})


def metadata_files():
    listed = importlib.metadata.files("tiny-dist")
    equal([str(f) for f in listed][:2], ["tinydist/__init__.py", "tinydist/page.html"])
    page = listed[1]
    equal(page.read_text(), "template\n")
    equal(str(page.locate()), at("tinydist/page.html"))


def entry_points():
    found = importlib.metadata.entry_points(group="console_scripts")
    equal([e.name for e in found if e.dist.name not in BESIDE], ["tiny"])
    equal(found["tiny"].value, "tinydist:main")
    equal(found["tiny"].load()(), "tiny")
    equal(found["tiny"].dist.version, "1.2")


def metadata_on_disk():
    """A distribution in a directory on sys.path is found beside those of the program."""
    import sys
    import tempfile
    with tempfile.TemporaryDirectory() as dir:
        os.mkdir(dir + "/ondisk-3.dist-info")
        with open(dir + "/ondisk-3.dist-info/METADATA", "w") as f:
            f.write("Metadata-Version: 2.1\nName: ondisk\nVersion: 3\n")
        sys.path.append(dir)
        equal(importlib.metadata.version("ondisk"), "3")
        equal(importlib.metadata.version("tiny-dist"), "1.2")
        equal([d.version for d in importlib.metadata.distributions(path=[dir])], ["3"])
