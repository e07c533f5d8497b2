"""Attributes that are imported when asked for (PEP 562)."""
import importlib


def __getattr__(name):
    if name == "decoder":
        return importlib.import_module("json.decoder")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__():
    return ["a", "decoder"]
