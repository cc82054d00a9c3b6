"""A polynomial fitted to points by gradient descent, and compared with the exact answer."""

from glassgrad.curve_fitting.fitted import CurveFit, fit_curve

__all__ = ["CurveFit", "fit_curve"]
