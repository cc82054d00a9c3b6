"""A scalar function traced once and run many times: graph, passes, tape, machine.

The package is not called `jit` because the function is: importing the one would hide the other.
"""
