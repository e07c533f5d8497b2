"""Every module that can be imported: what it knows of itself, and what inspect and linecache find of it."""
import contextlib
import importlib
import inspect
import io
import linecache
import types
import warnings

from twin import digest, is_safe, module_names, outcome
from twin.specs import attributes, fields


def picture():
    return {name: imported(name) for name, _, _ in module_names() if is_safe(name)}


def imported(name):
    printed = io.StringIO()
    with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(printed):
        warnings.simplefilter("always")
        try:
            module = importlib.import_module(name)
        except BaseException as e:
            return {"import": f"{type(e).__name__}: {e}"}
        record = outcome(describe, module)
    record["warnings"] = [str(warnings.formatwarning(w.message, w.category, w.filename, w.lineno)) for w in caught]
    record["printed"] = printed.getvalue()
    return record


def describe(module):
    if not isinstance(module, types.ModuleType):  # one that puts something else into sys.modules
        return {"is": repr(module)}
    record = attributes(module)
    record["spec"] = fields(module.__spec__)
    record["doc"] = outcome(lambda: digest(inspect.getdoc(module)))
    record["repr"] = repr(module)
    record |= look(module)
    record["lines"] = outcome(lambda: digest("".join(linecache.getlines(module.__file__, vars(module)))))
    for name, value in sorted(vars(module).items()):
        if not isinstance(value, (type, types.FunctionType)) or getattr(value, "__module__", None) != module.__name__:
            continue
        record[name] = look(value)
        if isinstance(value, type):
            for inner, method in sorted(vars(value).items()):
                if isinstance(method, types.FunctionType):
                    record[f"{name}.{inner}"] = look(method)
    return record


def look(value):
    return {
        "file": outcome(inspect.getfile, value),
        "sourcefile": outcome(inspect.getsourcefile, value),
        "source": outcome(lambda: digest(inspect.getsource(value))),
        "line": outcome(lambda: inspect.getsourcelines(value)[1]),
        "module": outcome(lambda: inspect.getmodule(value).__name__),
        "comments": outcome(lambda: digest(comments(value))),
    }


def comments(value):
    """What stands above a function. Of one in the place of another inspect says what is above the same line of any file: the source of
    importlib's own module, whose name it has."""
    return None if inspect.getfile(value).startswith("<frozen importlib.") else inspect.getcomments(value)
