# Asks an interpreter about itself: python -I -S -B - <probe.py. Prints one line, the word oxgen-probe and a JSON object.
# It has to parse on every Python since 2.6, so that the answer of an old one can be told from no answer.
import json
import sys


def ask():
    version = sys.version_info
    suffix = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(version[3])
    implementation = getattr(sys, "implementation", None)
    answer = {
        "implementation": implementation.name if implementation else "cpython",
        "version": "%d.%d.%d" % tuple(version[:3]) + ("%s%d" % (suffix, version[4]) if suffix else ""),
        "hexversion": sys.hexversion,
        "executable": sys.executable or "",
    }
    if answer["implementation"] != "cpython" or version < (3, 10):
        return answer

    import _imp
    import importlib.machinery
    import importlib.util
    import sysconfig

    var = lambda name: str(sysconfig.get_config_var(name) or "")
    paths = sysconfig.get_paths()
    answer.update({
        "abiflags": getattr(sys, "abiflags", ""),
        "free_threaded": var("Py_GIL_DISABLED") == "1",
        "prefix": sys.prefix,
        "base_prefix": sys.base_prefix,
        "stdlib": paths["stdlib"],
        "purelib": paths["purelib"],
        "dynload": var("DESTSHARED"),
        "ldlibrary": var("LDLIBRARY"),
        "instsoname": var("INSTSONAME"),
        "library": var("LIBRARY"),
        "libdir": var("LIBDIR"),
        "libpl": var("LIBPL"),
        "multiarch": var("MULTIARCH"),
        "link": " ".join(var(name) for name in ("MODLIBS", "LIBS", "SYSLIBS")),
        "include": paths["include"],
        "platinclude": paths["platinclude"],
        "framework_prefix": var("PYTHONFRAMEWORKPREFIX"),
        "platform": sysconfig.get_platform(),
        "magic": "".join("%02x" % b for b in importlib.util.MAGIC_NUMBER),
        "cache_tag": sys.implementation.cache_tag or "",
        "extension_suffixes": importlib.machinery.EXTENSION_SUFFIXES,
        "builtin_modules": sorted(sys.builtin_module_names),
        "frozen_modules": sorted(getattr(_imp, "_frozen_module_names", list)()),
    })
    return answer


sys.stdout.write("\noxgen-probe " + json.dumps(ask()) + "\n")
