"""Doc."""
import sys
VALUE = 1
ARGV0 = sys.argv[0]
MAIN = sys.modules.get(__name__) is not None
