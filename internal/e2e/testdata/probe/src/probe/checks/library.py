"""Parts of the standard library that lean on C."""
import os

from . import equal, unix


def json():
    import json
    equal(json.loads(json.dumps({"a": [1, None]})), {"a": [1, None]})


def sqlite3():
    import sqlite3
    db = sqlite3.connect(":memory:")
    equal(db.execute("select 6 * 7").fetchone(), (42,))


def ssl():
    import ssl
    context = ssl.create_default_context()
    equal(context.verify_mode, ssl.CERT_REQUIRED)
    equal(ssl.OPENSSL_VERSION.startswith("OpenSSL 3"), True)


def ctypes():
    import ctypes
    equal(ctypes.CDLL("msvcrt" if os.name == "nt" else None).abs(-3), 3)
    callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int)(lambda n: n + 1)
    equal(callback(41), 42)
    equal(ctypes.pythonapi.Py_IsInitialized(), 1)


def compression():
    import bz2
    import lzma
    import zlib
    for module in (bz2, lzma, zlib):
        equal(module.decompress(module.compress(b"x" * 1000)), b"x" * 1000)


@unix
def zoneinfo():
    import datetime
    import zoneinfo
    equal(datetime.datetime(2026, 1, 1, tzinfo=zoneinfo.ZoneInfo("UTC")).utcoffset(), datetime.timedelta(0))


def hashes():
    import hashlib
    equal(hashlib.sha256(b"").hexdigest()[:8], "e3b0c442")


def asyncio():
    import asyncio

    async def work(n):
        await asyncio.sleep(0)
        return n * 2

    async def main():
        return await asyncio.gather(*[work(n) for n in range(5)])

    equal(asyncio.run(main()), [0, 2, 4, 6, 8])


@unix
def subprocess():
    import subprocess
    equal(subprocess.run(["/bin/echo", "hi"], capture_output=True, check=True).stdout, b"hi\n")


def sockets():
    import socket
    a, b = socket.socketpair()
    a.sendall(b"over")
    equal(b.recv(10), b"over")


def xml():
    import xml.etree.ElementTree as tree
    equal(tree.fromstring("<a><b/></a>")[0].tag, "b")


def futures():
    import concurrent.futures
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        equal(sum(pool.map(lambda n: n * n, range(100))), 328350)
