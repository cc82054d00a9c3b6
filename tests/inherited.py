"""The tests that every card inherits: each raises AssertionError if the card is wrong.

They know nothing of particular operations: what they need is on the card. `test_cards` applies
them to the table, and `test_wrong_cards` shows that each of them catches something.
"""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Callable, Iterator
from typing import Any

import mpmath
import sympy

import glassgrad as gg
from glassgrad import Value
from glassgrad.expr import as_expr
from glassgrad.ops import Card
from glassgrad.ops.card import PRIMITIVES
from oracles import forward_mode, meaning, peer, to_mpmath, to_sympy

Point = tuple[Any, ...]

#: Where float arithmetic has edges.
GRID = [s * x for x in (0.0, 1e-300, 1e-20, 1.0, 710.0, 1e3, 1e300, math.inf) for s in (1, -1)]
GRID.append(math.nan)


# --------------------------------------------------------------------------------- helpers


def run(card: Card, point: Point) -> tuple[float, tuple[float, ...]]:
    """Apply a card to Values, and take the result and the gradients from the engine."""
    leaves = [Value(x) for x in point[card.differentiable]]
    operands = (
        *point[: card.conditions],
        *leaves,
        *point[len(point) - card.parameters : len(point)],
    )
    y = card(*operands)
    y.backward()
    return y.data, tuple(leaf.grad for leaf in leaves)


def interior(card: Card, count: int = 100, seed: int = 1) -> Iterator[Point]:
    """Draw points from the card's sample, away from its kinks and from ties."""
    rng = random.Random(seed)
    made = 0
    while made < count:
        point: Point = tuple(rng.uniform(low, high) for low, high in card.sample)
        numbers = point[card.differentiable]
        ties = any(abs(a - b) < 0.01 for a, b in itertools.combinations(numbers, 2))
        if any(math.dist(point, kink) < 0.01 for kink in card.kinks) or (ties and card.kinks):
            continue
        made += 1
        yield (*(x > 0.5 for x in point[: card.conditions]), *point[card.conditions :])


def edges(card: Card) -> Iterator[Point]:
    """Combine the edges of float arithmetic over all operands."""
    operands = len(card.operands) - card.conditions - card.parameters
    for choice in itertools.product((True, False), repeat=card.conditions):
        for numbers in itertools.product(GRID, repeat=operands):
            for bounds in _bounds(card.parameters):
                yield (*choice, *numbers, *bounds)


def _bounds(parameters: int) -> list[tuple[float, ...]]:
    return [(-1.0, 1.0), (1.0, -1.0), (0.0, 0.0)] if parameters == 2 else [()]


def same(a: float, b: float, relative: float = 0.0, absolute: float = 0.0) -> bool:
    """Compare as numbers: nan equals nan, and 0.0 equals -0.0."""
    return (math.isnan(a) and math.isnan(b)) or (
        math.isclose(a, b, rel_tol=relative, abs_tol=absolute)
    )


def same_bits(a: float, b: float) -> bool:
    """Compare as bits, all NaNs being equal."""
    return (math.isnan(a) and math.isnan(b)) or (
        a == b and math.copysign(1.0, a) == math.copysign(1.0, b)
    )


# ------------------------------------------------------------------------------------ tests


def proved_by_sympy(card: Card) -> None:
    """The partials, in both forms, are the derivatives of the formula, in every region."""
    symbols = {name: sympy.Symbol(name, real=True) for name in card.operands}
    for name in card.operands[: card.conditions]:
        symbols[name] = sympy.Symbol(name)
    y = to_sympy(meaning(card), symbols)
    rules = [rule for rule in (card.partials, card.compute_partials) if rule is not None]
    for rule in rules:
        for name, e in zip(
            card.operands[card.differentiable], card.read_partials(rule), strict=True
        ):
            claimed = to_sympy(e, {**symbols, "y": y})
            difference = sympy.diff(y, symbols[name]) - claimed
            for region in _regions(card, symbols):
                rest = sympy.simplify(sympy.piecewise_fold(difference.subs(region)))
                assert rest == 0, f"{card.name}: d/d{name} is off by {rest} where {region}"
    if card.compute is not None:
        computed = to_sympy(card.compute_expr, symbols)
        for region in _regions(card, symbols):
            rest = sympy.simplify((computed - y).subs(region).rewrite(sympy.exp))
            assert rest == 0, f"{card.name}: compute is off by {rest} where {region}"


def expansion_means_the_same(card: Card) -> None:
    """What the operation is taken apart into is the same function."""
    if card.expansion is not None:
        symbols = {name: sympy.Symbol(name, real=True) for name in card.operands}
        taken_apart = to_sympy(as_expr(card.expansion(*card.symbols)), symbols)
        rest = (taken_apart - to_sympy(meaning(card), symbols)).rewrite(sympy.exp)
        assert sympy.simplify(rest) == 0, f"{card.name}: expansion is off by {rest}"


