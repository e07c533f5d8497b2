def f():
    """Has a docstring."""


def asserts():
    try:
        assert False
    except AssertionError:
        return True
    return False


def fail():
    return 1 / 0
