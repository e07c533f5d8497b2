"""Main of a package."""
from . import VALUE
import sys
ARGV0 = sys.argv[0]
