"""What a grade is for people and for programs: words, a page, JSON, XML, CSV, exit codes."""

from __future__ import annotations

import csv
import inspect
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import glassgrad as gg
from browser import opened
from engines import RIGHT
from glassgrad.cli import main
from glassgrad.learn.grading.misconceptions import BY_ID
from glassgrad.learn.grading.table import CHECKS

ROOT = Path(__file__).resolve().parent.parent
OVERWRITES = RIGHT["closures"].replace("self.grad += y * out.grad", "self.grad = y * out.grad")
BEGUN = """
class Value:
    def __init__(self, data, _children=()):
        self.data = data
        self._prev = _children
    def __add__(self, other):
        return Value(self.data + other.data, (self, other))
    def __mul__(self, other):
        return Value(self.data * other.data, (self, other))
"""


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> str:
    Path(name).parent.mkdir(exist_ok=True, parents=True)
    Path(name).write_text(text, "utf-8")
    return name


# ------------------------------------------------------------------------------ for people


def test_the_words_say_all_that_a_learner_needs() -> None:
    text = gg.grade(write("mine.py", OVERWRITES)).text()
    about = BY_ID["overwritten"]
    assert "mine.py   " in text.splitlines()[0]
    assert f"1  overwritten   lesson {about.lesson}, {about.slug}" in text
    assert about.says in text
    assert "       c = a * b\n       d = c + a\n" in text
    assert re.search(r"a\.grad   expected 8\.5   got 7\.5", text)
    assert "Hint: It has an effect by each of its routes" in text
    assert "Not yet: a value to the power of a value, sigmoid, sin, cos, sqrt." in text
    assert max(map(len, text.splitlines())) <= 100


def test_the_command_shows_the_same_words(capsys: pytest.CaptureFixture[str]) -> None:
    file = write("mine.py", OVERWRITES)
    assert main(["grade", file]) == 1
    assert capsys.readouterr().out == f"{gg.grade(file)}\n"


def test_an_engine_that_was_only_begun_is_mostly_not_there_yet() -> None:
    grade = gg.grade(write("mine.py", BEGUN))
    assert set(grade.misconceptions) == {"number-on-the-right", "number-on-the-left"}
    assert grade.counts["wrong"] < 10
    assert grade.counts["not yet"] > 60
    assert grade.not_yet[:3] == ["grad", "-a", "a - b"]
    assert "the operands of a result" not in grade.not_yet
    assert gg.grade(write("less.py", BEGUN.partition("    def __add__")[0]))


@pytest.mark.parametrize("body", ["pass", "...", '"""Multiply."""', "raise NotImplementedError",
                                  'raise NotImplementedError("your turn")'])  # fmt: skip
def test_what_a_template_leaves_empty_is_not_there_yet(body: str) -> None:
    empty = "".join(f"\n    def {method}(self, *other):\n        {body}\n"
                    for method in ("__mul__", "backward"))  # fmt: skip
    template = RIGHT["closures"] + empty  # the class goes on to the end of the file
    grade = gg.grade(write("template.py", template))
    assert grade.findings == []
    assert grade.not_yet[0] == "a * b"
    assert "backward" in grade.not_yet
    assert grade.counts["right"] > 5


def test_a_method_that_a_base_leaves_to_its_heirs_is_not_missing() -> None:
    grade = gg.grade(write("heirs.py", """
class Value:
    def __init__(self, data): self.data, self.grad = data, 0.0
    def __add__(self, other): return Sum(self, other)
    def backward(self): pass

class Sum(Value):
    def __init__(self, *operands):
        super().__init__(sum(operand.data for operand in operands))
        self.operands = operands
    def backward(self):
        self.grad = 1.0
        for operand in self.operands:
            operand.grad += 1.0
"""))
    status = {result.check.name: result.status for result in grade.results}
    assert status["the gradient of the result itself"] == "right"
    assert status["the gradients of a sum"] == "right"
    assert status["a sum of sums"] == "right"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_the_page_stands_by_itself(theme: str, width: int, browser: Any, tmp_path: Path) -> None:
    assert main(["grade", write("mine.py", OVERWRITES), "--html", "mine.html"]) == 1
    page = tmp_path / "mine.html"
    look = {"color_scheme": theme, "viewport": {"width": width, "height": 800}}
    with opened(browser, page, **look) as shown:
        assert "only one share is kept" in shown.inner_text("h2 >> nth=0")
        assert shown.locator(".gg-bar i").count() == len(CHECKS)
        assert shown.locator(".gg-all li").count() == len(CHECKS)
        assert "expected" in shown.inner_text("table >> nth=0")
        assert shown.evaluate("document.documentElement.scrollWidth") <= width


def test_a_name_in_an_engine_can_not_break_the_page() -> None:
    grade = gg.grade(write("x&y.py", "raise ValueError('<script>alert(1)</script>')"))
    assert "<script" not in grade.html()
    assert "&lt;script&gt;" in grade.html()
    assert "x&amp;y.py" in grade._repr_html_()


# ------------------------------------------------------------------------------ for programs


