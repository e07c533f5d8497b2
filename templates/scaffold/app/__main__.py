"""Greets whom the command line names, or the world."""

import sys


def main():
    names = sys.argv[1:] or ["world"]
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"Hello, {' and '.join(names)}! This is Python {version} inside one executable.")


if __name__ == "__main__":
    main()