def _regions(card: Card, symbols: dict[str, Any]) -> list[dict[Any, Any]]:
    """Cut the operands' range at the places where a choice can change."""
    p, q = sympy.symbols("p q", positive=True)
    names = [symbols[name] for name in card.operands]
    if card.conditions:
        return [{names[0]: sympy.true}, {names[0]: sympy.false}]
    if card.parameters:
        x, low, high = names
        inside = {x: low + p, high: low + p + q}
        return [{x: low - p, high: low + q}, inside, {x: low + p + q, high: low + q}]
    domain = [sympy.Symbol(f"{s}_", positive=True) if low >= 0 else s
              for s, (low, _) in zip(names, card.sample, strict=True)]  # fmt: skip
    if len(names) == 1:
        return [{names[0]: p}] if card.sample[0][0] >= 0 else [{names[0]: p}, {names[0]: -p}]
    if domain != names:
        return [dict(zip(names, domain, strict=True))]
    return [{names[0]: names[1] + p}, {names[0]: names[1] - p}]


def exact_by_mpmath(card: Card) -> None:
    """The result is within 2 ulp of 50 digits, each partial within 4 ulp or 1e-16."""
    with mpmath.workdps(50):
        for point in interior(card, 200):
            numbers = {
                name: x if isinstance(x, bool) else mpmath.mpf(x)
                for name, x in zip(card.operands, point, strict=True)
            }
            y, slopes = run(card, point)
            exact = to_mpmath(meaning(card), numbers)
            _assert_close(card, "y", y, exact, point, ulps=2, absolute=0.0)
            for name, slope, e in zip(
                card.operands[card.differentiable], slopes, card.read_partials(card.partials),
                strict=True,
            ):  # fmt: skip
                exact_slope = to_mpmath(e, {**numbers, "y": exact})
                _assert_close(card, f"dy/d{name}", slope, exact_slope, point, 4, 1e-16)


def _assert_close(
    card: Card, what: str, found: float, exact: Any, point: Point, ulps: int, absolute: float
) -> None:
    error = abs(mpmath.mpf(found) - exact)
    allowed = max(ulps * math.ulp(float(exact)), absolute)
    assert error <= allowed, (
        f"{card.name}{point}: {what} is {found!r}, exactly {mpmath.nstr(exact, 20)}: "
        f"{float(error / math.ulp(float(exact))):.1f} ulp off"
    )


def matches_differences(card: Card) -> None:
    """The gradient is the slope that nudging the operands shows."""
    for point in interior(card, 50, seed=2):
        y, slopes = run(card, point)
        for i, slope in enumerate(slopes, start=card.conditions):
            h = 6e-6 * max(1.0, abs(point[i]))
            up, down = (run(card, (*point[:i], point[i] + s, *point[i + 1 :]))[0] for s in (h, -h))
            nudged = (up - down) / (2 * h)
            noise = 4 * math.ulp(max(abs(up), abs(y), abs(down))) / h
            assert math.isclose(slope, nudged, rel_tol=1e-5, abs_tol=1e-8 + noise), (
                f"{card.name}{point}: gradient {slope} in operand {i}, nudging shows {nudged}"
            )


def forward_is_reverse(card: Card) -> None:
    """Dual numbers through the formula, `gg.jvp`, and the backward pass agree."""
    for point in interior(card, 50, seed=3):
        _, slopes = run(card, point)
        for i, slope in enumerate(slopes, start=card.conditions):
            dual = forward_mode(card, point, i)

            def along(x: Any, point: Point = point, i: int = i) -> Any:
                return card(*point[:i], x, *point[i + 1 :])

            _, swept = gg.jvp(along, (point[i],), (1.0,))
            assert math.isclose(slope, dual, rel_tol=1e-9, abs_tol=1e-15), (card, point, i, dual)
            assert same_bits(slope, swept), (card, point, i, swept)


def second_order(card: Card) -> None:
    """Second derivatives agree with differences of the formula in 60 digits."""
    step = mpmath.mpf(10) ** -18
    for point in interior(card, 10, seed=4):
        places = range(card.conditions, len(point) - card.parameters)
        for i, j in itertools.product(places, places):

            def first(x: Any, z: Any, i: int = i, j: int = j, point: Point = point) -> Any:
                moved = list(point)
                moved[i] = x
                if i != j:
                    moved[j] = z
                return card(*moved)

            if i == j:
                found = gg.grad(gg.grad(lambda x: first(x, None)))(point[i])
            else:
                inner = gg.grad(first, 0)
                found = gg.grad(lambda z, x=point[i], inner=inner: inner(x, z))(point[j])
            with mpmath.workdps(60):
                exact = _second_difference(card, point, i, j, step)
            assert math.isclose(found, float(exact), rel_tol=1e-9, abs_tol=1e-12), (
                f"{card.name}{point}: second derivative in {i}, {j} is {found}, exactly {exact}"
            )


