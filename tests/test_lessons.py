"""The lessons: they run, each number in their prose is computed, their answers hold otherwise."""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import pytest

from conftest import oracle
from glassgrad.errors import GlassgradError
from glassgrad.learn import lessons
from glassgrad.learn.lessons.reading import read
from lessons.notebook import notebook
from prose import typed_numbers, typed_words

ROOT = Path(__file__).resolve().parent.parent

SLUGS = [
    "nudging", "several-inputs", "value", "graph", "by-hand", "step", "neuron", "local-rules",
    "order", "reuse", "taken-apart", "pytorch", "mlp", "descent", "zero-grad", "moons",
    "polynomial", "checks", "tensors", "gpt",
]  # fmt: skip
#: The misreadings which the lessons must meet, each in the lesson where it arises.
MISREADINGS = {
    "by-hand": 3, "step": 1, "neuron": 1, "order": 1, "reuse": 2, "taken-apart": 1, "descent": 1,
}  # fmt: skip
CATALOGUE = lessons.catalogue()
each_lesson = pytest.mark.parametrize("lesson", CATALOGUE, ids=lambda lesson: lesson.slug)


@cache
def performed(slug: str) -> list[lessons.Told | lessons.Ran | lessons.Answered]:
    lesson = lessons.find(slug)
    performance = lessons.Performance(lesson, lessons.reference)
    done = list(performance)
    for exercise in lesson.of_kind(lessons.Exercise):
        checked = performance.evaluate(exercise.check)
        told = performance.answered(exercise)
        assert exercise.check != exercise.answer
        if exercise.choices:
            assert checked == told.answer, told.piece.question
        else:
            assert math.isclose(checked, told.answer, rel_tol=1e-4, abs_tol=1e-7), told.piece
    return done


def test_there_are_twenty_lessons_in_their_order() -> None:
    assert [lesson.slug for lesson in CATALOGUE] == SLUGS
    assert [lesson.number for lesson in CATALOGUE] == list(range(1, 21))


@each_lesson
def test_a_lesson_runs_and_its_answers_hold_by_another_way(lesson: lessons.Lesson) -> None:
    for module in {code.needs for code in lesson.of_kind(lessons.Code)} - {"", "torch"}:
        oracle(module)
    assert any(isinstance(done, lessons.Ran) for done in performed(lesson.slug))


@each_lesson
def test_a_lesson_has_what_it_needs(lesson: lessons.Lesson) -> None:
    assert len(lesson.of_kind(lessons.Exercise)) == 3
    assert lesson.of_kind(lessons.Prediction)
    assert isinstance(lesson.pieces[0], lessons.Prose)


@pytest.mark.parametrize("slug", MISREADINGS)
def test_misreadings_are_met_where_they_arise(slug: str) -> None:
    lesson = lessons.find(slug)
    assert len(lesson.of_kind(lessons.Misreading)) >= MISREADINGS[slug]


@each_lesson
def test_a_run_follows_each_misreading(lesson: lessons.Lesson) -> None:
    for i, piece in enumerate(lesson.pieces):
        if isinstance(piece, lessons.Misreading):
            assert any(isinstance(later, lessons.Code) for later in lesson.pieces[i + 1 : i + 5])


@each_lesson
def test_each_number_in_prose_is_computed(lesson: lessons.Lesson) -> None:
    assert not typed_numbers(lesson)
    assert not typed_words(lesson, performed(lesson.slug))


def test_a_typed_number_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "01-typed.md"
    path.write_text(
        "# Title\n\nIdea.\n\n```python\nx = 17\n```\n\nIt is {{x}}, that is 14.003, or `17 + x`, "
        "not `8`, nor 2 times.\n\nSeventeen or thirty-four, say {{2 * x}}, but not fifteen.\n",
        "utf-8",
    )
    lesson = read(path)
    typed = typed_numbers(lesson)
    assert len(typed) == 2
    assert typed[0] == "8"
    assert "14.003" in typed[1]
    told = lessons.Performance(lesson, lessons.reference)
    assert typed_words(lesson, told) == ["fifteen"]


NEEDING = [one for one in CATALOGUE if any(code.needs for code in one.of_kind(lessons.Code))]


@pytest.mark.parametrize("lesson", NEEDING, ids=lambda lesson: lesson.slug)
def test_nothing_said_depends_on_a_package_that_may_be_missing(
    lesson: lessons.Lesson, monkeypatch: pytest.MonkeyPatch
) -> None:
    complete = performed(lesson.slug)
    monkeypatch.setattr("glassgrad.learn.lessons.performing.find_spec", lambda _: None)
    without = list(lessons.Performance(lesson, lessons.reference))
    assert [done for done in without if not isinstance(done, lessons.Ran)] == [
        done for done in complete if not isinstance(done, lessons.Ran)
    ]
    assert all(ran.missing for ran in without if isinstance(ran, lessons.Ran) and ran.piece.needs)


@each_lesson
def test_code_fits_in_a_terminal(lesson: lessons.Lesson) -> None:
    lines = [line for code in lesson.of_kind(lessons.Code) for line in code.source.splitlines()]
    assert max(map(len, lines)) <= 79


@each_lesson
def test_no_two_choices_are_alike(lesson: lessons.Lesson) -> None:
    for question in [*lesson.of_kind(lessons.Prediction), *lesson.of_kind(lessons.Exercise)]:
        assert len(set(question.choices)) == len(question.choices) != 1


def test_what_was_recorded_is_what_pytorch_prints() -> None:
    oracle("torch")
    ran = [done for done in performed("pytorch") if isinstance(done, lessons.Ran)]
    needing = [one for one in ran if one.piece.needs == "torch"]
    assert needing
    for one in needing:
        assert not one.missing
        assert one.printed.split() == one.piece.recorded.split()


@each_lesson
def test_the_notebook_is_fresh_and_valid(lesson: lessons.Lesson) -> None:
    kept = ROOT / "lessons" / f"{lesson.number:02}-{lesson.slug}.ipynb"
    made = notebook(lesson, performed(lesson.slug))
    assert kept.read_text("utf-8") == made, "run make lessons"
    oracle("nbformat").validate(json.loads(made))


def test_a_notebook_runs(tmp_path: Path) -> None:
    kept = oracle("nbformat").read(ROOT / "lessons" / "05-by-hand.ipynb", as_version=4)
    oracle("nbclient").NotebookClient(kept, timeout=120).execute(cwd=str(tmp_path))
    pictures = [
        output for cell in kept.cells if cell.cell_type == "code" for output in cell.outputs
        if "text/html" in output.get("data", {})
    ]  # fmt: skip
    assert pictures


WRONG = {
    "```python\nx = 1\n": "line 5: the block python is not closed",
    "```predict\nWhat?\nanswer: 1\n```\n": r"predict needs answer, why; it has \['answer'\]",
    "```misreading\nOnly a belief.\n```\n": "a misreading is a belief, an empty line",
    "```output\n1\n```\n": "an output stands after",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_text_is_refused_with_its_line(text: str, tmp_path: Path) -> None:
    path = tmp_path / "01-wrong.md"
    path.write_text(f"# Title\n\nIdea.\n\n{text}", "utf-8")
    with pytest.raises(GlassgradError, match=WRONG[text]):
        read(path)


def test_an_unknown_lesson_is_refused() -> None:
    with pytest.raises(GlassgradError, match="there is no lesson '21'; there are: 1 nudging, 2"):
        lessons.find("21")
