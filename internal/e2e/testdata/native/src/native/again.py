"""Extension modules that are imported once more, by other names, and in other interpreters."""
import importlib
import importlib.machinery
import importlib.util
import sys

from native import attempt


def picture():
    return {
        "multi": again("multi", "executions"),
        "single": again("single", "initializations"),
        "reload": {name: reload(name) for name in ("multi", "single", "package")},
        "by path": by_path(),
        "several": several(),
    }


def again(name, counter):
    first = importlib.import_module(name)
    counts = [getattr(first, counter)()]
    first.mark = 1
    del sys.modules[name]
    second = importlib.import_module(name)
    counts.append(getattr(second, counter)())
    return {"counts": counts, "same": first is second, "mark": hasattr(second, "mark"), "spec": second.__spec__.origin}


def reload(name):
    module = importlib.import_module(name)
    module.mark = 1
    same = importlib.reload(module)
    return [same is module, same.mark, same.__file__]


def load(name, path, loader=None):
    spec = importlib.util.spec_from_file_location(name, path, loader=loader)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def by_path():
    import multi

    path = multi.__file__
    other = load("multi", path)
    explicit = load("multi", path, importlib.machinery.ExtensionFileLoader("multi", path))
    return {
        "other": [other is multi, other.__file__, repr(other), other.address() == multi.address(), other.executions()],
        "explicit": [explicit.__file__, explicit.__spec__.origin, explicit.address() == multi.address()],
        "wrong name": attempt(load, "wrong", path),
        "no file": attempt(load, "multi", path + "x.so"),
    }


def several():
    import several

    found = {}
    for name in ("several", "second", "größe", "fourth"):
        module = attempt(load, name, several.__file__)
        found[name] = module if isinstance(module, str) else [repr(module), module.__file__, sorted(vars(module))]
    return found
