import py_compile
import sys


def main():
    """Compiles argument 2 to argument 3, for a test that needs a .pyc file of this Python."""
    py_compile.compile(sys.argv[2], cfile=sys.argv[3], doraise=True)
