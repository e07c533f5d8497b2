"""Looks at extension modules as a program sees them: in a program of oxgen and under plain python."""
import os.path

ROOT = os.path.dirname(os.path.dirname(__file__))


def plain(value):
    """Returns a value as one of JSON, with the root under a name that does not depend on where it is."""
    if isinstance(value, dict):
        return {plain(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if value is None or isinstance(value, (bool, int)):
        return value
    return str(value).replace(ROOT, "<root>")


def attempt(function, *args):
    """Returns the result of a call, or what it raised."""
    try:
        return function(*args)
    except BaseException as e:
        return f"{type(e).__name__}: {e}"