def test_json_holds_everything(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["grade", write("mine.py", OVERWRITES), "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert list(found) == ["engine", "refused", "counts", "misconceptions", "findings", "not_yet",
                           "checks"]  # fmt: skip
    assert found["engine"] == "mine.py"
    assert found["refused"] is None
    assert found["misconceptions"] == ["overwritten"]
    assert sum(found["counts"].values()) == len(found["checks"]) == len(CHECKS)
    [finding] = found["findings"]
    assert finding["lesson"] == {"number": 10, "slug": "reuse"}
    wrong = [check for check in found["checks"] if check["status"] == "wrong"]
    assert {check["name"] for check in wrong} == set(finding["checks"])
    assert len(wrong) == found["counts"]["wrong"]
    for check in wrong:
        assert check["readings"]
        assert set(check["readings"][0]) == {"read", "expected", "got"}


def test_junit_is_what_ci_reads(capsys: pytest.CaptureFixture[str]) -> None:
    """The rules of the schema that Jenkins publishes: which elements, with which attributes."""
    write("all/mine.py", OVERWRITES)
    write("all/broken.py", "raise ValueError('\\x00\\x1b[31m ä')")
    write("all/begun.py", BEGUN)
    assert main(["grade", "all", "--junit"]) == 2
    root = ElementTree.fromstring(capsys.readouterr().out.encode())
    assert root.tag == "testsuites"
    assert [suite.get("name") for suite in root] == ["begun.py", "broken.py", "mine.py"]
    for suite in root:
        cases = list(suite)
        assert {case.tag for case in cases} == {"testcase"}
        tags = [child.tag for case in cases for child in case]
        for attribute, tag in (("failures", "failure"), ("errors", "error"),
                               ("skipped", "skipped")):  # fmt: skip
            assert int(suite.get(attribute, "-1")) == tags.count(tag)
        assert int(suite.get("tests", "-1")) == len(cases)
        for case in cases:
            assert set(case.attrib) == {"name", "classname", "time"}
            assert len(case) <= 1
    begun, broken, mine = root
    assert (broken.get("tests"), broken.get("errors")) == ("1", "1")
    assert int(begun.get("skipped", "")) > 60
    failure = mine.find(".//failure")
    assert failure is not None
    assert failure.get("type") == "overwritten"
    assert "expected" in (failure.text or "")
    assert root.get("failures") == str(sum(int(suite.get("failures", "")) for suite in root))


def test_a_folder_gives_a_row_for_each_engine(capsys: pytest.CaptureFixture[str]) -> None:
    write("all/bo/mine.py", OVERWRITES)
    write("all/al.py", RIGHT["tape"])
    write("all/_hidden.py", "raise SystemExit")
    write("all/__pycache__/old.py", "raise SystemExit")
    write("all/=cmd.py", "x = 1")
    write("all/folder.py/notes.txt", "no engine")
    assert main(["grade", "all"]) == 2
    text = capsys.readouterr().out
    assert len({len(row) for row in csv.reader(io.StringIO(text))}) == 1
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["engine"] for row in rows] == ["'=cmd.py", "al.py", "bo/mine.py"]
    odd, al, bo = rows
    assert odd["refused"] == "it has no class Value"
    assert (al["wrong"], al["first misconception"]) == ("0", "")
    assert (bo["first misconception"], bo["all misconceptions"]) == ("overwritten", "overwritten")
    assert bo["a product, and its operands once more"] == "overwritten"
    assert bo["sqrt" if "sqrt" in bo else "the gradient of sqrt"] == "not yet"
    assert int(bo["right"]) == sum(bo[check.name] == "right" for check in CHECKS)


def test_exit_codes() -> None:
    assert main(["grade", write("right.py", RIGHT["tape"])]) == 0
    assert main(["grade", write("wrong.py", OVERWRITES)]) == 1
    assert main(["grade", write("broken.py", "1 / 0")]) == 2
    assert main(["grade", "wrong.py", "--allow", "overwritten"]) == 0
    assert main(["grade", "no_such_file.py"]) == 2


def test_what_is_allowed_is_shown_and_does_not_count() -> None:
    grade = gg.grade(write("mine.py", OVERWRITES), allow=["overwritten"])
    assert grade
    assert grade.misconceptions == []
    assert grade.counts["wrong"] == 0
    assert grade.counts["allowed"] > 0
    assert "overwritten   lesson 10, reuse   allowed" in grade.text()
    skipped = ElementTree.fromstring(grade.junit().encode()).findall(".//skipped")
    assert "allowed: overwritten" in {element.get("message") for element in skipped}


# ------------------------------------------------------------------------------ names and classes


def test_names_are_found_or_given() -> None:
    slope = RIGHT["tape"].replace("grad", "steepness").replace("data", "amount")
    assert gg.grade(write("odd.py", slope))
    none = re.sub(r"\.g\b", ".steepness", RIGHT["functions"])  # it begins as None
    assert not gg.grade(write("none.py", none))
    assert gg.grade("none.py", names={"grad": "steepness"})
    assert main(["grade", "none.py", "--name", "grad=steepness"]) == 0


