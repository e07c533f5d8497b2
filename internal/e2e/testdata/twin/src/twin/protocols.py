"""The import system's protocols, asked in usual and in unusual ways."""
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import pkgutil
import runpy
import sys
import threading
import zipfile

from twin import ROOT, kind, outcome

TMP = os.environ["TWIN_TMP"]


def picture():
    found = {}
    for function in (names, finders, hooks, loaders, data, walks, reloads, aliases, circles, lazily, namespaces, grown, shadows, runs, threads,
                     replaced, from_files, get_importers, states):
        found[function.__name__] = outcome(function)
    return found


def names():
    found = {}
    odd = ("nothing", "odd.nothing", "odd.fails.nothing", "json.", ".json", "", "odd..fails", "odd/fails", "odd.\0", "odd.fails ", "Odd", "ODD.fails",
           "odd.data.one", "odd.__init__", "odd.__init__.fails", "odd_twice.both", "odd_twice.both.inner", "odd.hidden", "odd.fails.py", "odd.\ud800", "odd.no init", "odd.no_init", "odd.no_init.inner")
    for name in odd:
        found["import " + name] = outcome(lambda: importlib.import_module(name).__name__)
        found["spec " + name] = outcome(lambda: getattr(importlib.util.find_spec(name), "origin", "none"))
        sys.modules.pop("odd.__init__", None)
    for name, package in [(".fails", "odd"), ("..fails", "odd.data"), ("...x", "odd"), (".", "odd"), ("fails", "odd"), (".fails", None), (".fails", "")]:
        found[f"resolve {name} {package}"] = outcome(importlib.util.resolve_name, name, package)
        found[f"relative {name} {package}"] = outcome(lambda: importlib.import_module(name, package).__name__)
        found[f"find {name} {package}"] = outcome(lambda: importlib.util.find_spec(name, package).name)
    return found


def finders():
    found = {}
    for path in ([ROOT], [ROOT + "/odd"], [ROOT + "/odd/"], [ROOT + "/"], [ROOT + "/odd/."], [ROOT + "/odd/../odd"], [ROOT + "//odd"], [ROOT + "/odd/data"], [ROOT + "/nothing"],
                 [ROOT + "/odd/fails.py"], [], None, [""], [3], ["/nothing", ROOT + "/odd"], (ROOT + "/odd",), [ROOT.encode() + b"/odd"]):
        for name in ("odd", "fails", "odd.fails", "data", "one", "inner", "nothing"):
            found[f"{path} {name}"] = outcome(lambda: described(importlib.machinery.PathFinder.find_spec(name, path)))
    return found


def described(spec):
    return spec and [spec.name, kind(spec.loader), spec.origin, spec.submodule_search_locations]


def hooks():
    found = {}
    for path in (ROOT, ROOT + "/odd", ROOT + "/odd/data", ROOT + "/odd/data/deep", ROOT + "/odd/fails.py", ROOT + "/nothing", ROOT + "/odd/"):
        finder = pkgutil.get_importer(path)
        found[path] = finder and [
            finder.path,
            outcome(lambda: described(finder.find_spec("fails"))),
            outcome(lambda: described(finder.find_spec("odd.fails"))),
            outcome(lambda: described(finder.find_spec("nothing"))),
            outcome(finder.invalidate_caches),
            isinstance(finder, importlib.abc.PathEntryFinder),
        ]
    return found


def loaders():
    found = {}
    for name in ("odd", "odd.fails", "json.decoder"):
        load = importlib.util.find_spec(name).loader
        for other in (name, "nothing", "odd.nothing", "os", "", name + "x"):
            for method in ("get_code", "get_source", "get_filename", "is_package", "load_module"):
                found[f"{name} {method} {other}"] = outcome(lambda: type(getattr(load, method)(other)).__name__) if other == name else outcome(
                    lambda: isinstance(getattr(load, method)(other), object))
        found[name + " classes"] = [isinstance(load, c) for c in (importlib.abc.Loader, importlib.abc.InspectLoader, importlib.abc.ExecutionLoader, importlib.abc.ResourceLoader)]
        found[name + " source_to_code"] = outcome(lambda: load.source_to_code("x = 1", "<x>").co_filename)
    return found


