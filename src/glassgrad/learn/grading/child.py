"""The process in which a learner's engine runs: it may do what it likes, and is given up then.

It imports nothing of glassgrad, so that nothing an engine does to modules, or a file of the
learner's with a name like one of ours, can change how it is graded. Each answer is a line that
begins with a token; what else arrives on the way back is not ours.
"""

from __future__ import annotations

import dis
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.util import module_from_spec, spec_from_file_location
from types import FunctionType
from typing import Any, NoReturn

#: What came of a check: numbers, an error, or nothing because methods are not there yet.
NUMBERS, RAISED, MISSING = "numbers", "raised", "missing"

#: How many bytes an engine may take, where the system can limit it.
MEMORY = 2 << 30

#: This variable of the environment is set where a file runs in order to be graded.
INSIDE = "GLASSGRAD_GRADING"

#: What things may be called, the usual name first; programs are written with that one.
USUAL = {
    "data": ("data", "value", "val", "_data", "v", "x", "number"),
    "grad": ("grad", "gradient", "_grad", "g", "derivative", "adjoint", "dx"),
    "prev": ("_prev", "_children", "children", "prev", "parents", "_parents", "operands", "inputs"),
    "backward": ("backward", "backprop", "backpropagate", "back_propagate", "back"),
}


#: All that an empty function does.
_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_VALUE", "RETURN_CONST"}


def ask(engine: Any, names: dict[str, str], check: Mapping[str, Any]) -> dict[str, Any]:
    """Run the program of a check with a class, and read what it asks for."""
    name = class_name(engine)
    space: dict[str, Any] = {name: engine}
    try:
        missing = [need for need in check["needs"] if not _has(engine, need, names)]
        if missing:
            return {"kind": MISSING, "words": " ".join(missing), "numbers": []}
        exec(adapted(check["program"], names, name), space)
        read = [eval(adapted(text, names, name), space) for text in check["reads"]]
        numbers = [_number(x, engine, names) for x in read]
    except MemoryError:
        raise
    except EmptyError as error:
        return {"kind": MISSING, "words": str(error), "numbers": []}
    except BaseException as error:  # SystemExit, too
        if check["raises"]:
            return {"kind": NUMBERS, "words": "", "numbers": [1.0]}
        if type(error) is NotImplementedError:  # as templates of exercises say it
            return {"kind": MISSING, "words": _innermost(error), "numbers": []}
        return {"kind": RAISED, "words": _told(error), "numbers": []}
    return {"kind": NUMBERS, "words": "", "numbers": [0.0] if check["raises"] else numbers}


def adapted(text: str, names: Mapping[str, str], engine: str) -> str:
    """Write a program with the names of an engine."""
    for field, usual in USUAL.items():
        text = re.sub(rf"\.{usual[0]}\b", f".<{field}>", text)
    text = re.sub(r"\bValue\b", engine, text)
    return re.sub(r"<(\w+)>", lambda found: names.get(found[1], USUAL[found[1]][0]), text)


def class_name(engine: Any) -> str:
    """Tell what a class is called in a program; `Value` if its own name would be taken there."""
    name = str(getattr(engine, "__name__", ""))
    return name if re.fullmatch("[A-Z][A-Za-z0-9_]+", name) else "Value"


def serve(fd: int, task: Mapping[str, Any], load: Callable[[], Any]) -> NoReturn:
    """Answer all questions of a task to a pipe, and end the process."""
    write, leave, number, written = os.write, os._exit, os.getpid, json.dumps
    token, home = task["token"], os.getpid()

    def tell(**what: Any) -> None:
        if number() != home:  # the engine has forked: one of the two goes on
            leave(1)
        write(fd, f"\n{token}{written(what)}\n".encode())

    _silence()
    _limit()
    try:
        engine = load()
        names = found_names(engine, task["names"])
        needs = {need for check in task["checks"] for need in check["needs"]}
        _mark_empty(engine, {names["backward"] if need == "backward" else need for need in needs})
        tell(names=names, engine=class_name(engine))
    except BaseException as error:
        tell(refused=_told(error))
        leave(0)
    for check in task["checks"]:
        try:
            outcome = ask(engine, names, check)
        except MemoryError:
            tell(stopped="it takes too much memory")
            leave(0)
        tell(outcome=outcome, names=names)
    leave(0)


def found_names(engine: Any, given: Mapping[str, str]) -> dict[str, str]:
    """Find out from a value what an engine calls things, except those that are given."""
    try:
        v = engine(2.0)
    except BaseException as error:  # SystemExit, too
        raise RefusedError(f"{class_name(engine)}(2.0) raises {_told(error)}") from None
    names = {"backward": next((n for n in USUAL["backward"] if _method(engine, n)), "backward")}
    data = [n for n in _attributes(v, "data") if _is(_get(v, n), 2.0)]
    grad = [n for n in USUAL["grad"] if _get(v, n, v) is not v] or [
        n for n in _attributes(v, "grad") if _is(_get(v, n), 0.0)
    ]
    if not grad and _method(engine, names["backward"]):
        grad = ["grad"]  # a check will say that it is not there
    for field, found in (("data", data), ("grad", grad)):
        if found:
            names[field] = found[0]
    return {**names, **given}


def _name_of_operands(engine: Any) -> str:
    """Find out from a result what an engine calls its operands; "" if it keeps none."""
    v = engine(2.0)
    result = v + engine(3.0)
    return next((n for n in _attributes(result, "prev") if _holds(_get(result, n), v)), "")


