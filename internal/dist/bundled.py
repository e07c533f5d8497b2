# Asks an interpreter for the versions of the C libraries that its modules are linked with: python -I -S -B - <bundled.py.
# Prints one line, the word oxgen-probe and a JSON object: name of a library -> version. What a module does not say, or a
# module that is not there, is left out.
import json
import sys


def module(name):
    return __import__(name, fromlist=["x"])


def openssl():
    name, version = module("_ssl").OPENSSL_VERSION.split()[:2]
    return {name.lower(): version}


def zlib():
    version = module("zlib").ZLIB_RUNTIME_VERSION
    ng = getattr(module("zlib"), "ZLIBNG_VERSION", "")
    return {"zlib-ng": ng} if ng or "zlib-ng" in version else {"zlib": version}


def readline():
    library = module("readline")._READLINE_LIBRARY_VERSION
    return {"libedit": ""} if "EditLine" in library else {"readline": library}


def dotted(version):
    return ".".join(str(part) for part in tuple(version)[:3])


questions = (
    openssl,
    zlib,
    readline,
    lambda: {"sqlite": module("_sqlite3").sqlite_version},
    lambda: {"expat": module("pyexpat").EXPAT_VERSION.replace("expat_", "")},
    lambda: {"mpdecimal": module("_decimal").__libmpdec_version__},
    lambda: {"zstd": module("_zstd").zstd_version},
    lambda: {"ncurses": dotted(module("_curses").ncurses_version[:2])},
    lambda: {"gdbm": dotted(module("_gdbm")._GDBM_VERSION)},
    lambda: {"bdb": ""} if module("_dbm").library.startswith("Berkeley") else {},
)


def ask():
    answer = {}
    for question in questions:
        try:
            answer.update(question())
        except Exception:
            pass
    return answer


sys.stdout.write("\noxgen-probe " + json.dumps(ask()) + "\n")
