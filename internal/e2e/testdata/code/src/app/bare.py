import importlib.machinery
import importlib.util
import inspect
import linecache
import os
import pkgutil
import runpy
import sys
import tempfile
import traceback

import two
import two.same
from app import equal, raises


def attributes():
    directory = sys.executable + "/two"
    for module, stem in (two, "/__init__"), (two.same, "/same"):
        path = directory + stem + ".pyc"
        spec = module.__spec__
        equal((module.__file__, spec.origin, spec.cached, spec.has_location), (path, path, path, True))
        if sys.version_info < (3, 15):
            equal(module.__cached__, path)
        equal(spec.loader.get_filename(module.__name__), path)
        equal(spec.loader.get_source(module.__name__), None)
    equal(sys.modules["__main__"].__file__, sys.executable + "/app/__main__.pyc")


def sources():
    for thing in two, two.f:
        raises(OSError, inspect.getsource, thing)
    equal(inspect.getsourcefile(two), sys.executable + "/two/__init__.py")
    equal(inspect.getfile(two.f), sys.executable + "/two/__init__.py")
    error = raises(ZeroDivisionError, two.fail)
    text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    equal(text.splitlines()[-2:], [f'  File "{sys.executable}/two/__init__.py", line 14, in fail', "ZeroDivisionError: division by zero"])
    equal(linecache.getlines(two.__file__), [])
    equal(linecache.getlines(two.f.__code__.co_filename, vars(two)), [])


def columns():
    if sys.version_info >= (3, 11):
        for code in two.f.__code__, inspect.getsource.__code__:
            equal({position[2:] for position in code.co_positions()}, {(None, None)})
        equal(raises(ZeroDivisionError, two.fail).__traceback__.tb_next.tb_lineno, 14)


def files():
    import _oxgen_importer as importer
    equal(importer.list_dir(sys.executable + "/two"), ["__init__.pyc", "empty.pyc", "same.pyc"])
    data = two.__loader__.get_data(two.__file__)
    equal(data[:16], importlib.util.MAGIC_NUMBER + bytes(12))
    equal(importer.entry(two.__file__)[3], len(data))
    equal(pkgutil.get_data("two", "__init__.pyc"), data)
    with tempfile.TemporaryDirectory() as directory:
        path = os.path.join(directory, "again.pyc")
        with open(path, "wb") as stream:
            stream.write(data)
        equal(runpy.run_path(path)["f"].__name__, "f")
        spec = importlib.util.spec_from_file_location("again", path)
        again = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(again)
        equal((again.__file__, again.f.__code__.co_name), (path, "f"))
    code = importlib.machinery.SourcelessFileLoader("two", two.__file__)
    code.get_data = importer.read
    equal(code.get_code("two").co_name, "<module>")


def helpers():
    import _oxgen_process
    equal(_oxgen_process.__loader__.get_source("_oxgen_process"), None)
    equal(_oxgen_process.__file__, sys.executable + "/_oxgen_process.pyc")


def given():
    """A .pyc file among the sources, compiled elsewhere."""
    import given.part
    equal(given.__file__, sys.executable + "/given/__init__.pyc")
    equal(given.part.f.__code__.co_filename, sys.executable + "/given/part.py")
    equal(given.part.f(), "given")
    equal(b"elsewhere" in given.part.__loader__.get_data(given.part.__file__), False)
    equal([m.name for m in pkgutil.iter_modules(given.__path__)], ["part"])
