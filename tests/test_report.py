"""The report of a run: every step that it shows against the model with that step's parameters."""

from __future__ import annotations

import json
import re
import shlex
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from browser import opened
from glassgrad import nn
from glassgrad.history import History
from glassgrad.job import Job
from glassgrad.recipes import recipe_for
from glassgrad.report import report
from glassgrad.report.curve import curve
from glassgrad.report.steps import Steps, outputs
from glassgrad.show.document import as_json
from glassgrad.show.network.columns import read_network
from glassgrad.show.numbers import number
from glassgrad.snapshots import parameters_at

HOSTILE = "</script><b>&\""  # fmt: skip


@cache
def trained(name: str, epochs: int = 8, layers: tuple[int, ...] = (5,)) -> tuple[Job, History]:
    recipe = recipe_for(name, None)
    recipe.epochs, recipe.layers = epochs, list(layers)
    job = Job(recipe, seed=3)
    return job, job.run()


def csv_run(folder: Path, text: str, epochs: int = 4) -> tuple[Job, History]:
    file = folder / "own.csv"
    file.write_text(text, "utf-8")
    recipe = recipe_for(str(file), None)
    recipe.epochs, recipe.layers = epochs, [4]
    job = Job(recipe, seed=3)
    return job, job.run()


def prices(folder: Path) -> tuple[Job, History]:
    rows = "\n".join(f"{x},{y},{100 * x - 7 * y}.5" for x in range(8) for y in range(5))
    return csv_run(folder, f"size,age,price\n{rows}\n")


def written(folder: Path, job: Job, history: History) -> Path:
    file = folder / "report.html"
    file.write_text(report(job, history, "glassgrad train own"), "utf-8")
    return file


def data_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script type="application/json" class="data">(.*?)</script>', page)
    assert found
    return dict(json.loads(found[1]))


# ------------------------------------------------------------------------------ what is computed


@pytest.mark.parametrize(
    "activation",
    ["relu", "tanh", "sigmoid", "gelu", "silu", "elu", "leaky_relu", "softplus", "linear"],
)
def test_many_inputs_at_once_give_the_same_bits(activation: str) -> None:
    gg.seed(1)
    model = nn.MLP(3, [5, 4, 2], activation=activation, output="tanh")
    X = np.random.default_rng(0).normal(size=(50, 3), scale=4).tolist()
    found = outputs(read_network(model), [p.data for p in model.parameters()], X)
    assert found.tolist() == [[y.data for y in model(x)] for x in X]


@pytest.mark.parametrize("name", ["moons", "iris"])
def test_predictions_are_those_of_the_model_at_each_step(name: str) -> None:
    job, history = trained(name)
    steps = Steps(job, history)
    assert steps.epochs[0] == 0
    assert steps.epochs[-1] == len(history)
    parameters = job.trained.model.parameters()
    found = steps.predictions(job.X)
    for numbers, predicted in zip(steps.numbers, found, strict=True):
        with parameters_at(parameters, numbers):
            assert predicted == job.trained.predict(job.X)
    assert found[0] != found[-1]


def test_predictions_of_numbers_are_in_their_own_unit(tmp_path: Path) -> None:
    job, history = prices(tmp_path)
    assert Steps(job, history).predictions(job.X)[-1] == job.trained.predict(job.X)


@pytest.mark.parametrize("name", ["moons", "blobs"])
def test_the_map_says_what_the_model_says(name: str) -> None:
    job, history = trained(name)
    steps = Steps(job, history)
    xs = [k / 10 for k in range(-12, 13)]
    parameters = job.trained.model.parameters()
    for numbers, planes in zip(steps.numbers, steps.leads(xs, xs), strict=True):
        levels = np.array([list(plane) for plane in planes]) - 128.0
        one = len(planes) == 1
        taken = (levels[0] > 0).astype(int) if one else levels.argmax(axis=0)
        ahead = np.abs(levels[0]) if one else levels.max(axis=0)
        clear = ahead > 1  # a byte can't tell who leads by very little
        with parameters_at(parameters, numbers):
            wanted = job.trained.predict([[x, y] for y in xs for x in xs])
        assert (taken == wanted)[clear].all()
        assert clear.mean() > 0.8


