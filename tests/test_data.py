"""Data sets, files and what prepares them: against scikit-learn, NumPy and published numbers."""

from __future__ import annotations

import copy
import csv
import json
import math
import pickle
import string
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import datasets
from sklearn.preprocessing import StandardScaler

import glassgrad as gg
from glassgrad import Value, data

finite = st.floats(-1e150, 1e150)


@pytest.fixture
def global_source() -> Iterator[None]:
    """Give NumPy's global source back as it was."""
    state = np.random.get_state()
    yield
    np.random.set_state(state)


def same(ours: data.Dataset, theirs: tuple[Any, Any]) -> None:
    X, y = ours
    assert np.array_equal(np.array(X), theirs[0]), "not the same bits"
    assert y == theirs[1].tolist()
    assert {type(x) for row in X for x in row} == {float}
    assert {type(label) for label in y} == {int}


# ----------------------------------------------------------------- scikit-learn's own shapes


@pytest.mark.parametrize("n", [1, 2, 7, 100, 257])
@pytest.mark.parametrize("noise", [None, 0, 0.1, 2.5])
@pytest.mark.parametrize("seed", [0, 1337, 2**32 - 1])
def test_shapes_are_scikit_learns(n: int, noise: float | None, seed: int) -> None:
    same(data.moons(n, noise, seed), datasets.make_moons(n, noise=noise, random_state=seed))
    for factor in (0.0, 0.3, 0.8):
        theirs = datasets.make_circles(n, noise=noise, factor=factor, random_state=seed)
        same(data.circles(n, noise, factor, seed), theirs)
    for k in (1, 3, 5):
        std = noise or 0.0
        theirs = datasets.make_blobs(n, centers=k, cluster_std=std, random_state=seed)
        same(data.blobs(n, k, std, seed), theirs)


@pytest.mark.usefixtures("global_source")
def test_the_global_source_is_used_as_scikit_learn_uses_it() -> None:
    makers = [
        (lambda: data.moons(n=100, noise=0.1), lambda: datasets.make_moons(100, noise=0.1)),
        (data.moons, datasets.make_moons),
        (data.circles, datasets.make_circles),
        (data.blobs, datasets.make_blobs),
    ]
    for ours, theirs in makers:
        np.random.seed(1337)
        made, after = ours(), np.random.random()
        np.random.seed(1337)
        same(made, theirs())
        assert after == np.random.random()


def test_a_source_of_ones_own() -> None:
    source = np.random.RandomState(5)
    first = data.moons(10, 0.1, source)
    assert first == data.moons(10, 0.1, np.int64(5))
    assert first != data.moons(10, 0.1, source), "the source has moved on"


def test_classes_have_names_in_their_order() -> None:
    X, y = moons = data.moons(50)
    assert moons.classes == ["upper", "lower"]
    assert {moons.classes[k] for (_, x2), k in zip(X, y, strict=True) if x2 > 0.5} == {"upper"}
    X, y = circles = data.circles(50)
    assert circles.classes == ["outer", "inner"]
    assert all((math.hypot(*row) < 0.9) == k for row, k in zip(X, y, strict=True))
    assert data.blobs(centers=2).classes == ["blob 0", "blob 1"]


# ------------------------------------------------------------------------ shapes of our own


@pytest.mark.parametrize(("n", "arms", "turns"), [(60, 2, 1.0), (61, 3, 2.5), (20, 1, -0.5)])
def test_spirals(n: int, arms: int, turns: float) -> None:
    X, y = data.spirals(n, arms, turns, random_state=3)
    sizes = Counter(y)
    assert sorted(sizes) == list(range(arms))
    assert sum(sizes.values()) == n
    assert max(sizes.values()) - min(sizes.values()) <= 1
    for (a, b), k in zip(X, y, strict=True):
        angle = 2 * math.pi * (turns * math.hypot(a, b) + k / arms)
        assert math.remainder(math.atan2(b, a) - angle, 2 * math.pi) == pytest.approx(0, abs=1e-9)
    for k in range(arms):
        radii = sorted(math.hypot(*row) for row, label in zip(X, y, strict=True) if label == k)
        steps = [(i + 1) / sizes[k] for i in range(sizes[k])]
        assert radii == pytest.approx(steps)


