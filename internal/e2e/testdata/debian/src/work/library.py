"""Debian's standard library: some fifty extension modules in lib-dynload, and the libraries that they are linked with."""
import importlib
import pkgutil
import sys

# The standard library's tests are no part of a program (collector/rules.go).
TESTS = ("_test", "_ctypes_test", "_xxtest", "xxlimited", "xxsubtype")


def modules():
    """Those that can't be imported, and why."""
    return _failures(sorted(set(sys.stdlib_module_names) - {"antigravity", "this"}))


def extensions():
    """All extension modules that are no part of a package, and the ones that can't be imported."""
    names = []
    for info in pkgutil.iter_modules():
        spec = info.module_finder.find_spec(info.name)
        if (spec.origin or "").endswith(".so") and not info.name.startswith(TESTS):
            names.append(info.name)
    return sorted(names), _failures(names)


def _failures(names):
    failed = {}
    for name in names:
        try:
            importlib.import_module(name)
        except BaseException as e:
            failed[name] = f"{type(e).__name__}: {e}"
    return failed


def handshake():
    import datetime
    import os
    import ssl
    import work.ciphers
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.utcnow()
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(True, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate = made.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = os.memfd_create("certificate")
    os.write(file, certificate + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(f"/proc/self/fd/{file}")
    client = ssl.create_default_context(cadata=certificate.decode())
    inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(inward, outward, server_hostname="localhost"), server.wrap_bio(outward, inward, server_side=True)]
    waiting = list(ends)
    for _ in range(10):
        for end in list(waiting):
            try:
                end.do_handshake()
                waiting.remove(end)
            except ssl.SSLWantReadError:
                pass
    ends[0].write(b"question")
    return [ends[1].read().decode(), ends[0].version(), ends[0].getpeercert()["subject"], ssl.OPENSSL_VERSION, bool(work.ciphers)]


def compressed():
    import bz2
    import lzma
    import zlib
    data = b"text " * 1000
    return [m.decompress(m.compress(data)) == data for m in (bz2, lzma, zlib)] + [len(lzma.compress(data)), zlib.ZLIB_RUNTIME_VERSION]


def database():
    import sqlite3
    with sqlite3.connect(":memory:") as c:
        c.execute("create virtual table t using fts5(a)")
        c.execute("insert into t values ('some words')")
        return [sqlite3.sqlite_version, c.execute("select highlight(t, 0, '<', '>') from t('words')").fetchall()]


def digests():
    import hashlib
    return {name: hashlib.new(name, b"x").digest_size for name in sorted(hashlib.algorithms_guaranteed) if "shake" not in name}


def calls_of_c():
    import ctypes
    compare = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.POINTER(ctypes.c_int))
    numbers = (ctypes.c_int * 4)(3, 1, 2, 0)
    ctypes.CDLL(None).qsort(numbers, 4, ctypes.sizeof(ctypes.c_int), compare(lambda a, b: a[0] - b[0]))
    return list(numbers)


def numbers():
    import decimal
    import uuid
    return [str(decimal.Decimal(2).sqrt()), decimal.__libmpdec_version__, uuid.uuid1().version]


def terminal():
    import curses
    import readline
    return [curses.version.decode(), curses.tigetnum.__name__, readline.get_history_length()]
