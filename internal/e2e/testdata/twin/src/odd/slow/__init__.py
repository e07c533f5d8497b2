import time
LOADED = []
time.sleep(0.05)