def test_more_arms_than_points() -> None:
    X, y = data.spirals(2, arms=3, random_state=0)
    assert sorted(y) == [0, 1]
    assert [math.hypot(*row) for row in X] == pytest.approx([1, 1])


def test_xor() -> None:
    X, y = data.xor(403, random_state=1)
    squares = Counter((a > 0, b > 0) for a, b in X)
    assert sorted(squares.values()) == [100, 101, 101, 101]
    assert all(0.1 <= abs(x) <= 1 for row in X for x in row)
    assert y == [int((a > 0) is not (b > 0)) for a, b in X]
    assert y != sorted(y)


@pytest.mark.parametrize("make", [data.spirals, data.xor])
def test_noise_has_the_deviation_asked_for(make: Any) -> None:
    clean, noisy = make(2000, random_state=7), make(2000, noise=0.3, random_state=7)
    assert clean.y == noisy.y
    extra = np.array(noisy.X) - np.array(clean.X)
    assert extra.std() == pytest.approx(0.3, rel=0.05)
    assert extra.mean() == pytest.approx(0, abs=0.02)
    assert noisy == make(2000, noise=0.3, random_state=7) != make(2000, noise=0.3, random_state=8)
    assert {type(x) for row in noisy.X for x in row} | set(map(type, noisy.y)) == {float, int}


def test_the_lectures_examples() -> None:
    xs, ys = lecture = data.lecture()
    assert xs == [[2, 3, -1], [3, -1, 0.5], [0.5, 1, 1], [1, 1, -1]]
    assert ys == [1, -1, -1, 1]
    assert lecture.classes is None
    xs[0][0] = 7.0
    assert data.lecture().X[0][0] == 2.0, "each call makes its own"


def test_the_names_are_names() -> None:
    names = data.names()
    assert names == sorted(set(names))
    assert len(names) == 388
    assert {*map(len, names)} == {*range(3, 10)}
    assert {*"".join(names)} == {*string.ascii_lowercase}
    names.clear()
    assert len(data.names()) == 388, "each call makes its own"


@given(st.lists(st.floats(-9, 9), min_size=1, max_size=6), st.integers(2, 30))
def test_polynomial_agrees_with_numpy(coefficients: list[float], n: int) -> None:
    X, y = data.polynomial(coefficients, n, -2, 3)
    xs = [x for (x,) in X]
    assert xs == pytest.approx(np.linspace(-2, 3, n).tolist(), abs=1e-15)
    assert (xs[0], xs[-1]) == (-2, 3)
    assert y == pytest.approx(np.polynomial.Polynomial(coefficients)(np.array(xs)).tolist())


