"""A leaf."""
from . import ABOVE


def fail():
    text = "the line that fails"
    raise ValueError(text)


class Kept:
    """Has a source."""

    def method(self):
        return ABOVE
