"""Runs as a script, by its path in the executable."""
import sys

if __name__ == "__main__":
    import leaf_beside
    print(__name__, sys.argv[1:], __file__.startswith(sys.executable), leaf_beside.WHERE)
