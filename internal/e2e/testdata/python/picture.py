"""Prints what can be seen from the inside of how python was started."""
import sys

modules = set(sys.modules)
main = {name: globals().get(name) for name in ("__name__", "__file__", "__package__", "__doc__")}
main["__spec__"] = getattr(globals().get("__spec__"), "name", None)

import builtins
import faulthandler
import gc
import json
import locale
import os
import tracemalloc


def stream(s):
    return [getattr(s, name, None) for name in ("name", "mode", "encoding", "errors", "line_buffering", "write_through")]


def own(path):
    return not path.startswith(sys.base_prefix)


def picture():
    yield "main", main
    yield "flags", {name: getattr(sys.flags, name) for name in dir(sys.flags) if name[0] != "_" and name not in ("count", "index")}
    for name in ("argv", "warnoptions", "_xoptions", "pycache_prefix", "dont_write_bytecode", "hexversion", "platform", "byteorder"):
        yield name, getattr(sys, name)
    yield "orig_argv", sys.orig_argv[1:]
    yield "path", [p for p in sys.path if own(p)]
    yield "streams", [stream(s) for s in (sys.stdin, sys.stdout, sys.stderr)]
    yield "encoding", [sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.getdefaultencoding()]
    yield "locale", [locale.setlocale(locale.LC_CTYPE), locale.setlocale(locale.LC_NUMERIC), locale.getpreferredencoding(False)]
    yield "site", ["site" in modules, hasattr(builtins, "exit"), hasattr(builtins, "help"), hasattr(builtins, "copyright")]
    yield "modules", sorted(m for m in ("os", "io", "abc", "codecs", "stat", "readline", "rlcompleter", "runpy", "warnings") if m in modules)
    yield "interactive", [hasattr(sys, "ps1"), hasattr(sys, "last_value"), "__interactivehook__" in vars(sys)]
    yield "debugging", [faulthandler.is_enabled(), tracemalloc.get_traceback_limit(), gc.get_debug(), sys.gettrace() is None]
    yield "hash", hash("oxgen") if os.environ.get("PYTHONHASHSEED", "random") != "random" else None
    yield "digits", getattr(sys, "get_int_max_str_digits", int)()
    yield "recursion", sys.getrecursionlimit()
    yield "switch", sys.getswitchinterval()
    yield "cpus", [os.cpu_count(), getattr(os, "process_cpu_count", int)()]
    yield "allocator", os.environ.get("PYTHONMALLOC")
    yield "positions", [n for n in (compile("x.y", "", "eval").co_positions() if hasattr(compile("0", "", "eval"), "co_positions") else [])][-1:]
    yield "executable", [os.path.isabs(sys.executable), os.path.basename(sys.executable)[:6], sys.executable == sys._base_executable]
    yield "prefixes", [sys.prefix == sys.base_prefix, sys.exec_prefix == sys.base_exec_prefix, sys.platlibdir]
    yield "environment", sorted(name for name in os.environ if name not in ("OXGEN_PARENT", "LC_CTYPE"))
    yield "LC_CTYPE", os.environ.get("LC_CTYPE")


for key, value in picture():
    print(key, json.dumps(value, default=repr, sort_keys=True))
