"""A program for several targets."""