def _second_difference(card: Card, point: Point, i: int, j: int, step: Any) -> Any:
    def f(signs: dict[int, int]) -> Any:
        moved = {
            name: x if isinstance(x, bool) else mpmath.mpf(x) + signs.get(k, 0) * step
            for k, (name, x) in enumerate(zip(card.operands, point, strict=True))
        }
        return to_mpmath(meaning(card), moved)

    if i == j:
        return (f({i: 1}) - 2 * f({}) + f({i: -1})) / step**2
    mixed = f({i: 1, j: 1}) - f({i: 1, j: -1}) - f({i: -1, j: 1}) + f({i: -1, j: -1})
    return mixed / (4 * step**2)


def agrees_with_torch(card: Card, torch: Any) -> None:
    """PyTorch gives the same value and gradient, at the edges of float arithmetic too."""
    if card.elsewhere.torch is None:
        return
    function = peer(card.elsewhere.torch)
    for point in itertools.chain(interior(card, 50, seed=5), edges(card)):
        y, slopes = run(card, point)
        operands: list[Any] = [
            torch.tensor(x, dtype=torch.bool if isinstance(x, bool) else torch.float64)
            for x in point[: len(point) - card.parameters]
        ]
        leaves = operands[card.conditions :]
        for leaf in leaves:
            leaf.requires_grad_()
        theirs = function(*operands, *point[len(point) - card.parameters : len(point)])
        theirs.backward()
        # 1e-8, because PyTorch's softplus is x itself above 20; mpmath judges the digits.
        assert same(y, theirs.item(), 1e-8, 1e-300), (
            f"{card.name}{point}: {y}, PyTorch {theirs.item()}"
        )
        for name, slope, leaf in zip(
            card.operands[card.differentiable], slopes, leaves, strict=True
        ):
            grad = leaf.grad.item()
            # Where PyTorch's 1 - y*y is all rounding, the digits are mpmath's to judge.
            assert same(slope, grad, 1e-8, 1e-15), (
                f"{card.name}{point}: d/d{name} is {slope}, PyTorch {grad}"
            )


def agrees_with_jax(card: Card, jax: Any) -> None:
    """JAX gives the same value and gradient inside the sample."""
    if card.elsewhere.jax is None:
        return
    function = peer(card.elsewhere.jax)
    argnums = tuple(range(card.conditions, len(card.operands) - card.parameters))
    theirs = jax.jit(jax.value_and_grad(lambda *xs: function(*xs), argnums))
    for point in interior(card, 20, seed=6):
        y, slopes = run(card, point)
        value, grads = theirs(*point)
        assert math.isclose(y, float(value), rel_tol=1e-12, abs_tol=1e-15), (card, point, value)
        for slope, grad in zip(slopes, grads, strict=True):
            assert math.isclose(slope, float(grad), rel_tol=1e-9, abs_tol=1e-14), (card, point)


def never_raises(card: Card) -> None:
    """At the edges too, the engine gives the bits of the card's own expressions, as floats."""
    for point in edges(card):
        y, slopes = run(card, point)
        assert isinstance(y, float), (card, point, y)
        expected = card.on_floats(*point)
        assert same_bits(y, expected), f"{card.name}{point}: {y}, its expression {expected}"
        wanted = card.partials_on_floats(y, *point)
        for slope, partial in zip(slopes, wanted, strict=True):
            # A leaf's gradient starts from 0.0, which swallows the sign of a zero.
            assert same_bits(slope, 0.0 + partial), f"{card.name}{point}: {slope}, {partial}"


def kernel_is_fresh(card: Card) -> None:
    """The free function on floats gives the bits of the method."""
    free: Callable[..., float] | None = getattr(gg, card.name, None)
    if free is None or not card.in_table:
        assert not card.in_table or card.name in PRIMITIVES, f"{card.name} has no free function"
        return
    for point in edges(card):
        assert same_bits(free(*point), run(card, point)[0]), (card, point)


#: What needs nothing but the installed test tools, and what needs a peer.
ALONE = [
    proved_by_sympy, exact_by_mpmath, matches_differences, forward_is_reverse, second_order,
    never_raises, kernel_is_fresh, expansion_means_the_same,
]  # fmt: skip
WITH_TORCH = [agrees_with_torch]
WITH_JAX = [agrees_with_jax]
