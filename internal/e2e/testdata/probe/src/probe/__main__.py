"""Runs the check that the first argument names, or lists them all."""
import importlib
import sys

from probe import checks


def main():
    name, _, function = sys.argv[1].partition(".")
    module = importlib.import_module("probe.checks." + name)
    if function:
        getattr(module, function)()
        return
    for key in checks.names(module):
        print(f"{name}.{key}")


if __name__ == "__main__":
    main()
