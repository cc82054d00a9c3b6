"""Lifting: the tensors in a scalar program, found and made instructions of a tape."""
