"""`glassgrad learn`: a lesson told in the terminal, predictions, exercises, the place kept."""

from __future__ import annotations

import io
import json
import re
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from glassgrad.cli import main
from glassgrad.errors import GlassgradError
from glassgrad.learn import lessons
from glassgrad.learn.answers import agrees, number
from glassgrad.learn.lessons.reading import read
from glassgrad.learn.lessons.telling import Teller

TEXT = """\
# A square

Its side decides.

The side is `3`.

```python
side = 3
```

```predict
How large is the square?
answer: area
why: Side by side, {{side}} · {{side}} = {{area}}.
```

```python
area = side * side
area
```

```misreading
The area is four sides.

That is its edge, {{4 * side}}.
```

```predict
What is longer?
- the edge
- the side
answer: "the edge"
why: There are four sides.
```

```python needs=nowhere_to_be_found
print(edge)
```

```output
12
```

```exercise
What is the edge?
answer: 4 * side
check: side + side + side + side
hint: Walk around it.
solution: Four times {{side}}.
```
"""


@pytest.fixture
def lesson(tmp_path: Path) -> lessons.Lesson:
    (tmp_path / "03-square.md").write_text(TEXT, "utf-8")
    return read(tmp_path / "03-square.md")


def told(
    lesson: lessons.Lesson, answers: list[str] | None, start: int = 0
) -> tuple[str, list[int], bool]:
    """Tell a lesson to somebody who answers so; what was seen, how far, and whether to the end."""
    page, seen, left = io.StringIO(), list[int](), iter(answers or [])

    def ask(prompt: str) -> str:
        page.write(prompt)
        answer = next(left)
        page.write(f"{answer}\n")
        return answer

    console = Console(file=page, width=80)
    teller = Teller(lesson, lessons.reference, console, None if answers is None else ask)
    try:
        teller.tell(start, seen.append)
    except EOFError:
        return page.getvalue(), seen, False
    assert not list(left), "not all answers were asked for"
    return page.getvalue(), seen, True


def test_all_is_told_where_nobody_answers(lesson: lessons.Lesson) -> None:
    page, _, ended = told(lesson, None)
    assert ended
    for line in (
        "3  A square", "The answer: 9. Side by side, 3 · 3 = 9.", "That is its edge, 12.",
        "This needs nowhere_to_be_found, which is not installed.", "12. Four times 3.",
        "b) the side", "The answer: the edge. There are four sides.",
    ):  # fmt: skip
        assert line in page
    assert "[" not in page, "nobody is asked"


def test_a_prediction_is_asked_for_first_and_judged_after(lesson: lessons.Lesson) -> None:
    page, seen, ended = told(lesson, ["", "nine", "9", "", "c", "b", "", "12"])
    assert ended
    assert seen == [2, 4, 7, 8]
    asked, _, rest = page.partition("How large is the square?")
    assert "area = side * side" not in asked
    assert "'nine' is no number: write 0.25, 1/4, -3 or 1e-3" in rest
    assert rest.index("9\n") < rest.index("area = side * side") < rest.index("As you predicted: 9")
    assert "'c' is none of the choices: type a, b" in rest
    assert "Not b, but: the edge" in rest
    assert "Right." in rest


def test_hints_and_solutions_come_when_asked_for(lesson: lessons.Lesson) -> None:
    page, _, _ = told(lesson, ["", "", "", "", "", "?", "13", ""])
    assert page.index("Walk around it.") < page.index("Not 13. Once more?")
    assert page.index("Not 13") < page.index("12. Four times 3.")


def test_who_stops_goes_on_where_it_was(lesson: lessons.Lesson) -> None:
    page, seen, ended = told(lesson, ["", "9", "q"])
    assert (seen[-1], ended) == (4, False)
    assert "That is its edge" not in page
    page, _, ended = told(lesson, ["a", "", "12"], start=seen[-1])
    assert ended
    assert "How large" not in page
    assert "That is its edge, 12." in page, "the names of the code before are there again"


def test_code_that_is_too_long_for_the_terminal_is_not_cut(tmp_path: Path) -> None:
    line = "print(" + " + ".join(map(str, range(30))) + ")"
    (tmp_path / "01-long.md").write_text(
        f"# Long\n\nA line.\n\nLook.\n\n```python\n{line}\n```\n", "utf-8"
    )
    page, _, _ = told(read(tmp_path / "01-long.md"), None)
    assert line.replace(" ", "") in re.sub(r"\s", "", page)


