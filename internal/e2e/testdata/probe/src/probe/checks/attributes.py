"""What a module says about itself."""
import os
import sys

import probe
import probe.sub.leaf

from . import ROOT, at, equal


def module():
    m = probe.sub.leaf
    equal(m.__name__, "probe.sub.leaf")
    equal(m.__package__, "probe.sub")
    equal(m.__file__, at("probe/sub/leaf.py"))
    equal(m.__doc__, "A leaf.")
    equal(hasattr(m, "__path__"), False)
    equal(m.__spec__.origin, m.__file__)
    equal(m.__spec__.has_location, True)
    equal(m.__spec__.submodule_search_locations, None)
    equal(m.__spec__.loader is m.__loader__, True)
    equal(m.__spec__.cached, m.__spec__.cached and m.__file__ + "c")


def package():
    m = probe.sub
    equal(m.__file__, at("probe/sub/__init__.py"))
    equal(list(m.__path__), [at("probe/sub")])
    equal(m.__package__, "probe.sub")
    equal(m.__spec__.submodule_search_locations, [at("probe/sub")])
    equal(m.__spec__.parent, "probe.sub")


def namespace():
    import nsp.left
    import nsp.part.inner
    import nsp.right
    equal((nsp.left.SIDE, nsp.right.SIDE, nsp.part.inner.SIDE), ("left", "right", "inner"))
    equal(getattr(nsp, "__file__", None), None)
    equal(list(nsp.__path__), [at("nsp")])
    equal(nsp.__spec__.origin, None)
    equal(nsp.right.__file__, at("nsp/right.py"))


def main():
    m = sys.modules["__main__"]
    equal(m.__name__, "__main__")
    equal(m.__file__, at("probe/__main__.py"))
    equal(m.__package__, "probe")
    equal(m.__spec__.name, "probe.__main__")


def stdlib():
    import encodings
    import json.decoder
    equal(os.__file__, at("os.py"))
    equal(json.decoder.__file__, at("json/decoder.py"))
    equal(encodings.__file__, at("encodings/__init__.py"))


def no_path_elsewhere():
    """No module and no code object knows a path that is not below the executable."""
    import types
    import unittest.mock  # brings a hundred modules
    seen = 0
    for name, m in list(sys.modules.items()):
        file = getattr(m, "__file__", None)
        if file is not None and not file.startswith(at("")):
            raise AssertionError(f"{name} has the file {file}")
        for value in list(vars(m).values()):
            if isinstance(value, types.FunctionType):
                file = value.__code__.co_filename
                seen += 1
                if os.path.isabs(file) and not file.startswith(at("")):
                    raise AssertionError(f"{name}.{value.__name__} has the file {file}")
    equal(seen > 1000, True)


def paths():
    equal(sys.path[0], ROOT)
    equal(sys.path[1:], [os.path.join(os.path.dirname(ROOT), "plugins")])
    equal(sys.prefix, ROOT)
    equal(sys.argv[0], os.environ.get("PROBE_ARGV0", sys.argv[0]))


def builtins():
    import _oxgen
    equal(_oxgen.__spec__.origin, "built-in")
    equal(isinstance(_oxgen.table, memoryview), True)
    equal(_oxgen.table.readonly, True)