def test_noise_of_a_polynomial_is_on_y() -> None:
    X, clean = data.polynomial([1, Fraction(1, 2)], 20)
    assert clean[-1] == 1.5
    noisy = data.polynomial([1, 0.5], 20, noise=0.2, random_state=4)
    assert noisy.X == X
    extra = np.random.RandomState(4).normal(0, 0.2, 20)
    assert noisy.y == (np.array(clean) + extra).tolist()
    assert noisy.classes is None
    assert {type(v) for v in noisy.y} == {float}
    assert data.polynomial([3.0], n=1, low=5, high=6).X == [[5.0]]
    assert data.polynomial([3.0], n=3, low=-1e308, high=1e308).X == [[-1e308], [0.0], [1e308]]


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: data.moons(0), gg.DataError, "moons: n, how many points, is at least 1, not 0"),
        (lambda: data.moons(-3), gg.DataError, "not -3"),
        (lambda: data.moons(10.0), TypeError, "is a whole number, not a float (10.0): use int"),
        (lambda: data.xor(True), TypeError, "xor: n, how many points, is a whole number, not a b"),
        (lambda: data.moons("ten"), TypeError, "not a str ('ten')"),
        (lambda: data.moons(9, -0.1), gg.DataError,
         "moons: noise, a standard deviation, is at least 0, not -0.1"),
        (lambda: data.moons(9, math.nan), gg.DataError, "is a finite number, not nan"),
        (lambda: data.xor(9, math.inf), gg.DataError, "is a finite number, not inf"),
        (lambda: data.spirals(9, noise="0.1"), TypeError, "convert it first, with float(text)"),
        (lambda: data.moons(9, Value(0.1)), TypeError, "use its number, .data"),
        (lambda: data.moons(9, random_state="a"), TypeError,
         "random_state is None, an int or a numpy.random.RandomState, not a str ('a')"),
        (lambda: data.moons(9, random_state=True), TypeError, "not a bool (True)"),
        (lambda: data.moons(9, random_state=np.random.default_rng(0)), TypeError, "a Generator"),
        (lambda: data.moons(9, random_state=-1), gg.DataError, "from 0 to 2**32 - 1, not -1"),
        (lambda: data.moons(9, random_state=2**32), gg.DataError, "not 4294967296"),
        (lambda: data.circles(9, factor=1), gg.DataError,
         "circles: factor, the inner radius, is below 1, not 1"),
        (lambda: data.circles(9, factor=-0.1), gg.DataError, "factor is at least 0, not -0.1"),
        (lambda: data.blobs(9, centers=0), gg.DataError, "how many clouds, is at least 1, not 0"),
        (lambda: data.blobs(9, std=-1), gg.DataError, "std, a standard deviation, is at least 0"),
        (lambda: data.spirals(9, arms=0), gg.DataError, "spirals: arms is at least 1, not 0"),
        (lambda: data.spirals(9, turns=math.inf), gg.DataError, "turns is a finite number"),
        (lambda: data.polynomial([]), gg.DataError, "no coefficients were given: [1, 0, 2] mea"),
        (lambda: data.polynomial(3), TypeError, "is a list such as [1, 0, 2] for 1 + 2x², not an "),
        (lambda: data.polynomial("12"), TypeError, "is a list such as [1, 0, 2]"),
        (lambda: data.polynomial([1, math.nan]), gg.DataError,
         "polynomial: coefficient 1 is a finite number, not nan"),
        (lambda: data.polynomial([1], low=2, high=2), gg.DataError,
         "polynomial: low is below high, but 2 and 2 were given"),
        (lambda: data.polynomial([0, 0, 1], low=0, high=1e200), gg.DataError,
         "too large: narrow low and high"),
    ],
)  # fmt: skip
def test_arguments_that_make_no_sense(call: Any, error: type[Exception], says: str) -> None:
    with pytest.raises(error) as caught:
        call()
    assert says in str(caught.value)
    assert type(caught.value) is error


@pytest.mark.usefixtures("global_source")
def test_a_refused_call_draws_nothing() -> None:
    np.random.seed(1)
    with pytest.raises(gg.DataError):
        data.circles(10, 0.1, factor=2)
    with pytest.raises(gg.DataError):
        data.spirals(10, arms=0)
    drawn = np.random.random()
    np.random.seed(1)
    assert drawn == np.random.random()


# ------------------------------------------------------------------------------- data sets


def test_iris_is_the_real_one() -> None:
    flowers, theirs = data.iris(), datasets.load_iris()
    same(flowers, (theirs.data, theirs.target))
    assert flowers.feature_names == theirs.feature_names
    assert flowers.classes == theirs.target_names.tolist()
    assert flowers.target_name == "species"
    # Where the UCI repository's copy differs from Fisher's article, and R from that copy.
    assert flowers.X[34] == [4.9, 3.1, 1.5, 0.2]
    assert flowers.X[37] == [4.9, 3.6, 1.4, 0.1]
    means = [sum(column) / 150 for column in zip(*flowers.X, strict=True)]
    assert [round(m, 3) for m in means] == [5.843, 3.057, 3.758, 1.199]  # R's summary(iris)


def test_a_dataset_is_a_pair_with_names() -> None:
    dataset = data.moons(6, random_state=0)
    X, y = dataset
    assert X is dataset.X
    assert y is dataset.y
    assert list(dataset) == [X, y]
    assert pickle.loads(pickle.dumps(dataset)) == copy.deepcopy(dataset) == dataset
    other = copy.deepcopy(dataset)
    other.X[0][0] += 1.0
    assert dataset != other
    assert dataset != (X, y)
    with pytest.raises(TypeError, match="unhashable"):
        hash(dataset)
    one = data.Dataset([[1.0]], [2.0], ["x"])
    assert repr(one) == "Dataset(1 row, inputs: x; y: a number)"


def test_values_are_made_of_a_dataset() -> None:
    w = [Value(0.5), Value(-0.5)]
    X, y = data.moons(10, random_state=0)
    loss = gg.sum((gg.dot(w, row) - label) ** 2 for row, label in zip(X, y, strict=True))
    loss.backward()
    A, b = np.array(X), np.array(y)
    slope = 2 * A.T @ (A @ [0.5, -0.5] - b)
    assert [v.grad for v in w] == pytest.approx(slope.tolist())


