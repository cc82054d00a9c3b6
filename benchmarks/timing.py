"""The clock: CPU time of this process per pass, which other processes' work hardly disturbs."""

from __future__ import annotations

import gc
from statistics import median
from time import process_time
from typing import Any

from benchmarks.work import Work


def measure(work: Work, checked: int, samples: int, batch: int) -> dict[str, Any]:
    """Run passes whose answers are checked, then time samples of `batch` passes each.

    The checked passes also warm up, and are not in the median. With the collector off, garbage
    that only the collector can free would pile up, and fresh memory is slow. So it is collected
    between samples, outside the clock: the best case for an engine whose graphs are cycles.
    """
    answers = []
    begin = []
    for k in range(checked):
        began = process_time()
        answer = work.step(k)
        begin.append(process_time() - began)
        answers.append(work.read(answer))
    state = work.state()
    seconds = []
    for i in range(samples):
        if not gc.isenabled():
            gc.collect()
        passes = range(checked + i * batch, checked + (i + 1) * batch)
        began = process_time()
        for k in passes:
            work.step(k)
        seconds.append((process_time() - began) / batch)
    return {
        "answers": answers, "state": state, "begin": begin,
        "seconds": median(seconds) if seconds else None,
    }  # fmt: skip
