"""Every module's spec, what its loader answers, and what its module would know of itself; nothing is imported."""
import importlib.machinery
import importlib.util
import os
import types

from twin import ROOT, digest, kind, module_names, outcome


def picture():
    found = {name: spec(name, path, ispkg) for name, path, ispkg in module_names()}
    for name in ("oddns", "oddns.inner", "nothing", "odd.nothing", "builtins", "sys", "zipimport"):
        found["util " + name] = outcome(lambda: fields(importlib.util.find_spec(name)))
    return found


def spec(name, path, ispkg):
    found = importlib.machinery.PathFinder.find_spec(name, path)
    loader = found.loader
    record = fields(found)
    record |= {
        "iter_modules says package": ispkg,
        "get_filename": outcome(loader.get_filename, name),
        "is_package": outcome(loader.is_package, name),
        "get_source": outcome(lambda: digest(loader.get_source(name))),
        "get_data": outcome(lambda: digest(loader.get_data(found.origin))),
        "get_code": outcome(lambda: code(loader.get_code(name))),
        "reader": outcome(lambda: str(loader.get_resource_reader(name).files())),
        "module": outcome(lambda: attributes(importlib.util.module_from_spec(found))),
        "create_module": outcome(loader.create_module, found),
        "repr": outcome(repr, importlib.util.module_from_spec(found)),
        "equal": outcome(lambda: found == importlib.machinery.PathFinder.find_spec(name, path)),
    }
    return record


def fields(found):
    if found is None:
        return None
    return {
        "name": found.name,
        "origin": found.origin,
        "has_location": found.has_location,
        "cached": found.cached,
        "locations": found.submodule_search_locations,
        "loader": kind(found.loader),
        "parent": found.parent,
        "loader_state": kind(found.loader_state),
    }


def attributes(module):
    """Returns the attributes that the import system sets."""
    names = ("__name__", "__file__", "__path__", "__package__", "__cached__")
    found = {n: getattr(module, n) for n in names if hasattr(module, n)}
    found["__doc__"] = module.__doc__ is not None
    found["__loader__ is that of the spec"] = getattr(module, "__loader__", None) is module.__spec__.loader
    return found


def code(top):
    """Returns the file names of a code object and all within it, and a digest of what they do."""
    files, parts, todo = set(), [], [top]
    while todo:
        c = todo.pop()
        files.add(c.co_filename)
        parts.append((c.co_qualname if hasattr(c, "co_qualname") else c.co_name, c.co_firstlineno, c.co_flags, c.co_code,
                      c.co_names, c.co_varnames, c.co_freevars, c.co_cellvars, list(c.co_positions())))
        parts.append([repr(k) for k in c.co_consts if not isinstance(k, (types.CodeType, frozenset))])
        todo += [k for k in c.co_consts if isinstance(k, types.CodeType)]
    return {"files": files, "digest": digest(repr(parts))}
