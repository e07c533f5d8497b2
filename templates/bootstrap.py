# The first Python code of a program. CPython runs it as the frozen package `encodings`, the first module that it
# imports from outside of what is frozen into it. It installs the importer, takes itself away, and imports the real
# `encodings` in its own place: the import system looks the module up in sys.modules once more when this code is done
# (importlib._bootstrap._load_unlocked).
import _oxgen
import marshal
import sys

importer = type(sys)("_oxgen_importer")
sys.modules["_oxgen_importer"] = importer
exec(marshal.loads(_oxgen.importer), importer.__dict__)
importer.install()
del sys.modules["encodings"]
import encodings
