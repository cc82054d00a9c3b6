"""Showing things: every object worth looking at can be looked at."""
