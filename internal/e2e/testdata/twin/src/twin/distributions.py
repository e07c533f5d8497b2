"""importlib.metadata: every distribution below the root."""
import importlib.metadata as metadata
import os
import sys

from twin import ROOT, digest, outcome

SPELLINGS = ("pip", "Pip", "PIP", "odd-dist", "odd_dist", "odd.dist", "Odd--._Dist", "odddist", "odd dist", "", "nothing", "../pip", "odd-dist-1", "pip-26")


def picture():
    found = {"all": sorted(d.metadata["Name"] for d in metadata.distributions())}
    for d in metadata.distributions():
        found["distribution " + d.metadata["Name"]] = describe(d)
    for name in SPELLINGS:
        found["named " + repr(name)] = {
            "from_name": outcome(lambda: metadata.Distribution.from_name(name).metadata["Name"]),
            "version": outcome(metadata.version, name),
            "requires": outcome(metadata.requires, name),
            "discover": outcome(lambda: sorted(d.name for d in metadata.Distribution.discover(name=name))),
            "elsewhere": outcome(lambda: [d.name for d in metadata.Distribution.discover(name=name, path=["/nothing"])]),
            "here": outcome(lambda: sorted(d.name for d in metadata.Distribution.discover(name=name, path=[ROOT]))),
        }
    found["packages_distributions"] = {k: sorted(v) for k, v in metadata.packages_distributions().items()}
    points = metadata.entry_points()
    found["entry points"] = {"groups": points.groups, "names": points.names}
    found["entry points"] |= {f"{e.group} {e.name}": point(e) for e in points}
    found["select"] = outcome(lambda: [e.name for e in metadata.entry_points(group="console_scripts", name="odd")])
    found["paths"] = {p: outcome(lambda: sorted(d.name for d in metadata.distributions(path=[p]))) for p in
                      (ROOT, ROOT + "/", ROOT + "/odd", ROOT + "/nothing", "", "/")}
    found["pkg_resources"] = outcome(by_setuptools)
    return found


def by_setuptools():
    """Asks pkg_resources, where the machine has setuptools."""
    import warnings
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pkg_resources as p
    return {
        "working set": sorted(d.project_name for d in p.working_set),
        "version": p.get_distribution("odd-dist").version,
        "location": p.get_distribution("pip").location,
        "require": [str(d) for d in p.require("pip")],
        "entry points": sorted(e.name for e in p.iter_entry_points("console_scripts")),
        "metadata": digest(p.get_distribution("pip").get_metadata("RECORD")),
        "provider": type(p.get_provider("odd")).__name__,
        "exists": [p.resource_exists("odd", n) for n in ("data/one.txt", "data", "nothing")],
        "isdir": [p.resource_isdir("odd", n) for n in ("data/one.txt", "data", "nothing")],
        "listdir": sorted(set(p.resource_listdir("odd", "data")) - {"__pycache__"}),
        "string": p.resource_string("odd", "data/one.txt"),
        "stream": p.resource_stream("odd", "data/bin").read(),
        "filename": p.resource_filename("odd", "data/one.txt"),
        "nothing": outcome(p.get_distribution, "nothing"),
    }


def describe(d):
    return {
        "name": d.name,
        "version": d.version,
        "requires": d.requires,
        "keys": list(d.metadata.keys()),
        "json": outcome(lambda: digest(repr(d.metadata.json))),
        "entry_points": [(e.group, e.name, e.value) for e in d.entry_points],
        "files": None if d.files is None else {str(f): file(f) for f in d.files if "__pycache__" not in str(f)},
        "order": [str(f) for f in d.files or () if f.suffix in (".py", ".txt", "") and "__pycache__" not in str(f)],
        "texts": {n: outcome(lambda: digest(d.read_text(n))) for n in
                  ("METADATA", "PKG-INFO", "RECORD", "WHEEL", "top_level.txt", "", ".", "nothing", "licenses", "../os.py", "INSTALLER", "direct_url.json")},
        "locate": outcome(lambda: str(d.locate_file("odd/fails.py"))),
        "locate nothing": outcome(lambda: str(d.locate_file(""))),
        "origin": outcome(lambda: d.origin),
        "repr": kind_of(d),
    }


def kind_of(d):
    return isinstance(d, metadata.Distribution)


def file(f):
    located = f.locate()
    return {
        "hash": repr(f.hash),
        "size": f.size,
        "dist": f.dist.name,
        "exists": outcome(located.exists),
        "locate": outcome(lambda: str(located)),
        "binary": outcome(lambda: digest(f.read_binary())),
        "text": outcome(lambda: digest(f.read_text("utf-8"))),
    }


def point(e):
    return {"value": e.value, "module": e.module, "attr": e.attr, "extras": e.extras, "dist": e.dist.name, "load": outcome(lambda: e.load().__module__)}
