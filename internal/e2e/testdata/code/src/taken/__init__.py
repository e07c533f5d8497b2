"""Is put on disk."""
