"""Notes what the program uses, for `oxgen trace`. It is in no other program.

Every note is a line, written at once to a file that is opened for it alone: so it survives the process, however that ends,
forked processes and others write to the same file, and no descriptor is in anybody's way. PATH is set by oxgen (gen/program.go).
"""

import posix

import _oxgen_importer as importer

_open = importer.guarded.get("posix.open", posix.open)
_seen = set()


def _note(kind, name):
    if (kind, name) in _seen:
        return
    _seen.add((kind, name))
    line = f"{kind} {name}".replace("\n", " ") + "\n"
    try:
        fd = _open(PATH, posix.O_WRONLY | posix.O_APPEND | posix.O_CREAT | posix.O_CLOEXEC, 0o666)  # noqa: F821
    except OSError:  # another root directory, another user: the rest of the program is noted
        return
    try:
        posix.write(fd, line.encode("utf-8", "surrogateescape"))
    finally:
        posix.close(fd)


def _is_module(parts):
    """Tells whether a file is a module, which is noted when it is imported."""
    stem, _, ending = parts[-1].partition(".")
    if ending not in ("py", "pyc") and not ending.endswith("so"):
        return False
    return stem == "__init__" or importer._modules_in(parts[:-1]).get(stem) is not None


def install():
    """Has the importer say what is found."""
    find_spec = importer.Importer.find_spec
    find = importer.find

    def noting_find_spec(self, fullname, target=None):
        spec = find_spec(self, fullname, target)
        if spec is not None:
            place = importer.place(self.path)  # what sys.path was changed to find has another name in the program
            tail = fullname.rpartition(".")[2]
            _note("module", fullname if place is None else ".".join([*filter(None, place.split("/")), tail]))
        return spec

    def noting_find(parts):
        found, rest = find(parts)
        if not rest and parts and found[0] != importer.FILE_DIR and not _is_module(parts):
            _note("resource", "/".join(parts))
        return found, rest

    importer.Importer.find_spec = noting_find_spec
    importer.find = noting_find
