"""Prints what modulefinder reaches from each of the modules named by the arguments: a line of names for each."""

import builtins
import functools
import modulefinder
import sys

directory, *names = sys.argv[1:]

# Compiling and scanning take nearly all the time, and most modules reach the same others.
real_compile = builtins.compile
compiled = {}


def compile(source, filename, mode):
    key = filename
    if key not in compiled:
        compiled[key] = real_compile(source, filename, mode)
    return compiled[key]


modulefinder.compile = compile
scanned = {}


class Finder(modulefinder.ModuleFinder):
    def scan_opcodes(self, co):
        if id(co) not in scanned:
            scanned[id(co)] = list(super().scan_opcodes(co))
        return scanned[id(co)]


for name in names:
    finder = Finder(path=[directory])
    try:
        finder.import_hook(name)
    except ImportError as e:
        print("!", e)
        continue
    print(*sorted(finder.modules))
