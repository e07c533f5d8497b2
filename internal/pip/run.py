"""Runs pip with the environment markers of a target.

pip's --platform says which wheels fit, but markers (PEP 508) are evaluated for the machine that pip runs on
(https://github.com/pypa/pip/issues/11664), so the values are replaced here.
"""
import json
import sys

place, values, *args = sys.argv[1:]
if place:
    sys.path.insert(0, place)
try:
    from pip._internal.cli.main import main
    from pip._vendor.packaging import markers
except ImportError:
    sys.exit(87)

own = markers.default_environment
markers.default_environment = lambda: {**own(), **json.loads(values)}
sys.exit(main(args))
