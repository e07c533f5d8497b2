# What Probe asks an interpreter. It must parse and run on every Python since 2.6, import nothing from the file system
# and print one fact a line: the name, then the values, with a tab before each, percent-encoded as in a URL.
import sys


def quoted(value):
    raw = str(value)
    if sys.version_info >= (3, 6):  # a path in the bytes that the file system knows it by
        raw = raw.encode(sys.getfilesystemencoding(), sys.getfilesystemencodeerrors())
    return "".join(chr(b) if 0x20 < b < 0x7F and b != 0x25 else "%%%02X" % b for b in bytearray(raw))


def fact(name, *values):
    sys.stdout.write("\t".join((name,) + tuple(map(quoted, values))) + "\n")


fact("version", *tuple(sys.version_info)[:3])
implementation = getattr(sys, "implementation", None)
fact("implementation", implementation.name if implementation else "unknown")
if sys.version_info >= (3, 10) and implementation.name == "cpython":
    import _frozen_importlib_external as importer
    import _imp

    if hasattr(_imp, "_frozen_module_names"):
        frozen = _imp._frozen_module_names()
    else:  # 3.10
        known = sys.stdlib_module_names.union(["zipimport", "__hello__", "__phello__", "__phello__.spam"])
        frozen = [name for name in known if _imp.is_frozen(name)]
    fact("executable", sys.executable or "")
    fact("hex", sys.hexversion)
    fact("magic", importer.MAGIC_NUMBER.hex())
    fact("cachetag", implementation.cache_tag or "")
    fact("build", sys.version)
    fact("builtin", *sorted(sys.builtin_module_names))
    fact("frozen", *sorted(frozen))
    fact("stdlib", *sorted(sys.stdlib_module_names))
    fact("suffixes", *_imp.extension_suffixes())
    fact("platform", sys.platform)
    fact("multiarch", getattr(implementation, "_multiarch", ""))
    fact("abiflags", getattr(sys, "abiflags", ""))
    fact("prefix", sys.base_prefix)
