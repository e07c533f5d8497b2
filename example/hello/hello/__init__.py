"""Greets, and says where it lives."""
