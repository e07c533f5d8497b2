"""The parts; each does its work `times` times."""
import concurrent.futures
import gc
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import threading

from soak import work


def forks(times):
    """Forks, while other threads import, read and spin, and signals come."""
    signals = work.Signals()
    with work.beside(work.import_again, work.read_files, work.spin, signals.send):
        for n in range(0, times, 4):
            for pid in [work.in_child(_collecting_child if n % 64 == 0 else _child) for _ in range(4)]:
                work.wait(pid)
    if not signals.count:
        raise AssertionError("no signal came")


def _child():
    # Not imported by the parent: python itself hangs in a child that imports what a thread of the parent was importing.
    import stringprep
    stringprep.in_table_a1("x")
    gc.collect(0)
    if gc.get_threshold()[0] > 50_000:
        raise AssertionError(f"the collector's threshold is {gc.get_threshold()}")
    os.stat(__file__)
    with open(__file__) as f:
        f.readline()


def _collecting_child():
    gc.collect()  # all generations, which copies every page with an object on it: a second's work, that not every child does
    _child()


def forks_of_threads(times):
    """Forks from threads that are not the main one, several at once."""
    def some():
        for _ in range(max(times // 4, 1)):
            work.wait(work.in_child(_child))

    with work.beside(work.import_again, work.read_files):
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for f in [pool.submit(some) for _ in range(4)]:
                f.result()


def grandchildren(times):
    """Children that fork and import in their turn, with threads of their own."""
    def child():
        t = threading.Thread(target=work.import_again)
        t.start()
        work.wait(work.in_child(_child))
        t.join()

    for _ in range(times):
        work.wait(work.in_child(child))


def pools(times):
    """Pools of forked processes beside a spinning thread."""
    context = multiprocessing.get_context("fork")
    with work.beside(work.spin, work.import_again):
        for _ in range(times):
            with context.Pool(4) as pool:
                if pool.map(square, range(50), chunksize=5) != [n * n for n in range(50)]:
                    raise AssertionError("wrong result")


def square(n):
    import graphlib  # see _child
    return n ** len(list(graphlib.TopologicalSorter({1: {2}}).static_order()))


def spawns(times):
    """Processes that start as the program again."""
    context = multiprocessing.get_context("spawn")
    signals = work.Signals()
    with work.beside(work.import_again, signals.send):
        for n in range(times):
            p = context.Process(target=square, args=(n,))
            p.start()
            p.join()
            if p.exitcode:
                raise AssertionError(f"exit status {p.exitcode}")
            p.close()


def forkserver(times):
    context = multiprocessing.get_context("forkserver")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        for n in range(times):
            if pool.submit(square, n).result() != n * n:
                raise AssertionError("wrong result")


def subprocesses(times):
    """Programs that are started by threads, and by asyncio."""
    import asyncio  # here: with ssl it brings what first_uses is about

    def run(n):
        r = subprocess.run([sys.executable, "-c", f"import decimal; print({n} + 1)"], capture_output=True, check=True)
        if int(r.stdout) != n + 1 or r.stderr:
            raise AssertionError(r)

    async def start(n):
        p = await asyncio.create_subprocess_exec(sys.executable, "-c", f"print({n})", stdout=subprocess.PIPE)
        out, _ = await p.communicate()
        if int(out) != n:
            raise AssertionError(out)

    async def several():
        for n in range(0, times, 4):
            await asyncio.gather(*[start(n + i) for i in range(4)])

    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with work.beside(work.import_again):
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(run, range(times)))
    asyncio.run(several())


def files(times):
    """Files of the program as files on disk, and descriptors of them."""
    import importlib.resources as resources
    for _ in range(times):
        with resources.as_file(resources.files("soak") / "work.py") as path:
            path.read_bytes()
        with resources.as_file(resources.files("soak")) as path:
            os.listdir(path)
        with open(work.__file__, "rb") as f:
            f.read()
        os.close(os.open(work.__file__, os.O_RDONLY))
        with tempfile.TemporaryDirectory() as d:
            subprocess.run(["cat", d + "/nothing"], capture_output=True)


def first_uses(times):
    """Forks at the moment when another thread first needs what the importer brings late, to open a file of the program."""
    def use():
        os.stat(__file__)
        with open(__file__, "rb") as f:
            f.read()

    def child():
        if "_oxgen_files" in sys.modules:
            raise AssertionError("used already")
        gate = threading.Barrier(2)

        def late():
            gate.wait()
            use()

        t = threading.Thread(target=late)
        t.start()
        gate.wait()
        for pid in [work.in_child(use) for _ in range(5)]:
            work.wait(pid)
        t.join()

    for _ in range(times):
        work.wait(work.in_child(child))
