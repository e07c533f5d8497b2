import time
from . import LOADED
time.sleep(0.02)
LOADED.append("one")
