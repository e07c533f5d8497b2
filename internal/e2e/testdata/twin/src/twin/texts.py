"""Tracebacks, warnings, and the other texts in which source lines and paths appear."""
import contextlib
import importlib
import io
import linecache
import logging
import sys
import threading
import traceback
import warnings

from odd import fails
from twin import outcome

FAILING = ("plain", "chained", "during", "suppressed", "group", "deep", "lambda_", "nested", "comprehension", "method", "decorated",
           "long", "noted", "recursive", "evaluated", "json_error", "generator", "syntax", "import_missing", "import_name", "import_broken",
           "import_syntax", "import_indent", "import_encoding", "import_circular", "attribute", "name", "re_error", "zip_error")


def picture():
    found = {}
    for name in FAILING:
        found["traceback " + name] = failed(getattr(fails, name))
    found["warnings"] = warned()
    found["show"] = shown()
    found["logging"] = logged()
    found["linecache"] = lines()
    found["stack"] = outcome(lambda: [f"{f.filename}:{f.lineno} {f.line}" for f in traceback.extract_stack() if "twin" in f.filename][-1:])
    found["find_caller"] = outcome(lambda: logging.getLogger().findCaller()[2])
    return found


def failed(function):
    try:
        function()
    except BaseException as e:
        error = e
    printed = {"format": "".join(traceback.format_exception(error)), "hook": hooked(error), "thread": in_thread(error)}
    printed["locals"] = "".join(traceback.TracebackException.from_exception(error, capture_locals=False).format())
    printed["context"] = "".join(traceback.format_exception(error, limit=2, chain=False))
    return printed


def hooked(error):
    with contextlib.redirect_stderr(io.StringIO()) as out:
        sys.__excepthook__(type(error), error, error.__traceback__)
    return out.getvalue()


def in_thread(error):
    def run():
        raise error
    with contextlib.redirect_stderr(io.StringIO()) as out:
        t = threading.Thread(target=run, name="thread")
        t.start()
        t.join()
    return out.getvalue()


def warned():
    found = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for level in (1, 2, 3):
            fails.warn(level)
        fails.warn_skip()
        fails.warn_import()
        exec(compile("x = 1\nassert (x, 'always')\n", "<made up>", "exec"))
    for w in caught:
        found.append([w.filename, w.lineno, str(w.message), warnings.formatwarning(w.message, w.category, w.filename, w.lineno)])
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        warnings.filterwarnings("ignore", module=r"odd\.fails")
        fails.warn(1)
        found.append(len(caught))
    with warnings.catch_warnings(record=True) as caught:
        warnings.resetwarnings()
        warnings.simplefilter("default")
        fails.warn(1)
        fails.warn(1)
        found.append(len(caught))
    return found


def shown():
    """What C prints of a warning, with the line of the source."""
    with contextlib.redirect_stderr(io.StringIO()) as out, warnings.catch_warnings():
        warnings.simplefilter("always")
        fails.warn(1)
        fails.unraisable()
    return out.getvalue()


def logged():
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logging.Formatter("%(pathname)s %(filename)s %(module)s %(lineno)d %(funcName)s %(message)s"))
    log = logging.getLogger("odd")
    log.addHandler(handler)
    log.propagate = False
    fails.log()
    return out.getvalue()


def lines():
    found = {}
    for name in ("odd.fails", "odd.latin", "odd.crlf", "odd.marked", "odd.empty", "odd.data", "json.decoder", "odd.formfeed"):
        spec = importlib.util.find_spec(name)
        linecache.clearcache()
        found[name + " by path"] = linecache.getlines(spec.origin)[:8] if spec.origin else None
        linecache.clearcache()
        found[name + " lazily"] = [linecache.lazycache(spec.origin, {"__name__": name, "__loader__": spec.loader, "__spec__": spec}),
                                   linecache.getlines(spec.origin)[:8] if spec.origin else None]
        linecache.checkcache(spec.origin)
        found[name + " checked"] = linecache.getlines(spec.origin)[:8] if spec.origin else None
        linecache.clearcache()
        found[name + " updated"] = linecache.updatecache(spec.origin, {"__name__": name, "__loader__": spec.loader})[:8] if spec.origin else None
    found["nothing"] = linecache.getlines(fails.__file__ + "x")
    found["relative"] = linecache.getline("odd/fails.py", 1)
    return found
