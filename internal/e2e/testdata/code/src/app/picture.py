"""Prints what modules are, and what their code is, in a way that says the same on every platform."""
import importlib
import inspect
import json
import os
import pkgutil
import sys
import traceback

from app import levels


def show():
    levels.facts()
    for name in "two", "two.same", "two.empty", "given.part", "bad.syntax":
        try:
            module = importlib.import_module(name)
        except SyntaxError as e:
            print(name, _own(str(e)), e.lineno, e.offset)
        except ImportError as e:
            print(name, e)
        else:
            print(name, json.dumps(dict(_of(module)), default=repr))


def _of(module):
    loader, code = module.__loader__, module.__loader__.get_code(module.__name__)
    yield "file", _own(module.__file__)
    yield "origin", module.__spec__.origin == module.__file__
    yield "code", [_own(code.co_filename), code.co_firstlineno, list(code.co_lines()), list(code.co_positions())]
    yield "source", _source(loader, module)
    yield "beside", sorted(os.listdir(os.path.dirname(module.__file__)))
    yield "modules", [m.name for m in pkgutil.iter_modules(getattr(module, "__path__", []))]
    for name, function in inspect.getmembers(module, inspect.isfunction):
        yield name, [function.__doc__, list(function.__code__.co_positions())]
    if hasattr(module, "fail"):
        yield "traceback", _traceback(module.fail)


def _own(path):
    """Returns text about the program's files as it would be if the program were called EXE, on any platform."""
    return path.replace(sys.executable, "EXE").replace(os.sep, "/")


def _source(loader, module):
    try:
        return [loader.get_source(module.__name__), inspect.getsource(module)]
    except OSError as e:
        return str(e)


def _traceback(function):
    try:
        function()
    except ZeroDivisionError:
        return _own(traceback.format_exc())