def test_importing_and_reading_load_no_numpy() -> None:
    program = (
        "import sys; from glassgrad import data; X, y = data.iris(); data.standardise(X); "
        "data.split(X, y); data.lecture(); assert 'csv' in sys.modules; "
        "print(*{'numpy', 'sklearn', 'inspect'} & set(sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.split() == []


# ------------------------------------------------------------------------------- preparation


@given(st.lists(st.integers(), min_size=2, max_size=60), st.floats(0.01, 0.99), st.integers(0))
def test_split_divides(items: list[int], part: float, seed: int) -> None:
    y = [str(x) for x in items]
    X_train, X_test, y_train, y_test = data.split(items, y, part, seed)
    assert sorted(X_train + X_test) == sorted(items)
    assert [str(x) for x in X_train] == y_train
    assert [str(x) for x in X_test] == y_test
    assert len(X_test) == min(max(round(part * len(items)), 1), len(items) - 1)
    assert data.split(items, y, part, seed) == (X_train, X_test, y_train, y_test)


@given(st.lists(st.integers(2, 20), min_size=1, max_size=4), st.floats(0.01, 0.99))
def test_split_by_class(sizes: list[int], part: float) -> None:
    y = [k for k, size in enumerate(sizes) for _ in range(size)]
    X_train, X_test, y_train, y_test = data.split(range(len(y)), y, part, stratify=True)
    assert sorted(X_train + X_test) == list(range(len(y)))
    assert [y[i] for i in X_train] == y_train
    assert [y[i] for i in X_test] == y_test
    for k, size in enumerate(sizes):
        assert y_test.count(k) == min(max(round(part * size), 1), size - 1)


def test_a_split_is_the_same_everywhere() -> None:
    noted = ([7, 5, 2, 6, 0, 3], [1, 4])  # Python 3.11, Linux
    assert data.split(range(8), "abcdefgh")[:2] == noted
    assert data.split(range(8), "abcdefgh", seed=1)[:2] != noted
    X = list(range(40))
    train, test, *_ = data.split(X, [i // 20 for i in X], stratify=True)
    assert train != sorted(train), "in random order"
    assert test != sorted(test)


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: data.split([1, 2, 3], [1, 2]), gg.DataError, "X has 3 examples and y has 2"),
        (lambda: data.split([1], [1]), gg.DataError, "two or more examples, not 1"),
        (lambda: data.split([], []), gg.DataError, "two or more examples, not 0"),
        (lambda: data.split([1, 2], [1, 2], 0), gg.DataError, "between 0 and 1, not 0: try 0.25"),
        (lambda: data.split([1, 2], [1, 2], 1), gg.DataError, "between 0 and 1, not 1"),
        (lambda: data.split([1, 2], [1, 2], math.nan), gg.DataError, "a finite number, not nan"),
        (lambda: data.split([1, 2], [1, 2], "x"), TypeError, "split: test, the part to test with,"),
        (lambda: data.split([1, 2], [1, 2], seed=0.5), TypeError, "split: seed is a whole number"),
        (lambda: data.split([1, 2], [1, 2], seed=-1), gg.DataError, "seed is at least 0, not -1"),
        (lambda: data.split([1, 2, 3], [7, 8, 8], stratify=True), gg.DataError,
         "a single example has the target 7, so it can't be on both sides: leave stratify out"),
        (lambda: data.split([1, 2], [1, 1], stratify=[1, 1]), TypeError, "is True or False"),
        (lambda: data.standardise([]), gg.DataError, "there are no rows: it needs at least one"),
        (lambda: data.standardise([[1.0], [2.0, 3.0]]), gg.DataError,
         "X[1] has 2 numbers, and 1 are expected"),
        (lambda: data.standardise([[1.0]], [[2.0, 3.0]]), gg.DataError,
         "Standardiser.apply: X[0] has 2 numbers, and 1 are expected"),
        (lambda: data.standardise([[1.0], [math.nan]]), gg.DataError,
         "X[1][0] is nan: correct it, or leave the row out"),
        (lambda: data.standardise([[1.0]], [[math.inf]]), gg.DataError, "apply: X[0][0] is inf"),
        (lambda: data.standardise([1.0, 2.0]), TypeError, "but X[0] is 1.0: use [[...]]"),
        (lambda: data.standardise(["12"]), TypeError, "but X[0] is '12'"),
        (lambda: data.standardise([[1.0, "a"]]), TypeError, "X[0][1] takes a number, not a str"),
        (lambda: data.standardise([[0.0, 1.7e308], [0.0, 1.6e308]]), gg.DataError,
         "column 1 has numbers too large"),
        (lambda: data.standardise([[1.7e308], [-1.7e308]]), gg.DataError, "column 0 has numbers"),
        (lambda: data.Standardiser([1.0], [1.0, 2.0]), gg.DataError, "equally long, not 1 and 2"),
        (lambda: data.Standardiser([1.0], [0.0]), gg.DataError, "a scale is above 0, not 0"),
        (lambda: data.Standardiser([math.nan], [1.0]), gg.DataError, "a mean is a finite number"),
        (lambda: data.Standardiser([0.0], [math.inf]), gg.DataError, "a scale is a finite numb"),
    ],
)  # fmt: skip
def test_preparing_what_can_not_be(call: Any, error: type[Exception], says: str) -> None:
    test_arguments_that_make_no_sense(call, error, says)


