"""A package whose files are put on disk."""
