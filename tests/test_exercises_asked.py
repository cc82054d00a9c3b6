"""Exercises as they are posed: answers read and judged, a session, the command, the sheet."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browser import opened
from exercise_oracle import derivative
from glassgrad.cli import main
from glassgrad.errors import AnswerError
from glassgrad.learn.exercises import KINDS, make
from glassgrad.learn.exercises.asking import HELP, session
from glassgrad.learn.exercises.judging import Choice, Number, judged

ONE = Number("dL/da", 0.25)
TWO = (Number("dL/da", 6.0), Number("dL/db", -4.0))
ROUNDED = Number("do/dn", 0.7864, tolerance=0.01)


@pytest.mark.parametrize("text", ["0.25", "1/4", " .25 ", "2.5e-1", "dL/da = 0.25", "0,25", "+1/4"])
def test_numbers_as_people_write_them(text: str) -> None:
    assert judged([ONE], text).right


@pytest.mark.parametrize(
    "text",
    ["6, -4", "6 -4", "6; −4", "dL/da = 6, dL/db = -4", "dL/da=6 dL/db=-4", "12/2,-4.0",
     "dL/db = -4, dL/da = 6", "dL/db=-4 dL/da=6"],
)  # fmt: skip
def test_several_numbers(text: str) -> None:
    assert judged(TWO, text).right
    assert judged(TWO, [6, -4.0]).right


def test_the_tolerance_is_the_one_that_is_said() -> None:
    assert "(exact)" in ONE.asked
    assert not judged([ONE], 0.2501).right
    assert "(to two decimals)" in ROUNDED.asked
    assert ROUNDED.shown == "0.79"
    assert [judged([ROUNDED], x).right for x in (0.79, 0.78, 0.7864, 0.8, 0.77)] == [
        True, True, True, False, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("answers", "text", "says"),
    [
        ([ONE], "a lot", "dL/da: 'a lot' is no number: write 0.25, 1/4, -3 or 1e-3"),
        ([ONE], "1/0", "is no number"),
        ([ONE], "nan", "is no number"),
        (TWO, "6", "2 answers are asked for, dL/da and dL/db: write them as 6, -4"),
        (TWO, "6, -4, 2", "2 answers are asked for"),
        ([Choice("dy/dx", {"a": "x", "b": "y"}, "a")], "c", "'c' is no choice: a to b"),
    ],
)
def test_what_can_not_be_read(answers: Any, text: str, says: str) -> None:
    with pytest.raises(AnswerError, match=re.escape(says)):
        judged(answers, text)


def test_what_is_said_of_wrong_answers_in_general() -> None:
    assert judged(TWO, "-4, 6").says == (
        "These are the right numbers in another order: dL/da, dL/db.",
    )
    sign, rest = judged(TWO, "-6, -4").says
    assert sign == "dL/da is not -6. Its size is right, its sign is not."
    assert rest == "dL/db is right."
    assert "the other way round" in judged([ONE], 4).says[0]
    assert "more digits" in judged([ONE], 0.251).says[0]
    assert "hint" in judged([ONE], 17).says[0]
    choice = Choice("dy/dx", {"a": "x", "b": "y"}, "a", {"b": "Nudge it."})
    assert judged([choice], "B)").says == ("dy/dx is not b. Nudge it.",)
    assert judged([choice], "(a)").right
    bug = Choice("The line", {"1": "a = 2", "2": "b = 3"}, "2")
    assert judged([bug], "line 2").right


def posed(kind: str, wanted: str) -> Iterator[Any]:
    """Find tasks of one answer whose text matches."""
    return (
        task for task in (make(kind, seed) for seed in range(300))
        if re.search(wanted, str(task)) and len(task.answers) == 1
    )  # fmt: skip


def test_the_usual_mistakes_are_named() -> None:
    """Each mistake is made here by hand, from what the learner reads."""
    task = next(posed("local-rules", r"is (-?[\d.]+)\. What[\s\S]* = (-?[\d.]+)\n.*\*\*2"))
    came, x = map(float, re.findall(r"(?:is|=) (-?[\d.]+\d|-?\d+)", str(task))[:2])
    assert "the 2 is lost" in task.check(came * x).says[0]
    assert "local derivative alone" in task.check(2 * x).says[0]
    task = next(posed("update-step", "The model p"))
    w, x, y = (float(found) for found in re.findall(r"= (-?[\d.]+)", task.program)[:3])
    rate = float(re.search(r"rate ([\d.]+\d)", task.question)[1])  # type: ignore[index]
    gradient = derivative(task.program, "L", "w")
    assert gradient == 2 * (w * x - y) * x
    assert "uphill" in task.check(w + rate * gradient).says[0]
    assert "the 2 is missing" in task.check(w - rate * gradient / 2).says[0]
    task = next(posed("update-step", "forgot zero_grad"))
    start = float(re.search(r"begins at (-?[\d.]+)", task.question)[1])  # type: ignore[index]
    rate = float(re.search(r"rate is ([\d.]+\d)", task.question)[1])  # type: ignore[index]
    found = re.findall(r"(?:to \w+ is|of the second) (-?\d+(?:\.\d+)?)", task.question)
    zeroed = start - rate * (float(found[0]) + float(found[1]))
    assert "without it the second backward pass adds" in task.check(round(zeroed, 9)).says[0]


def test_a_route_that_was_left_out_is_named() -> None:
    """One route alone is what comes out when all other uses of a value are held still."""
    named = 0
    for task in posed("reuse", "used twice"):
        given, _, lines = task.program.partition("\n")
        output, wrt = task.answers[0].name[1:].split("/d")
        uses = [found.span() for found in re.finditer(rf"\b{wrt}\b", lines)]
        if f"{wrt} = " in lines or len(uses) != 2:
            continue
        number = re.search(rf"\b{wrt} = (-?[\d.]+)", given)
        assert number
        shares = []
        for start, end in uses:
            held = f"{lines[:start]}({number[1]}){lines[end:]}"
            shares.append(derivative(f"{given}\n{held}", output, wrt))
        assert sum(shares) == pytest.approx(task.answers[0].value)
        for share in shares:
            assert "You counted only" in task.check(round(share, 9)).says[0]
            named += 1
    assert named > 50


@pytest.mark.parametrize("kind", KINDS)
def test_every_listed_mistake_is_recognised(kind: str) -> None:
    for seed in range(30):
        task = make(kind, seed)
        for place, answer in enumerate(task.answers):
            if isinstance(answer, Choice):
                for label, why in answer.whys.items():
                    assert why in task.check(label).says[0]
                continue
            for mistake in answer.mistakes:
                given = [a.value for a in task.answers]
                given[place] = mistake.value
                verdict = task.check(given)
                assert not verdict.right
                assert mistake.why in verdict.says[0] or "another order" in verdict.says[0]


# --------------------------------------------------------------------------------- a session


def talk(*typed: str, seeds: tuple[int, ...] = (7,)) -> str:
    lines, said = iter(typed), []

    def ask(prompt: str) -> str:
        said.append(prompt)
        try:
            return next(lines)
        except StopIteration:
            raise EOFError from None

    session([make("chain-rule", seed) for seed in seeds], ask, said.append)
    return "\n".join(said)


def test_a_session_hints_checks_and_keeps_count() -> None:
    right = make("chain-rule", 7).answers[0].shown
    said = talk("?", "?", "?", "?", "17", "what", right)
    for hint in make("chain-rule", 7).hints:
        assert hint in " ".join(said.split())
    assert "There are no more hints" in said
    assert "is not 17" in said
    assert "'what' is no number" in said
    assert said.endswith("Right.\n\n1 of 1 right.")


def test_enter_alone_gives_nothing_away() -> None:
    said = talk("", "  ", "Q")
    assert said.count(HELP) == 3
    assert "The path from" not in said
    assert "right." not in said


def test_ctrl_c_stops_and_counts_what_was_answered() -> None:
    right, said = iter([make("chain-rule", 7).answers[0].shown]), []

    def ask(_: str) -> str:
        for answer in right:
            return answer
        raise KeyboardInterrupt

    session([make("chain-rule", seed) for seed in (7, 8)], ask, said.append)
    assert said[-1] == "\n1 of 1 right."


def test_a_session_solves_and_ends() -> None:
    right = make("chain-rule", 7).answers[0].shown
    said = talk("s", right, seeds=(8, 7))
    assert "chain-rule 8, 1 of 2" in said
    assert "The path from" in said
    assert said.endswith("1 of 2 right.")
    assert "1 of 1 right." in talk(right, "q", "7", seeds=(7, 8))
    assert "right." not in talk(seeds=(7,))


# --------------------------------------------------------------------------------- the command


def test_the_command_lists_prints_and_solves(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "exercises"]) == 0
    listed = capsys.readouterr().out
    assert [line.split()[0] for line in listed.splitlines()[: len(KINDS)]] == list(KINDS)
    assert main(["learn", "exercises", "reuse", "--seed", "3", "--count", "2"]) == 0
    posed = capsys.readouterr().out
    assert "reuse 3" in posed
    assert "reuse 4" in posed
    assert "Solution" not in posed
    assert main(["learn", "exercises", "reuse", "--seed", "3", "--count", "2", "--key"]) == 0
    solved = capsys.readouterr().out
    assert solved.count("Solution") == 2
    assert "chain rule: the sum over all paths" in solved


def test_in_a_terminal_the_command_asks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    right = [make("reuse", seed).answers for seed in (3, 4)]
    typed = iter([", ".join(a.shown for a in answers) for answers in right])
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))
    for stream in (sys.stdin, sys.stdout):
        monkeypatch.setattr(stream, "isatty", lambda: True)
    assert main(["learn", "exercises", "reuse", "--seed", "3", "--count", "2"]) == 0
    assert "2 of 2 right." in capsys.readouterr().out


def test_without_a_seed_any_task_comes_and_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "exercises", "nudging", "--count", "1"]) == 0
    shown = capsys.readouterr().out
    seed = int(shown.split()[1])
    assert make("nudging", seed).answers[0].asked in shown


def test_a_sheet_is_not_written_without_its_key(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "out-key.html").mkdir()
    assert main(["learn", "exercises", "reuse", "--sheet", str(tmp_path / "out.html")]) == 2
    assert "out-key.html is a folder" in capsys.readouterr().err
    assert not (tmp_path / "out.html").exists()


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["chain"], "there is no kind 'chain' of exercises: nudging, local-rules"),
        (["reuse", "--seed", "x"], "'x' is not a number"),
        (["reuse", "--count", "0"], "0 is not a whole number of at least 1"),
        (["reuse", "--sheet", "out.pdf"], "out.pdf: a sheet is a page, so its name ends in .html"),
        (["reuse", "--sheet", "no/out.html"], "No such file"),
        (["reuse", "--sheet", "out.html", "--key"], "not allowed with"),
    ],
)
def test_wrong_options(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    try:
        code = main(["learn", "exercises", *arguments])
    except SystemExit as left:  # argparse
        code = int(left.code or 0)
    assert code == 2
    assert says in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


# --------------------------------------------------------------------------------- the sheet


@pytest.mark.parametrize("kind", ["neuron", "find-the-bug", "local-rules"])
def test_sheet_and_key_open_and_print(kind: str, tmp_path: Path, browser: Any) -> None:
    made = ["learn", "exercises", kind, "--seed", "5", "--count", "3", "--sheet"]
    assert main([*made, str(tmp_path / "out.html")]) == 0
    tasks = [make(kind, seed) for seed in (5, 6, 7)]
    for name in ("out.html", "out-key.html"):
        for scheme, width in (("light", 1280), ("dark", 375)):
            view = {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
            with opened(browser, tmp_path / name, **view) as page:
                assert page.evaluate("document.documentElement.scrollWidth") <= width
                paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
                assert (paper == "rgb(255, 255, 255)") == (scheme == "light")
                text = page.inner_text("main")
                for task in tasks:
                    assert task.question in text
                if scheme == "dark":  # it prints on white paper, A4, all the same
                    page.emulate_media(media="print")
                    white = page.evaluate("getComputedStyle(document.body).backgroundColor")
                    assert white == "rgb(255, 255, 255)"
                    printed = page.pdf(prefer_css_page_size=True)
                    assert re.search(rb"MediaBox \[0 0 59[45][.\d]* 84[12]", printed)
        assert ("mended" in text.lower()) == (kind == "find-the-bug")
    for task in tasks:
        for answer in task.answers:
            assert f"{answer.name} = {answer.shown}" in text  # of the key, which is the last


def test_the_sheet_does_not_give_the_answers_away(tmp_path: Path) -> None:
    from glassgrad.learn.exercises.sheet import write

    tasks = [make(kind, seed) for kind in ("neuron", "reuse", "chain-rule") for seed in range(4)]
    sheet, key = write(tasks, tmp_path / "all.html")
    assert key.name == "all-key.html"
    shown, solved = (path.read_text("utf-8") for path in (sheet, key))
    assert set(re.findall(r'<tspan class="grad[^>]*>([^<]+)<', shown)) == {"–"}
    assert "–" not in re.findall(r'<tspan class="grad[^>]*>([^<]+)<', solved)
    for task in tasks:
        for answer in task.answers:
            assert f"<b>{answer.shown}</b>" in solved
