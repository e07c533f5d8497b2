"""An installed package."""
