"""Checks what the example everywhere does not show; says the same on every platform."""
import io
import subprocess
import sys
import time
import traceback

import matrix.files


def libraries():
    import asyncio
    import ctypes
    import decimal
    import hashlib
    import lzma
    import select
    import unicodedata
    import zlib
    print(ctypes.sizeof(ctypes.c_longlong), decimal.Decimal(1) / 7, zlib.crc32(b"x"))
    print(hashlib.sha256(b"x").hexdigest()[:8], lzma.decompress(lzma.compress(b"packed")))
    if sys.platform == "linux" and "--no-extensions" not in sys.argv:
        import _dbm  # an extension module, which libpython does not have inside
        assert _dbm.__file__.startswith(sys.executable), _dbm.__file__
    print(asyncio.run(asyncio.sleep(0, "slept")), unicodedata.name("ß"))


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
    print(sys.stdout.encoding, sys.flags.utf8_mode)
    libraries()
    errors()
    matrix.files.check("--alone" not in sys.argv)
    sys.stdout.flush()
    sys.exit(5)
