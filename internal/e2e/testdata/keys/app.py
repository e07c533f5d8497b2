"""Prints what the arguments, as expressions, evaluate to. Names of modules are imported when they are used."""
import sys


class Names(dict):
    def __missing__(self, name):
        if name in dir(__builtins__):
            raise KeyError(name)
        return __import__(name)


site = "site" in sys.modules
names = Names(site=site)
for expression in sys.argv[1:]:
    print(eval(expression, names))
    sys.stdout.flush()