def data():
    load = importlib.util.find_spec("odd").loader
    found = {}
    for path in ("/odd/fails.py", "/odd/data/one.txt", "/odd/data", "/odd/nothing", "/odd/", "/odd/fails.py/", "/odd//fails.py", "/odd/../odd/fails.py", "/nothing/x"):
        found[path] = outcome(load.get_data, ROOT + path)
    for name in ("data/one.txt", "nothing", "../odd/fails.py", "data", "", "data/../fails.py", "/odd/fails.py", "data//one.txt", "./data/one.txt"):
        found["pkgutil " + name] = outcome(pkgutil.get_data, "odd", name)
        found["namespace " + name] = outcome(pkgutil.get_data, "oddns", name)
        found["nothing " + name] = outcome(pkgutil.get_data, "odd.nothing", name)
    return found


def walks():
    import odd
    import oddns
    found = {"top": [tuple(m)[1:] for m in pkgutil.iter_modules() if m.name in ("odd", "json", "os", "pip", "oddns", "twin")]}
    for path in (odd.__path__, oddns.__path__, [ROOT + "/odd/data"], [ROOT + "/nothing"], [ROOT + "/odd/", ROOT + "/odd"], []):
        found[f"iter {list(path)}"] = [(kind(m.module_finder) is not None, m.name, m.ispkg) for m in pkgutil.iter_modules(path, "p.")]
    failed = []
    found["walk"] = [m.name for m in pkgutil.walk_packages(odd.__path__, "odd.", failed.append)]
    found["walk json"] = [m.name for m in pkgutil.walk_packages([ROOT + "/email"], "email.")]
    found["failed"] = failed
    found["resolve_name"] = {n: outcome(lambda: pkgutil.resolve_name(n).__name__) for n in ("odd.fails:plain", "odd.fails", "odd:fails", "json.decoder.JSONDecoder", "odd.nothing", "odd:nothing")}
    return found


def reloads():
    import odd.fails
    before = odd.fails.plain
    odd.fails.added = 1
    again = importlib.reload(odd.fails)
    found = [again is odd.fails, odd.fails.added, before is odd.fails.plain, odd.fails.__spec__.origin]
    import json
    found.append(importlib.reload(json) is json)
    import oddns
    found += [importlib.reload(oddns) is oddns, list(oddns.__path__)]
    importlib.invalidate_caches()
    found.append(sys.modules.pop("odd.fails") is importlib.import_module("odd.fails"))
    return found


def aliases():
    """odd.__init__ is a second module of the same file."""
    m = importlib.import_module("odd.__init__")
    import odd
    found = [m.__name__, m is odd, m.__file__, hasattr(m, "__path__"), m.__package__, m.__spec__.name, described(m.__spec__), m.__spec__.parent]
    del sys.modules["odd.__init__"]
    top = outcome(lambda: [importlib.import_module("__init__").__name__])
    return found + [top]


def circles():
    import odd.circle_a
    found = [odd.circle_a.b.a is odd.circle_a]
    for name in ("odd.circle_c", "odd.circle_e"):
        found.append(outcome(lambda: importlib.import_module(name).__name__))
        found.append([n for n in sorted(sys.modules) if n.startswith("odd.circle")])
    return found


def lazily():
    from odd import lazy
    found = [lazy.decoder.__name__, outcome(lambda: lazy.nothing), sorted(dir(lazy))[-2:]]
    spec = importlib.util.find_spec("odd.star")
    spec.loader = importlib.util.LazyLoader(spec.loader)
    m = importlib.util.module_from_spec(spec)
    sys.modules["odd.star"] = m
    spec.loader.exec_module(m)
    found += [type(m).__name__, m.__all__, type(m).__name__]
    del sys.modules["odd.star"]
    space = {}
    exec("from odd.star import *", space)
    found.append(sorted(n for n in space if n[0] != "_"))
    return found


