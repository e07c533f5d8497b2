"""Stars."""
__all__ = ["first", "second"]
