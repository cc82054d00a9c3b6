"""The tasks in C++ by hand, compiled when they are measured, if a compiler is there.

What is timed is a call of the compiled function through `ctypes`; compiling is not.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from benchmarks import gpt, moons
from benchmarks.work import Work

COMPILER = "g++"

#: The numbers are those of the language: sums keep their order, unlike with -ffast-math.
FLAGS = ("-O3", "-march=native", "-fno-math-errno", "-fno-trapping-math", "-shared", "-fPIC")


#: The moons task twice: as loops, and laid out for the vectors of the processor.
SYSTEMS = {"cpp": "loops", "cpp-vectors": "vectors"}


def compiler() -> str:
    """Tell which compiler it is."""
    version = subprocess.check_output([COMPILER, "-dumpfullversion"], text=True)
    return f"{COMPILER} {version.strip()}"


@cache
def compiled(task: str) -> Any:
    """Compile a task's file and find its function."""
    source = Path(__file__).with_name(f"{task}.cpp")
    with tempfile.TemporaryDirectory() as folder:
        library = Path(folder) / f"{task}.so"
        subprocess.run([COMPILER, *FLAGS, str(source), "-o", str(library)], check=True)
        step = ctypes.CDLL(str(library)).step
    step.restype = ctypes.c_double
    return step


def doubles(numbers: Any) -> Any:
    numbers = list(numbers)
    return (ctypes.c_double * len(numbers))(*numbers)


def moons_work(start: moons.Problem, program: str) -> Work:
    step, parameters = compiled(program), []
    for layer in start.weights:
        parameters += [*chain(*zip(*layer, strict=True)), *([0.0] * len(layer))]
    network, points, labels = map(doubles, (parameters, chain(*start.points), start.labels))
    step.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_int, ctypes.c_double]
    n = len(start.points)
    return Work(lambda k: [step(network, points, labels, n, moons.learning_rate(k))])


def gpt_work() -> Work:
    step = compiled("gpt")
    numbers = doubles(number for matrix in gpt.start().values() for row in matrix for number in row)
    means, squares = doubles([0.0] * len(numbers)), doubles([0.0] * len(numbers))
    names = [(ctypes.c_int * len(name))(*name) for name in gpt.DOCUMENTS]
    step.argtypes = [ctypes.c_void_p] * 4 + [ctypes.c_int, ctypes.c_double, ctypes.c_int]

    def one(k: int) -> list[float]:
        name = names[k % len(names)]
        rate = gpt.learning_rate(k)
        return [step(numbers, means, squares, name, len(name) - 1, rate, k + 1)]

    return Work(one, lambda: [list(numbers), list(means)])