def test_standardise_agrees_with_scikit_learn() -> None:
    X_train, X_test, *_ = data.split(*data.iris())
    theirs = StandardScaler().fit(X_train)
    scaler = data.Standardiser.of(X_train)
    assert scaler.mean == pytest.approx(theirs.mean_.tolist(), rel=1e-14)
    assert scaler.scale == pytest.approx(theirs.scale_.tolist(), rel=1e-14)
    for ours, X in zip(data.standardise(X_train, X_test), (X_train, X_test), strict=True):
        assert np.allclose(ours, theirs.transform(X), rtol=1e-12, atol=1e-14)
    assert data.standardise(X_train) == scaler.apply(X_train)
    assert X_train[0] == data.split(*data.iris())[0][0], "the rows given stay as they are"


@given(st.lists(st.tuples(finite, finite), min_size=1, max_size=20))
def test_standardised_columns(rows: list[tuple[float, float]]) -> None:
    scaler = data.Standardiser.of(rows)
    assert all(type(x) is float for x in scaler.mean + scaler.scale)
    for j, column in enumerate(zip(*scaler.apply(rows), strict=True)):
        given_column = [row[j] for row in rows]
        if min(given_column) == max(given_column):
            assert scaler.scale[j] == 1.0
            assert set(column) == {0.0}
        # Where the numbers differ in their last digits only, rounding decides the rest.
        elif scaler.scale[j] > 1e-6 * max(map(abs, given_column)) and scaler.scale[j] > 1e-300:
            assert np.mean(column) == pytest.approx(0, abs=1e-6)
            assert np.std(column) == pytest.approx(1, rel=1e-6)


def test_a_constant_column_gets_the_scale_one() -> None:
    scaler = data.Standardiser.of([[0.1, 1.0], [0.1, 2.0], [0.1, 3.0]])
    assert (scaler.mean[0], scaler.scale[0]) == (0.1, 1.0)
    assert scaler.apply([[0.1, 2.0]]) == [[0.0, 0.0]]
    tiny = data.Standardiser.of([[0.0], [0.0], [0.0], [0.0], [5e-324]])
    assert tiny.scale == [1.0], "a deviation that rounds to 0 is not divided by"


def test_a_standardiser_survives_being_stored() -> None:
    X, _ = data.iris()
    scaler = data.Standardiser.of(np.array(X))
    mean, scale = json.loads(json.dumps([scaler.mean, scaler.scale]))
    again = data.Standardiser(mean, scale)
    assert again == scaler != data.Standardiser(scale, mean)
    assert again.apply(X) == scaler.apply(X)
    assert eval(repr(scaler), {"Standardiser": data.Standardiser}) == scaler
    assert pickle.loads(pickle.dumps(scaler)) == scaler
    assert scaler != (mean, scale)


# ------------------------------------------------------------------------------------ files


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "t.csv"


def read(file: Path, text: str, target: str | None = None, **how: Any) -> data.Dataset:
    file.write_bytes(text.encode())
    return data.read_csv(file, target, **how)


