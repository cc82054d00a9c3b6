"""Curves fitted by gradient descent, against NumPy's least squares."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

import glassgrad as gg
from glassgrad.cli import main
from glassgrad.curve_fitting.polynomial import Polynomial


def noisy(count: int, low: float, high: float, seed: int = 1) -> list[tuple[float, float]]:
    draw = random.Random(seed)
    xs = [draw.uniform(low, high) for _ in range(count)]
    return [(x, math.sin(3 * (x - low) / (high - low)) + draw.gauss(0, 0.1)) for x in xs]


@pytest.mark.parametrize(
    ("points", "degree"),
    [
        (noisy(40, -1.5, 1.5), 5),
        (noisy(40, 0.0, 1e-3), 3),
        (noisy(30, 1990.0, 2020.0), 5),
        (noisy(6, -3.0, 100.0), 5),  # as many knobs as points: it goes through all of them
        ([(x**4, y) for x, y in noisy(50, 0.0, 3.0)], 8),  # crowded at one end
        ([(i, math.cos(i)) for i in range(21)], 20),
        ([(x, 1e9 * y) for x, y in noisy(20, -1.0, 1.0)] * 2, 1),
    ],
)
def test_it_reaches_the_least_squares_solution(points: Any, degree: int) -> None:
    curve = gg.fit_curve(points, degree)
    xs, ys = np.array(points, dtype=float).T
    exact = np.polynomial.Polynomial.fit(xs, ys, degree)
    size = np.abs(ys).max()
    np.testing.assert_allclose([curve(x) for x in xs], exact(xs), rtol=0, atol=1e-6 * size)
    assert curve.difference <= 1e-6 * size
    assert curve.loss == pytest.approx(np.mean((exact(xs) - ys) ** 2), rel=1e-5, abs=1e-12)
    if abs(xs).max() < 1000 and degree < 20:  # elsewhere 64 bits can't hold the plain form
        np.testing.assert_allclose(curve.k, exact.convert().coef, rtol=1e-6)
        np.testing.assert_allclose(curve.least_squares, exact.convert().coef, rtol=1e-12)


def test_the_coefficients_of_a_polynomial_are_found() -> None:
    k = [0.5, -2.0, 0.0, 3.0, 0.25, -1.0]
    points = [(x / 7, sum(c * (x / 7) ** i for i, c in enumerate(k))) for x in range(-10, 11)]
    curve = gg.fit_curve(np.array(points))
    assert curve.k == pytest.approx(k, abs=1e-6)
    assert len(curve.model.parameters()) == 6
    flat = gg.fit_curve([(0, 2), (1, 2), (2, 2)], 2)
    assert flat.k == pytest.approx([2, 0, 0], abs=1e-6)
    assert len(flat.least_squares) == 3


def test_the_basis_is_orthogonal_on_the_points() -> None:
    xs = [x for x, _ in noisy(30, 5.0, 9.0)]
    rows = np.array(Polynomial(xs, 7).basis(xs))
    np.testing.assert_allclose(rows.T @ rows / 30, np.eye(8), atol=1e-12)


def test_every_step_is_one_of_gradient_descent() -> None:
    points = noisy(12, -1.0, 1.0)
    xs, ys = np.array(points).T
    curve = gg.fit_curve(points, 3, steps=4)
    rows = np.array(Polynomial(list(xs), 3).basis(xs))
    knobs, losses = np.zeros(4), []
    for _ in range(4):
        missed = rows @ knobs - ys
        losses.append(np.mean(missed**2))
        knobs = knobs - 0.05 * 2 * rows.T @ missed / 12
    assert curve.history["loss"] == pytest.approx(losses)
    assert curve.history["loss"] == sorted(curve.history["loss"], reverse=True)
    assert curve.history.snapshots[-1] == (4, pytest.approx(list(knobs)))
    assert [step for step, _ in curve.history.snapshots] == [0, 1, 2, 3, 4]


def test_what_it_says() -> None:
    said = repr(gg.fit_curve([(x, 1 - 2 * x + 3 * x**2) for x in range(-4, 5)], 2))
    lines = said.splitlines()
    assert lines[0] == "y = 1 − 2·x + 3·x²"
    assert lines[2] == "9 points, 3 knobs, 200 times the same four steps; the first time:"
    assert [line.split(":")[0] for line in lines[3:7]] == [
        "1. forward", "2. backward", "3. nudge the knobs", "4. repeat",
    ]  # fmt: skip
    mean_square = sum((1 - 2 * x + 3 * x**2) ** 2 for x in range(-4, 5)) / 9
    assert lines[3].endswith(f"the loss: {mean_square:.4g}")
    assert [line.split()[0] for line in lines[9:12]] == ["k0", "k1", "k2"]
    again = repr(gg.fit_curve([(x, 1 - 2 * x + 3 * x**2) for x in range(-4, 5)], 2))
    assert again == said


def test_pictures_and_films(tmp_path: Path) -> None:
    points = noisy(9, -1.0, 1.0)
    curve = gg.fit_curve(points, 3, steps=3)
    ax = curve.plot(Figure().subplots())
    line = next(line for line in ax.get_lines() if line.get_label() == "fit")
    grid, shown = line.get_data()
    np.testing.assert_allclose(shown, np.polynomial.Polynomial(curve.k)(np.array(grid)), atol=1e-12)
    path = curve.animate(tmp_path / "curve.webp")
    with Image.open(path) as film:
        assert film.n_frames == 4  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("points", "degree", "error", "says"),
    [
        ([], 5, gg.DataError, "there are no points"),
        (noisy(5, 0, 1), 5, gg.DataError, "at 6 different x at least, and there are 5: lower"),
        ([(2.0, 1.0)] * 9, 1, gg.DataError, "2 different x at least, and there is 1"),
        ([(1, 2), (3, math.nan)], 1, gg.DataError, r"point 2 is \(3\.0, nan\)"),
        ([(math.inf, 2), (3, 1)], 1, gg.DataError, "point 1 is"),
        ([(1e200, 2), (3, 1)], 1, gg.DataError, "other units"),
        ([(1e149 * i, i) for i in range(9)], 5, gg.DataError, "up to 5 go beyond what floats"),
        ([(1e-300 * i, i) for i in range(9)], 2, gg.DataError, "other units"),
        ([(5e-324 * i, i) for i in range(9)], 2, gg.DataError, "other units"),
        ([(1, 2), 3], 1, gg.DataError, "point 2 is not a pair"),
        ([(1, 2), (1, 2, 3)], 1, gg.DataError, "point 2 is not a pair"),
        ([(1, 2), (2, "3")], 1, TypeError, "the y of point 2 takes a number, not a str"),
        ([(1 + i * 1e-15, i) for i in range(6)] + [(2, 1)], 5, gg.DataError, "close together"),
        (noisy(9, 0, 1), 0, ValueError, "degree is a whole number from 1 to 20, not 0"),
        (noisy(99, 0, 1), 21, ValueError, "degree"),
        (noisy(9, 0, 1), 2.0, ValueError, "degree"),
        (noisy(9, 0, 1), np.array([1, 2]), ValueError, "degree"),
        (noisy(9, 0, 1), True, ValueError, "degree"),
    ],
)
def test_what_can_not_be_fitted(points: Any, degree: Any, error: Any, says: str) -> None:
    with pytest.raises(error, match=says):
        gg.fit_curve(points, degree)


def test_wrong_numbers_of_steps() -> None:
    for steps in (0, -1, 2.5, None):
        with pytest.raises(ValueError, match="steps is a whole number"):
            gg.fit_curve(noisy(9, 0, 1), 2, steps=steps)  # type: ignore[arg-type]


def test_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "hours,marks\n" + "".join(f"{x},{1 - 2 * x + 3 * x * x}\n" for x in range(-3, 4))
    Path("points.csv").write_text(text, "utf-8")
    assert main(["fit-curve", "points.csv", "--degree", "2"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("y = 1 − 2·x + 3·x²\n")
    assert out.endswith("written to curve.png\n")
    assert main(["fit-curve", "points.csv", "--degree", "2", "-o", "curve.svg"]) == 0
    drawn = Path("curve.svg").read_text("utf-8")
    assert "<!-- hours -->" in drawn
    assert "<!-- marks -->" in drawn
    arguments = ["fit-curve", "points.csv", "--degree", "2", "--steps", "2", "-o", "curve.gif"]
    assert main(arguments) == 0
    with Image.open("curve.gif") as film:
        assert film.n_frames == 3  # type: ignore[attr-defined]
    before = sorted(path.name for path in tmp_path.iterdir())
    Path("three.csv").write_text("a,b,c\n1,2,3\n", "utf-8")
    Path("bare.csv").write_text("1,2\n2,3\n3,5\n", "utf-8")
    for arguments, says in (
        (["bare.csv", "--degree", "1", "-o", "a.png"], "the first line of bare.csv is two numbers"),
        (["points.csv", "--degree", "9", "-o", "a.png"], "at 10 different x at least"),
        (["points.csv", "-o", "a.jpeg"], ".png, .svg or .pdf"),
        (["three.csv", "-o", "a.png"], "has 3 columns"),
        (["points.csv", "--degree", "21", "-o", "a.png"], "from 1 to 20"),
        (["nothing.csv"], "there is no file nothing.csv"),
    ):
        capsys.readouterr()
        assert main(["fit-curve", *arguments]) == 2
        assert says in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*before, "bare.csv", "three.csv"]
    )
