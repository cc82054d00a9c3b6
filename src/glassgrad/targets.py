"""Classes as a loss wants them, and as a prediction means them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["accuracy", "class_of", "fitted_targets"]


def fitted_targets(y: Sequence[Any], loss: str) -> tuple[list[Any], str]:
    """Convert two classes to the form that a loss takes; the note says if that was done."""
    found = set(y) if loss in ("hinge", "bce_with_logits") else set()
    if loss == "hinge" and found <= {0, 1} and 0 in found:
        note = "the classes 0 and 1 became -1 and +1 for hinge"
        return [2.0 * target - 1.0 for target in y], note
    if loss == "bce_with_logits" and found <= {-1, 1} and -1 in found:
        note = "the classes -1 and +1 became 0 and 1 for bce_with_logits"
        return [(target + 1.0) / 2.0 for target in y], note
    return list(y), ""


def class_of(prediction: Any, loss: str, *, signs: bool = False) -> float:
    """Say which class a prediction means: by the largest of several scores, or by a threshold.

    The threshold is 0 for scores (hinge, bce_with_logits) and for classes -1 and +1 (`signs`);
    other losses bring the prediction itself near to 0 or 1.
    """
    while isinstance(prediction, (list, tuple)) and len(prediction) == 1:
        [prediction] = prediction
    if isinstance(prediction, (list, tuple)):
        return float(max(range(len(prediction)), key=prediction.__getitem__))
    bound, below = _bound(loss, signs)
    return 1.0 if prediction > bound else below


def _bound(loss: str, signs: bool) -> tuple[float, float]:
    """Tell where class 1 begins, and which class is below."""
    if loss == "hinge" or signs:
        return 0.0, -1.0
    return 0.0 if loss == "bce_with_logits" else 0.5, 0.0


def accuracy(predictions: Sequence[Any], targets: Sequence[Any], loss: str) -> float:
    """Compute which share of the predictions means the right class."""
    signs = set(targets) <= {-1, 1}
    bound, below = _bound(loss, signs)
    right = 0
    for p, target in zip(predictions, targets, strict=True):
        if type(p) is float:  # the same as class_of, and faster
            found = 1.0 if p > bound else below
        else:
            found = class_of(p, loss, signs=signs)
        right += found == float(target)
    return right / len(targets)
