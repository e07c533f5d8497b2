"""The import system."""
import importlib
import importlib.machinery
import importlib.util
import os
import pkgutil
import sys
import tempfile

import probe
import probe.sub.leaf

from . import ROOT, at, equal, raises


def missing():
    e = raises(ModuleNotFoundError, importlib.import_module, "probe.nothing")
    equal((e.name, str(e)), ("probe.nothing", "No module named 'probe.nothing'"))
    raises(ModuleNotFoundError, importlib.import_module, "nothing")
    equal(importlib.util.find_spec("probe.nothing"), None)
    equal(importlib.util.find_spec("nothing"), None)


def odd_names():
    for name in ("probe/sub", "probe.sub/leaf", "probe.__init__x", "probe.\0", "probe.\ud800", "probe. sub"):
        raises(ModuleNotFoundError, importlib.import_module, name)


def reload():
    m = probe.sub.leaf
    m.added = 1
    m.fail = None
    again = importlib.reload(m)
    equal(again is m, True)
    equal(m.added, 1)
    equal(callable(m.fail), True)
    importlib.reload(probe.sub)
    equal(probe.sub.ABOVE, 42)


def import_again():
    first = sys.modules.pop("probe.sub.leaf")
    second = importlib.import_module("probe.sub.leaf")
    equal(first is second, False)


def find_spec():
    spec = importlib.util.find_spec("probe.sub.leaf")
    equal(spec.origin, at("probe/sub/leaf.py"))
    spec = importlib.machinery.PathFinder.find_spec("probe", [ROOT])
    equal(spec.origin, at("probe/__init__.py"))
    spec = importlib.machinery.PathFinder.find_spec("leaf", [at("probe/sub")])
    equal(spec.origin, at("probe/sub/leaf.py"))


def from_spec():
    spec = importlib.util.find_spec("probe.sub.leaf")
    m = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(m)
    equal(m is probe.sub.leaf, False)
    equal(m.Kept().method(), 42)


def lazy():
    spec = importlib.util.find_spec("probe.sub.marked")
    spec.loader = importlib.util.LazyLoader(spec.loader)
    m = importlib.util.module_from_spec(spec)
    sys.modules["probe.sub.marked"] = m
    spec.loader.exec_module(m)
    equal(m.TEXT, "böm")


def iter_modules():
    names = [(m.name, m.ispkg) for m in pkgutil.iter_modules(probe.__path__)]
    equal(names, [("__main__", False), ("checks", True), ("hollow", True), ("sub", True)])
    names = [m.name for m in pkgutil.iter_modules(probe.sub.__path__, "probe.sub.")]
    equal(names, ["probe.sub.foreign", "probe.sub.leaf", "probe.sub.marked"])
    top = {m.name for m in pkgutil.iter_modules()}
    equal({"probe", "json", "tinydist"} <= top, True)


def walk_packages():
    names = [m.name for m in pkgutil.walk_packages(probe.__path__, "probe.")]
    equal("probe.sub.leaf" in names and "probe.checks.imports" in names, True)


def init_module():
    """A package's __init__.py is a module of that name too."""
    m = importlib.import_module("probe.sub.__init__")
    equal(m is probe.sub, False)
    equal((m.__name__, m.__file__, m.__package__), ("probe.sub.__init__", probe.sub.__file__, "probe.sub"))
    equal((m.ABOVE, hasattr(m, "__path__")), (42, False))
    equal(m.__loader__.is_package(m.__name__), False)
    equal(m.__loader__.get_code(m.__name__).co_filename, m.__file__)
    equal(m.__loader__.get_source(m.__name__), probe.sub.__loader__.get_source("probe.sub"))
    raises(ModuleNotFoundError, importlib.import_module, "probe.sub.__init__.leaf")
    raises(ModuleNotFoundError, importlib.import_module, "nsp.__init__")
    raises(ModuleNotFoundError, importlib.import_module, "__init__")


def spellings():
    """A directory of the program may be spelt in other ways, as a directory on disk may."""
    for spelt in "probe/sub", "probe/sub/", "probe//sub", "probe/./sub", "probe/checks/../sub":
        path = at(spelt)
        spec = importlib.machinery.PathFinder.find_spec("probe.sub.leaf", [path])
        equal((spec.origin, spec.loader), (os.path.join(path.rstrip(os.sep), "leaf.py"), sys.path_importer_cache[path]))
        m = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(m)
        equal(m.fail.__code__.co_filename, spec.origin)
        equal(m.__loader__.get_data(spec.origin), probe.__loader__.get_data(at("probe/sub/leaf.py")))
    equal(importlib.machinery.PathFinder.find_spec("leaf", [at("../probe")]), None)
    probe.sub.__path__ = [at("probe/checks/../sub/")]
    del sys.modules["probe.sub.leaf"]
    equal(importlib.import_module("probe.sub.leaf").__file__, at("probe/checks/../sub/leaf.py"))


def own_modules():
    """The importer's modules are nobody's business."""
    equal([m.name for m in pkgutil.iter_modules([ROOT]) if m.name.startswith("_oxgen")], [])


def kinds():
    """The importer is what python's own finders and loaders are."""
    import importlib.abc as abc
    for kind in (abc.PathEntryFinder, abc.Loader, abc.InspectLoader, abc.ExecutionLoader):
        equal((kind, isinstance(probe.__loader__, kind)), (kind, True))
    equal(issubclass(sys.meta_path[0], abc.MetaPathFinder), True)
    code = probe.__loader__.source_to_code("x = 1", "<text>")
    equal((code.co_filename, code.co_names), ("<text>", ("x",)))