def test_a_long_history_is_thinned_evenly() -> None:
    job, history = trained("xor", 8)
    long = History()
    long.rows = history.rows * 100
    long.snapshots = [(k, history.snapshots[-1][1]) for k in range(0, 590, 10)]
    epochs = Steps(job, long).epochs
    assert len(epochs) == 40
    assert (epochs[0], epochs[-1]) == (0, 580)
    gaps = {b - a for a, b in pairwise(epochs)}
    assert gaps <= {10, 20}


# -------------------------------------------------------------------------------- what is written


def test_the_headline_is_the_result(tmp_path: Path) -> None:
    job, history = trained("iris")
    found = job.trained.predict(job.held_X)
    right = sum(a == b for a, b in zip(found, job.held_y, strict=True))
    page = report(job, history, "glassgrad train iris")
    assert f"({right} of {len(job.held_y)})" in page
    assert "131 parameters" not in page
    assert f"A network of {len(job.trained.model.parameters())} parameters" in page
    job, history = prices(tmp_path)
    squares = [
        (a - b) ** 2 for a, b in zip(job.trained.predict(job.held_X), job.held_y, strict=True)
    ]
    error = number((sum(squares) / len(squares)) ** 0.5)
    assert f"it is off by {error} (root mean square)" in report(job, history, "")


def test_the_confusion_counts_every_judged_example() -> None:
    job, history = trained("iris")
    data = data_of(report(job, history, ""))
    for counts in data["confusion"]:
        assert sum(map(sum, counts)) == len(job.held_y)
        assert [sum(row) for row in counts] == [job.held_y.count(k) for k in range(3)]


def test_the_command_is_in_it_and_names_are_escaped(tmp_path: Path) -> None:
    head = '"</script><b>&""","b",kind\n'
    rows = "\n".join(f"{x},{x % 3},{'<i>' if x > 5 else 'low&'}" for x in range(12))
    job, history = csv_run(tmp_path, head + rows)
    assert job.data.feature_names[0] == HOSTILE
    command = shlex.join(["glassgrad", "train", "</script><b>.csv"])
    page = report(job, history, command)
    assert page.count("</script>") == 2
    assert "<b>&" not in page
    assert "<i>" not in page
    assert "glassgrad train &#x27;&lt;/script&gt;&lt;b&gt;.csv&#x27;" in page


def test_data_can_not_end_the_script() -> None:
    data = {"name": ["</script>", "<!--"], "numbers": [float("nan"), float("-inf"), 0.1]}
    packed = as_json(data)
    assert "<" not in packed
    assert json.loads(packed) == {"name": data["name"], "numbers": ["nan", "-inf", 0.1]}


def test_a_run_with_many_examples_shows_fewer_steps(tmp_path: Path) -> None:
    few, history = trained("xor")
    assert len(Steps(few, history).epochs) == 9
    rows = "\n".join(f"{x},{x % 7},{x % 3}.5" for x in range(3000))
    job, history = csv_run(tmp_path, f"a,b,y\n{rows}", epochs=1)
    job.recipe.layers = [300]
    history.snapshots = [(k, history.snapshots[0][1]) for k in range(30)]
    assert [Steps(job, history).epochs[k] for k in (0, -1)] == [0, 29]
    assert len(Steps(job, history).epochs) < 10


def test_it_fetches_nothing_and_is_always_the_same() -> None:
    job, history = trained("moons")
    page = report(job, history, "")
    assert not re.search(r"""(?:src|href|url|import)\s*[=(]\s*["']?\s*(?:https?:)?//""", page)
    assert "default-src 'none'" in page
    assert page == report(job, history, "")


def test_it_stays_small() -> None:
    job, history = trained("moons", 40, (16, 16))
    assert len(report(job, history, "")) < 500_000


