"""The report's page: what is said, in which order, and what its script is given."""

from __future__ import annotations

from html import escape
from math import hypot
from typing import Any

from glassgrad.history import History
from glassgrad.job import Job
from glassgrad.report.curve import curve
from glassgrad.report.pictures import confusion, map_data, scatter_data
from glassgrad.report.steps import Steps
from glassgrad.report.tables import confusion_table, metrics_table, settings_table
from glassgrad.show.document import as_json, document, packed, resource
from glassgrad.show.network import page as network
from glassgrad.show.network.plan import Plan
from glassgrad.show.numbers import number


def report(job: Job, history: History, command: str) -> str:
    """Write the report of a run as one page of HTML.

    Parameters
    ----------
    job : Job
        The run, after training.
    history : History
        Its record.
    command : str
        What makes the run again.

    Returns
    -------
    str
        The page: it needs no other file, and fetches nothing.

    Examples
    --------
    >>> from glassgrad.history import History
    >>> from glassgrad.job import Job
    >>> from glassgrad.recipes import recipe_for
    >>> job, history = Job(recipe_for("xor", None), seed=1), History()
    >>> history.rows.append({"loss": 1.0, "lr": 0.1})
    >>> history.snapshots.append((1, [p.data for p in job.trained.model.parameters()]))
    >>> "<h1>xor</h1>" in report(job, history, "glassgrad train xor")
    True
    """
    steps = Steps(job, history)
    plan = Plan(steps.network, job.data.feature_names, _output_names(job))
    data, picture = _data(job, history, steps, plan)
    classes = job.data.classes
    tables = confusion_table(classes, data["confusion"][-1]) if classes else ""
    body = f"""<main>
<header>
<p class="kind">A training run</p>
<h1>{escape(job.recipe.name)}</h1>
<p class="lede">{escape(headline(job, data))}</p>
</header>
<section class="film" aria-label="How it was learned">
<div class="pair">
{picture or tables}
<div><h2>Loss</h2>
{curve(history)}</div>
</div>
<h2>The network</h2>
{network.section(plan, data["largest"])}
<div class="scrubber">
<button class="play" aria-label="Play the training">▶</button>
<input type="range" min="0" max="{len(steps.epochs) - 1}" value="{len(steps.epochs) - 1}"
 step="1" aria-label="How far the training has come">
<output class="moment"></output>
</div>
</section>
<section class="facts">
{tables if picture else ""}
{metrics_table(history)}
{settings_table(job)}
</section>
<section>
<h2>To repeat it</h2>
<pre class="command"><code>{escape(command)}</code></pre>
</section>
</main>
<script type="application/json" class="data">{as_json(data)}</script>
"""
    return document(
        f"{job.recipe.name}: a training run", body,
        style=network.style() + resource("glassgrad.report", "report.css"),
        script=network.script() + resource("glassgrad.report", "report.js"),
    )  # fmt: skip


def headline(job: Job, data: dict[str, Any]) -> str:
    """Say the result in one sentence."""
    X, y = job.judged
    what = "held-out" if job.held_X else "training"
    who = f"A network of {len(job.trained.model.parameters()):,} parameters"
    if job.data.classes is not None:
        right = sum(row[k] for k, row in enumerate(data["confusion"][-1]))
        return (
            f"{who} learned to tell {len(job.data.classes)} classes apart: it is right for "
            f"{right / len(y):.1%} of the {what} examples ({right:,} of {len(y):,})."
        )
    found = job.trained.predict(X)
    error = hypot(*(a - b for a, b in zip(found, y, strict=True))) / len(y) ** 0.5
    return (
        f"{who} learned to predict {job.data.target_name}: on the {what} examples it is off by "
        f"{number(error)} (root mean square)."
    )


def _data(job: Job, history: History, steps: Steps, plan: Plan) -> tuple[dict[str, Any], str]:
    """Collect what the script paints with, and write the place for the main picture."""
    places = list(network.drawn_numbers(plan))
    weights = {place for _, _, place in plan.weights()}
    sizes = [abs(numbers[place]) for numbers in steps.numbers for place in weights]
    largest = max((size for size in sizes if size < float("inf")), default=0.0) or 1.0
    rows = history.rows
    data = network.data(plan, largest) | {
        "epochs": steps.epochs, "total": len(history),
        "losses": [rows[min(epoch, len(rows) - 1)]["loss"] for epoch in steps.epochs],
        "places": places,
        "numbers": packed([[numbers[place] for place in places] for numbers in steps.numbers]),
    }  # fmt: skip
    if job.data.classes is None:
        found, picture = scatter_data(job, steps)
        return data | {"scatter": found}, picture
    data["confusion"] = confusion(job, steps)
    if len(job.X[0]) != 2:
        return data, ""
    found, picture = map_data(job, steps)
    return data | {"map": found}, picture


def _output_names(job: Job) -> list[str]:
    """Name what comes out: a score for each class, for the second of two, or the target."""
    classes = job.data.classes
    if classes is None:
        return [job.data.target_name]
    return classes if job.loss == "cross_entropy" else [f"{classes[1]} if above 0"]
