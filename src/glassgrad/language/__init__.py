"""Expressions as text, such as ``"L = (a*b + c) * f"``: read, checked, and turned into Values.

The text is never run as a program: it is read into numbers, names, operations and nothing else.
"""

from glassgrad.language.program import Program, Run, parse

__all__ = ["Program", "Run", "parse"]
