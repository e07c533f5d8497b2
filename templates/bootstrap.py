# The first Python code of a program. CPython runs it as the frozen package `encodings`, the first module that it
# imports from outside of what is frozen into it. It installs the importer, takes itself away, and imports the real
# `encodings` in its own place: the import system looks the module up in sys.modules once more when this code is done
# (importlib._bootstrap._load_unlocked).
import _oxgen
import gc
import marshal
import sys

if "_oxgen_importer" not in sys.modules:  # it is when somebody has forgotten `encodings`, to import it anew
    threshold = gc.get_threshold()[0]
    gc.set_threshold(0)  # what is made here stays; importer.py, _Patience, goes on from there
    importer = type(sys)("_oxgen_importer")
    sys.modules["_oxgen_importer"] = importer
    exec(marshal.loads(_oxgen.importer), importer.__dict__)
    importer.install(threshold)
import _oxgen_importer
del sys.modules["encodings"]
# From the program and nowhere else: behind another entry the frozen package would be found again.
path, sys.path[:] = sys.path[:], [_oxgen_importer.root]
import encodings
sys.path[:] = path
_oxgen_importer.pass_for_frozen(encodings)