@pytest.mark.parametrize(
    "losses", [[1.0], [0.0, 0.0], [3.0, 2.0], [1e6, 1.0, 1e-6], [2.0, float("nan"), 1.0],
               [-1.0, 5.0], [1e300, 2e300]],
)  # fmt: skip
def test_a_curve_of_any_losses(losses: list[float]) -> None:
    history = History()
    history.rows = [{"loss": loss} for loss in losses]
    drawn = curve(history)
    path = re.search(r'class="training" d="([^"]*)"', drawn)
    assert path
    places = [(float(x), float(y)) for x, y in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", path[1])]
    finite = [loss for loss in losses if loss == loss]
    assert len(places) == len(finite)
    assert all(0 <= x <= 1000 and 0 <= y <= 1000 for x, y in places)
    heights = [y for _, y in places]
    order = sorted(range(len(finite)), key=lambda i: finite[i])
    assert [heights[i] for i in order] == sorted(heights, reverse=True)  # up is more
    assert path[1].count("M") == 1 + sum(loss != loss for loss in losses)


# ------------------------------------------------------------------------------------ in a browser


def scrub(page: Any, step: int) -> None:
    page.locator(".scrubber input").evaluate(
        "(slider, step) => { slider.value = step; slider.dispatchEvent(new Event('input')); }", step
    )


def test_scrubbing_shows_the_weights_of_each_step(browser: Any, tmp_path: Path) -> None:
    job, history = trained("moons")
    steps = Steps(job, history)
    names = [name for name, _ in job.trained.model.named_parameters()]
    with opened(browser, written(tmp_path, job, history)) as page:
        for step in (0, 3, len(steps.epochs) - 1):
            scrub(page, step)
            lines = page.locator("line.weight").evaluate_all(
                "all => all.map((line) => [line.textContent.trim(), line.getAttribute('class')])"
            )
            shown = dict(text.split(", from ")[0].split(" = ") for text, _ in lines)
            named = dict(zip(names, steps.numbers[step], strict=True))
            wanted = {name: number(x) for name, x in named.items() if ".w." in name}
            assert shown == wanted
            for text, kind in lines:
                x = named[text.split(" = ")[0]]
                assert kind == f"weight {'positive' if x > 0 else 'negative'}"
            moment = page.locator(".moment").inner_text()
            epoch = steps.epochs[step]
            assert ("before training" if epoch == 0 else f"after {epoch} of 8 epochs") in moment
            assert number(history["loss"][min(epoch, 7)]) in moment
            left = page.locator(".cursor").evaluate("bar => bar.style.left")
            assert float(left[:-1]) == pytest.approx(100 * min(epoch, 7) / 7, abs=0.01)


def test_the_map_is_painted_as_the_model_decides(browser: Any, tmp_path: Path) -> None:
    job, history = trained("moons")
    steps = Steps(job, history)
    data = data_of(report(job, history, ""))["map"]
    (x0, x1), (y0, y1) = data["sides"]
    assert all(x0 < x < x1 and y0 < y < y1 for x, y in data["x"])
    spots = [(i, j) for i in range(20, 640, 37) for j in range(20, 640, 37)]
    inputs = [[x0 + (x1 - x0) * (i + 0.5) / 640, y1 - (y1 - y0) * (j + 0.5) / 640]
              for i, j in spots]  # fmt: skip
    ask = """spots => { const copy = document.createElement('canvas');
      copy.width = copy.height = 640;
      const context = copy.getContext('2d', { willReadFrequently: true });
      context.drawImage(document.querySelector('canvas'), 0, 0);
      return spots.map(([i, j]) => [...context.getImageData(i, j, 1, 1).data]); }"""
    parameters = job.trained.model.parameters()
    with opened(browser, written(tmp_path, job, history)) as page:
        for step in (0, len(steps.epochs) - 1):
            scrub(page, step)
            pixels = page.evaluate(ask, spots)
            with parameters_at(parameters, steps.numbers[step]):
                wanted = job.trained.predict(inputs)
            light = [(pixel, kind) for pixel, kind in zip(pixels, wanted, strict=True)
                     if pixel[3] < 150]  # fmt: skip
            assert len(light) > 200  # the others lie under an example or the boundary
            agree = [(pixel[2] > pixel[0]) == (kind == 0) for pixel, kind in light]
            assert sum(agree) >= 0.98 * len(agree)


def test_confusion_and_share_follow_the_step(browser: Any, tmp_path: Path) -> None:
    job, history = trained("iris")
    steps = Steps(job, history)
    parameters = job.trained.model.parameters()
    with opened(browser, written(tmp_path, job, history)) as page:
        for step in (len(steps.epochs) - 1, 0):
            scrub(page, step)
            with parameters_at(parameters, steps.numbers[step]):
                found = job.trained.predict(job.held_X)
            cells = page.locator(".confusion tbody td").all_inner_texts()
            wanted = [
                sum(a == t and b == p for a, b in zip(job.held_y, found, strict=True))
                for t in range(3) for p in range(3)
            ]  # fmt: skip
            assert list(map(int, cells)) == wanted
            share = sum(a == b for a, b in zip(job.held_y, found, strict=True)) / len(found)
            assert f"{100 * share:.1f}% right" in page.locator(".moment").inner_text()


def test_predictions_are_painted_against_targets(browser: Any, tmp_path: Path) -> None:
    job, history = prices(tmp_path)
    with opened(browser, written(tmp_path, job, history)) as page:
        pictures = []
        for step in (0, 4):
            scrub(page, step)
            pictures.append(page.evaluate("document.querySelector('canvas').toDataURL()"))
        assert pictures[0] != pictures[1]
        assert "right" not in page.locator(".moment").inner_text()


def test_what_is_printed_is_painted_for_paper(browser: Any, tmp_path: Path) -> None:
    job, history = trained("moons")
    file = written(tmp_path, job, history)
    painted = "document.querySelector('canvas').toDataURL()"
    with opened(browser, file, color_scheme="light") as page:
        light = page.evaluate(painted)
    with opened(browser, file, color_scheme="dark") as page:
        assert page.evaluate(painted) != light
        page.emulate_media(media="print")
        page.wait_for_function(f"light => {painted} === light", arg=light)


def test_nothing_is_cut_off_on_paper(browser: Any, tmp_path: Path) -> None:
    job, history = trained("moons")
    sheet = {"viewport": {"width": 500, "height": 700}}  # two pages on a sheet
    with opened(browser, written(tmp_path, job, history), **sheet) as page:
        page.emulate_media(media="print")
        for part in (".curve", "svg.gg-network"):
            box = page.locator(part).bounding_box()
            assert box["x"] >= 0
            assert box["x"] + box["width"] <= 500


def test_long_names_of_classes_leave_room_for_the_counts(browser: Any, tmp_path: Path) -> None:
    names = ("a class whose name has many words in it", "d" * 60, "c")
    rows = "\n".join(f"{k},{-k},{k % 5},{names[k % 3]}" for k in range(60))
    job, history = csv_run(tmp_path, f"a,b,c,kind\n{rows}\n")
    with opened(browser, written(tmp_path, job, history)) as page:
        wide = page.locator(".wide").bounding_box()
        for cell in page.locator(".confusion td").all():
            box = cell.bounding_box()
            assert box["x"] + box["width"] <= wide["x"] + wide["width"] + 1


def test_the_loss_of_a_single_epoch_is_seen() -> None:
    history = History()
    history.rows.append({"loss": 1.0, "lr": 0.1})
    (x, length) = re.findall(r'class="training" d="M(\d+)\S* \S+?h(\d+)"', curve(history))[0]
    assert (x, length) == ("0", "1000")


def test_play_runs_to_the_end(browser: Any, tmp_path: Path) -> None:
    job, history = trained("moons")
    with opened(browser, written(tmp_path, job, history)) as page:
        page.get_by_role("button", name="Play the training").click()
        page.get_by_role("button", name="Pause").wait_for()
        page.get_by_role("button", name="Play the training").wait_for()
        assert page.locator(".scrubber input").input_value() == "8"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["moons", "iris"])
