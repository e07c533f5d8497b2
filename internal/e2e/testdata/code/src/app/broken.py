import importlib.util
import os
import pkgutil
import sys
import traceback

import bad
from app import equal, raises

NAMES = ["coding", "encoding", "indent", "null", "syntax"]


def errors():
    """Compares the errors with those of the compiler."""
    for name in NAMES:
        spec = importlib.util.find_spec("bad." + name)
        path = os.path.join(os.path.dirname(bad.__file__), name + ".py")
        equal(spec.origin, path)
        source = spec.loader.get_data(path)
        kind = ValueError if name == "null" and sys.version_info < (3, 12) else SyntaxError
        want = raises(kind, compile, source, path, "exec")
        got = raises(kind, importlib.import_module, "bad." + name)
        equal((type(got), got.args), (type(want), want.args))
        equal(raises(kind, spec.loader.get_code, "bad." + name).args, want.args)
    got = raises(SyntaxError, _statement)
    equal((got.filename, got.lineno, got.offset, got.text), (os.path.dirname(bad.__file__) + "/syntax.py", 2, 12, "def broken(:\n"))
    equal([frame.name for frame in traceback.extract_tb(got.__traceback__)], ["raises", "_statement"])


def _statement():
    import bad.syntax


def listed():
    equal([m.name for m in pkgutil.iter_modules(bad.__path__)], NAMES)
    loader = importlib.util.find_spec("bad.syntax").loader
    equal(loader.get_source("bad.syntax").splitlines()[1], "def broken(:")


def unlisted():
    """The program has no sources: what does not compile is not there."""
    equal([m.name for m in pkgutil.iter_modules(bad.__path__)], [])
    raises(ModuleNotFoundError, importlib.import_module, "bad.syntax")
