"""Finds the extension modules of the program. How their files are loaded is the system's (_oxgen_native)."""

import _frozen_importlib as _bootstrap
import _frozen_importlib_external as _bootstrap_external

import _oxgen_importer as importer


class ExtensionLoader(_bootstrap_external.ExtensionFileLoader):
    """Loads an extension module of the table."""

    def __init__(self, name, path, place):
        super().__init__(name, path)
        self.place = place  # in the table

    def exec_module(self, module):
        super().exec_module(module)
        importer.imported(module)

    def get_data(self, path):
        return importer.path_hook(importer.root).get_data(path)

    def get_resource_reader(self, fullname):
        from _oxgen_resources import Reader
        return Reader(self.path.rpartition(importer.SEP)[0])


def extension_spec(fullname, directory, row):
    """Returns the spec of an extension module; directory is where a package of that name would be."""
    package = row[0] & importer.PACKAGE
    path = directory + (importer.SEP + "__init__" if package else "") + row[-1]
    place = fullname.replace(".", "/") + ("/__init__" if package else "") + row[-1]
    loader = ExtensionLoader(fullname, path, place)
    spec = _bootstrap.ModuleSpec(fullname, loader, origin=path)
    spec._set_fileattr = True
    if package:
        spec.submodule_search_locations = [directory]
    return spec
