"""Gradients checked by nudging: of functions, and of nodes in a recorded graph."""

from glassgrad.check.gradients import GradientCheck, check_grads
from glassgrad.check.nudges import nudge
from glassgrad.check.sweep import NudgeSweep, nudge_sweep

__all__ = ["GradientCheck", "NudgeSweep", "check_grads", "nudge", "nudge_sweep"]
