"""The process in which a learner's engine runs: it may do what it likes, and is given up then.

It is told on its standard input which file, class and probes, and writes a line for each outcome to
what was its standard output, which the learner's own prints can't reach.
"""

from __future__ import annotations

import json
import os
import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

#: How much memory it may take, where the system can limit it.
MEMORY = 2 << 30


def main() -> None:
    """Load the engine and answer."""
    task = json.loads(sys.stdin.readline())
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    _limit()

    def tell(**what: Any) -> None:
        out.write(json.dumps(what) + "\n")

    from glassgrad.learn.grading.asking import Names, ask
    from glassgrad.learn.grading.probes import PROBES

    try:
        engine = _loaded(task["file"], task["engine"])
        names = Names().of(engine, task["names"])
    except BaseException as error:  # SystemExit, too
        tell(refused=f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
        return
    tell(names=vars(names) | {"engine": engine.__name__})
    for i in task["probes"]:
        tell(began=i)
        try:
            outcome = ask(engine, PROBES[i], names)
        except MemoryError:
            tell(stopped="it takes too much memory")
            return
        except BaseException as error:
            tell(stopped=f"it ends the program: {type(error).__name__}")
            return
        tell(outcome=vars(outcome))


def _loaded(file: str, engine: str) -> Any:
    path = Path(file)
    sys.path.insert(0, str(path.parent))  # for what it imports from beside itself
    spec = spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} is no Python file")
    module = module_from_spec(spec)
    sys.modules[path.stem] = module
    spec.loader.exec_module(module)
    found = vars(module).get(engine)
    if not isinstance(found, type):
        classes = [name for name, x in vars(module).items()
                   if isinstance(x, type) and x.__module__ == path.stem]
        raise ImportError(
            f"{path.name} has no class {engine}" + (f": it has {', '.join(classes)}" if classes
                                                    else "")
        )  # fmt: skip
    return found


def _limit() -> None:
    try:
        import resource
    except ImportError:  # on Windows; the time is limited all the same
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
