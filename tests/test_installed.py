"""What is installed from a plain source archive: complete, and clean under memory checkers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from builds import COMPILED, TESTS

ROOT = TESTS.parent

#: Where AddressSanitizer can be loaded before Python.
SANITIZED = COMPILED and sys.platform.startswith("linux")

STRESS = """
import sys, threading
import glassgrad as gg
from glassgrad import Value, nn, optim

def train(steps, seed):
    gg.seed(seed)
    model = nn.MLP(2, [8, 8, 1])
    optimizer = optim.Adam(model.parameters(), 0.01)
    data = gg.data.moons(20)
    for _ in range(steps):
        loss = gg.losses.hinge([model(list(x)) for x in data.X], [2 * y - 1 for y in data.y])
        optimizer.zero_grad(); loss.backward(); optimizer.step()

def shapes(n):
    x = Value(0.5)
    v = x
    for _ in range(n): v = v + x                     # a chain
    v.backward(); v = x
    for _ in range(n // 2): v = v * v + v            # a ladder
    v.backward(); layer = [x * 1.0 for _ in range(n // 2)]
    while len(layer) > 1:                            # a tree
        layer = [a + b for a, b in zip(layer[::2], layer[1::2])]
    layer[0].backward()
    mix = gg.custom_op("mix", lambda a, b, c: a + b + c, lambda y, a, b, c: (1.0, 1.0, 1.0))
    v = x
    for _ in range(n // 10): v = mix(x, x, v)        # a chain through third operands
    v.backward(); v = Value(1.0, (x, x, v), "by hand")
    del v, layer
    str_node = Value(1.0, label="a" * 10) ** 2; str_node.label = "b"; str_node.label = ""

def traced(steps, seed):
    gg.seed(seed)
    model = nn.MLP(2, [8, 8, 1])
    optimizer = optim.Adam(model.parameters(), 0.01)
    twice = gg.custom_op(f"twice{seed}", lambda a: 2 * a, lambda y, a: (2.0,))
    kinds = [gg.jit(exact=True), gg.jit, gg.jit(dtype="float32")]
    def loss(xs, ys):
        scores = [twice(model(x)) for x in xs]
        return gg.mean([s * s if s * y > 0 else (s - y) ** 2 for s, y in zip(scores, ys)]), scores
    losses = [kind(loss) for kind in kinds]
    slope = gg.jit(gg.grad(lambda x: model([x, x * x])))
    many = gg.vmap(gg.value_and_grad(lambda x: model([x, x * x])))
    for step in range(steps):
        for f in losses:
            n = 1 + step % 3
            xs = [[Value(0.1 * step), Value(-1.0)] for _ in range(n)]
            total, scores = f(xs, [1.0] * n)
            optimizer.zero_grad(); (total + gg.sum(scores)).backward(); scores[0].backward()
            optimizer.step()
            slope(0.1 * step); many([0.1 * i for i in range(1 + step * 30)])
    h, nest = Value(0.5), []
    again = gg.jit(lambda h: (h * 0.99).tanh())
    for _ in range(50 * steps): h = again(h)         # a chain of calls
    h.backward()
    nest.append(nest)
    for bad in (nest, "x", {1.0}):
        try: again(bad)
        except (TypeError, AttributeError): pass

def lifted(epochs, seed):
    gg.seed(seed)
    model = nn.MLP(2, [16, 16, 1])
    data = gg.data.moons(100)
    gg.fit(model, data.X, data.y, loss="hinge", epochs=epochs, batch_size=40, progress=False)
    example = lambda x, y: (model(list(x)) - y) ** 2
    total = gg.jit(lambda xs, ys: gg.sum(list(gg.vmap(example)(xs, ys))), dtype="float32")
    for n in (20, 64):
        total(data.X[:n], data.y[:n]).backward()

import warnings
warnings.simplefilter("ignore")
train(200, 1)
shapes(100_000)
traced(60, 0)
lifted(40, 0)
threads = [threading.Thread(target=train, args=(20, i)) for i in range(4)]
threads += [threading.Thread(target=lifted, args=(20, 5))]
threads += [threading.Thread(target=traced, args=(10, i)) for i in range(1, 5)]
for t in threads: t.start()
for t in threads: t.join()
try: Value(2.0).clamp("a", 1)
except TypeError: pass
print("done")
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install from what an archive holds; compiled parts with AddressSanitizer."""
    source, target = (tmp_path_factory.mktemp(name) for name in ("source", "target"))
    for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    shutil.copytree(
        ROOT / "src", source / "src", ignore=shutil.ignore_patterns("*.egg-info", "*.so")
    )
    flags = "-fsanitize=address -DGG_PLAIN_MALLOC -O0" if SANITIZED else "-O0"
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation",
         "--disable-pip-version-check", "--root-user-action=ignore", "--target", target, source],
        env={**os.environ, "CFLAGS": flags}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return target


def run(installed: Path, program: str, **more: str) -> str:
    """Run a program with what was installed, elsewhere."""
    if SANITIZED:
        library = subprocess.run(
            ["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True, check=True
        )
        more |= {"LD_PRELOAD": library.stdout.strip(), "ASAN_OPTIONS": "detect_leaks=0"}
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=installed.parent, capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": str(installed), **more},
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-4000:]
    return ran.stdout


def test_it_installs_from_a_plain_source_archive(installed: Path) -> None:
    assert (installed / "glassgrad" / "py.typed").exists()
    for kind in ("pxd", "pyx", "h"):
        assert not list((installed / "glassgrad").rglob(f"*.{kind}"))
    program = (
        "import traceback, glassgrad as gg\n"
        "try:\n"
        "    gg.Value(1.0).clamp('low', 1.0)\n"
        "except TypeError:\n"
        "    assert 'low = _bound(low' in traceback.format_exc(), traceback.format_exc()\n"
        "print(gg.__file__, gg.grad(gg.tanh)(0.0), len(gg.data.iris().X), gg.backend())"
    )
    file, *numbers, says, _ = run(installed, program).split(maxsplit=4)
    assert (file, numbers) == (str(installed / "glassgrad" / "__init__.py"), ["1.0", "150"])
    assert says == ("compiled:" if COMPILED else "pure")


@pytest.mark.compiled
@pytest.mark.parametrize("allocator", ["malloc", "debug"])
def test_memory_checkers_find_nothing(installed: Path, allocator: str) -> None:
    """Compiled with AddressSanitizer, and under Python's debug allocator."""
    if not SANITIZED:
        pytest.skip("AddressSanitizer is preloaded as on Linux")
    assert run(installed, STRESS, PYTHONMALLOC=allocator) == "done\n"
