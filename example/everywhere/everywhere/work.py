"""What the processes of a pool do."""


def square(n):
    return n * n
