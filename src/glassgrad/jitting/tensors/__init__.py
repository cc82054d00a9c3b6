"""Tensor programs: what was lifted, as a person would write it, for reading and as NumPy."""
