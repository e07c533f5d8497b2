"""Find all modules of the standard library that the importer has, and load their code, without running it; or unmarshal the same code.

The output is one line: wall seconds, CPU seconds, how many modules.
"""

import importlib.util
import marshal
import pkgutil
import sys
import time

names = [m.name for m in pkgutil.iter_modules() if importlib.util.find_spec(m.name)]
loaders = {name: importlib.util.find_spec(name).loader for name in names}
names = [name for name in names if hasattr(loaders[name], "get_code") and loaders[name].get_code(name)]
finder = next(f for f in sys.meta_path if f.find_spec(names[0], None))
codes = [marshal.dumps(loaders[name].get_code(name)) for name in names]


def load():
    for name in names:
        finder.find_spec(name, None).loader.get_code(name)


def unmarshal():
    for code in codes:
        marshal.loads(code)


work = {"load": load, "unmarshal": unmarshal}[sys.argv[1]]
work()
wall, cpu = time.perf_counter(), time.process_time()
for _ in range(5):
    work()
print((time.perf_counter() - wall) / 5, (time.process_time() - cpu) / 5, len(names))
