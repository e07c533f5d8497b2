"""The module wins."""
