"""Lets the module ssl read certificates among the program's files: OpenSSL opens them itself, and knows the disk only."""

import os
import re

import _oxgen_files as files

# By these names OpenSSL finds certificates and revocation lists in a directory (crypto/x509/by_dir.c).
_HASHED = re.compile(r"[0-9a-f]{8}\.r?[0-9]+")

# Directory of the program -> its copy on disk.
_copies = {}


def _real_directory(path):
    """Returns the path of a directory into which OpenSSL can look: of a copy, where path is one of the program's.

    What is in it is opened when a handshake needs it, so the copy stays until the process ends.
    """
    file, path = files.find(path)
    if file is None or not file.is_dir():
        return path
    source = os.fsdecode(path)
    if not os.path.isdir(_copies.get(source, "")):  # another process may have removed that of its own, before a fork
        _copies[source] = _copy(source)
    return _copies[source]


def _copy(source):
    import atexit
    import shutil
    import tempfile
    directory = tempfile.mkdtemp(prefix="oxgen-certificates-")
    atexit.register(_remove, directory, os.getpid())
    for name in os.listdir(source):
        if _HASHED.fullmatch(name):
            shutil.copyfile(f"{source}/{name}", f"{directory}/{name}")
    return directory


def _remove(directory, owner):
    if os.getpid() == owner:
        import shutil
        shutil.rmtree(directory, ignore_errors=True)


def extend(ssl):
    context = ssl.SSLContext
    locations, chain = context.load_verify_locations, context.load_cert_chain
    parameters, defaults = context.load_dh_params, context.set_default_verify_paths

    def load_verify_locations(self, cafile=None, capath=None, cadata=None):
        with files.RealPath(cafile) as cafile:
            return locations(self, cafile, _real_directory(capath), cadata)

    def set_default_verify_paths(self):
        """Loads what the environment names and C passes over; as C does, it says nothing of what can't be read."""
        defaults(self)
        file, _, directories, _ = ssl._ssl.get_default_verify_paths()
        load_ours(self, "cafile", os.environ.get(file, ""))
        for path in os.environ.get(directories, "").split(os.pathsep):
            load_ours(self, "capath", path)

    def load_ours(self, kind, path):
        if files.find(path)[0] is not None:
            try:
                load_verify_locations(self, **{kind: path})
            except OSError:  # an SSLError is one
                pass

    def load_cert_chain(self, certfile, keyfile=None, password=None):
        with files.RealPath(certfile) as certfile, files.RealPath(keyfile) as keyfile:
            return chain(self, certfile, keyfile, password)

    def load_dh_params(self, path, /):
        with files.RealPath(path) as path:
            return parameters(self, path)

    for function in load_verify_locations, set_default_verify_paths, load_cert_chain, load_dh_params:
        setattr(context, function.__name__, function)
