import warnings

warnings.warn("at import", FutureWarning)
warnings.warn("of the importer", FutureWarning, stacklevel=2)
