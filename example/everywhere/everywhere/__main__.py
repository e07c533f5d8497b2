"""Says the same on every platform, but for the first line.

With --alone it starts no processes, as under an emulator that can run the program but not what the program starts.
"""

import concurrent.futures
import csv
import importlib.metadata
import importlib.resources
import multiprocessing
import os
import sqlite3
import ssl
import subprocess
import sys
import sysconfig

import everywhere
import river_names
from everywhere.work import square


def data():
    """A file of the package as a resource, and as a file beside the module."""
    text = importlib.resources.files(everywhere).joinpath("data", "rivers.csv").read_text()
    directory = os.path.join(os.path.dirname(__file__), "data")
    with open(os.path.join(directory, "rivers.csv"), newline="") as f:
        rivers = [(name, int(length)) for name, length in csv.reader(f)]
    print("data:", os.listdir(directory), len(text.splitlines()) == len(rivers))
    return rivers


def database(rivers):
    connection = sqlite3.connect(":memory:")
    connection.execute("create table river (name, length)")
    connection.executemany("insert into river values (?, ?)", rivers)
    print("sqlite3:", connection.execute("select name, max(length) from river").fetchone())


def metadata():
    found = importlib.metadata.distribution("river-names")
    print("metadata:", river_names.capital("nile"), found.version, [e.value for e in found.entry_points])


def cryptography():
    print("ssl:", ssl.OPENSSL_VERSION.split()[0], len(ssl.create_default_context().get_ciphers()) > 5)


def threads():
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        print("threads:", sorted(pool.map(square, range(4))))


def processes():
    code = "import sys; from everywhere.work import square; print(sys.argv[1:], square(3))"
    done = subprocess.run([sys.executable, "-c", code, "ä b"], capture_output=True, encoding="utf-8")
    print("subprocess:", done.stdout.strip(), done.stderr, done.returncode)
    # A shell is between the two.
    done = subprocess.run(f'"{sys.executable}" -c "print(2 + 2)"', shell=True, capture_output=True, encoding="utf-8")
    print("shell:", done.stdout.strip(), done.stderr, done.returncode)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        print("multiprocessing:", pool.map(square, range(5)))


if __name__ == "__main__":
    print("here:", sys.platform, sysconfig.get_platform())
    print("arguments:", sys.argv[1:])
    database(data())
    metadata()
    cryptography()
    threads()
    if "--alone" not in sys.argv:
        processes()