def test_the_class_is_found_or_given() -> None:
    two = RIGHT["counting"] + "\n\nclass Other(Scalar):\n    __add__ = __mul__ = None\n"
    refused = gg.grade(write("two.py", two)).refused
    assert refused.startswith("it has no class Value, but ")
    assert "Scalar, Other" in refused
    grade = gg.grade("two.py:Scalar")
    assert grade
    assert grade.engine == "two.py:Scalar"
    assert "no class Nothing" in gg.grade("two.py:Nothing").refused


def test_a_class_that_needs_more_than_a_number_is_refused() -> None:
    needs = "class Value:\n    def __init__(self, data, label): pass\n"
    assert gg.grade(write("needs.py", needs)).refused.startswith("Value(2.0) raises TypeError: ")


def test_odd_names_do_no_harm() -> None:
    other = {"data": "grad", "grad": "data"}
    swapped = re.sub("data|grad", lambda found: other[found[0]], RIGHT["tape"])
    assert gg.grade(write("swapped.py", swapped), names=other)
    odd = RIGHT["tape"] + "\nValue.__name__ = 'a\\\\g<0>'\n"
    assert gg.grade(write("odd.py", odd))
    numpy = RIGHT["closures"].replace("self.data = data", "self.data = np.array(float(data))")
    assert gg.grade(write("arrays.py", f"import numpy as np\n{numpy}"))


@pytest.mark.posix
def test_a_class_is_graded_wherever_it_was_written() -> None:
    space: dict[str, Any] = {}
    exec(OVERWRITES, space)
    grade = gg.grade(space["Value"])
    assert grade.misconceptions == ["overwritten"]
    assert grade.engine == "Value"
    space["Value"].backward = lambda self: [0 for _ in iter(int, 1)]
    assert gg.grade(space["Value"], seconds=0.5).misconceptions == ["does-not-end"]


@pytest.mark.posix
def test_a_class_of_a_script_that_is_run() -> None:
    script = RIGHT["closures"] + "\nimport glassgrad\nprint(glassgrad.grade(Value).counts)\n"
    ran = subprocess.run([sys.executable, write("script.py", script)], capture_output=True,
                         text=True, check=True)  # fmt: skip
    assert ran.stdout.startswith("{'right': ")
    assert "'wrong': 0" in ran.stdout
    assert ran.stderr == ""


@pytest.mark.posix
def test_a_program_with_threads_is_not_warned_of_its_copy() -> None:
    """JAX, and Python from 3.12 on, warn of copies of processes that have several threads."""
    script = (
        "import os, warnings, glassgrad\nfrom glassgrad.learn.tiny import Value\n"
        "os.register_at_fork(before=lambda: warnings.warn('several threads', RuntimeWarning))\n"
        "print(glassgrad.grade(Value).misconceptions)\n"
    )
    ran = subprocess.run([sys.executable, "-W", "error", write("script.py", script)],
                         capture_output=True, text=True, check=False)  # fmt: skip
    assert (ran.stdout, ran.stderr) == ("[]\n", "")


@pytest.mark.posix
def test_without_fork_a_class_is_graded_from_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("os.fork")
    from glassgrad.learn import tiny

    assert gg.grade(tiny.Value).engine == "tiny.py:Value"
    space: dict[str, Any] = {}
    exec(OVERWRITES, space)
    with pytest.raises(gg.GlassgradError, match="write it to one, and give its name"):
        gg.grade(space["Value"])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: gg.grade("nothing.py"), "there is no file nothing.py"),
        (lambda: gg.grade(3), "a int can't be graded"),  # type: ignore[arg-type]
        (lambda: gg.grade(gg.Value, allow=["nonsense"]), "there is no misconception nonsense"),
        (lambda: gg.grade(gg.Value, names={"label": "x"}), "label can't be named: data, grad"),
        (lambda: gg.grade(gg.Value, seconds=0), "needs some time"),
        (lambda: gg.grade(gg.Value, seconds=float("inf")), "needs some time"),
    ],
)
def test_wrong_questions_are_told_apart(call: Any, message: str) -> None:
    with pytest.raises(gg.GlassgradError, match=re.escape(message)):
        call()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["grade", ".", "--json"], "a folder gives CSV"),
        (["grade", "."], "there is no engine in ."),
        (["grade", "x.py", "--name", "grad"], "--name takes something like grad=slope"),
        (["grade", "x.py", "--allow", "a,b"], "there is no misconception a, b"),
    ],
)
def test_wrong_commands(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert message in capsys.readouterr().err


def test_the_list_of_misconceptions_is_published_and_fresh() -> None:
    checked = subprocess.run([sys.executable, ROOT / "tools" / "misconceptions.py", "--check"],
                             capture_output=True, text=True, check=False)  # fmt: skip
    assert checked.returncode == 0, checked.stdout
    page = (ROOT / "docs" / "misconceptions.md").read_text("utf-8")
    assert re.findall(r"^### (.+)$", page, re.MULTILINE) == list(BY_ID)


def test_the_child_knows_nothing_of_glassgrad() -> None:
    from glassgrad.learn.grading import child

    assert not re.search(r"^\s*(from|import) glassgrad", inspect.getsource(child), re.MULTILINE)
