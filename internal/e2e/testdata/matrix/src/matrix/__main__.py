"""Says the same on every platform, but for the lines with `here`."""
import importlib.metadata
import importlib.resources
import io
import os
import sqlite3
import ssl
import subprocess
import sys
import sysconfig
import threading
import time
import traceback

import matrix.files
from matrix.work import square


def here():
    print("here", sys.platform, sysconfig.get_platform())  # and not platform.machine: wine's WMI breaks down when it is asked


def libraries():
    rows = sqlite3.connect(":memory:").execute("select 6 * 7").fetchall()
    print(rows, ssl.OPENSSL_VERSION.split()[0], len(ssl.create_default_context().get_ciphers()) > 5)
    import ctypes
    import decimal
    import hashlib
    import lzma
    import zlib
    print(ctypes.sizeof(ctypes.c_longlong), decimal.Decimal(1) / 7, zlib.crc32(b"x"))
    print(hashlib.sha256(b"x").hexdigest()[:8], lzma.decompress(lzma.compress(b"packed")))
    import asyncio
    import _ctypes
    import select
    import unicodedata
    if sys.platform == "linux" and "--no-extensions" not in sys.argv:
        import _dbm  # an extension module, which libpython does not have inside
        assert _dbm.__file__.startswith(sys.executable), _dbm.__file__
    print(asyncio.run(asyncio.sleep(0, "slept")), unicodedata.name("ß"))


def files():
    print(importlib.resources.files(matrix).joinpath("data", "note.txt").read_text().strip())
    name = matrix.__file__
    assert name.startswith(sys.executable), (name, sys.executable)
    print(name[len(sys.executable):].replace(os.sep, "/"))
    matrix.files.check("--children" in sys.argv)


def metadata():
    import demo
    found = importlib.metadata.distribution("Demo")
    print(demo.__doc__, found.version, found.requires, [e.value for e in found.entry_points])
    print(sorted(d.name for d in importlib.metadata.distributions()), importlib.metadata.packages_distributions())


def threads():
    seen = []
    each = [threading.Thread(target=lambda n=n: seen.append(square(n))) for n in range(4)]
    for t in each:
        t.start()
    for t in each:
        t.join()
    print(sorted(seen))


def children():
    done = subprocess.run([sys.executable, "-c", "import sys; print('child', sys.argv[1:], 1 + 1); sys.exit(7)", "ä b"], capture_output=True, encoding="utf-8")
    print(repr(done.stdout), done.returncode, done.stderr)
    # A shell is between the two.
    done = subprocess.run(f'"{sys.executable}" -c "import sys; print(sys.argv[1:], 2 + 2)" x', shell=True, capture_output=True, encoding="utf-8")
    print(repr(done.stdout), done.returncode, done.stderr)
    import multiprocessing
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        print(pool.map(square, range(5)))


def wait():
    """Waits until Ctrl-C is pressed, with a child that does."""
    child = subprocess.Popen([sys.executable, "-c", "import time; print('child waits', flush=True); time.sleep(60)"], stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, encoding="utf-8")
    try:
        print(child.stdout.readline().strip(), flush=True)
        time.sleep(60)
    except KeyboardInterrupt:
        print("interrupted, child", hex(child.wait()), flush=True)
        raise


def errors():
    try:
        raise ValueError("seen")
    except ValueError:
        text = io.StringIO()
        traceback.print_exc(file=text)
        lines = text.getvalue().splitlines()
        print(lines[0], lines[2].strip(), lines[-1])


if __name__ == "__main__":
    if "--wait" in sys.argv:
        wait()
    print(sys.argv[1:], sys.stdout.encoding, sys.flags.utf8_mode)
    here()
    libraries()
    files()
    metadata()
    threads()
    errors()
    if "--children" in sys.argv:
        children()
    sys.stdout.flush()
    sys.exit(5)
