"""What can go wrong, by name: every error says what happened, where, and what to do."""

from __future__ import annotations

__all__ = [
    "AnswerError", "CardError", "DataError", "DrawingError", "ExplanationError", "ExpressionError",
    "FormulaError", "GlassgradError", "GradientWarning", "NoRuleError", "NonFiniteError",
    "StateError", "TraceError", "TraceWarning",
]  # fmt: skip


class GlassgradError(Exception):
    """The common ancestor: ``except gg.GlassgradError`` catches whatever glassgrad raises."""


class NoRuleError(GlassgradError, TypeError):
    """A gradient was asked to pass through an operation whose derivative nobody gave."""


class NonFiniteError(GlassgradError, ArithmeticError):
    """A value or a gradient became infinite or not a number while `gg.detect_anomaly` watched."""


class TraceError(GlassgradError, TypeError):
    """A function that is being transformed did something that would cut its gradient silently."""


class CardError(GlassgradError, ValueError):
    """An operation was described wrongly: a missing partial, a name that is taken, and so on."""


class AnswerError(GlassgradError, ValueError):
    """An answer to an exercise can't be read: the message says how to write it."""


class DataError(GlassgradError, ValueError):
    """Data can't be read, made or prepared as asked: the message names the place and a remedy."""


class ExpressionError(GlassgradError, ValueError):
    """An expression that was given as text can't be used: the message points at the column."""


class FormulaError(GlassgradError, ValueError):
    """Something is too large to be written as one formula, or has none."""


class StateError(GlassgradError, ValueError):
    """The numbers that were kept of a model do not fit the model that should have them."""


class DrawingError(GlassgradError, ValueError):
    """Something can't be drawn as asked: the message says what can be."""


class ExplanationError(GlassgradError, ValueError):
    """A derivative can't be explained as asked: the message says of what it can be."""


class TraceWarning(UserWarning):
    """A function made by `gg.jit` does not gain what it could, and the message says why."""


class GradientWarning(UserWarning):
    """A gradient ends where its author may not expect it."""
