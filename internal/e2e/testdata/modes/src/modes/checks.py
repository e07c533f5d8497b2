"""What a main module sees of itself; run with plain python it gives the same."""

import json
import os
import sys


def main():
    check, arguments = sys.argv[1], sys.argv[2:]
    return globals()[check](*arguments)


def picture():
    """Prints what __main__ is, without what is documented to differ."""
    import inspect
    import linecache
    import runpy
    module = sys.modules["__main__"]
    seen = {
        "names": sorted(name for name in vars(module) if name.startswith("__")),
        "name": module.__name__,
        "package": module.__package__,
        "doc": module.__doc__,
        "spec": _spec(module.__spec__),
        "file": _short(getattr(module, "__file__", None)),
        "cached": getattr(module, "__cached__", None) is None,
        "loader": _loader(module.__loader__, module),
        "arguments": sys.argv[1:],
    }
    if hasattr(module, "__file__"):
        seen["first line"] = linecache.getline(module.__file__, 1, vars(module))
        seen["beside"] = os.path.basename(module.__file__) in os.listdir(os.path.dirname(module.__file__))
        with open(module.__file__, encoding="utf-8") as file:
            seen["length"] = len(file.read())
        if module.__package__ is None:
            seen["run again"] = sorted(runpy.run_path(module.__file__, run_name="other"))
    if hasattr(module, "double"):
        seen["function"] = module.double.__code__.co_filename == getattr(module, "__file__", "<string>")
        seen["line"] = module.double.__code__.co_firstlineno
        try:
            seen["source"] = inspect.getsource(module.double)
        except OSError as e:
            seen["source"] = str(e)
    print(json.dumps(seen))


def _root():
    return os.path.dirname(os.path.dirname(__file__))


def _short(path):
    return None if path is None else path.replace(_root(), "ROOT")


def _spec(spec):
    return None if spec is None else {
        "name": spec.name, "parent": spec.parent, "origin": _short(spec.origin), "location": spec.has_location,
        "search": spec.submodule_search_locations, "loader": spec.loader is sys.modules["__main__"].__loader__,
    }


def _loader(loader, module):
    from importlib.machinery import SourceFileLoader
    if isinstance(loader, type):
        return loader.__name__
    name = module.__name__ if module.__spec__ is None else module.__spec__.name
    seen = {
        "file": _short(loader.get_filename(name)), "source": loader.get_source(name), "package": loader.is_package(name),
        "code": loader.get_code(name).co_name, "data": len(loader.get_data(loader.get_filename(name))),
    }
    if module.__spec__ is None:
        seen["type"] = isinstance(loader, SourceFileLoader)
        seen["attributes"] = [loader.name, _short(loader.path)]
        for wrong in ("program", "modes.checks"):
            try:
                loader.get_filename(wrong)
            except ImportError:
                seen[wrong] = "refused"
    return seen


def arguments(*given):
    print(sys.argv)


def usage(*given):
    import argparse
    argparse.ArgumentParser(description="a test").print_usage()


def builtins_of_site():
    import builtins
    for name in ("exit", "quit", "copyright", "credits", "help"):
        value = getattr(builtins, name)
        print(type(value), repr(value), name in globals()["__builtins__"])
    print(type(license), repr(license))


def leave():
    exit(4)


def pickled():
    import pickle
    module = sys.modules["__main__"]
    print(type(pickle.loads(pickle.dumps(module.Pair(1)))) is module.Pair, pickle.dumps(module.double, 0))


def processes(method):
    import multiprocessing
    module = sys.modules["__main__"]
    with multiprocessing.get_context(method).Pool(1) as pool:
        for pair, name in pool.map(module.double, [module.Pair(1), module.Pair(2)]):
            print(pair.number, type(pair) is module.Pair, name)


def marks():
    print(getattr(sys, "frozen", None), getattr(sys, "_MEIPASS", None))


def again(*given):
    """Starts the program again with its own arguments, as reloaders do."""
    if len(sys.argv) == 2:
        sys.stdout.flush()
        os.execv(sys.executable, sys.argv + ["second"])
    print(sys.argv[1:])


# Endings

def uncaught():
    raise ValueError("the reason")


def chained():
    try:
        uncaught()
    except ValueError:
        raise KeyError("another")


def interrupted():
    raise KeyboardInterrupt


def exits(value):
    sys.exit(eval(value))


def returns(value):
    return eval(value)


def exit_in_thread():
    import threading
    thread = threading.Thread(target=sys.exit, args=(3,))
    thread.start()
    thread.join()


def unwritable():
    sys.stderr = None
    sys.exit("not seen")


def syntax():
    exec(compile("print(", "somewhere.py", "exec"))


def import_raises():
    import modes.raising
