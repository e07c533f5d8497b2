"""Looks at the program that it is part of, from the inside."""

CONSTANT = 42