def test_the_target_is_the_last_column_or_the_one_named(file: Path) -> None:
    dataset = read(file, "a,b,c\n1,2,3.5\n4,5,6.5\n")
    assert dataset == data.Dataset([[1, 2], [4, 5]], [3.5, 6.5], ["a", "b"], "c")
    assert {type(x) for x in [*dataset.X[0], *dataset.y]} == {float}
    text = "a,kind,c\n1,plum,3\n4,fig,6\n-2e3,plum, 7 \n"
    dataset = read(file, text, "kind")
    expected = [[1, 3], [4, 6], [-2000, 7]]
    assert dataset == data.Dataset(expected, [1, 0, 1], ["a", "c"], "kind", ["fig", "plum"])
    assert data.read_csv(str(file), "kind") == dataset


@pytest.mark.parametrize(
    ("labels", "task", "y", "classes"),
    [
        (["0", "1", "0"], "auto", [0, 1, 0], ["0", "1"]),
        (["10", "9", "10", "-1"], "auto", [2, 1, 2, 0], ["-1", "9", "10"]),
        (["1.0", "1", "2"], "auto", [0, 0, 1], ["1", "2"]),
        (["1", "2", "3"], "auto", [1, 2, 3], None),  # none repeats
        (["1", "2.5", "1"], "auto", [1, 2.5, 1], None),
        ([str(k) for k in range(10)] + ["0"], "auto", [*range(10), 0],
         [str(k) for k in range(10)]),
        ([str(k) for k in range(11)] + ["0"], "auto", [*range(11), 0], None),
        (["0", "1", "0"], "numbers", [0, 1, 0], None),
        (["5", "5"], "numbers", [5, 5], None),
        (["0.5", "10", "0.5", "2"], "classes", [0, 2, 0, 1], ["0.5", "2", "10"]),
        (["1", "2", "3"], "classes", [0, 1, 2], ["1", "2", "3"]),
        (["b", "B", "a"], "auto", [2, 0, 1], ["B", "a", "b"]),
        (["2", "x", "10"], "classes", [1, 2, 0], ["10", "2", "x"]),
        (["1_0", "1_1", "1_0"], "auto", [0, 1, 0], ["1_0", "1_1"]),
        (["inf", "sup"], "auto", [0, 1], ["inf", "sup"]),
    ],
)  # fmt: skip
def test_what_the_target_is(
    file: Path, labels: list[str], task: Any, y: list[float], classes: list[str] | None
) -> None:
    rows = "".join(f"1,{label}\n" for label in labels)
    dataset = read(file, "a,y\n" + rows, task=task)
    assert (dataset.y, dataset.classes) == (y, classes)
    assert set(map(type, dataset.y)) == {float if classes is None else int}


@pytest.mark.parametrize(
    "text",
    [
        "a,b,y\n1,2,u\n3,4,v\n",
        "a;b;y\n1;2;u\n3;4;v\n",
        "a\tb\ty\n1\t2\tu\n3\t4\tv\n",
        "\ufeffa,b,y\r\n1,2,u\r\n3,4,v",
        "a,b,y\r1,2,u\r3,4,v\r",
        '"a","b","y"\n"1","2","u"\n"3","4","v"\n',
        " a , b, y\n\n 1, 2 ,u \n   \n3,\"4\", \"v\"\n,,\n",
        "\n,,\na,b,y\n1,2,u\n3,4,v\n",
    ],
)  # fmt: skip
def test_ways_to_write_the_same_table(file: Path, text: str) -> None:
    expected = data.Dataset([[1, 2], [3, 4]], [0, 1], ["a", "b"], "y", ["u", "v"])
    assert read(file, text) == expected
    for encoding in ("utf-16-le", "utf-16-be"):
        file.write_bytes(("\ufeff" + text.removeprefix("\ufeff")).encode(encoding))
        assert data.read_csv(file) == expected


def test_names_with_separators_in_them(file: Path) -> None:
    dataset = read(file, '"length; in cm",";;\n;","say ""a;b;c"""\n1,2,0.5\n')
    assert dataset.feature_names == ["length; in cm", ";;\n;"]
    assert dataset.target_name == 'say "a;b;c"'
    assert read(file, 'w 5";h 6";a,y\n1;2;0.5\n').feature_names == ['w 5"', 'h 6"'], "inches"
    assert read(file, "0,1,2\n1,2,0.5\n").feature_names == ["0", "1"], "as pandas numbers them"


