"""Loads modules when an attribute of theirs is first asked for. Only programs with the key lazy have it."""

from importlib.util import LazyLoader

from _oxgen_importer import Finder


def find_spec(fullname, path):
    """Returns what the Finder finds, with a loader that waits. What the program does not have is somebody else's."""
    spec = Finder.find_spec(fullname, path)
    if spec is not None:
        spec.loader = LazyLoader(spec.loader)
    return spec
