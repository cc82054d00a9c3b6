"""Every card of the table passes the tests that all cards inherit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import inherited
from glassgrad.ops import TABLE, Card

CARDS = [pytest.param(card, id=card.name) for card in TABLE.values()]


@pytest.mark.parametrize("check", inherited.ALONE, ids=lambda check: check.__name__)
@pytest.mark.parametrize("card", CARDS)
def test_alone(card: Card, check: Callable[[Card], None]) -> None:
    check(card)


@pytest.mark.parametrize("card", CARDS)
def test_agrees_with_torch(card: Card, torch: Any) -> None:
    inherited.agrees_with_torch(card, torch)


@pytest.mark.parametrize("card", CARDS)
def test_agrees_with_jax(card: Card, jax: Any) -> None:
    inherited.agrees_with_jax(card, jax)
