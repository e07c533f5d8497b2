"""Forks and starts processes by the thousand, beside threads that import and signals that come at any time."""
