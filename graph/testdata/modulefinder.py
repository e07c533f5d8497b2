"""Prints what modulefinder finds that each module imports, a line for each: its name, then the names of those.

The argument is a directory, the lines of the standard input are names of modules. One finder scans all of them, as compiling takes
nearly all the time; so it notes whose code a module is found for.
"""

import modulefinder
import sys


class Noting(modulefinder.ModuleFinder):
    """Notes which module's code makes import_module find another."""

    def __init__(self, path):
        super().__init__(path)
        self.scanning = []
        self.found = {}

    def scan_code(self, co, m):
        self.scanning.append(m.__name__)
        super().scan_code(co, m)
        self.scanning.pop()

    def _safe_import_hook(self, *args, **named):
        self.badmodules.clear()  # a name that was not found once is passed over later, and so is the package that it begins with
        super()._safe_import_hook(*args, **named)

    def import_module(self, partname, fqname, parent):
        m = super().import_module(partname, fqname, parent)
        if m:
            self.note(fqname)
        return m

    def ensure_fromlist(self, m, fromlist, recursive=0):
        for sub in fromlist:  # one that another module has imported is an attribute already
            if f"{m.__name__}.{sub}" in self.modules:
                self.note(f"{m.__name__}.{sub}")
        super().ensure_fromlist(m, fromlist, recursive)

    def note(self, name):
        if self.scanning:
            self.found.setdefault(self.scanning[-1], set()).add(name)


finder = Noting([sys.argv[1]])
names = sys.stdin.read().split()
for name in names:
    finder.import_hook(name)
for name in names:
    print(name, *sorted(finder.found.get(name, ())))
