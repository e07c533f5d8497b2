"""Prints the picture that the first argument names, as JSON."""
import importlib
import json
import sys

import native


def main():
    section = importlib.import_module("native." + sys.argv[1])
    json.dump(native.plain(section.picture()), sys.stdout, indent=1, sort_keys=True, ensure_ascii=False)


if __name__ == "__main__":
    main()
