"""Runs many checks in one process, where starting a process for each would take too long."""
import contextlib
import gc
import importlib
import os
import sys
import tempfile
import traceback

from . import names

# What a check may have imported that the next one wants to import itself.
_AGAIN = "beside", "marked", "nsp", "ondisk", "probe", "tinydist", "zipped"


def run():
    """Runs the checks of the groups that are arguments, but for those behind "but", and tells what failed, and how many did not."""
    arguments, done = sys.argv[2:], 0
    groups, but = arguments, []
    if "but" in arguments:
        at = arguments.index("but")
        groups, but = arguments[:at], arguments[at + 1:]
    for group in groups:
        module = importlib.import_module("probe.checks." + group)
        for name in names(module):
            check = getattr(module, name)
            if f"{group}.{name}" in but or sys.platform == "win32" and hasattr(check, "unix"):
                continue
            if group == "garbage":
                _forget("asyncio", "broken", "unittest")
            try:
                with _kept():
                    check()
                done += 1
            except Exception:
                print(f"{group}.{name}:", traceback.format_exc(), flush=True)
    print(done, "passed")


def _forget(*packages):
    for name in list(sys.modules):
        if name.partition(".")[0] in packages:
            del sys.modules[name]


@contextlib.contextmanager
def _kept():
    """Sets back what checks change."""
    path, modules, directory, environ, threshold = sys.path[:], dict(sys.modules), os.getcwd(), dict(os.environ), gc.get_threshold()
    ours = {name: dict(vars(module)) for name, module in modules.items() if name.partition(".")[0] == "probe"}
    try:
        yield
    finally:
        _forget(*_AGAIN)
        for name, names in ours.items():
            sys.modules[name] = modules[name]
            vars(modules[name]).update(names)
        sys.path[:] = path
        sys.path_importer_cache.clear()
        os.chdir(directory)
        os.environ.clear()
        os.environ.update(environ)
        gc.set_threshold(*threshold)
        tempfile.tempdir = None