def namespaces():
    import oddns
    import oddns.inner.two
    found = [repr(oddns), described(oddns.__spec__), list(oddns.__path__), getattr(oddns, "__file__", "none"), oddns.__package__, kind(oddns.__loader__),
             oddns.__loader__.is_package("oddns"), oddns.__loader__.get_source("oddns"), oddns.__loader__.get_code("oddns").co_filename, repr(oddns.__path__), oddns.__spec__.cached]
    for n in (1, 2):
        os.makedirs(f"{TMP}/p{n}/oddns/inner")
        for where in (f"{TMP}/p{n}/oddns", f"{TMP}/p{n}/oddns/inner"):
            with open(f"{where}/more{n}.py", "w") as f:
                f.write(f"N = {n}\n")
            with open(f"{where}/more{n}.txt", "w") as f:
                f.write(f"{n}\n")
    with zipfile.ZipFile(f"{TMP}/p3.zip", "w") as z:
        z.writestr("oddns/more3.py", "N = 3\n")
        z.writestr("oddns/more3.txt", "3\n")
        z.writestr("oddns/deep/x.txt", "x\n")
    found.append(outcome(importlib.import_module, "oddns.more1"))
    sys.path += [f"{TMP}/p1", f"{TMP}/p3.zip"]
    sys.path.insert(0, f"{TMP}/p2")
    found += [[importlib.import_module(f"oddns.more{n}").N for n in (1, 2, 3)], [importlib.import_module(f"oddns.inner.more{n}").N for n in (1, 2)], list(oddns.__path__)]
    found.append([m.name for m in pkgutil.iter_modules(oddns.__path__)])
    import importlib.resources as resources
    top = resources.files("oddns")
    found.append(sorted(p.name for p in top.iterdir() if p.name != "__pycache__"))
    found.append([outcome(lambda: (top / n).read_text()) for n in ("more1.txt", "more2.txt", "more3.txt", "one.txt", "nothing.txt", "deep/x.txt", "inner/more1.txt", "inner/two.txt")])
    found.append([outcome(lambda: sorted(set(resources.contents("oddns")) - {"__pycache__"}))])
    found.append(outcome(lambda: resources.read_text("oddns", "one.txt")))
    found.append(outcome(lambda: resources.is_resource("oddns", "more2.txt")))
    found.append(outcome(lambda: kind(type(top))))
    found.append(outcome(lambda: repr(top.name)))
    with resources.as_file(top / "one.txt") as path:
        found.append(path.read_text())
    sys.path[:] = [ROOT]
    importlib.invalidate_caches()
    found.append(list(oddns.__path__))
    return found


def grown():
    """Packages that pkgutil.extend_path grows by what is on sys.path, and by hand."""
    os.makedirs(f"{TMP}/g/odd_grown/sub")
    for name in ("__init__.py", "outside.py", "sub/__init__.py", "sub/deep.py"):
        with open(f"{TMP}/g/odd_grown/{name}", "w") as f:
            f.write(f"NAME = {name!r}\n")
    with open(f"{TMP}/g/by_hand.py", "w") as f:
        f.write("from . import fails\n")
    with open(f"{TMP}/g/odd_grown.pkg", "w") as f:
        f.write(f"# comment\n{TMP}/g\n\n")
    sys.path.append(f"{TMP}/g")
    import odd_grown
    found = [list(odd_grown.__path__), importlib.import_module("odd_grown.inside").NAME, importlib.import_module("odd_grown.outside").NAME,
             importlib.import_module("odd_grown.sub.deep").NAME, [m.name for m in pkgutil.iter_modules(odd_grown.__path__)]]
    import odd
    odd.__path__.append(f"{TMP}/g")
    found.append(importlib.import_module("odd.by_hand").fails.__name__)
    odd.__path__.pop()
    sys.path[:] = [ROOT]
    return found


