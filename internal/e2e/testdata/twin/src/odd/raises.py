raise OSError("at import")
