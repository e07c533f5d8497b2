"""Two things of one name."""
