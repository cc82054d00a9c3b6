"""Write the types with which the engine is compiled: ``engine.pxd``, ``kernels.pxd``.

The first is read off the annotations in ``engine.py``, because a declaration that is missing, or
says something else, would show only when it is too late. The second holds the same expressions
of the cards as ``kernels.py``, over C's functions.
"""

from __future__ import annotations

import ast
import textwrap
from typing import TypeGuard

from cards.kernels import kernel_names
from cards.text import wrapped
from glassgrad import ieee
from glassgrad.ops import SPECIAL, TABLE
from glassgrad.printing import python

NOTICE = "# Written by `make cards`: edit {} instead.\n"

#: What an annotation means in C; all others are objects. A union with None is the first.
TYPES = {
    "float": "double", "Whole": "long long", "int": "int", "None": "int", "Truth": "bint",
    "str": "str", "list": "list", "tuple": "tuple", "Operands": "tuple", "Numbers": "tuple",
    "Edges": "tuple", "Value": "Value", "Extra": "Extra", "Line": "machine.Line",
}  # fmt: skip

#: These don't fit into 32 bits.
WIDE = {"_number", "_mark"}

#: C's names, where they differ.
IN_C = {"abs": "fabs as abs", "log": "log as log_in_c", "pow": "pow as pow_in_c"}

#: Where Python's functions don't ask C's, these don't either: C would raise the flags of the
#: floating-point unit, of which NumPy warns.
WRITTEN_OUT = """\
cdef inline double div(double a, double b) noexcept nogil:
    if b != 0.0:
        return a / b
    return NAN if a == 0.0 or a != a else copysign(INFINITY, a) * copysign(1.0, b)


cdef inline double log(double x) noexcept nogil:
    if x != x or x > 0.0:
        return log_in_c(x)
    return -INFINITY if x == 0.0 else NAN


cdef inline double pow(double a, double b) noexcept nogil:
    if b == 2.0:
        return a * a
    if b == 1.0:
        return a
    if b == 3.0:
        return a * a * a
    if b == -1.0:
        return div(1.0, a)
    return pow_in_c(a, b)
"""


def kernels() -> str:
    """Write the functions on floats for the compiler."""
    primitives = sorted(set(kernel_names()) & set(ieee.__all__) - {"div"})
    imported = wrapped(["INFINITY", "NAN", "copysign", *(IN_C.get(n, n) for n in primitives)])
    parts = [
        NOTICE.format("the cards in glassgrad/ops")
        + f"from libc.math cimport (\n{imported})\n",
        WRITTEN_OUT,
    ]
    for card in TABLE.values():
        if card.formula is not None:
            operands = ", ".join(f"double {name}" for name in card.operands)
            *lines, last = python([("y", card.compute_expr)])
            body = "\n".join([*lines, last.replace("y = ", "return ", 1)])
            parts.append(
                f"cdef inline double {card.name}({operands}) noexcept nogil:\n"
                + textwrap.indent(body, "    ") + "\n"
            )  # fmt: skip
    return "\n\n".join(parts)


def engine(source: str) -> str:
    """Write the declarations of the engine's classes and functions for the compiler."""
    tree = ast.parse(source)
    opcodes = wrapped([name.upper() for name in (*SPECIAL, *TABLE)]).rstrip().rstrip(",")
    parts = [
        NOTICE.format("the annotations in engine.py")
        + "from glassgrad cimport kernels\n",
        "cdef int \\\n" + opcodes.replace("\n", " \\\n") + "\n",
        "".join(_variable(node) for node in tree.body if isinstance(node, ast.AnnAssign)),
        *(_class(node) for node in tree.body if isinstance(node, ast.ClassDef)),
        "from glassgrad cimport machine  # here, because it knows the classes above\n",
    ]
    functions = [_function(node) for node in tree.body if _is_typed(node)]
    return "\n\n".join([*parts, "\n".join(functions) + "\n"])


def _variable(node: ast.AnnAssign) -> str:
    assert isinstance(node.target, ast.Name)
    kind = _type(node.annotation, node.target.id)
    return "" if kind == "object" else f"cdef {kind} {node.target.id}\n"


def _class(node: ast.ClassDef) -> str:
    fields = [
        f"    cdef readonly {_type(item.annotation, item.target.id)} {item.target.id}\n"
        for item in node.body
        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
    ]
    bases = ", ".join(base.id for base in node.bases if isinstance(base, ast.Name))
    head = f"cdef class {node.name}({bases}):\n" if bases else f"cdef class {node.name}:\n"
    return head + ("".join(fields) or "    pass\n")


def _is_typed(node: ast.stmt) -> TypeGuard[ast.FunctionDef]:
    """Tell whether this is a function of C: not what people call, nor what takes any arguments."""
    public = {"sum", "dot", "mean"}
    return (
        isinstance(node, ast.FunctionDef)
        and node.name not in public
        and bool(node.args.args)
        and not node.args.vararg
    )


def _function(node: ast.FunctionDef) -> str:
    kind = "cdef" if node.name.startswith("_") else "cpdef"
    required = len(node.args.args) - len(node.args.defaults)
    operands = ", ".join(
        f"{_type(operand.annotation, operand.arg)} {operand.arg}{'=*' if i >= required else ''}"
        for i, operand in enumerate(node.args.args)
    )
    returned = _type(node.returns, "")
    fails = " except -1" if returned == "int" else ""
    return f"{kind} {returned} {node.name}({operands}){fails}"


def _type(annotation: ast.expr | None, name: str) -> str:
    if isinstance(annotation, ast.BinOp):
        return _type(annotation.left, name)
    if isinstance(annotation, ast.Subscript):
        return _type(annotation.value, name)
    if isinstance(annotation, ast.Constant):
        return TYPES["None"]
    if not isinstance(annotation, ast.Name):
        raise TypeError(f"no type in C for {ast.dump(annotation) if annotation else name}")
    if annotation.id == "int" and name in WIDE:
        return "long long"
    return TYPES.get(annotation.id, "object")
