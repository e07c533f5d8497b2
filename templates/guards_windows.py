"""Guards around the functions of os and io that take paths, on Windows.

Of a path below a file Windows says that there is no such path, which it says of many others too, or False. So a guard calls C's
function first, which costs other paths nothing; where that fails, it looks whether a path has the name of the executable in it, and
only then asks the fallback (files.py).
"""

import nt

import _oxgen_importer as importer

# C's functions that take paths, by module.
TAKE_PATHS = {
    "_io": "open open_code",
    "nt": "open stat lstat access listdir scandir readlink "
          "_path_exists _path_lexists _path_isfile _path_isdir _findfirstfile _getfinalpathname _getdiskusage _add_dll_directory "
          "chmod lchmod utime truncate mkdir remove unlink rmdir rename replace link symlink",
    "_winapi": "CopyFile2",
}

# The executable itself is a file for all of them but these, which take it for a directory, as on other systems.
_LISTING = "listdir", "scandir"

# Those that are asked whose path it is before they do anything: they would make a file.
AHEAD = "CopyFile2",

_final = nt._getfinalpathname
_names = []


def _own_names():
    """Returns the name that the executable was started by, in small letters, and the one that it has where that was a link or a short
    name."""
    if not _names:
        names = [importer.root]
        try:
            names.append(_final(importer.root))
        except OSError:
            pass
        _names[:] = {name.rpartition("\\")[2].lower() for name in names}
    return _names


def _is_short(text):
    """Tells whether there can be a short name of an executable in a text in small letters (NAME~1.EXE)."""
    return "~" in text and ".exe" in text


def may_name_executable(name):
    """Tells whether a name can be that of the executable."""
    name = name.lower()
    return name in _own_names() or _is_short(name)


def _text(path):
    """Returns a path as text, None for what is no path."""
    if not isinstance(path, (str, bytes)):
        if not hasattr(path, "__fspath__"):
            return None
        path = path.__fspath__()
    return path.decode("utf-8", "replace") if isinstance(path, bytes) else path


def _leads_below(path, end):
    """Tells whether there is a name in a path that can be the executable's, and end behind it."""
    text = _text(path)
    if not isinstance(text, str):
        return False
    text = text.lower().replace("/", "\\")
    return any(name + end in text for name in _own_names()) or _is_short(text)


class Guard(importer.Guard):
    refusal = OSError

    def __init__(self, function, number):
        super().__init__(function, number)
        self._end = "" if function.__name__ in _LISTING else "\\"
        if function.__name__ in AHEAD:
            self._function = self._ask_first

    def _ask_first(self, *args, **kwargs):
        return not self.concerns(args, kwargs) and self.__wrapped__(*args, **kwargs)

    def ask(self, *args, **kwargs):
        """Is what a guard in assembly asks (pyembed, guard.go)."""
        if self.concerns(args, kwargs):
            return importer.fallbacks[self._number](*args, **kwargs)
        return NotImplemented

    def concerns(self, args, kwargs):
        return any(_leads_below(path, self._end) for path in (*args[:2], *kwargs.values()))


def initialize_stream(stream, args, kwargs={}):
    """Is asked when FileIO.__init__ has failed, and asks the fallback (pyembed, stream.go) about paths that may lead below the executable."""
    for path in (*args[:1], kwargs.get("file")):
        if _leads_below(path, "\\"):
            return importer.stream_fallback[0](stream, args, kwargs)
    return None
