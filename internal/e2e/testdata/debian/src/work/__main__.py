"""Runs the functions of the modules that the arguments name, and prints what they return. Python on a disk prints the same."""
import importlib
import json
import sys
import traceback


def main():
    for name in sys.argv[1:]:
        module = importlib.import_module("work." + name)
        for key, function in list(vars(module).items()):
            if not callable(function) or getattr(function, "__module__", "") != module.__name__ or key[0] == "_":
                continue
            try:
                print(f"{name}.{key}:", json.dumps(function(), ensure_ascii=False), flush=True)
            except Exception:
                traceback.print_exc()


if __name__ == "__main__":
    main()