def test_pictures_are_text_here_and_open_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "01-drawn.md").write_text(
        "# Drawn\n\nA graph.\n\nLook.\n\n```python\nimport glassgrad as gg\n"
        'a = gg.Value(2.0, label="a")\ngg.draw(a * 3)\n```\n', "utf-8",
    )  # fmt: skip
    opened: list[str] = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    page, _, _ = told(read(tmp_path / "01-drawn.md"), ["o", ""])
    assert "data 6 " in " ".join(page.split())
    assert len(opened) == 1
    drawn = Path(opened[0].removeprefix("file://"))
    assert "<svg" in drawn.read_text("utf-8")


@pytest.fixture
def command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Run `glassgrad learn` with a home of its own, for somebody who types these answers."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path))

    def run(*arguments: str, answers: list[str] | None = None) -> str:
        left = iter(answers or [])
        for stream in (sys.stdin, sys.stdout):
            monkeypatch.setattr(stream, "isatty", lambda: answers is not None, raising=False)

        def answer(prompt: str) -> str:
            given = next(left, None)
            if given is None:
                raise EOFError
            if given == "^C":
                raise KeyboardInterrupt
            return given

        monkeypatch.setattr("builtins.input", answer)
        assert main(["learn", *arguments]) == 0
        return capsys.readouterr().out

    return run


def test_the_lessons_are_listed_with_where_one_was(command: Callable[..., str]) -> None:
    listed = command()
    assert [line.split()[0] for line in listed.splitlines()[:20]] == [str(i) for i in range(1, 21)]
    command("reuse", answers=["", "2", ""])
    listed = command()
    assert re.search(r"^→ +10 ", listed, re.MULTILINE)
    assert "of lesson reuse" in listed
    assert "Go on another time" in command("next", answers=["q"])


def test_a_lesson_that_is_finished_is_ticked_and_the_next_one_follows(
    command: Callable[..., str], tmp_path: Path
) -> None:
    assert "The next lesson" in command("nudging", answers=[""] * 60)
    assert re.match("✓ +1 ", command())
    assert lessons.find("several-inputs").title in command("next", answers=["q"])
    kept = tmp_path / ".glassgrad" / "learn.json"
    assert json.loads(kept.read_text())["done"] == ["nudging"]
    kept.write_text("{ not json")
    assert "✓" not in command(), "a file that is broken counts as none"


@pytest.mark.parametrize(
    ("lesson", "seen"),
    [("gone", "3"), ("nudging", "-3"), ("nudging", "99"), ("nudging", "1e999"), ("", "[" * 10**5)],
)
def test_a_place_that_makes_no_sense_is_forgotten(
    command: Callable[..., str], tmp_path: Path, lesson: str, seen: str
) -> None:
    (tmp_path / ".glassgrad").mkdir()
    kept = f'{{"lesson": "{lesson}", "seen": {seen}, "done": []}}'
    (tmp_path / ".glassgrad" / "learn.json").write_text(kept)
    assert command().endswith("Go on: glassgrad learn next\n")
    begun = command("next", answers=["q"])
    assert lessons.find("nudging").idea[:30] in begun


def test_ctrl_c_is_another_way_to_stop(command: Callable[..., str]) -> None:
    stopped = command("reuse", answers=["", "2", "^C"])
    assert stopped.endswith("\nGo on another time: glassgrad learn next\n")
    went_on = command("next", answers=["Q"])
    assert lessons.find("reuse").title in went_on
    assert "glassgrad learn reuse --again" in " ".join(went_on.split())


def test_who_reads_it_in_a_pipe_is_nowhere_in_it(
    command: Callable[..., str], tmp_path: Path
) -> None:
    assert "exercise" in command("1")
    assert not (tmp_path / ".glassgrad").exists()


def test_an_unknown_lesson_is_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "backprop"]) == 2
    assert "there is no lesson 'backprop'; there are: 1 nudging, 2" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "value"), [("0.25", 0.25), ("1/4", 0.25), ("−3", -3.0), (" 1e-3", 0.001), ("0,5", 0.5)]
)
def test_numbers_are_read_as_people_write_them(text: str, value: float) -> None:
    assert number(text) == value


@pytest.mark.parametrize("text", ["", "x", "1/0", "nan", "inf", "1/2/3", "0x1"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(GlassgradError, match="is no number"):
        number(text)


def test_answers_are_right_within_a_hundredth() -> None:
    assert agrees(0.7071, 0.70710678)
    assert agrees(-99.1, -100.0)
    assert not agrees(-98.9, -100.0)
    assert not agrees(6.0, -6.0)
