"""What importlib says of extension modules."""
import importlib
import importlib.machinery
import importlib.util
import inspect
import sys

from native import attempt

NAMES = ["multi", "single", "several", "stable", "package", "package.below", "package.inside", "holder.tagged", "holder.untagged"]


def picture():
    return {name: one(name) for name in NAMES}


def one(name):
    spec = importlib.util.find_spec(name)
    before = name in sys.modules
    module = importlib.import_module(name)
    loader = spec.loader
    is_extension = isinstance(loader, importlib.machinery.ExtensionFileLoader)
    facts = {
        "imported by find_spec": before,
        "spec": {
            "name": spec.name, "origin": spec.origin, "cached": spec.cached, "has_location": spec.has_location,
            "parent": spec.parent, "state": spec.loader_state, "locations": spec.submodule_search_locations and list(spec.submodule_search_locations),
        },
        "module": {
            key: value for key, value in vars(module).items()
            if key.startswith("__") and isinstance(value, (str, list, type(None))) and key not in ("__cached__",)
        },
        "repr": repr(module),
        "names": sorted(vars(module)),
        "extension": is_extension,
        "same": module.__spec__ == spec,
        "same loader": module.__loader__ == loader,
    }
    if is_extension:
        facts["loader"] = {
            "name": loader.name,
            "path": loader.path,
            "code": attempt(loader.get_code, name),
            "source": attempt(loader.get_source, name),
            "filename": attempt(loader.get_filename, name),
            "other": attempt(loader.get_filename, "other"),
            "package": attempt(loader.is_package, name),
            "data": attempt(lambda: loader.get_data(loader.path)[:4]),
            "getsource": attempt(inspect.getsource, module),
            "getfile": attempt(inspect.getfile, module),
            "count": attempt(lambda: (module.count(), module.count())) if hasattr(module, "count") else "",
            "doc": inspect.getdoc(module),
        }
    return facts
