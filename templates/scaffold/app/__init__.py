"""A first program."""
