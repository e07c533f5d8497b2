"""Uses extension modules that were compiled with the program, and prints what it sees of them."""
import importlib
import importlib.util
import os
import pickle
import sys
import zlib

import _plain
import native._counter
from native.inner import _counter

MODULES = [native._counter, _counter, _plain]

print([m.__name__ for m in MODULES], [m.__spec__.name for m in MODULES])
print([m is sys.modules[m.__name__] for m in MODULES], native._counter is _counter)
print([m.__spec__.origin.replace(sys.executable, "ROOT") for m in MODULES])
print([getattr(m, "__file__", "none").replace(sys.executable, "ROOT") for m in MODULES])
print([importlib.util.find_spec(m.__name__).name for m in MODULES])
print([m.__spec__.parent for m in MODULES], [m.__package__ for m in MODULES])
print(native._counter.step(), native._counter.step(), native._counter.STEP, native._counter.file())
print(_counter.checksum(b"text") == zlib.crc32(b"text"))
print(type(_plain.Thing()), issubclass(_plain.Error, ValueError), _plain.__doc__)
print(pickle.loads(pickle.dumps(_plain.Thing)) is _plain.Thing)

again = importlib.reload(native._counter)
print(again is native._counter, native._counter.step())
del sys.modules["native._counter"]
print(importlib.import_module("native._counter").step())

pid = os.fork()
if pid == 0:
    os._exit(0 if native._counter.step() else 1)
print(os.waitpid(pid, 0)[1])
