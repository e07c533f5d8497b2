"""What signals do to a process: each function is one case, and prints what it sees."""
import faulthandler
import os
import signal
import socket
import subprocess
import sys
import threading
import time


def initial():
    """The handlers, the mask and what is ignored at the start; Go keeps SIGURG."""
    for number in sorted(signal.valid_signals() - {signal.SIGURG}):
        print(number, signal.getsignal(number))
    print(signal.pthread_sigmask(signal.SIG_BLOCK, []))


def of_a_child():
    """What a child inherits: nothing of Go."""
    status = subprocess.run(["/bin/cat", "/proc/self/status"], capture_output=True, text=True).stdout
    print([line for line in status.splitlines() if line.startswith("Sig") and not line.startswith("SigQ")])


def handlers():
    """Every signal that can be handled, sent to the process itself."""
    seen = []
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        signal.signal(number, lambda number, frame: seen.append(number))
        os.kill(os.getpid(), number)
        for _ in range(1000):
            if number in seen:
                break
            time.sleep(0.001)
        signal.signal(number, signal.SIG_IGN)
    print(sorted(seen))


def default():
    """The default action of a signal, which the argument names."""
    os.kill(os.getpid(), getattr(signal, sys.argv[2]))
    time.sleep(0.05)
    print("alive")


def interrupt_sleep():
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        time.sleep(100)
    except KeyboardInterrupt:
        print("interrupted")


def interrupt_join():
    thread = threading.Thread(target=time.sleep, args=(0.3,))
    thread.start()
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        thread.join()
    except KeyboardInterrupt:
        print("interrupted")


def interrupt_lock():
    lock = threading.Lock()
    lock.acquire()
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        lock.acquire()
    except KeyboardInterrupt:
        print("interrupted")


def interrupt_input():
    """In a read of the standard input, which is a pipe that nobody writes to."""
    out, into = os.pipe()
    os.dup2(out, 0)
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        input()
    except KeyboardInterrupt:
        print("interrupted")


def interrupt_computing():
    """In C code, which sees signals between the instructions of Python only."""
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    try:
        while True:
            sum(range(10000))
    except KeyboardInterrupt:
        print("interrupted")


def interrupt_child():
    """A child that is waited for, when Ctrl-C reaches the whole group."""
    os.setpgid(0, 0)
    child = subprocess.Popen([sys.executable, "-c", "import time\ntry: time.sleep(100)\nexcept KeyboardInterrupt: print('child', flush=True)"])
    time.sleep(0.5)
    os.killpg(0, signal.SIGINT)
    try:
        child.wait()
    except KeyboardInterrupt:
        child.wait()
        print("interrupted")


def wakeup():
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    signal.signal(signal.SIGUSR1, lambda *_: None)
    signal.set_wakeup_fd(writer.fileno())
    os.kill(os.getpid(), signal.SIGUSR1)
    print(reader.recv(10))


def timers():
    seen = []
    for which, number in ((signal.ITIMER_REAL, signal.SIGALRM), (signal.ITIMER_VIRTUAL, signal.SIGVTALRM), (signal.ITIMER_PROF, signal.SIGPROF)):
        signal.signal(number, lambda number, frame: seen.append(number))
        signal.setitimer(which, 0.01)
        while number not in seen:
            sum(range(1000))
    print(seen)


def waiting():
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    os.kill(os.getpid(), signal.SIGUSR1)
    print(signal.sigpending())
    print(signal.sigwait([signal.SIGUSR1]))
    print(signal.sigtimedwait([signal.SIGUSR2], 0.01))


def in_threads():
    """A signal to a thread is handled in the main thread."""
    seen = []
    signal.signal(signal.SIGUSR1, lambda *_: seen.append(threading.current_thread().name))
    thread = threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGUSR1))
    thread.start()
    thread.join()
    while not seen:
        time.sleep(0.001)
    print(seen)


def children():
    import asyncio

    async def main():
        loop = asyncio.get_running_loop()
        usr = asyncio.Event()
        loop.add_signal_handler(signal.SIGUSR1, usr.set)
        os.kill(os.getpid(), signal.SIGUSR1)
        await usr.wait()
        process = await asyncio.create_subprocess_exec("/bin/sh", "-c", "exit 3")
        print(await process.wait())
    asyncio.run(main())
    seen = []
    signal.signal(signal.SIGCHLD, lambda *_: seen.append("child"))
    subprocess.run(["/bin/true"])
    print(seen)


def stopped():
    """Job control: stopped by SIGTSTP, and going on."""
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)
        os.kill(os.getpid(), signal.SIGTSTP)
        print("goes on", flush=True)
        os._exit(0)
    print(os.WIFSTOPPED(os.waitpid(pid, os.WUNTRACED)[1]), flush=True)
    os.kill(pid, signal.SIGCONT)
    print(os.waitpid(pid, 0)[1])


def window():
    signal.signal(signal.SIGWINCH, lambda *_: print("resized"))
    os.kill(os.getpid(), signal.SIGWINCH)


def segfault():
    faulthandler._sigsegv()


def segfault_enabled():
    faulthandler.enable()
    faulthandler._sigsegv()


def stack_overflow():
    faulthandler.enable(all_threads=False)
    faulthandler._stack_overflow()


def abort_enabled():
    faulthandler.enable()
    os.abort()


def fatal_error():
    faulthandler._fatal_error_c_thread()
    time.sleep(1)


def dump_later():
    faulthandler.dump_traceback_later(0.01, exit=True)
    time.sleep(100)


def registered():
    faulthandler.register(signal.SIGUSR1)
    os.kill(os.getpid(), signal.SIGUSR1)
    print("alive")


def alternate_stack():
    """A handler of the whole process beside a thread that computes."""
    seen = []
    signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
    signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)

    def compute():
        while len(seen) < 20:
            sorted(range(1000))

    threads = [threading.Thread(target=compute) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    signal.setitimer(signal.ITIMER_REAL, 0)
    print("seen")


def list_cases():
    for name, value in list(globals().items()):
        if callable(value) and getattr(value, "__module__", "") == "__main__" and name not in ("default", "list_cases"):
            print(name)


globals()[sys.argv[1] if len(sys.argv) > 1 else "list_cases"]()