def test_an_encoding_can_be_named(file: Path) -> None:
    file.write_bytes("größe,art\n1,ä\n2,ö\n".encode("latin-1"))
    dataset = data.read_csv(file, encoding="latin-1")
    assert (dataset.feature_names, dataset.classes) == (["größe"], ["ä", "ö"])
    assert data.read_columns(file, ["größe"], encoding="latin-1") == [[1.0], [2.0]]


numbers = st.floats(allow_nan=False, allow_infinity=False)
words = st.text("aé \"',;\t\r\n", min_size=1, max_size=8).map(str.strip).filter(bool)


@given(
    st.lists(words, min_size=3, max_size=3, unique=True),
    st.lists(st.tuples(numbers, numbers, words), min_size=2, max_size=8).filter(
        lambda rows: len({word for *_, word in rows}) > 1
    ),
    st.sampled_from(",;\t"),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, names: list[str],
    rows: list[tuple[float, float, str]], delimiter: str, end: str,
) -> None:  # fmt: skip
    file = tmp_path_factory.getbasetemp() / "written.csv"
    with file.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=csv.QUOTE_ALL)
        writer.writerows([names, *rows])
    dataset = data.read_csv(file)
    assert dataset.X == [[a, b] for a, b, _ in rows]
    assert [dataset.classes[k] for k in dataset.y] == [word for *_, word in rows]
    assert [*dataset.feature_names, dataset.target_name] == names
    assert data.read_columns(file, names[1::-1]) == [[b, a] for a, b, _ in rows]


def test_columns_for_a_model(file: Path) -> None:
    file.write_text("id,b,a\nx1,2,1\nx2,4,3\n")
    assert data.read_columns(file, ["a", "b"]) == [[1, 2], [3, 4]]
    with pytest.raises(gg.DataError, match="no column 'c'; its columns are 'id', 'b', 'a'"):
        data.read_columns(file, ["a", "c"])
    with pytest.raises(gg.DataError, match="line 2, column 'id': 'x1' is not a number"):
        data.read_columns(file, ["id"])
    with pytest.raises(TypeError, match=r"a list of names, not a str \('id'\)"):
        data.read_columns(file, "id")


MISSING = "fill it in, or leave the row out"
TEXT = "is not a number: correct it, or leave the column out: inputs are numbers"
SLIP = 'is not a number: correct it, or, if the target is classes, say so: task="classes"'
COMMA = "is not a number: write decimals with a point, and nothing between thousands"
SHORT = "add what is missing, or leave the row out"
LONG = 'a cell with the separator in it needs quotation marks, "like, this"'
ALIKE = "to tell classes apart, add rows of at least one other"
NAMELESS = "name it in the first line, or leave the column out (pandas: to_csv(..., index=False))"
SAVE = "save the table as CSV in UTF-8"


