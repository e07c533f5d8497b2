"""Runs the check that the first argument names."""
import importlib
import sys

name, _, function = sys.argv[1].partition(".")
getattr(importlib.import_module("app." + name), function)()
