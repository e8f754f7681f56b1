"""Tools for developing and testing; not part of the image that runs in production."""
