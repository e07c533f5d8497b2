"""One program for five platforms."""
