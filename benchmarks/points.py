"""The data of the moons task, made once: worker processes read it and need no scikit-learn.

A worker with scikit-learn loaded would carry its tens of thousands of objects through every full
collection of the garbage collector, and charge them to the engine that is being measured.
Run by itself, it prints the points for a worker:

    python benchmarks/points.py | python benchmarks/worker.py moons glassgrad
"""

from __future__ import annotations

import json


def moons() -> str:
    """Make the two moons of micrograd's demo, as JSON: points [x, y], and labels -1 or 1."""
    import numpy as np
    from sklearn.datasets import make_moons

    np.random.seed(1337)
    points, labels = make_moons(n_samples=100, noise=0.1)
    return json.dumps({"points": points.tolist(), "labels": (labels * 2 - 1).tolist()})


if __name__ == "__main__":
    print(moons())
