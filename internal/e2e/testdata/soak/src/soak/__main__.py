"""Runs the part that the first argument names, as often as the second says, and checks what it leaves behind."""
import faulthandler
import os
import sys

from soak import parts, work


def main():
    name, times = sys.argv[1], int(sys.argv[2])
    faulthandler.dump_traceback_later(float(sys.argv[3]), exit=True)
    sys.setswitchinterval(0.0005)  # threads change places more often than is usual
    part = getattr(parts, name)
    part(min(times, 2))  # what is opened once and kept, is open now
    before = work.descriptors()
    part(times)
    work.settle()
    leaked = work.descriptors() - before
    if leaked:
        raise AssertionError(f"leaked {sorted(leaked)}")
    if work.children():
        raise AssertionError(f"left the processes {work.children()}")
    print(f"{name} done")


if __name__ == "__main__":
    main()
