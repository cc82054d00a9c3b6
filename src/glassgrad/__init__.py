"""glassgrad: backpropagation you can see through.

Write ordinary Python with `Value` in place of numbers, call ``backward()`` on the result, and
every value knows its gradient. ``import glassgrad as gg`` loads next to nothing; what is used
for the first time is loaded then.
"""

from __future__ import annotations

import os

if os.environ.get("GLASSGRAD_PURE", "0") not in ("", "0"):
    from glassgrad.source import use_source

    use_source()

from glassgrad.engine import Value as Value

TYPE_CHECKING = False  # type checkers take it for True; it spares everybody else the import
if TYPE_CHECKING:
    from typing import Any

    from glassgrad import data as data
    from glassgrad import learn as learn
    from glassgrad import losses as losses
    from glassgrad import nn as nn
    from glassgrad import ops as ops
    from glassgrad import optim as optim
    from glassgrad import plot as plot
    from glassgrad.animation import *
    from glassgrad.builds import *
    from glassgrad.check import *
    from glassgrad.curve_fitting import *
    from glassgrad.custom import *
    from glassgrad.elementary import *
    from glassgrad.engine import *
    from glassgrad.errors import *
    from glassgrad.expanding import *
    from glassgrad.explaining.derivation import *
    from glassgrad.explaining.why import *
    from glassgrad.functions import *
    from glassgrad.history import *
    from glassgrad.jacobians import *
    from glassgrad.jitting.making import *
    from glassgrad.jitting.vmapping import *
    from glassgrad.labels import *
    from glassgrad.learn.grading.grading import *
    from glassgrad.modes import *
    from glassgrad.replaying import *
    from glassgrad.saving import *
    from glassgrad.show.drawing import *
    from glassgrad.taking import *
    from glassgrad.training import *
    from glassgrad.transforms import *

__version__ = "0.1.0"

#: Where a public name is looked for when it is first used; each module's __all__ says what is
#: public. The one that is lightest to load comes first.
_HOMES = (
    "engine", "modes", "errors", "elementary", "functions", "taking", "transforms", "jacobians",
    "jitting.making", "jitting.vmapping", "replaying", "custom", "expanding", "history", "labels",
    "saving", "training", "animation", "builds", "show.drawing", "explaining.derivation",
    "explaining.why", "check", "curve_fitting", "learn.grading.grading",
)  # fmt: skip
_MODULES = ("data", "learn", "losses", "nn", "ops", "optim", "plot")


if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name in _MODULES:
            return import_module(f"glassgrad.{name}")
        if not name.startswith("_"):
            for home in _HOMES:
                module = import_module(f"glassgrad.{home}")
                if name in module.__all__:
                    globals()[name] = found = getattr(module, name)
                    return found
        raise AttributeError(f"glassgrad has no {name!r}: dir(glassgrad) lists what it has")


def __dir__() -> list[str]:
    from importlib import import_module

    public = [name for home in _HOMES for name in import_module(f"glassgrad.{home}").__all__]
    return sorted(["__version__", *public, *_MODULES])