def shadows():
    """What comes first in sys.path wins."""
    os.makedirs(f"{TMP}/s")
    for name in ("odd_shadowed.py", "this.py"):
        with open(f"{TMP}/s/{name}", "w") as f:
            f.write("HERE = 'disk'\n")
    found = []
    sys.path.insert(0, f"{TMP}/s")
    found += [importlib.import_module(n).HERE for n in ("odd_shadowed", "this")]
    sys.path[:] = [ROOT, f"{TMP}/s"]
    del sys.modules["odd_shadowed"]
    found.append(importlib.import_module("odd_shadowed").HERE)
    sys.path[:] = [f"{TMP}/s"]
    found.append(outcome(lambda: importlib.import_module("odd.star.first").__name__))
    found.append(outcome(lambda: importlib.import_module("colorsys").__name__))
    sys.path[:] = [ROOT]
    return found


def runs():
    found = {}
    for name in ("odd.main", "odd.runs", "odd", "odd.nothing", "oddns", "oddns.one", "odd.runs.__main__", "odd.data", "__init__", "odd.__init__"):
        for alter in (False, True):
            found[f"{name} {alter}"] = outcome(lambda: ran(runpy.run_module(name, run_name="ran", alter_sys=alter)))
    for path in (ROOT + "/odd/main.py", ROOT + "/odd/runs", ROOT + "/odd/data", ROOT + "/nothing"):
        found[path] = outcome(lambda: ran(runpy.run_path(path, run_name="ran")))
    return found


def ran(space):
    names = ("__name__", "__file__", "__package__", "__cached__", "__doc__", "VALUE", "MAIN")
    return {n: space.get(n) for n in names} | {"spec": described(space.get("__spec__")), "loader": kind(space.get("__loader__"))}


def threads():
    names = ["odd.slow", "odd.slow.one", "odd.slow.two", "odd.slow.three", "oddns.one", "oddns.inner.two", "odd.star", "odd.circle_a"] * 8
    for name in [n for n in sys.modules if n.startswith(("odd.slow", "oddns", "odd.star", "odd.circle"))]:
        del sys.modules[name]
    failed, gate = [], threading.Barrier(len(names))

    def load(name):
        gate.wait()
        try:
            importlib.import_module(name)
        except BaseException as e:
            failed.append(f"{name}: {e!r}")

    all_of = [threading.Thread(target=load, args=(n,)) for n in names]
    for t in all_of:
        t.start()
    for t in all_of:
        t.join()
    from odd.slow import LOADED
    return failed + sorted(LOADED)


def replaced():
    m = importlib.import_module("odd.replaced")
    return [type(m).__name__, m.answer, sys.modules["odd.replaced"] is m]


def from_files():
    """importlib.util.spec_from_file_location of a file below the root."""
    spec = importlib.util.spec_from_file_location("aside", ROOT + "/odd/star/__init__.py", loader=importlib.util.find_spec("odd.star").loader)
    return [spec.origin, spec.has_location, kind(spec.loader), spec.parent]


def get_importers():
    found = [kind(pkgutil.get_loader("odd")) is not None if hasattr(pkgutil, "get_loader") else True]
    found.append(len(list(pkgutil.iter_importers("odd.fails"))))
    found.append([outcome(lambda: i.path) for i in pkgutil.iter_importers("odd.fails")])
    found.append(ROOT + "/odd" in sys.path_importer_cache or "odd" in sys.modules)
    return found


def states():
    """Copies, pickles, comparisons of specs and loaders."""
    import copy
    import pickle
    spec = importlib.util.find_spec("odd.fails")
    again = importlib.util.find_spec("odd.fails")
    return {
        "copy": outcome(lambda: copy.copy(spec) == spec),
        "pickle": outcome(lambda: pickle.loads(pickle.dumps(spec)).origin),
        "equal": spec.loader == again.loader,
        "hash": hash(spec.loader) == hash(again.loader),
        "deepcopy": outcome(copy.deepcopy, importlib.util.find_spec("odd.star").submodule_search_locations),
        "source_from_cache": outcome(lambda: importlib.util.source_from_cache(spec.cached)),
        "decode_source": outcome(lambda: importlib.util.decode_source(b"# coding: latin-1\n\xe4")),
        "parent": spec.parent,
    }
