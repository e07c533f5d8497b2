"""Prints the settings that it runs under, as one JSON object."""
import faulthandler
import json
import os
import sys
import tracemalloc

assert False, "compiled away by optimize = 1"
flags = {name: getattr(sys.flags, name) for name in dir(sys.flags) if name[0] != "_" and not callable(getattr(sys.flags, name))}
json.dump({
    "flags": flags,
    "argv": sys.argv[1:],
    "warnoptions": sys.warnoptions,
    "xoptions": sys._xoptions,
    "hash": hash("oxgen"),
    "faulthandler": faulthandler.is_enabled(),
    "tracemalloc": tracemalloc.get_traceback_limit(),
    "errors": sys.stdout.errors,
    "write_through": sys.stdout.write_through,
    "name": __name__,
    "files": os.path.exists(json.__file__),
    "site": "site" in sys.modules,
}, sys.stdout, sort_keys=True)
