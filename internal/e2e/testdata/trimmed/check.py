"""What a trimmed program has and what it has not."""
import importlib.metadata
import importlib.resources
import importlib.util
import sys

import used

for point in importlib.metadata.entry_points(group="check.plugins"):
    print("plugin", point.load()())
print("data", importlib.resources.files("used").joinpath("data.txt").read_text().strip())
for name in "used", "unused", "plugin", "json", "tkinter", "idlelib":
    print(name, importlib.util.find_spec(sys.intern(name)) is not None)
for name in "used", "unused", "plugin":
    try:
        print(name, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        print(name, "is not installed")
try:
    raise ValueError("printed")
except ValueError:
    import traceback
    traceback.print_exc()
