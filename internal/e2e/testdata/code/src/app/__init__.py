"""Looks at what its modules are stored as. Each function of its modules is a check, or prints something to compare."""


def equal(got, want):
    if got != want:
        raise AssertionError(f"got {got!r}, want {want!r}")


def raises(error, call, *args):
    try:
        call(*args)
    except error as e:
        return e
    raise AssertionError(f"no {error.__name__}")
