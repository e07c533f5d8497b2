"""Extension modules that don't load."""
import importlib
import sys

from native import attempt


def picture():
    return {name: one(name) for name in ("wrongname", "raises", "silent", "undefined")}


def one(name):
    found = []
    for _ in range(2):
        try:
            importlib.import_module(name)
        except BaseException as e:
            found.append([type(e).__name__, str(e), getattr(e, "name", None), getattr(e, "path", None), name in sys.modules])
    return found
