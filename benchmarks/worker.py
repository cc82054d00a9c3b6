"""One measurement in a fresh process: prints its answers and seconds as JSON.

python benchmarks/worker.py expression micrograd --gc off
python benchmarks/worker.py chain glassgrad --size 100000
python benchmarks/worker.py gpt plain --batch 8
python benchmarks/worker.py lanes glassgrad-jit
python benchmarks/worker.py mlp torch-f32
python benchmarks/worker.py digits sklearn --seed 3
python benchmarks/worker.py irregular glassgrad-jit --program "ragged loop"
python benchmarks/worker.py replay glassgrad-jit --chain "v = v + 1"
python benchmarks/worker.py footprint glassgrad
python benchmarks/worker.py layout pygraphviz --graph neuron
python benchmarks/points.py | python benchmarks/worker.py moons glassgrad
python benchmarks/points.py | python benchmarks/worker.py phases glassgrad --of moons
python benchmarks/points.py | python benchmarks/worker.py switches glassgrad --gc off
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import chain, expression, fitted, gpt, moons, native
from benchmarks.footprint import footprint
from benchmarks.layout import GRAPHS, layout
from benchmarks.phases import CYCLIC, STEPS, phases
from benchmarks.replay import CHAINS, replay
from benchmarks.switches import switches
from benchmarks.systems import LABELS, NETWORKS, SCALAR, SINGLE, value_class
from benchmarks.timing import measure
from benchmarks.work import Training, Work, training_step


def moons_training(system: str) -> Training:
    start = start_of_moons()
    value = value_class(system)
    if system in NETWORKS:
        network = moons.network_of(import_module(NETWORKS[system]).MLP, start.weights)
    else:
        network = moons.PlainNetwork(value, start.weights)
    return moons.Moons(value, network, start)


def start_of_moons() -> moons.Problem:
    return moons.problem(json.load(sys.stdin))


def gpt_training(system: str) -> gpt.Names:
    if system == "glassgrad-dot":
        import glassgrad

        return gpt.Names(glassgrad.Value, gpt.Tools(glassgrad.dot))
    return gpt.Names(value_class(system))


#: The programs whose parts can be timed one by one.
TRAININGS: dict[str, Callable[[str], Training]] = {"moons": moons_training, "gpt": gpt_training}


def moons_work(system: str, _: int) -> Work:
    if system in SCALAR:
        return Work(training_step(moons_training(system)))
    if system == "glassgrad-jit":
        from benchmarks import jitted

        return jitted.moons_work(start_of_moons())
    if system in native.SYSTEMS:
        return native.moons_work(start_of_moons(), native.SYSTEMS[system])
    from benchmarks import moons_arrays

    return Work(moons_arrays.STEPS[system](start_of_moons()))


def gpt_work(system: str, _: int) -> Work:
    if system in SCALAR or system == "glassgrad-dot":
        training = gpt_training(system)
        return Work(training_step(training), training.state)
    if system == "glassgrad-jit":
        from benchmarks import jitted

        return jitted.gpt_work()
    if system == "cpp-vectors":
        return native.gpt_work()
    from benchmarks import gpt_arrays

    return gpt_arrays.WORKS[system]()


def mlp_work(system: str, _: int) -> Work:
    dtype = "float32" if system.endswith(SINGLE) else "float64"
    name = system.removesuffix(SINGLE)
    if name in ("glassgrad", "glassgrad-jit"):
        from benchmarks import mlp

        return mlp.ours(name == "glassgrad-jit", dtype)
    from benchmarks import mlp_arrays

    return mlp_arrays.WORKS[name](dtype)


def expression_work(system: str, _: int) -> Work:
    if system in SCALAR:
        return Work(expression.scalar_step(value_class(system)))
    if system == "glassgrad-jit":
        from benchmarks import jitted

        return jitted.expression_work()
    return Work(expression.STEPS[system]())


def lanes_work(system: str, _: int) -> Work:
    from benchmarks import lanes

    return lanes.WORKS[system]()


def chain_work(system: str, size: int) -> Work:
    if system in SCALAR:
        return Work(chain.scalar_step(value_class(system), size))
    return Work(chain.STEPS[system](size))


#: For each task, how its pass is prepared; only the system in question is imported.
WORKS = {
    "moons": moons_work,
    "gpt": gpt_work,
    "mlp": mlp_work,
    "expression": expression_work,
    "lanes": lanes_work,
    "chain": chain_work,
}


def irregular(args: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.irregular import irregular

    return irregular(args.program)


#: What is measured in ways of its own.
OTHERS: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "digits": lambda args: fitted.digits(args.system, args.seed),
    "footprint": lambda args: footprint(args.system),
    "irregular": irregular,
    "layout": lambda args: layout(args.system, args.graph),
    "phases": lambda args: phases(
        TRAININGS[args.of](args.system), STEPS[args.of], args.system in CYCLIC
    ),
    "replay": lambda args: replay(args.system, args.chain),
    "switches": lambda _: switches(start_of_moons()),
}


def measured(args: argparse.Namespace) -> dict[str, Any]:
    """Do what the command line asks for."""
    if args.task in OTHERS:
        return OTHERS[args.task](args)
    if (args.task, args.system) == ("moons", "glassgrad-fit"):
        return fitted.moons_epochs(start_of_moons(), args.checked, args.samples, args.batch)
    if (args.task, args.system) == ("mlp", "glassgrad-fit"):
        from benchmarks.mlp import epochs

        return epochs(args.checked, args.samples)
    work = WORKS[args.task](args.system, args.size)

    def run() -> dict[str, Any]:
        return measure(work, args.checked, args.samples, args.batch)

    recursive = args.task == "chain" and args.system == "micrograd"
    return chain.with_deep_stack(args.size, run) if recursive else run()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("task", choices=[*WORKS, *OTHERS])
    parser.add_argument("system", choices=LABELS)
    parser.add_argument("--gc", choices=["on", "off"], default="on")
    parser.add_argument("--of", choices=TRAININGS, default="moons", help="whose phases")
    parser.add_argument("--chain", choices=CHAINS, default="v = v + 1", help="which is kept")
    parser.add_argument("--graph", choices=GRAPHS, default="neuron", help="which is laid out")
    parser.add_argument("--program", default="ragged loop", help="which of the irregular ones")
    parser.add_argument("--seed", type=int, default=0, help="of the training on the digits")
    parser.add_argument("--size", type=int, default=1000, help="additions in the chain")
    parser.add_argument("--checked", type=int, default=3, help="passes before the first timed one")
    parser.add_argument("--samples", type=int, default=5, help="how often to read the clock")
    parser.add_argument("--batch", type=int, default=1, help="passes between two readings")
    args = parser.parse_args()
    if args.gc == "off":
        gc.disable()
    print(json.dumps(measured(args)))


if __name__ == "__main__":
    main()