@pytest.mark.parametrize(
    ("text", "how", "says"),
    [
        ("", {}, "FILE is empty: it needs a line of column names, and then rows"),
        ("\n \n,,\n", {}, "FILE is empty: it needs a line of column names, and then rows"),
        ("\ufeff", {}, "FILE is empty: it needs a line of column names, and then rows"),
        ("a,y\n", {}, "FILE has column names and no rows below them: add data"),
        ("a,y\n1,2\n", {"target": "z"}, "FILE has no column 'z'; its columns are 'a', 'y'"),
        ("a,y\n1,0\nold,1\n", {}, f"FILE, line 3, column 'a': 'old' {TEXT}"),
        ("a,y\n1_000,0\n2,1\n1,0\n", {}, f"FILE, line 2, column 'a': '1_000' {TEXT}"),
        ("a;y\n1;0\n\n2,5;1\n3;0\n", {}, f"FILE, line 4, column 'a': '2,5' {COMMA}"),
        ('a,y\n"1,234,567",0.5\n', {}, f"FILE, line 2, column 'a': '1,234,567' {COMMA}"),
        ("a,y\n1,0\n nan ,1\n", {},
         f"FILE, line 3, column 'a': 'nan' is not a finite number: {MISSING}"),
        ("a,y\n-Infinity,0.5\n", {},
         f"FILE, line 2, column 'a': '-Infinity' is not a finite number: {MISSING}"),
        ("a,y\n1e999,0.5\n", {},
         f"FILE, line 2, column 'a': '1e999' is not a finite number: {MISSING}"),
        ("a,y\n,0.5\n", {}, f"FILE, line 2, column 'a': the cell is empty: {MISSING}"),
        ("a,y\n1,0.5\n1,\n", {}, f"FILE, line 3, column 'y': the cell is empty: {MISSING}"),
        ("a,y\n1,u\n1,\n", {}, f"FILE, line 3, column 'y': the cell is empty: {MISSING}"),
        ("a,y\n1,u\n1,NaN\n", {},
         f"FILE, line 3, column 'y': 'NaN' is not a finite number: {MISSING}"),
        ("a,y\n1,1.5\n1,inf\n", {},
         f"FILE, line 3, column 'y': 'inf' is not a finite number: {MISSING}"),
        ("a,y\n1,nan\n1,nan\n", {},
         f"FILE, line 2, column 'y': 'nan' is not a finite number: {MISSING}"),
        ("a,y\n1,2.5\n1,oops\n", {}, f"FILE, line 3, column 'y': 'oops' {SLIP}"),
        ("a,y\n1,u\n1,v\n", {"task": "numbers"}, f"FILE, line 2, column 'y': 'u' {SLIP}"),
        ("a,b,y\n1,2,3\n4,5,6,7\n", {},
         f"FILE, line 3 has 4 cells where the first line names 3 columns: {LONG}"),
        ("a,b\n1\n", {}, f"FILE, line 2 has 1 cell where the first line names 2 columns: {SHORT}"),
        ("y\n1\n2,3\n", {},
         f"FILE, line 3 has 2 cells where the first line names 1 column: {LONG}"),
        ("y\n1\n", {}, (
            "FILE has one column, 'y': a data set needs inputs beside the target, "
            "with a comma, semicolon or tab between columns"
        )),
        ("a,b, a\n1,2,3\n", {}, "FILE has two columns named 'a': rename one"),
        (",a,y\n0,1,2\n", {}, f"FILE: column 1 has no name: {NAMELESS}"),
        ("5.1,3.5,setosa\n4.9,3.0,setosa\n", {}, (
            "FILE: the first line has the number 5.1 where "
            "a column's name is expected: write a line of names above the data"
        )),
        ("a,y\n1,u\n2,u\n", {}, f"FILE: every row has the same 'y', 'u': {ALIKE}"),
        ("a,y\n1,1\n2,1.0\n", {}, f"FILE: every row has the same 'y', '1': {ALIKE}"),
        ('a,y\n1,"u\n2,v\n', {},
         "FILE, line 3: unexpected end of data: is a quotation mark not closed?"),
        ("a,y\n1,\0\n", {}, f"FILE is not a text file: {SAVE}"),
        ("a,y\n1,2\n", {"task": "guess"},
         "task is \"auto\", \"classes\" or \"numbers\", not 'guess'"),
        ("a,y\n1,2\n", {"encoding": "utf-9"},
         "there is no encoding 'utf-9': \"utf-8\" and \"latin-1\" are usual ones"),
        ("a,y\n1,ü\n", {"encoding": "ascii"}, (
            "FILE, line 2: the byte 0xc3 is not ascii text: "
            f'{SAVE}, or name its encoding, such as encoding="latin-1"'
        )),
    ],
)  # fmt: skip
def test_a_table_that_can_not_be_used(
    file: Path, text: str, how: dict[str, Any], says: str
) -> None:
    with pytest.raises(gg.DataError) as caught:
        read(file, text, **how)
    assert str(caught.value) == says.replace("FILE", str(file))
    assert isinstance(caught.value, gg.GlassgradError)
    assert isinstance(caught.value, ValueError)


def test_a_file_that_can_not_be_read(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(gg.DataError) as caught:
        data.read_csv(file)
    says = f"there is no file {file}: check the name (looked in {file.parent})"
    assert str(caught.value) == says
    monkeypatch.chdir(file.parent)
    with pytest.raises(gg.DataError) as caught:
        data.read_csv("t.csv")
    assert str(caught.value) == says.replace(str(file), "t.csv")
    with pytest.raises(gg.DataError, match="can't be read: "):
        data.read_csv(file.parent)
    file.write_bytes(b"a,y\n1,2\n1,\xe9\n")
    with pytest.raises(gg.DataError, match="line 3: the byte 0xe9 is not utf-8 text"):
        data.read_csv(file)
