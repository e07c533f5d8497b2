"""Extension modules in other interpreters of the process."""
import _interpreters

import native

CODE = """if True:
    import sys
    sys.path[:0] = path
    def one(name):
        try:
            module = __import__(name, fromlist=["x"])
        except BaseException as e:
            return f"{name}: {type(e).__name__}: {e}"
        counts = [getattr(module, f)() for f in ("count", "executions", "initializations") if hasattr(module, f)]
        return f"{name}: {module.__file__} {counts} {module.__spec__.origin}"
    answer = "|".join(one(name) for name in names.split())
    import os
    os.write(writer, answer.encode())
"""

NAMES = ["multi", "single", "package", "package.inside", "several", "_testmultiphase", "_testsinglephase", "_testimportmultiple"]


def picture():
    facts = {}
    for config in ("legacy", "isolated"):
        for names in (NAMES, NAMES, ["multi"]):
            facts.setdefault(config, []).append(ask(config, " ".join(names)))
    import multi
    facts["first"] = [multi.count(), multi.executions()]
    return facts


def ask(config, names):
    import os
    import sys

    reader, writer = os.pipe()
    interpreter = _interpreters.create(config)
    try:
        path = [native.ROOT] if native.ROOT not in sys.path else []
        code = f"path, names, writer = {path!r}, {names!r}, {writer}\n" + CODE
        error = _interpreters.exec(interpreter, code)
        if error:
            return error.formatted
    finally:
        _interpreters.destroy(interpreter)
        os.close(writer)
    with open(reader) as stream:
        return stream.read().split("|")
