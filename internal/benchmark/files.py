"""Call the functions that take paths, on ordinary files and directories, and print how long that took, in seconds."""

import os
import sys
import tempfile
import time


def calls(directory):
    """Some of everything, as a program that looks through a directory does it."""
    path, missing = directory + "/file", directory + "/missing"
    os.listdir(directory)
    with os.scandir(directory) as entries:
        list(entries)
    for _ in range(5):
        os.stat(path)
        os.lstat(path)
        os.path.exists(path)
        os.path.isdir(directory)
        os.path.exists(missing)
        os.access(path, os.R_OK)
    with open(path) as f:
        f.read()
    os.close(os.open(path, os.O_RDONLY))


with tempfile.TemporaryDirectory() as directory:
    with open(directory + "/file", "w") as f:
        f.write("text\n")
    calls(directory)
    start = time.perf_counter()
    for _ in range(1000):
        calls(directory)
    print(time.perf_counter() - start)