def test_it_fits_a_telephone_and_changes_its_theme(
    browser: Any, tmp_path: Path, name: str, scheme: str
) -> None:
    job, history = trained(name)
    size = {"width": 375, "height": 812}
    paper = "getComputedStyle(document.body).backgroundColor"
    with opened(browser, written(tmp_path, job, history), viewport=size,
                color_scheme=scheme) as page:  # fmt: skip
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        before = page.evaluate(paper)
        assert before == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(13, 17, 23)")
        page.locator(".theme").click()
        assert page.evaluate(paper) != before
        page.emulate_media(media="print")
        assert page.evaluate(paper) == "rgb(255, 255, 255)"


@pytest.mark.parametrize(
    "losses",
    [
        [1.0, 0.2],
        [0.97, 0.96],
        [1.0, 1e-5],
        [0.3, 0.01],
        [25.0, -3.0],
        [2e300, 1e300],
        [1e9, 1e-90],
    ],
)
def test_the_axis_of_a_curve_has_round_numbers(losses: list[float]) -> None:
    history = History()
    history.rows = [{"loss": loss} for loss in losses]
    ticks = re.findall(r'class="tick" style="top:([\d.]+)%">([^<]+)<', curve(history))
    assert 2 <= len(ticks) <= 9
    assert all(0 <= float(top) <= 100 for top, _ in ticks)
    numbers = [float(text.replace("−", "-")) for _, text in ticks]
    assert numbers == sorted(set(numbers))
    assert all(len(f"{abs(x):e}".split("e")[0].rstrip("0.")) <= 4 for x in numbers)
