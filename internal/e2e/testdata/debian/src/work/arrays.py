"""numpy, with libblas, liblapack and libgfortran. Results are compared to the last bit, by what they hash to."""
import hashlib

import numpy as np


def _digest(*arrays):
    h = hashlib.sha256()
    for a in arrays:
        h.update(str((a.dtype, a.shape)).encode() + np.ascontiguousarray(a).tobytes())
    return h.hexdigest()


def _matrix(n=120, seed=1):
    return np.random.RandomState(seed).rand(n, n)


def products():
    a = _matrix()
    return _digest(a @ a.T, a.dot(a[0]), np.einsum("ij,jk,kl->il", a, a, a), np.kron(a[:5, :5], a[5:10, 5:10]))


def solutions():
    a, b = _matrix(), _matrix(seed=2)
    x = np.linalg.solve(a, b)
    assert np.allclose(a @ x, b)
    return _digest(x, np.linalg.inv(a), np.linalg.lstsq(a[:, :7], b[0], rcond=None)[0])


def factors():
    a = _matrix()
    s = a @ a.T + np.eye(len(a))
    u, w, v = np.linalg.svd(a)
    assert np.allclose(u * w @ v, a)
    q, r = np.linalg.qr(a)
    assert np.allclose(q @ r, a)
    return _digest(u, w, v, q, r, np.linalg.cholesky(s), *np.linalg.eigh(s), *np.linalg.eig(a))


def transforms():
    a = _matrix(64)
    assert np.allclose(np.fft.ifft2(np.fft.fft2(a)).real, a)
    return _digest(np.fft.fft2(a), np.fft.rfft(a[0]))


def generators():
    g = np.random.default_rng(7)
    kinds = [np.random.Generator(k(3)) for k in (np.random.MT19937, np.random.PCG64, np.random.Philox, np.random.SFC64)]
    return _digest(g.normal(size=100), g.permutation(50), g.binomial(10, 0.3, 50), *(k.standard_gamma(2.0, 20) for k in kinds))


def functions():
    x = np.linspace(0.01, 20, 1000)
    return _digest(np.sin(x), np.exp(-x), np.log(x), np.arctan2(x, 2), np.sqrt(x), x.astype("f4") ** 1.5, np.sort(np.cos(x)))


def errors():
    found = []
    for f in (lambda: np.linalg.inv(np.zeros((2, 2))), lambda: np.zeros(3) + np.zeros(4), lambda: np.dtype("nothing")):
        try:
            f()
        except Exception as e:
            found.append(f"{type(e).__name__}: {e}")
    with np.errstate(divide="raise"):
        try:
            np.float64(1) / np.float64(0)
        except FloatingPointError as e:
            found.append(str(e))
    return found


def the_interface_for_ctypes():
    import ctypes
    a = np.arange(6.0).reshape(2, 3)
    pointer = a.ctypes.data_as(ctypes.POINTER(ctypes.c_double))
    pointer[4] = 40
    return a.tolist()


def files_in_memory():
    import io
    out = io.BytesIO()
    np.savez_compressed(out, a=_matrix(9), b=np.array(["x", "yy"]))
    out.seek(0)
    with np.load(out) as z:
        return [_digest(z["a"]), z["b"].tolist()]


def threads():
    from concurrent.futures import ThreadPoolExecutor
    with ThreadPoolExecutor(4) as pool:
        return len({_digest(x) for x in pool.map(np.linalg.inv, [_matrix()] * 8)})


def children():
    import multiprocessing
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe(duplex=False)
    child = context.Process(target=_trace, args=(there, 3))
    child.start()
    child.join()
    return [child.exitcode, here.recv()]


def _trace(out, seed):
    out.send(float(np.trace(np.linalg.inv(_matrix(20, seed)))))
