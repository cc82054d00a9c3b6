"""A card that is wrong is caught by the inherited tests, without a test written for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import inherited
from glassgrad.ops import Card, Names, exp, log, where

Check = Callable[[Card], None]

RIGHT: dict[str, Any] = {
    "formula": lambda x: 1 / (1 + exp(-x)),
    "partials": lambda y, x: (y * (1 - y),),
    "compute_partials": lambda y, x: (1 / (2 + exp(x) + exp(-x)),),
    "sample": (-3.0, 3.0),
    "elsewhere": Names("torch.sigmoid", "jax.nn.sigmoid"),
}
RELU: dict[str, Any] = {
    "formula": lambda x: where(x <= 0, 0, x),
    "partials": lambda y, x: (where(x <= 0, 0, 1),),
    "kinks": ((0.0,),),
    "elsewhere": Names("torch.relu", "jax.nn.relu"),
}


def card(**fields: Any) -> Card:
    return Card("throw_away", **{**RIGHT, **fields})


def relu(**fields: Any) -> Card:
    return Card("throw_away_relu", **{**RELU, **fields})


@pytest.mark.parametrize("check", inherited.ALONE, ids=lambda check: check.__name__)
@pytest.mark.parametrize("made", [card(), relu()], ids=["sigmoid", "relu"])
def test_a_right_card_made_at_run_time_passes(made: Card, check: Check) -> None:
    check(made)


def test_a_right_card_agrees_with_torch(torch: Any) -> None:
    inherited.agrees_with_torch(card(), torch)
    inherited.agrees_with_torch(relu(), torch)


def test_a_right_card_agrees_with_jax(jax: Any) -> None:
    inherited.agrees_with_jax(card(), jax)
    inherited.agrees_with_jax(relu(), jax)


WRONG = {
    "a wrong partial": card(
        partials=lambda y, x: (y * (1 + y),), compute_partials=lambda y, x: (y * (1 + y),)
    ),
    "a wrong sign": card(
        partials=lambda y, x: (-y * (1 - y),), compute_partials=lambda y, x: (-y * (1 - y),)
    ),
}


@pytest.mark.parametrize(
    "check",
    [inherited.proved_by_sympy, inherited.matches_differences, inherited.forward_is_reverse],
    ids=lambda check: check.__name__,
)
@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_derivative_is_caught(wrong: Card, check: Check) -> None:
    with pytest.raises(AssertionError):
        check(wrong)


def test_a_wrong_derivative_of_second_order_is_caught() -> None:
    # Not so a wrong sign: differentiated twice, it is right again.
    with pytest.raises(AssertionError):
        inherited.second_order(WRONG["a wrong partial"])


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_derivative_is_caught_by_torch(wrong: Card, torch: Any) -> None:
    with pytest.raises(AssertionError):
        inherited.agrees_with_torch(wrong, torch)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_wrong_derivative_is_caught_by_jax(wrong: Card, jax: Any) -> None:
    with pytest.raises(AssertionError):
        inherited.agrees_with_jax(wrong, jax)


def test_a_wrong_textbook_form_is_caught_although_nothing_computes_with_it() -> None:
    with pytest.raises(AssertionError):
        inherited.proved_by_sympy(card(partials=lambda y, x: (y * y,)))


def test_an_overflow_in_compute_is_caught() -> None:
    wrong = card(compute=lambda x: exp(x) / (exp(x) + 1), sample=(-40.0, 800.0))
    inherited.proved_by_sympy(wrong)  # as algebra it is right
    with pytest.raises(AssertionError):
        inherited.exact_by_mpmath(wrong)


def test_an_overflow_in_compute_is_caught_at_the_edges(torch: Any) -> None:
    with pytest.raises(AssertionError):
        inherited.agrees_with_torch(card(compute=lambda x: exp(x) / (exp(x) + 1)), torch)


def test_a_compute_that_is_another_function_is_caught() -> None:
    with pytest.raises(AssertionError):
        inherited.proved_by_sympy(card(compute=lambda x: 1 / (2 + exp(-x))))


def test_an_expansion_that_is_another_function_is_caught() -> None:
    inherited.expansion_means_the_same(card(expansion=lambda x: exp(x) / (1 + exp(x))))
    with pytest.raises(AssertionError):
        inherited.expansion_means_the_same(card(expansion=lambda x: exp(x) / (2 + exp(x))))


def test_lost_digits_are_caught() -> None:
    wrong = Card("throw_away_log1p", formula=lambda x: log(1 + x),
                 partials=lambda y, x: (1 / (1 + x),), sample=(1e-9, 1e-6))  # fmt: skip
    right = Card("throw_away_log", formula=lambda x: log(x), partials=lambda y, x: (1 / x,),
                 sample=(0.5, 0.9))  # fmt: skip
    inherited.exact_by_mpmath(right)
    with pytest.raises(AssertionError, match="ulp off"):
        inherited.exact_by_mpmath(wrong)


@pytest.mark.parametrize(
    "wrong",
    [
        relu(partials=lambda y, x: (where(x < 0, 0, 1),)),  # slope 1 at 0
        relu(partials=lambda y, x: (where(x > 0, 1, 0),)),  # slope 0 at nan
        relu(formula=lambda x: where(x > 0, x, 0)),  # 0 at nan
    ],
    ids=["slope at 0", "slope at nan", "value at nan"],
)
def test_a_wrong_edge_is_caught(wrong: Card, torch: Any) -> None:
    inherited.proved_by_sympy(wrong)  # inside the regions it is right
    with pytest.raises(AssertionError):
        inherited.agrees_with_torch(wrong, torch)


def test_text_that_is_not_what_the_card_says_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    import glassgrad as gg
    from glassgrad.ops import TABLE
    from glassgrad.ops.card import PRIMITIVES

    monkeypatch.setattr(gg, "tanh", gg.sigmoid)
    with pytest.raises(AssertionError):
        inherited.kernel_is_fresh(TABLE["tanh"])
    monkeypatch.setitem(PRIMITIVES, "tanh", PRIMITIVES["sin"])
    with pytest.raises(AssertionError):
        inherited.never_raises(TABLE["tanh"])