def _attributes(x: Any, field: str) -> Iterable[str]:
    """List the attributes of an object, those first that are usual for a field."""
    return [*USUAL[field], *(name for name in dir(x) if not name.startswith("__"))]


def _get(x: Any, name: str, otherwise: Any = None) -> Any:
    try:
        return getattr(x, name)
    except Exception:  # a property may raise anything
        return otherwise


def _is(x: Any, number: float) -> bool:
    try:
        return not isinstance(x, (str, bool)) and float(x) == number
    except Exception:
        return False


def _holds(x: Any, v: Any) -> bool:
    return isinstance(x, (tuple, list, set, frozenset)) and any(y is v for y in x)


def _has(engine: Any, need: str, names: dict[str, str]) -> bool:
    if need == "prev" and need not in names and _method(engine, "__add__"):
        found = _name_of_operands(engine)
        names.update({"prev": found} if found else {})
    if need in ("grad", "prev"):
        return need in names
    return _method(engine, names["backward"] if need == "backward" else need)


def _method(engine: Any, name: str) -> bool:
    found = (vars(kind)[name] for kind in engine.__mro__ if kind is not object
             and name in vars(kind))  # fmt: skip
    return not isinstance(next(found, Empty("")), Empty)


def _mark_empty(engine: Any, names: Iterable[str]) -> None:
    """Let methods in which nothing stands yet say so; a base may leave some to its heirs."""
    for name in names:
        if not engine.__subclasses__() and _is_empty(vars(engine).get(name)):
            setattr(engine, name, Empty(name))


def _is_empty(method: Any) -> bool:
    """Tell whether nothing stands in a function but `pass`, `...` or a text."""
    if not isinstance(method, FunctionType):
        return False
    does = [(step.opname, step.argval) for step in dis.get_instructions(method)]
    return {name for name, _ in does} <= _NOTHING and all(
        value is None for name, value in does if name in ("LOAD_CONST", "RETURN_CONST")
    )  # fmt: skip


class Empty:
    """Stands in the place of a method in which nothing stands yet."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __call__(self, *_: object) -> NoReturn:
        """Say that it is not there yet."""
        raise EmptyError(self._name)


def _innermost(error: BaseException) -> str:
    """Name the function that raised an error."""
    name, trace = "", error.__traceback__
    while trace is not None:
        name, trace = trace.tb_frame.f_code.co_name, trace.tb_next
    return name


def _number(x: Any, engine: Any, names: Mapping[str, str]) -> float:
    if type(x) is engine:  # some keep gradients that are values themselves
        x = getattr(x, names["data"])
    if x is None:  # as a gradient that has not arrived
        return 0.0
    try:
        return float(x)
    except TypeError:
        raise TypeError(f"{type(x).__name__} is not a number") from None


def _told(error: BaseException) -> str:
    """Say in a line what was raised."""
    if isinstance(error, RefusedError):
        return str(error)
    if isinstance(error, RecursionError):  # of which each version of Python says something else
        return "RecursionError"
    try:
        said = error.msg if isinstance(error, SyntaxError) else error
        text = str(said).partition("\n")[0]
    except Exception:
        text = ""
    text = "".join(c if c.isprintable() else " " for c in text[:160])
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


class EmptyError(Exception):
    """A method was called that is still empty: the message is its name."""


class RefusedError(Exception):
    """A file can't be graded: the message says why."""


def load(file: str, engine: str) -> Any:
    """Run a file, and take a class from it; without a name, Value or the only one there is."""
    sys.path.insert(0, os.path.dirname(file))  # for what it imports from beside itself
    spec = spec_from_file_location("learners_engine", file)
    if spec is None or spec.loader is None:
        raise RefusedError("it is no Python file: its name must end in .py")
    module = module_from_spec(spec)
    sys.modules["learners_engine"] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        what = f"{_told(error)}{_line(error, file)}"
        raise RefusedError(f"when it is run, it raises {what}") from None
    space = vars(module)
    classes = [name for name, x in space.items()
               if isinstance(x, type) and x.__module__ == "learners_engine"]  # fmt: skip
    named = engine or ("Value" if "Value" in space else "")
    likely = [name for name in classes
              if _method(space[name], "__add__") or _method(space[name], "__mul__")]  # fmt: skip
    if not named and len(likely) == 1:
        named = likely[0]
    if not isinstance(space.get(named), type):
        what = f"it has no class {named or 'Value'}"
        raise RefusedError(what + (f", but {', '.join(classes)}: FILE:CLASS says which one is meant"
                                  if classes else ""))  # fmt: skip
    return space[named]


def _line(error: BaseException, file: str) -> str:
    line = error.lineno if isinstance(error, SyntaxError) else None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == file:
            line = trace.tb_lineno
        trace = trace.tb_next
    return f" in line {line}" if line else ""


def _silence() -> None:
    """Give the engine nothing to read, and let all it prints vanish."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    sys.stdin = os.fdopen(0, closefd=False)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False)


def _limit() -> None:
    try:
        import resource
    except ImportError:  # on Windows; the time is limited all the same
        return
    used = 0
    try:
        with open("/proc/self/statm") as pages:  # what a copied process has already
            used = int(pages.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + MEMORY, used + MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except (OSError, ValueError):  # a system that does not know these limits
        return


def main() -> None:
    """Read a task from standard input, and answer to what was standard output."""
    task = json.loads(sys.stdin.readline())
    os.environ[INSIDE] = "1"
    serve(os.dup(1), task, lambda: load(task["file"], task["engine"]))


if __name__ == "__main__":
    main()
