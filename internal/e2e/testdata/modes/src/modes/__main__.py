"""The main module of a package, with relative imports."""

import sys

from . import checks

if __name__ == "__main__":
    sys.exit(checks.main())
