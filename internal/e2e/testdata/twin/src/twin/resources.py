"""importlib.resources: the trees of all packages, and the functions."""
import importlib
import importlib.resources as resources
import os
import sys

from twin import digest, is_safe, module_names, outcome

# Packages whose every resource is asked for in every way.
CLOSELY = ("odd", "odd.data", "oddns", "oddns.inner", "pip._vendor.certifi", "pip._vendor.distlib", "pip._vendor.idna", "email")


def picture():
    found = {}
    for name, _, ispkg in module_names():
        if ispkg and is_safe(name) and ".tests" not in name:
            found["tree " + name] = outcome(lambda: tree(resources.files(name)))
    for name in CLOSELY:
        found["functions " + name] = functions(name)
        found["as_file " + name] = outcome(lambda: extracted(resources.files(name)))
        found["traversable " + name] = traversable(resources.files(name))
    for anchor in ("json.decoder", "os", "odd.fails", "odd.nothing", "sys", "zipimport", "", None, "odd.data", 3, "twin.resources"):
        found[f"anchor {anchor!r}"] = outcome(lambda: names(resources.files(anchor)))
        found[f"anchor text {anchor!r}"] = outcome(resources.read_text, anchor, "data", "one.txt")
        found[f"anchor module {anchor!r}"] = outcome(lambda: files_of_module(anchor))
    return found


def files_of_module(name):
    return names(resources.files(importlib.import_module(name)))


def names(directory):
    return sorted(p.name for p in directory.iterdir() if p.name != "__pycache__")


def tree(directory):
    """Returns name -> digest or tree."""
    found = {}
    for p in directory.iterdir():
        if p.name != "__pycache__":
            found[p.name] = tree(p) if p.is_dir() else digest(p.read_bytes())
    return found


def extracted(directory):
    """Returns the tree that as_file makes of a directory."""
    with resources.as_file(directory) as path:
        found = {}
        for top, dirs, files in os.walk(path):
            if not top.endswith("__pycache__"):
                for f in files:
                    with open(os.path.join(top, f), "rb") as stream:
                        found[os.path.relpath(os.path.join(top, f), path)] = digest(stream.read())
        return found


def functions(package):
    """Asks the functional API, also in ways it must refuse."""
    asked = names(resources.files(package)) + ["nothing", "", ".", "..", "data/one.txt", "/etc/passwd", "../odd/data", "data/../data/one.txt", "data//one.txt", "data/one.txt/", "one.txt\0", 3, None]
    found = {"contents": outcome(lambda: sorted(set(resources.contents(package)) - {"__pycache__"}))}
    for name in asked:
        found[f"{name}"] = {
            "is_resource": outcome(resources.is_resource, package, name),
            "read_text": outcome(lambda: digest(resources.read_text(package, name, encoding="utf-8"))),
            "ascii": outcome(lambda: digest(resources.read_text(package, name, encoding="ascii", errors="replace"))),
            "read_binary": outcome(lambda: digest(resources.read_binary(package, name))),
            "open_text": outcome(lambda: stream(resources.open_text(package, name, encoding="utf-8"))),
            "open_binary": outcome(lambda: stream(resources.open_binary(package, name))),
            "path": outcome(lambda: at_path(package, name)),
        }
    for args in [("data", "one.txt"), ("data", "deep", "er", "x.txt"), ("data", "nothing"), ("data",), (), ("data", "..", "data", "one.txt")]:
        found[f"{args}"] = {
            "is_resource": outcome(resources.is_resource, package, *args),
            "read_text": outcome(resources.read_text, package, *args, encoding="utf-8"),
            "no encoding": outcome(resources.read_text, package, *args),
            "read_binary": outcome(resources.read_binary, package, *args),
            "contents": outcome(lambda: sorted(set(resources.contents(package, *args)) - {"__pycache__"})),
        }
    return found


def stream(f):
    with f:
        first = f.readline()
        return [digest(first), digest(f.read()), f.readable(), f.writable(), f.seekable(), f.mode if hasattr(f, "mode") else "no mode",
                getattr(f, "encoding", None)]


def at_path(package, name):
    with resources.path(package, name) as path:
        return "directory" if path.is_dir() else [path.name, digest(path.read_bytes())]


def traversable(top):
    """Asks a Traversable what its protocol promises."""
    found = {"name": top.name, "is_dir": top.is_dir(), "is_file": top.is_file(), "str": outcome(str, top)}
    asked = [(), ("data",), ("data", "one.txt"), ("data/one.txt",), ("data/deep", "er/x.txt"), ("data", "deep", "er"), ("nothing",), ("nothing", "x"),
             ("data/one.txt/x",), (".",), ("data/.",), ("./data",), ("data//one.txt",), ("data/",), ("",), ("__init__.py",), ("fails.py",), ("..",),
             ("data", "..", "fails.py")]
    for parts in asked:
        found[f"{parts}"] = outcome(lambda: node(top.joinpath(*parts)))
    found["/"] = outcome(lambda: node(top / "data" / "one.txt"))
    found["subclass"] = isinstance(top, resources.abc.Traversable)
    return found


def node(p):
    return {
        "name": p.name,
        "is_dir": p.is_dir(),
        "is_file": p.is_file(),
        "list": outcome(lambda: sorted(c.name for c in p.iterdir() if c.name != "__pycache__")),
        "read_bytes": outcome(lambda: digest(p.read_bytes())),
        "read_text": outcome(lambda: digest(p.read_text(encoding="utf-8"))),
        "open": outcome(lambda: stream(p.open(encoding="utf-8"))),
        "open r": outcome(lambda: stream(p.open("r", encoding="utf-8"))),
        "open rb": outcome(lambda: stream(p.open("rb"))),
        "open newline": outcome(lambda: stream(p.open("r", encoding="utf-8", newline=""))),
        "open nonsense": outcome(lambda: stream(p.open("nonsense"))),
        "open rb with encoding": outcome(lambda: stream(p.open("rb", encoding="utf-8"))),
    }
