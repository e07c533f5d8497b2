"""The package wins."""
