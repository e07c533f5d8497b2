"""Modules of shapes that are seldom seen."""
VALUE = "odd"
