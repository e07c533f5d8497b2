"""Loads modules when an attribute of theirs is first asked for. Only programs with the key lazy have it."""

from importlib.util import LazyLoader

from _oxgen_importer import Finder


class WaitingLoader(LazyLoader):
    """A LazyLoader that is in all else the loader behind it: who runs a module by its name asks for its code."""

    def __getattr__(self, name):
        if name == "loader":  # there is none yet, or no more
            raise AttributeError(name)
        return getattr(self.loader, name)


def find_spec(fullname, path):
    """Returns what the Finder finds, with a loader that waits. What the program does not have is somebody else's."""
    spec = Finder.find_spec(fullname, path)
    if spec is not None:
        spec.loader = WaitingLoader(spec.loader)
    return spec
