"""Prints the picture that the first argument names, as JSON."""
import importlib
import json
import sys

import twin


def main():
    sys.path[:] = [twin.ROOT]
    section = importlib.import_module("twin." + sys.argv[1])
    out = sys.stdout
    picture = twin.plain(section.picture())
    json.dump(picture, out, indent=1, sort_keys=True, ensure_ascii=False)


if __name__ == "__main__":
    main()
