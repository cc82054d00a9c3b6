"""Losses: one number that says how far predictions are from their targets; smaller is better.

Each takes predictions and targets of one form: two numbers, two lists, nested lists or NumPy
arrays. A model with one output may give a list of it for each example, ``[[v], [v]]``, where the
targets are flat, ``[1.0, 2.0]``. The result is the mean: a Value if there is a Value in what was
handed in, otherwise a float.

>>> from glassgrad import Value, losses
>>> scores = [Value(0.5), Value(-2.0)]
>>> loss = losses.mse(scores, [1.0, -1.0])
>>> loss.backward()
>>> loss.data, [score.grad for score in scores]
(0.625, [-0.5, -1.0])
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from typing import Any

from glassgrad.convert import a_kind, as_float, is_array, is_whole
from glassgrad.elementary import abs, relu, softplus, square, where
from glassgrad.engine import Value, here, mean, sum
from glassgrad.functions import log_softmax
from glassgrad.taking import take

__all__ = [
    "bce_with_logits", "cross_entropy", "hinge", "huber", "l1", "l1_penalty", "l2_penalty", "mse",
]  # fmt: skip


def mse(prediction: Any, target: Any) -> Any:
    """Average the squares of the errors: large errors weigh most.

    In formulas, for n predictions p with targets t::

        mse = Σ (p - t)² / n

    Parameters
    ----------
    prediction : Value or number, or a nest of them in lists or arrays
        What the model says.
    target : of the same form
        What is right.

    Returns
    -------
    Value or float
        In units of the target, squared.

    Raises
    ------
    ValueError
        If the forms differ, or there are no examples.

    Examples
    --------
    >>> from glassgrad import losses
    >>> losses.mse([1.0, 4.0], [2.0, 1.0])
    5.0

    References
    ----------
    Legendre, Nouvelles méthodes pour la détermination des orbites des comètes, 1805
    """
    return mean(square(p - t) for p, t, _ in _numbers("mse", prediction, target))


def l1(prediction: Any, target: Any) -> Any:
    """Average the sizes of the errors: an outlier weighs no more than its distance.

    In formulas, for n predictions p with targets t::

        l1 = Σ |p - t| / n

    Takes and raises what `mse` does; in units of the target. Where an error is 0, its gradient
    is 0.

    Examples
    --------
    >>> from glassgrad import losses
    >>> losses.l1([1.0, 4.0], [2.0, 1.0])
    2.0
    """
    return mean(abs(p - t) for p, t, _ in _numbers("l1", prediction, target))


def huber(prediction: Any, target: Any, delta: float = 1.0) -> Any:
    """Average the errors, squared where they are small and straight where they are large.

    In formulas, for n predictions p with targets t, and e = p - t::

        huber = Σ (e² / 2            where |e| < delta,
                   delta (|e| - delta / 2)  elsewhere) / n

    Takes and raises what `mse` does; in units of the target, squared.

    Parameters
    ----------
    delta : float
        Where the parabola goes over into its tangent, above 0, in units of the target.

    Examples
    --------
    >>> from glassgrad import losses
    >>> losses.huber([0.0, 0.0], [0.5, 3.0])
    1.3125

    References
    ----------
    Huber, Robust estimation of a location parameter, 1964, doi:10.1214/aoms/1177703732
    """
    bend = as_float(delta, "huber's delta")
    if not 0.0 < bend < inf:
        raise ValueError(f"huber's delta is a finite number above 0, not {delta!r}: 1.0 is usual")
    return mean(_huber(p - t, bend) for p, t, _ in _numbers("huber", prediction, target))


def _huber(error: Any, delta: float) -> Any:
    size = abs(error)
    far = size >= delta
    # The inner choice keeps the square of an infinite error from reaching the gradient as 0 * inf.
    near = 0.5 * square(where(far, 0.0, error))
    return where(far, delta * (size - 0.5 * delta), near)


def hinge(prediction: Any, target: Any) -> Any:
    """Average what is missing to a margin of 1: the loss of a support vector machine.

    In formulas, for n scores s with targets y::

        hinge = Σ max(0, 1 - y s) / n

    Parameters
    ----------
    prediction : Value or number, or a nest of them in lists or arrays
        Scores: above 0 speaks for the class +1, below 0 for the class -1.
    target : of the same form
        Each -1 or +1.

    Returns
    -------
    Value or float
        In units of the score.

    Raises
    ------
    ValueError
        If a target is neither -1 nor +1, the forms differ, or there are no examples.

    Examples
    --------
    >>> from glassgrad import losses
    >>> losses.hinge([0.5, 3.0], [1, -1])
    2.25

    References
    ----------
    Cortes & Vapnik, Support-vector networks, 1995, doi:10.1007/BF00994018
    """
    examples = _numbers("hinge", prediction, target)
    _check_labels(examples, "hinge", (-1, 1), "turn 0 and 1 into them with 2*y - 1")
    return mean(relu(1.0 - y * score) for score, y, _ in examples)


def bce_with_logits(prediction: Any, target: Any) -> Any:
    """Average the surprise at yes-or-no answers: binary cross-entropy, from logits.

    In formulas, for n logits x, whose probability of a 1 is sigmoid(x), with targets y::

        bce = Σ -(y log sigmoid(x) + (1 - y) log(1 - sigmoid(x))) / n
            = Σ softplus(-x if y = 1, x if y = 0) / n

    The second form is what is computed: no logit is too large for it, and it loses no digits.

    Parameters
    ----------
    prediction : Value or number, or a nest of them in lists or arrays
        Logits, any real numbers: what the model says before a sigmoid.
    target : of the same form
        Each 0 or 1. They are data: no gradient passes to them.

    Returns
    -------
    Value or float
        In nats: log 2 is the surprise at a tossed coin.

    Raises
    ------
    ValueError
        If a target is neither 0 nor 1, the forms differ, or there are no examples.

    Examples
    --------
    >>> from glassgrad import losses
    >>> round(losses.bce_with_logits(0.0, 1), 6), losses.bce_with_logits([1000.0, -1000.0], [1, 1])
    (0.693147, 500.0)

    References
    ----------
    Good, Rational decisions, 1952, doi:10.1111/j.2517-6161.1952.tb00104.x
    """
    examples = _numbers("bce_with_logits", prediction, target)
    _check_labels(examples, "bce_with_logits", (0, 1), "turn -1 and 1 into them with (y + 1) / 2")
    return mean(softplus(where(y > 0.0, -x, x)) for x, y, _ in examples)


def cross_entropy(prediction: Any, target: Any) -> Any:
    """Average the surprise at the right classes, from logits.

    In formulas, for n lists of logits x, with the class c right::

        cross_entropy = Σ -log softmax(x)[c] / n

    Parameters
    ----------
    prediction : list of lists of Values or numbers
        For each example one logit per class; for a single example a flat list.
    target : list of int
        For each example the index of its class, from 0; for a single example an int.

    Returns
    -------
    Value or float
        In nats: with k classes, log k is the surprise at a blind guess.

    Raises
    ------
    TypeError
        If a class is not an int.
    ValueError
        If there is no such class, the numbers of examples differ, or there are none.

    Examples
    --------
    >>> from glassgrad import losses
    >>> round(losses.cross_entropy([[2.0, 1.0, 0.1], [1000.0, 0.0, 0.0]], [0, 0]), 6)
    0.208515

    References
    ----------
    Good, Rational decisions, 1952, doi:10.1111/j.2517-6161.1952.tb00104.x
    """
    examples = _examples("cross_entropy", prediction, target)
    checked = [_logits_and_class(*example) for example in examples]
    return mean(-_at(log_softmax(logits), index) for logits, index in checked)


def _at(logarithms: list[Any], index: Any) -> Any:
    return take(logarithms, index) if type(index) is Value else logarithms[index]


def _logits_and_class(prediction: Any, target: Any, at: str) -> tuple[list[Any], Any]:
    logits = _parts(prediction)
    if not logits:
        raise ValueError(
            "cross_entropy takes a list of logits for each example, one per class, but "
            f"prediction{at} is {a_kind(prediction)} ({prediction!r})"
        )
    if here.tracing and type(target) is Value:  # another class at each call
        return [_number(x, "cross_entropy", "prediction", at) for x in logits], target
    if not is_whole(target):
        raise TypeError(
            f"cross_entropy takes the index of a class, an int, but target{at} is "
            f"{a_kind(target)} ({target!r}): number the classes from 0"
        )
    index = int(target)
    if not 0 <= index < len(logits):
        raise ValueError(
            f"target{at} is class {index}, but prediction{at} has {len(logits)} logits: the "
            f"classes are numbered from 0 to {len(logits) - 1}"
        )
    return [_number(x, "cross_entropy", "prediction", at) for x in logits], index


def l2_penalty(params: Iterable[Any]) -> Any:
    """Add up the squares of parameters: added to a loss, it keeps them small.

    Parameters
    ----------
    params : iterable of Value or numbers
        Such as ``model.parameters()``.

    Returns
    -------
    Value or float
        Their sum, not the mean: scale it as you need, ``loss + 1e-4 * l2_penalty(params)``.

    Raises
    ------
    ValueError
        If there are none.

    Examples
    --------
    >>> from glassgrad import losses
    >>> losses.l2_penalty([3.0, -4.0])
    25.0

    References
    ----------
    Hoerl & Kennard, Ridge regression, 1970, doi:10.1080/00401706.1970.10488634
    """
    return sum(square(p) for p in _some(params, "l2_penalty"))


def l1_penalty(params: Iterable[Any]) -> Any:
    """Add up the sizes of parameters: added to a loss, it drives the useless ones to 0.

    Takes, returns and raises what `l2_penalty` does.

    Examples
    --------
    >>> from glassgrad import losses
    >>> losses.l1_penalty([3.0, -4.0])
    7.0

    References
    ----------
    Tibshirani, Regression shrinkage and selection via the lasso, 1996
    """
    return sum(abs(p) for p in _some(params, "l1_penalty"))


# ---------------------------------------------------------------------- what is handed in


def _numbers(loss: str, prediction: Any, target: Any) -> list[tuple[Any, Any, str]]:
    """Pair numbers, each a float or a Value, and say where they were."""
    pairs = []
    for p, t, at in _examples(loss, prediction, target):
        outputs = _parts(p)
        if outputs is not None and len(outputs) != 1:
            raise ValueError(
                f"{loss}: prediction{at} holds {len(outputs)} numbers where target{at} is a "
                "single one: give both the same form"
            )
        only = p if outputs is None else outputs[0]
        pairs.append((_number(only, loss, "prediction", at), _number(t, loss, "target", at), at))
    return pairs


def _examples(loss: str, prediction: Any, target: Any) -> list[tuple[Any, Any, str]]:
    """Pair each prediction with its target, and say where they were: ``[2]``, ``[2][0]``."""
    pairs = _paired(loss, prediction, target, "")
    if not pairs:
        raise ValueError(f"{loss} of no examples is not defined: give at least one")
    return pairs


def _paired(loss: str, prediction: Any, target: Any, at: str) -> list[tuple[Any, Any, str]]:
    targets = _parts(target)
    if targets is None:
        return [(prediction, target, at)]
    predictions = _parts(prediction)
    if predictions is None:
        _number(prediction, loss, "prediction", at)
        raise ValueError(
            f"{loss}: prediction{at} is a single number where target{at} holds {len(targets)}: "
            "give both the same form"
        )
    if len(predictions) != len(targets):
        raise ValueError(
            f"{loss} pairs each prediction with one target, but prediction{at} holds "
            f"{len(predictions)} and target{at} {len(targets)}"
        )
    pairs = []
    for i, (p, t) in enumerate(zip(predictions, targets, strict=True)):
        pairs += _paired(loss, p, t, f"{at}[{i}]")
    return pairs


def _parts(nest: Any) -> list[Any] | None:
    """List what an iterable holds; None for what is not one, such as a number."""
    if type(nest) is Value or type(nest) is float:
        return None
    if is_array(nest):
        listed: list[Any] = nest.tolist()
        return listed
    if isinstance(nest, (str, bytes, dict, set)) or not hasattr(nest, "__iter__"):
        return None
    # An array or tensor without axes calls itself iterable, and is not.
    return None if getattr(nest, "ndim", 1) == 0 else list(nest)


def _number(x: Any, loss: str, what: str, at: str = "") -> Any:
    if type(x) is float or hasattr(x, "__card__"):
        return x
    return as_float(x, f"{loss}'s {what}{at}")


def _check_labels(
    examples: list[tuple[Any, Any, str]], loss: str, labels: tuple[int, int], cure: str
) -> None:
    if here.tracing:
        return  # targets are other numbers at each call
    for _, y, at in examples:
        # Where a whole program is differentiated, its data are Values too.
        label = y.data if type(y) is Value else y
        if label not in labels:
            raise ValueError(
                f"{loss} takes targets of {labels[0]} and {labels[1]}, but target{at} is "
                f"{label!r}: {cure}"
            )


def _some(params: Any, penalty: str) -> list[Any]:
    found = _parts(params)
    if found is None:
        raise TypeError(
            f"{penalty} takes several parameters, not {a_kind(params)}: put one into a list, and "
            "of a model take model.parameters()"
        )
    if not found:
        raise ValueError(f"{penalty} of no parameters is not defined: give at least one")
    return [_number(p, penalty, f"parameter {i}") for i, p in enumerate(found)]
