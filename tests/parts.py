"""Instructions with much to do, run by one thread or by two: see test_threads.py.

Prints a digest of all bits, and how many threads there are more after it than before.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
import warnings
from array import array
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from struct import pack

import numpy as np

import glassgrad as gg
from glassgrad.jitting import machine
from glassgrad.jitting.tape import CONTRACT, EACH, FIRST, FOLD, MASK, SECOND, START
from glassgrad.opcodes import ADD, MAXIMUM, MUL, TANH
from tapes import reverse_of, tape_of

ROWS, COLUMNS, TERMS = 60, 130, 150
SOURCE = Path(str(gg.__file__)).parent.parent

#: Where the threads of a process are listed, if they are.
TASKS = Path("/proc/self/task") if Path("/proc/self/task").is_dir() else None


def words(
    kind: int, op: int, dims: list[int], free: int, *accesses: list[int], mask: int = 0
) -> list[int]:
    head = [op, free, len(dims), *dims]
    body = [word for access in accesses for word in access]
    return [kind + MASK * mask, 2 + len(head) + len(body), *head, *body]


def cases() -> list[tuple[list[int], int, int, int]]:
    """List instructions, with their masks, the number of slots that are given, and of all."""
    e, n, k = ROWS, COLUMNS, TERMS
    x, w, given = 0, e * k, e * k + n * (k + 1)
    accesses = [given, n, 1, 0], [w + k, 0, k + 1, 0], [x, k, 0, 1], [w, 0, k + 1, 1]
    layer = words(CONTRACT, MUL, [e, n, k], 2, *accesses)
    windows = words(CONTRACT, MUL, [3000, 300], 1, [3300, 1, 0], [0, 0, 0], [0, 1, 1], [0, 0, 1])
    tanh = words(EACH, TANH, [20_000], 1, [20_000, 1], [0, 1])
    scaled = words(EACH, MUL, [700, 900], 2, [1600, 900, 1], [0, 1, 0], [700, 0, 1])
    largest = words(FOLD, MAXIMUM, [900, 800], 1, [800, 1, 0], [0, 0, 0], [0, 0, 1])
    total = words(FOLD, ADD, [900, 800], 1, [1800, 1, 0], [0, 0, 0], [100, 1, 1])
    return [
        (layer, FIRST | SECOND | START, given, given + e * n),
        (windows, FIRST | SECOND | START, 3300, 6300),
        (tanh, FIRST, 20_000, 40_000),
        (scaled, FIRST | SECOND, 1600, 1600 + 700 * 900),
        (largest, 0, 800, 1700),
        (total, FIRST, 1800, 2700),
    ]


def results(single: bool, which: int) -> tuple[list[float], list[float], list[float]]:
    """Draw numbers for an instruction, and compute its results and gradients."""
    code, mask, given, slots = cases()[which]
    draw = np.random.default_rng(which)
    numbers = draw.normal(size=slots).astype(np.float32 if single else float).tolist()
    tape = tape_of(code, given, slots, outputs=range(given, slots))
    at, found = machine.run(tape, numbers[:given], single)
    assert at == -1
    back = reverse_of([code[0] + MASK * mask, *code[1:]]) if mask else array("i")
    before = dict(enumerate(numbers))
    slopes = machine.run_back(tape, numbers[:given], back, before, single) if mask else []
    return numbers, found, slopes


def digest(single: bool) -> str:
    numbers = [
        x for which in range(len(cases())) for list_ in results(single, which) for x in list_
    ]
    return hashlib.sha256(pack(f"{len(numbers)}d", *numbers)).hexdigest()


def layer_is_right(single: bool) -> None:
    """Compare a layer with sums that NumPy adds up, one product after the other."""
    e, n, k = ROWS, COLUMNS, TERMS
    kind = np.float32 if single else np.float64
    numbers, found, slopes = (np.array(x, kind) for x in results(single, 0))
    x = numbers[: e * k].reshape(e, k)
    rows = numbers[e * k : e * k + n * (k + 1)].reshape(n, k + 1)
    w, bias, grad = rows[:, :k], rows[:, k], numbers[-e * n :].reshape(e, n)
    out, to_x, to_w, to_bias = np.tile(bias, (e, 1)), x.copy(), w.copy(), bias.copy()
    for i in range(k):
        out = out + x[:, i, None] * w[None, :, i]
    for i in reversed(range(n)):
        to_x = to_x + grad[:, i, None] * w[i]
    for i in reversed(range(e)):
        to_w = to_w + grad[i, :, None] * x[i]
        to_bias = to_bias + grad[i]
    assert found[-e * n :].tobytes() == out.tobytes()
    assert slopes[: e * k].tobytes() == to_x.tobytes()
    given = slopes[e * k : -e * n].reshape(n, k + 1)
    assert given[:, :k].tobytes() == to_w.tobytes()
    assert given[:, k].tobytes() == to_bias.tobytes()


def tasks() -> int:
    """Count the threads of this process."""
    return len(list(TASKS.iterdir())) if TASKS else 0


def main(after: str) -> None:
    before = tasks()
    for single in (False, True):
        layer_is_right(single)
    more = tasks() - before
    first = digest(False)
    if after == "fork":
        warnings.simplefilter("ignore", DeprecationWarning)  # of forks of many threads
        child = os.fork()
        if child == 0:
            os._exit(0 if digest(False) == first and tasks() in (0, 1 + more) else 1)
        assert os.waitpid(child, 0)[1] == 0
    elif after == "threads":
        with ThreadPoolExecutor(6) as pool:
            assert set(pool.map(digest, [False] * 12)) == {first}
    elif after == "idle":
        time.sleep(0.05)
        begin = time.process_time()
        time.sleep(0.4)
        assert time.process_time() - begin < 0.1
    print(first, digest(True), more)


if __name__ == "__main__":
    main(*sys.argv[1:])
