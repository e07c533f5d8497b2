"""What processes of multiprocessing do: they don't import __main__ of a package."""


def square(n):
    return n * n
