"""Ways to end, and things to do to a process. Most are judged by the caller."""
import os
import signal
import sys

from . import equal


def exit_three():
    sys.exit(3)


def exit_large():
    sys.exit(256 + 7)


def exit_negative():
    sys.exit(-1)


def exit_text():
    sys.exit("the reason")


def exit_none():
    sys.exit(None)


def exit_true():
    sys.exit(True)


def exit_tuple():
    sys.exit((1, "two"))


def exit_at_once():
    print("flushed?", end="")
    os._exit(5)


def uncaught():
    from probe.sub import leaf
    leaf.fail()


def chained():
    try:
        1 / 0
    except ZeroDivisionError as e:
        raise RuntimeError("outer") from e


def interrupted():
    os.kill(os.getpid(), signal.SIGINT)
    for _ in range(1000):
        signal.pause()


def caught_interrupt():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        signal.pause()
    except KeyboardInterrupt:
        print("caught")


def terminated():
    os.kill(os.getpid(), signal.SIGTERM)
    signal.pause()


def handled():
    def handle(number, frame):
        print("handled", signal.Signals(number).name, flush=True)
        sys.exit(9)
    signal.signal(signal.SIGTERM, handle)
    os.kill(os.getpid(), signal.SIGTERM)
    signal.pause()


def aborted():
    os.abort()


def wait():
    print("ready", flush=True)
    while True:
        signal.pause()


def broken_pipe():
    equal(signal.getsignal(signal.SIGPIPE), signal.SIG_IGN)
    for n in range(100000):
        print("line", n)


def streams():
    """Copies standard input to standard output, upside down."""
    for line in reversed(sys.stdin.readlines()):
        sys.stdout.write(line)


def binary():
    sys.stdout.buffer.write(sys.stdin.buffer.read()[::-1])


def name():
    sys.stdout.write(ascii(sys.argv[0]))


def arguments():
    sys.stdout.write("\n".join(ascii(a) for a in sys.argv[2:]))


def encodings():
    print(sys.stdin.encoding, sys.stdout.encoding, sys.stderr.errors, sys.getfilesystemencoding(), "ä€")


def at_exit():
    import atexit
    import threading
    import time
    atexit.register(print, "atexit")

    def slow():
        time.sleep(0.1)
        print("thread")
    threading.Thread(target=slow).start()
    print("main")


def at_exit_uncaught():
    import atexit
    atexit.register(uncaught)
    print("main")


def left_open():
    file = open(os.dup(1), "w")
    file.write("left open\n")
    sys.modules["__main__"].file = file


def daemon():
    import threading
    import time
    threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()
    print("main")


def finalizer():
    class Last:
        def __del__(self):
            print("deleted")
    sys.modules["__main__"].last = Last()


def finalizer_exit():
    finalizer()
    sys.exit(3)


def finalizer_uncaught():
    finalizer()
    uncaught()


def unwritable():
    print("into the void")


def fork():
    import gc
    import json
    out, into = os.pipe()
    pid = os.fork()
    if pid == 0:
        import decimal  # from the table, in the child
        gc.collect()
        os.write(into, json.dumps([str(decimal.Decimal("1.5") * 2), sum(range(100000))]).encode())
        os._exit(6)
    os.close(into)
    equal(json.loads(os.read(out, 1000)), ["3.0", 4999950000])
    equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 6)


def fork_and_return():
    """The child leaves through the end of the program, like the parent."""
    pid = os.fork()
    if pid:
        equal(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 4)
        print("parent")
        return
    sys.exit(4)


def _task(n):
    import fractions
    return str(fractions.Fraction(n, 3))


def pools():
    """Fork pools beside a spinning thread."""
    import multiprocessing
    import threading
    stop = threading.Event()

    def spin():
        while not stop.is_set():
            sum(range(1000))
    spinner = threading.Thread(target=spin)
    spinner.start()
    try:
        context = multiprocessing.get_context("fork")
        for _ in range(20):
            with context.Pool(4) as pool:
                equal(pool.map(_task, range(50), chunksize=5)[4], "4/3")
    finally:
        stop.set()
        spinner.join()


def threads():
    import threading
    total = []

    def work(n):
        total.append(sum(range(n)))
    group = [threading.Thread(target=work, args=(1000,)) for _ in range(50)]
    for t in group:
        t.start()
    for t in group:
        t.join()
    equal(total, [499500] * 50)
    equal(threading.main_thread().native_id, os.getpid())


def deep():
    """A recursion that is too deep is an exception, no crash."""
    def down():
        return down()
    try:
        down()
    except RecursionError:
        print("caught")
    x = None
    for _ in range(100000):
        x = [x]
    try:
        repr(x)
    except RecursionError:
        print("caught too")


def exec_self():
    os.execv(sys.executable, [sys.executable, "process.exit_three"])


def blocked():
    """A signal that the program blocks waits, and does not go to a thread of the Go runtime."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1, signal.SIGTERM])
    os.kill(os.getpid(), signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGTERM)
    equal(signal.sigpending(), {signal.SIGUSR1, signal.SIGTERM})
    equal(signal.sigwait([signal.SIGUSR1]), signal.SIGUSR1)
    equal(signal.sigwait([signal.SIGTERM]), signal.SIGTERM)
    print("waited")
