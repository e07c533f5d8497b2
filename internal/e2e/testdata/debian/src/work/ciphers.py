"""cryptography: an abi3 module in Rust and one of cffi, both with libssl and libcrypto; cffi's own with libffi."""
import ctypes
import datetime
import hashlib
import os
import warnings

# OpenSSL's legacy provider, which this version of cryptography asks for, is a library that libcrypto looks for in a directory.
# In the executable it is one of `libraries`: the variable names their directory, and what has been loaded from there the linker
# does not look for on a disk.
MODULES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "oxgen.libs")
if os.path.isdir(MODULES):
    ctypes.CDLL("legacy.so")
    os.environ["OPENSSL_MODULES"] = MODULES

from cryptography import utils, x509
from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.backends.openssl import backend
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt


def version():
    return backend.openssl_version_text()


def tokens():
    key = Fernet.generate_key()
    token = Fernet(key).encrypt(b"hello")
    try:
        Fernet(Fernet.generate_key()).decrypt(token)
    except InvalidToken:
        return Fernet(key).decrypt(token).decode()


def sealed():
    found = []
    for kind, key in ((AESGCM, b"k" * 16), (ChaCha20Poly1305, b"k" * 32)):
        box = kind(key).encrypt(b"n" * 12, b"text", b"more")
        assert kind(key).decrypt(b"n" * 12, box, b"more") == b"text"
        try:
            kind(key).decrypt(b"n" * 12, box, b"less")
        except InvalidTag:
            found.append(box.hex())
    return found


def derived():
    scrypt = Scrypt(b"salt", 32, 2**10, 8, 1).derive(b"password")
    return [scrypt.hex(), HKDF(hashes.SHA3_256(), 32, b"salt", b"info").derive(scrypt).hex()]


def old_ciphers():
    """Blowfish is the legacy provider's."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
    with warnings.catch_warnings(action="ignore", category=utils.CryptographyDeprecationWarning):
        e = Cipher(algorithms.Blowfish(b"k" * 16), modes.CBC(b"i" * 8)).encryptor()
    return (e.update(b"12345678") + e.finalize()).hex()


def agreement():
    one, two = x25519.X25519PrivateKey.generate(), x25519.X25519PrivateKey.generate()
    return one.exchange(two.public_key()) == two.exchange(one.public_key())


def certificate():
    key = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "örg")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(datetime.datetime(2024, 1, 1)).not_valid_after(datetime.datetime(2034, 1, 1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("example.com")]), critical=False)
        .sign(key, None)
    )
    text = made.public_bytes(serialization.Encoding.PEM)
    read = x509.load_pem_x509_certificate(text)
    key.public_key().verify(read.signature, read.tbs_certificate_bytes)
    return [text.decode(), read.subject.rfc4514_string(), read.fingerprint(hashes.SHA256()).hex()]


def signatures():
    key = rsa.generate_private_key(65537, 1024)
    text = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"x"))
    again = serialization.load_pem_private_key(text, b"x")
    signature = again.sign(b"data", padding.PKCS1v15(), hashes.SHA256())
    key.public_key().verify(signature, b"data", padding.PKCS1v15(), hashes.SHA256())
    curve = ec.derive_private_key(12345, ec.SECP256R1())
    curve.public_key().verify(curve.sign(b"data", ec.ECDSA(hashes.SHA256())), b"data", ec.ECDSA(hashes.SHA256()))
    return curve.public_key().public_numbers().x


def beside_hashlib():
    """The interpreter's own _hashlib and cryptography share libcrypto."""
    h = hashes.Hash(hashes.BLAKE2b(64))
    h.update(b"x")
    return [h.finalize() == hashlib.blake2b(b"x").digest(), hashlib.new("sha512_256", b"x").hexdigest()]
