"""Packages with extension modules: their files, and what is found below them."""
import importlib.resources
import importlib.util
import os
import pkgutil
import sys

import native
from native import attempt

OURS = ["_testmultiphase", "holder", "many007", "multi", "native", "package", "several", "single"]


def picture():
    import package

    files = importlib.resources.files(package)
    return {
        "files": sorted(entry.name for entry in files.iterdir() if entry.name != "__pycache__"),
        "text": (files / "note.txt").read_text(),
        "pkgutil": pkgutil.get_data("package", "note.txt"),
        "size": len((files / "inside.abi3.so").read_bytes()) > 1000,
        "below": [list(m)[1:] for m in pkgutil.iter_modules(package.__path__)],
        "walked": [m.name for m in pkgutil.walk_packages(package.__path__, "package.")],
        "top": [m.name for m in pkgutil.iter_modules([native.ROOT]) if m.name in OURS],
        "has_location": importlib.util.find_spec("package.inside").has_location,
        "nothing": attempt(__import__, "package.nothing"),
        "no attribute": attempt(lambda: package.nothing),
        "run": attempt(run, "multi"),
        "missing file": attempt(open, os.path.join(package.__path__[0], "nothing.so")),
    }


def run(name):
    import runpy

    return runpy.run_module(name)
