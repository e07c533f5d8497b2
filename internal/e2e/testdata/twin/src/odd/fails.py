"""Functions that fail, one of each kind."""
import functools
import warnings


def plain():
    raise ValueError("plain")


def chained():
    try:
        plain()
    except ValueError as e:
        raise RuntimeError("chained") from e


def during():
    try:
        plain()
    except ValueError:
        {}["missing"]


def suppressed():
    try:
        plain()
    except ValueError:
        raise RuntimeError("suppressed") from None


def group():
    errors = []
    for f in (plain, chained):
        try:
            f()
        except Exception as e:
            errors.append(e)
    raise ExceptionGroup("a group", errors)


def deep():
    functools.reduce(lambda a, b: a / b, [1, 0])


lambda_ = lambda: plain()  # noqa


def nested():
    class Inner:
        def method(self):
            def innermost():
                return 1 + (2 / 0)
            return innermost()
    Inner().method()


def comprehension():
    return [1 // n for n in (1, 0)]


class Kept:
    """A class."""

    @property
    def value(self):
        return plain()

    @staticmethod
    def static():
        plain()

    class Inner:
        """Within."""


def method():
    Kept().value


def wrap(f):
    @functools.wraps(f)
    def wrapper():
        return f()
    return wrapper


@wrap
def decorated():
    plain()


def long():
    return sum([
        1,
        2,
        int("ä" *
            3),
    ])


def noted():
    try:
        plain()
    except ValueError as e:
        e.add_note("a note\nof two lines")
        raise


def recursive(n=0):
    recursive(n + 1) if n < 10 else plain()


def evaluated():
    exec(compile("def made():\n    plain()\nmade()", "<made>", "exec"), {"plain": plain})


def json_error():
    import json
    json.loads("{")


def generator():
    def values():
        yield 1
        plain()
    list(values())


def syntax():
    compile("a b", "<text>", "exec")


def import_missing():
    import odd.nothing


def import_name():
    from odd.star import nothing


def import_broken():
    import odd.raises


def import_syntax():
    import odd_broken.syntax


def import_indent():
    import odd_broken.indent


def import_encoding():
    import odd_broken.coding


def import_circular():
    import odd.circle_c


def attribute():
    import odd.star
    odd.star.frist


def name():
    pliant()


def re_error():
    import re
    re.compile("(")


def zip_error():
    import zipfile
    zipfile.ZipFile(__file__ + "x") if 0 else int("x")


def warn(level):
    warnings.warn(f"level {level}", UserWarning, stacklevel=level)


def warn_skip():
    import os
    warnings.warn("skipped", DeprecationWarning, skip_file_prefixes=(os.path.dirname(__file__),))


def warn_import():
    import importlib
    import sys
    sys.modules.pop("odd.warns", None)
    importlib.import_module("odd.warns")


def unraisable():
    class Deleted:
        def __del__(self):
            plain()
    Deleted()


def log():
    import logging
    logging.getLogger("odd").warning("logged")
    try:
        plain()
    except ValueError:
        logging.getLogger("odd").exception("failed")
