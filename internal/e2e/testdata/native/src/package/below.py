"""A Python module of a package whose __init__ is an extension module."""
import package.inside

FOUND = package.inside.compiled_as
