"""Runs the check that the first argument names, or lists them all."""
import importlib
import sys


def main():
    name, _, function = sys.argv[1].partition(".")
    module = importlib.import_module("probe.checks." + name)
    if function:
        getattr(module, function)()
        return
    for key, value in vars(module).items():
        if callable(value) and getattr(value, "__module__", "") == module.__name__ and key[0] != "_":
            print(f"{name}.{key}")


if __name__ == "__main__":
    main()
