"""Sources: inspect, linecache, tracebacks, warnings."""
import inspect
import linecache
import traceback
import warnings

from probe.sub import leaf

from . import at, equal


def getsource():
    equal(inspect.getsource(leaf.fail), 'def fail():\n    text = "the line that fails"\n    raise ValueError(text)\n')
    equal(inspect.getsource(leaf.Kept.method), "    def method(self):\n        return ABOVE\n")
    equal(inspect.getsource(leaf.Kept).startswith("class Kept:"), True)
    equal(inspect.getsource(leaf).startswith('"""A leaf."""'), True)
    equal(inspect.getfile(leaf.Kept), at("probe/sub/leaf.py"))
    equal(inspect.getsourcefile(leaf.fail), at("probe/sub/leaf.py"))
    equal(inspect.getmodule(leaf.fail) is leaf, True)


def stdlib():
    import json
    equal(inspect.getsource(json.dumps).startswith("def dumps(obj"), True)


def lines():
    equal(linecache.getline(leaf.__file__, 7, vars(leaf)), '    raise ValueError(text)\n')
    linecache.checkcache()
    equal(linecache.getline(leaf.__file__, 7, vars(leaf)), '    raise ValueError(text)\n')


def formatted():
    try:
        leaf.fail()
    except ValueError as e:
        text = "".join(traceback.format_exception(e))
    equal(f'  File "{leaf.__file__}", line 7, in fail\n    raise ValueError(text)\n' in text, True)
    equal("_oxgen" in text or "importlib" in text, False)


def import_error():
    """The importer's own frames are left out of a traceback, as CPython's are."""
    try:
        import probe.sub.nothing
    except ImportError as e:
        equal(len(traceback.extract_tb(e.__traceback__)), 1)


def warned():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("watch out")
    equal(caught[0].filename, at("probe/checks/sources.py"))


def doctest():
    import doctest
    equal(doctest.testmod(leaf).failed, 0)


def pickled():
    import pickle
    equal(pickle.loads(pickle.dumps(leaf.Kept())).method(), 42)
