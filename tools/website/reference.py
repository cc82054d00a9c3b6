"""The reference: every public name, with its docstring; which those are, the modules say."""

from __future__ import annotations

import inspect
import pkgutil
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import glassgrad
from glassgrad import learn


@dataclass(frozen=True)
class Group:
    """A page of the reference.

    Parameters
    ----------
    slug, title : str
        The name of its file, and what stands above it.
    homes : tuple of str
        The modules whose public names are names of `glassgrad` itself.
    modules : tuple of str
        The modules whose public names are their own, as `nn.MLP`.
    besides : tuple of str
        What public names give back, or take, without being public names themselves.
    """

    slug: str
    title: str
    homes: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()


#: The parts of what is for learners; those with public names of their own.
PARTS = sorted(found.name for found in pkgutil.iter_modules(learn.__path__) if found.ispkg)

GROUPS = (
    Group("values", "Values", ("engine", "labels", "modes", "builds")),
    Group("functions", "Functions", ("elementary", "functions", "taking", "custom")),
    Group("transforms", "Gradients of functions",
          ("transforms", "jacobians", "replaying", "check", "expanding")),
    Group("running", "Running fast", ("jitting.making", "jitting.vmapping")),
    Group("seeing", "Drawings", ("show.drawing", "animation"), besides=(
        "show.network.picture.NetworkPicture", "show.tensors.picture.ProgramPicture",
        "show.picture.Picture")),
    Group("explaining", "Derivations", ("explaining.derivation", "explaining.why"),
          besides=("explaining.why.Diagnosis", "explaining.diagnosis.Finding")),
    Group("plot", "Plots", modules=("plot",)),
    Group("training", "Training", ("training", "history", "saving", "curve_fitting")),
    Group("nn", "Networks", modules=("nn", "nn.init")),
    Group("losses", "Losses", modules=("losses",)),
    Group("optim", "Optimizers", modules=("optim",)),
    Group("data", "Data", modules=("data",)),
    Group("learn", "For learners", modules=("learn", *(f"learn.{name}" for name in PARTS))),
    Group("language", "Expressions given as text", modules=("language.program",)),
    Group("ops", "The table of operations", modules=("ops",)),
    Group("errors", "Errors", ("errors",)),
)  # fmt: skip

#: What is neither a class nor a function, in words.
CONSTANTS = {
    "glassgrad.plot.COLOURS": "Colours that people with any kind of colour vision can tell apart.",
    "glassgrad.plot.MARKERS": "A marker for each of the colours.",
    "glassgrad.ops.TABLE": "Every operation by name: from a name to its card.",
    "glassgrad.ops.SPECIAL": "What a node without a card is.",
}


def pages() -> dict[str, str]:
    """Write all pages but the first, by the names of their files."""
    return {f"reference/{group.slug}.rst": _page(group) for group in GROUPS}


def overview() -> str:
    """List all names with what each does, in one line, and the pages."""
    parts = [
        f"## {group.title}\n\n" + "".join(map(_line, _names(group))) for group in GROUPS
    ]
    listed = "\n".join(f"reference/{group.slug}" for group in GROUPS)
    return "\n".join([*parts, f"```{{toctree}}\n:hidden:\n\n{listed}\n```\n"])


def _names(group: Group) -> list[str]:
    """List the full names of what a page documents, in the order of the source."""
    homes = group.homes
    if group.slug == "learn":  # with what no other page has
        listed = {home for other in GROUPS for home in other.homes}
        homes = tuple(home for home in glassgrad._HOMES if home not in listed)
    found = [f"glassgrad.{name}" for home in homes for name in _public(home)]
    for module in group.modules:
        found += [f"glassgrad.{module}.{name}" for name in _public(module)]
    return found + [f"glassgrad.{name}" for name in group.besides]


def _public(module: str) -> list[str]:
    """List the public names of a module; not submodules, nor cards: they have a page already."""
    loaded = import_module(f"glassgrad.{module}")
    cards = getattr(loaded, "TABLE", {})
    return [
        name for name in getattr(loaded, "__all__", ())
        if name not in cards and _is_told(f"glassgrad.{module}.{name}")
    ]  # fmt: skip


def _is_told(name: str) -> bool:
    thing = found(name)
    return inspect.isclass(thing) or inspect.isroutine(thing) or name in CONSTANTS


def found(name: str) -> Any:
    """Find what a full name such as ``glassgrad.nn.MLP`` means."""
    home, _, last = name.rpartition(".")
    return getattr(import_module(home), last)


def _line(name: str) -> str:
    said = CONSTANTS.get(name) or (inspect.getdoc(found(name)) or "").split("\n\n")[0]
    said = said.replace("\n", " ")
    shown = name.replace("glassgrad.", "gg.", 1)
    if name.count(".") > 2:  # what is given back, and not looked for
        shown = name.rpartition(".")[2]
    return f"- {{py:obj}}`{shown} <{name}>`: {said}\n"


def _page(group: Group) -> str:
    parts = [group.title, "=" * len(group.title), ""]
    for module in group.modules:
        parts.append(f".. automodule:: glassgrad.{module}\n")
    parts += map(_entry, _names(group))
    return "\n".join(parts)


def _entry(name: str) -> str:
    thing = found(name)
    home = name.rpartition(".")[0]
    where = f".. currentmodule:: {home}\n"
    if name in CONSTANTS:
        return f"{where}.. data:: {name.rpartition('.')[2]}\n\n   {CONSTANTS[name]}\n"
    if not inspect.isclass(thing):
        return f"{where}.. autofunction:: {name}\n"
    kind = "exception" if issubclass(thing, BaseException) else "class"
    bases = "" if thing.__bases__ == (object,) else "   :show-inheritance:\n"
    return f"{where}.. auto{kind}:: {name}\n   :members:\n{bases}"
