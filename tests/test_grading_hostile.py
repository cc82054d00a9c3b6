"""Engines that loop, crash, flood, lie and leave: a grade says so, and nothing else happens."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import glassgrad as gg
from engines import RIGHT
from glassgrad.cli import main

pytestmark = pytest.mark.posix
ENGINE = RIGHT["closures"]


def changed(old: str, new: str) -> str:
    assert ENGINE.count(old) == 1, old
    return ENGINE.replace(old, new)


def in_backward(*lines: str) -> str:
    return changed("        topo, visited, todo", "".join(f"        {line}\n" for line in lines)
                   + "        topo, visited, todo")  # fmt: skip


def graded(tmp_path: Path, source: str, **how: float) -> gg.Grade:
    file = tmp_path / "mine.py"
    file.write_text(source, "utf-8")
    return gg.grade(file, **how)


#: What a file does when it is run, and what is said of it.
REFUSED = {
    "while True: pass": "it does not come to an end within 2 seconds",
    "import time; time.sleep(1000)": "it does not come to an end within 2 seconds",
    "exit()": "when it is run, it raises SystemExit",
    "raise KeyboardInterrupt": "when it is run, it raises KeyboardInterrupt",
    "import os; os._exit(7)": "it ends the process, with exit status 7",
    "import os; os.kill(os.getpid(), 9)": "it ends the process: it is killed by the system, with "
    "SIGKILL",
    "import ctypes; ctypes.string_at(0)": "it ends the process: it is killed by the system, with "
    "SIGSEGV",
    "raise ValueError('line one\\nline two')": "when it is run, it raises ValueError: line one in "
    "line ",
    "import no_such_module": "it raises ModuleNotFoundError: No module named 'no_such_module' in",
    "def :": "when it is run, it raises SyntaxError: invalid syntax in line ",
    "Value.__init__ = lambda self, data: exit()": "Value(2.0) raises SystemExit",
    "import os; os.closerange(0, 100)": "it ends the process",
    "input('your name? ')": "when it is run, it raises EOFError",
    "import os, time; os.closerange(3, 100); time.sleep(1000)": "disturbs what is to grade it",
    "import glassgrad; glassgrad.grade(Value)": "gg.grade was called by a file that is being",
    "class Error(Exception):\n    def __str__(self): raise self\nraise Error": "it raises Error",
    "del Value": "it has no class Value",
    "Value = 3": "it has no class Value",
}


@pytest.mark.parametrize("end", REFUSED)
def test_what_can_not_be_loaded_is_said_in_one_line(
    end: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "does not come to an end" in REFUSED[end]:  # only then, for a busy machine is slow
        monkeypatch.setattr("glassgrad.learn.grading.running.LOADING", 2.0)
    grade = graded(tmp_path, f"{ENGINE}\n{end}\n")
    assert REFUSED[end] in grade.refused
    assert "\n" not in grade.text()
    assert grade.exit_code == 2
    assert not grade.findings
    assert REFUSED[end] in grade.html().replace("&#x27;", "'")
    assert REFUSED[end] in json.loads(grade.json())["refused"]


#: What happens in `backward`, or around the class, and the misconception that is found first.
FOUND = {
    "loops": (in_backward("while True: pass"), "does-not-end"),
    "sleeps": (in_backward("import time; time.sleep(1000)"), "does-not-end"),
    "exits": (in_backward("raise SystemExit"), "ends-the-program"),
    "says too much": (in_backward("raise ValueError('x' * 30_000_000)"), "raises"),
    "leaves": (in_backward("import os; os._exit(0)"), "ends-the-program"),
    "crashes": (in_backward("import ctypes; ctypes.string_at(0)"), "ends-the-program"),
    "calls itself": (in_backward("self.backward()"), "calls-itself"),
    "talks back": (in_backward("import os", "for fd in range(3, 50):",
                               "    try: os.write(fd, b'{\"outcome\": 1}')",
                               "    except OSError: pass"), None),
    "floods": (in_backward("import os", "for fd in range(3, 20):",
                           "    try: os.write(fd, b'x' * 3_000_000)",
                           "    except OSError: pass"), None),
    "prints": (in_backward("import sys", "print('x' * 1_000_000)",
                           "sys.__stdout__.write('y'); sys.stderr.write('z')"), None),
    "closes": (ENGINE + "\nimport sys, os\nsys.stdout.close()\nos.closerange(0, 3)\n", None),
    "forks": ("import os\nos.fork()\n" + ENGINE, None),
    "forks in backward": (in_backward("import os; os.fork()"), None),
    "replaces modules": (ENGINE + "\nimport sys\nfor name in ('json', 'os', 're', 'builtins'):\n"
                         "    sys.modules[name] = None\n", None),
    "starts a thread": (ENGINE + "\nimport threading, time\n"
                        "threading.Thread(target=time.sleep, args=(1000,)).start()\n", None),
}  # fmt: skip


@pytest.mark.parametrize("name", FOUND)
def test_what_an_engine_does_to_the_process_is_survived(name: str, tmp_path: Path) -> None:
    source, id = FOUND[name]
    grade = graded(tmp_path, source, seconds=1.0 if id == "does-not-end" else 20.0)
    assert not grade.refused
    assert grade.misconceptions[:1] == ([id] if id else [])
    assert len(grade.results) > 40


@pytest.mark.linux
def test_memory_is_limited(tmp_path: Path) -> None:
    eats = "[bytes(1 << 26) for _ in range(10_000)]"
    grade = graded(tmp_path, in_backward(f"x = {eats}"), seconds=20.0)
    assert grade.misconceptions == ["memory"]
    assert "it raises MemoryError" in graded(tmp_path, f"{ENGINE}\nx = {eats}\n").refused


def test_numbers_that_lie_are_wrong_answers(tmp_path: Path) -> None:
    lies = ("class Value:\n    def __init__(self, data): pass\n"
            "    def __getattr__(self, name): return lambda *a: self\n"
            "    __add__ = __mul__ = backward = lambda *a: a[0]\n")  # fmt: skip
    assert graded(tmp_path, lies).misconceptions
    assert graded(tmp_path, changed("self.grad = 0.0\n        self.label",
                                    "self.grad = float('nan')\n        self.label")
                  ).misconceptions[0] == "starts-not-at-zero"  # fmt: skip
    nan = graded(tmp_path, changed("self.data + other.data", "float('nan')"))
    assert json.loads(nan.json())["findings"][0]["readings"][0]["got"] == "nan"


def test_the_time_is_limited_in_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("glassgrad.learn.grading.running.WHOLE", 4.0)
    slow = changed("        self.grad = 0.0\n        self.label",
                   "        import time; time.sleep(0.03)\n        self.grad = 0.0\n"
                   "        self.label")  # fmt: skip
    grade = graded(tmp_path, slow, seconds=0.3)
    assert grade.results[0].status == "right"
    assert grade.results[-1].readings[0][2] == "it was not asked any more"


def test_nothing_of_an_engine_runs_in_this_process(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    source = ENGINE + f"\nimport os\nopen({str(mark)!r}, 'a').write(f'{{os.getpid()}} ')\n"
    before = set(sys.modules)
    assert graded(tmp_path, source)
    assert str(os.getpid()) not in mark.read_text().split()
    assert "learners_engine" not in set(sys.modules) - before


def test_an_engine_that_is_given_up_leaves_nothing_running(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    source = in_backward(
        "import os, time", "os.fork()", f"open({str(mark)!r}, 'a').write(f'{{os.getpid()}} ')",
        "time.sleep(1000)",
    )  # fmt: skip
    graded(tmp_path, source, seconds=0.5)
    numbers = [int(word) for word in mark.read_text().split()]
    assert len(numbers) >= 2
    for _ in range(100):
        if not any(_runs(number) for number in numbers):
            return
        time.sleep(0.05)
    pytest.fail("a process goes on")


def _runs(number: int) -> bool:
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(number)], capture_output=True,
                           text=True, check=False).stdout.strip()  # fmt: skip
    return bool(state) and not state.startswith("Z")


def test_the_command_says_it_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "mine.py"
    file.write_text(ENGINE + "\n1 / 0\n", "utf-8")
    assert main(["grade", str(file)]) == 2
    line = 1 + ENGINE.count("\n") + 1
    assert capsys.readouterr().out == (
        f"mine.py can't be graded: when it is run, it raises ZeroDivisionError: division by zero "
        f"in line {line}\n"
    )
