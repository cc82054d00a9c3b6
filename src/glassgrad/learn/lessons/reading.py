"""The text of a lesson: Markdown with fenced blocks that mean something.

A lesson is one file: its title, its idea in a paragraph, and then prose between blocks. The word
after the fence says what a block is:

- ``python``: code that is run; what it prints is shown, and what its last line is worth. With
  ``needs=torch`` it runs only where that package is, and an ``output`` block after it records what
  it prints there;
- ``predict``: a question to answer before the next code is run; ``answer:`` is an expression that
  is evaluated afterwards, ``why:`` says why;
- ``exercise``: a question with ``answer:``, ``check:`` (the answer once more, by another way),
  ``hint:`` and ``solution:``;
- ``misreading``: what is often believed, and after an empty line what is so.

Other blocks are prose. In prose ``{{expression}}`` or ``{{expression:.3f}}`` stands for a number
which the code has computed, ``[[slug]]`` for another lesson.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from glassgrad.errors import GlassgradError

__all__ = ["Code", "Exercise", "Lesson", "Misreading", "Piece", "Prediction", "Prose", "read"]

_FENCE = re.compile(r"(`{3,})\s*(\w*)\s*(.*)$")
_KEY = re.compile(r"(answer|check|hint|solution|why):\s*(.*)$")


@dataclass(frozen=True)
class Prose:
    """Paragraphs of Markdown."""

    text: str


@dataclass(frozen=True)
class Code:
    """Lines of Python; `needs` is a package they cannot do without, `recorded` what they print."""

    source: str
    needs: str = ""
    recorded: str = ""


@dataclass(frozen=True)
class Question:
    """Something to answer: with a number, or with one of the choices."""

    question: str
    choices: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class Prediction(Question):
    """A question about what the next code will show."""

    why: str


@dataclass(frozen=True)
class Exercise(Question):
    """A question at the end of a lesson."""

    check: str
    hint: str
    solution: str


@dataclass(frozen=True)
class Misreading:
    """What is often believed, and what is so; the run that shows it follows."""

    belief: str
    truth: str


Piece = Prose | Code | Prediction | Exercise | Misreading


@dataclass(frozen=True)
class Lesson:
    """One idea, told in pieces."""

    number: int
    slug: str
    title: str
    idea: str
    pieces: tuple[Piece, ...] = field(repr=False)

    def of_kind(self, kind: type[Piece]) -> list[Piece]:
        """List the pieces of one kind, in their order."""
        return [piece for piece in self.pieces if isinstance(piece, kind)]


def read(path: Path) -> Lesson:
    """Read a lesson from its file, whose name is its number and its slug.

    Raises
    ------
    GlassgradError
        If a block is not closed, or lacks what its kind must have; the line is named.
    """
    number, _, slug = path.stem.partition("-")
    blocks = list(_blocks(path))
    head, _, rest = blocks[0][2].strip().partition("\n\n")
    idea, _, rest = rest.partition("\n\n")
    blocks[0] = (1, "", rest)
    pieces: list[Piece] = []
    for line, kind, text in blocks:
        if kind == "output":
            code = pieces.pop() if pieces else None
            if not isinstance(code, Code) or not code.needs:
                raise _wrong(path, line, "an output stands after a block that says what it needs")
            pieces.append(Code(code.source, code.needs, text))
        elif kind or text.strip():
            pieces.append(_piece(path, line, kind, text.strip("\n")))
    return Lesson(int(number), slug, head.removeprefix("# "), " ".join(idea.split()), tuple(pieces))


def _blocks(path: Path) -> Iterator[tuple[int, str, str]]:
    """Cut the text into blocks: the line each begins at, its kind ("" for prose), its text."""
    kind, fence, began, lines = "", "", 1, list[str]()
    for i, line in enumerate(path.read_text("utf-8").splitlines(), start=1):
        found = _FENCE.match(line)
        if fence:
            if line.strip() != fence:
                lines.append(line)
            elif kind == "text":  # a block that means nothing stays in the prose
                lines.append(line)
                fence = kind = ""
            else:
                yield began, kind, "\n".join(lines)
                kind, fence, began, lines = "", "", i, []
        elif found and found[2] in _KINDS:
            yield began, "", "\n".join(lines)
            fence, kind, began, lines = found[1], f"{found[2]} {found[3]}".strip(), i, []
        elif found:
            fence, kind = found[1], "text"
            lines.append(line)
        else:
            lines.append(line)
    if fence:
        raise _wrong(path, began, f"the block {kind} is not closed: end it with {fence}")
    yield began, "", "\n".join(lines)


def _piece(path: Path, line: int, kind: str, text: str) -> Piece:
    word, _, rest = kind.partition(" ")
    if not word:
        return Prose(text)
    if word == "python":
        return Code(text, rest.removeprefix("needs="))
    if word == "misreading":
        belief, _, truth = text.partition("\n\n")
        if not truth:
            raise _wrong(path, line, "a misreading is a belief, an empty line, and what is so")
        return Misreading(" ".join(belief.split()), truth)
    question, choices, keys = _question(text)
    wanted = {"answer", "why"} if word == "predict" else {"answer", "check", "hint", "solution"}
    if set(keys) != wanted:
        raise _wrong(path, line, f"{word} needs {', '.join(sorted(wanted))}; it has {list(keys)}")
    if word == "predict":
        return Prediction(question, choices, keys["answer"], keys["why"])
    return Exercise(
        question, choices, keys["answer"], keys["check"], keys["hint"], keys["solution"]
    )


def _question(text: str) -> tuple[str, tuple[str, ...], dict[str, str]]:
    question, choices, keys, last = list[str](), list[str](), dict[str, str](), ""
    for line in text.splitlines():
        found = _KEY.match(line)
        if found:
            last = found[1]
            keys[last] = found[2]
        elif last:
            keys[last] = f"{keys[last]}\n{line}".strip()
        elif line.startswith("- "):
            choices.append(line.removeprefix("- ").strip())
        else:
            question.append(line)
    return "\n".join(question).strip(), tuple(choices), keys


def _wrong(path: Path, line: int, what: str) -> GlassgradError:
    return GlassgradError(f"{path.name}, line {line}: {what}")


_KINDS = ("python", "output", "predict", "exercise", "misreading")
