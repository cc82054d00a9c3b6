"""Graphs drawn with letters, for a terminal."""
