"""A main module."""

import sys

from modes import checks


class Pair:
    """Something to send to another process."""

    def __init__(self, number):
        self.number = number


def double(pair):
    return Pair(2 * pair.number), __name__


if __name__ == "__main__":
    sys.exit(checks.main())
