"""A guest book that is served by one executable."""