def get_data():
    equal(pkgutil.get_data("probe", "data.txt").decode().splitlines(), ["a line", "Ä second"])
    equal(pkgutil.get_data("probe.sub", "deep/notes.txt"), b"deep\n")
    raises(OSError, pkgutil.get_data, "probe", "nothing.txt")
    raises(OSError, pkgutil.get_data, "probe", "sub")
    raises(OSError, pkgutil.get_data, "probe", "data.txt/")
    with tempfile.TemporaryDirectory() as dir:
        with open(os.path.join(dir, "f"), "wb") as f:
            f.write(b"on disk")
        equal(probe.__loader__.get_data(f.name), b"on disk")


def loader():
    load = probe.__loader__
    equal(load.is_package("probe"), True)
    equal(load.get_filename("probe"), at("probe/__init__.py"))
    equal(load.get_source("probe").splitlines()[0], '"""Looks at the program that it is part of, from the inside."""')
    equal(load.get_code("probe").co_filename, at("probe/__init__.py"))
    raises(ImportError, load.get_code, "nothing")
    raises(ImportError, load.get_source, "nothing")
    raises(ImportError, load.is_package, "nothing")
    equal("probe" in repr(load) or ROOT in repr(load), True)


def path_hooks():
    importer = pkgutil.get_importer(ROOT)
    equal(importer.find_spec("probe").origin, at("probe/__init__.py"))
    equal(importer.find_spec("nothing"), None)
    for elsewhere in ("/", "/nothing", ROOT + "x", at("nothing"), at("probe/data.txt")):
        for hook in sys.path_hooks[:1]:
            raises(ImportError, hook, elsewhere)


def appended_path():
    """A directory of the program on sys.path is one to import from, as a directory on disk would be."""
    sys.path.append(at("probe/sub"))
    equal(importlib.import_module("marked").__file__, at("probe/sub/marked.py"))


def from_disk():
    """A directory on disk on sys.path, in front of the program and behind it."""
    with tempfile.TemporaryDirectory() as dir:
        for name in ("ondisk", "tinydist"):
            with open(os.path.join(dir, name + ".py"), "w") as f:
                f.write("WHERE = 'disk'\n")
        sys.path.append(dir)
        equal(importlib.import_module("ondisk").WHERE, "disk")
        equal(importlib.import_module("tinydist").__file__, at("tinydist/__init__.py"))
        del sys.modules["tinydist"]
        sys.path.insert(0, dir)
        equal(importlib.import_module("tinydist").WHERE, "disk")
        equal(os.listdir(dir).count("__pycache__"), 0)


def namespace_portions():
    """A directory on disk adds to a namespace package of the program."""
    with tempfile.TemporaryDirectory() as dir:
        os.mkdir(os.path.join(dir, "nsp"))
        with open(os.path.join(dir, "nsp", "third.py"), "w") as f:
            f.write("SIDE = 'third'\n")
        sys.path.append(dir)
        import nsp.left
        import nsp.third
        equal((nsp.left.SIDE, nsp.third.SIDE), ("left", "third"))
        equal(list(nsp.__path__), [at("nsp"), os.path.join(dir, "nsp")])


def plugins():
    import beside
    equal(beside.HERE, "plugins")
    equal(os.path.basename(os.path.dirname(beside.__file__)), "plugins")


def zips():
    import zipfile
    import zipimport
    with tempfile.TemporaryDirectory() as dir:
        name = os.path.join(dir, "lib.zip")
        with zipfile.ZipFile(name, "w") as z:
            z.writestr("zipped.py", "HERE = __file__\n")
        sys.path.append(name)
        m = importlib.import_module("zipped")
        equal(m.HERE, os.path.join(name, "zipped.py"))
        equal(isinstance(m.__loader__, zipimport.zipimporter), True)


def runpy_module():
    import runpy
    found = runpy.run_module("probe.sub.marked", run_name="other")
    equal((found["__name__"], found["__file__"]), ("other", at("probe/sub/marked.py")))
    equal(found["TEXT"], "böm")


def encodings():
    from probe.sub import foreign, marked
    equal(foreign.TEXT, "äöü")
    equal(marked.TEXT, "böm")
    equal(foreign.__loader__.get_source(foreign.__name__).splitlines()[1], 'TEXT = "äöü"')
    equal(marked.__loader__.get_source(marked.__name__), 'TEXT = "böm"\nLINE = 2\n')


def threads():
    """Many threads import many modules at once."""
    import threading
    names = ["xml.dom.minidom", "email.message", "http.client", "asyncio", "sqlite3", "decimal", "unittest", "ctypes"] * 4
    failed = []

    def load(name):
        try:
            importlib.import_module(name)
        except BaseException as e:
            failed.append((name, e))

    list_of = [threading.Thread(target=load, args=(n,)) for n in names]
    for t in list_of:
        t.start()
    for t in list_of:
        t.join()
    equal(failed, [])


def everything():
    """Every module of the program has a spec, a code object and a source."""
    count = 0
    directories = [(ROOT, "")]
    while directories:
        path, prefix = directories.pop()
        for m in pkgutil.iter_modules([path], prefix):
            spec = m.module_finder.find_spec(m.name)
            ours = m.name.startswith("_oxgen")  # without sources, so the file is a .pyc
            if isinstance(spec.loader, importlib.machinery.ExtensionFileLoader):
                equal(spec.loader.get_code(m.name), None)
                continue
            equal(spec.loader.get_code(m.name).co_filename + "c" * ours, spec.origin)
            if not ours:
                equal((m.name, type(spec.loader.get_source(m.name))), (m.name, str))
            count += 1
            if m.ispkg:
                directories.append((spec.submodule_search_locations[0], m.name + "."))
    equal(count > 500, True)
