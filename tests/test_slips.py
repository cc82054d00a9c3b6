"""Mistakes put into the generated kernels of C: the points of the tests notice each of them."""

from __future__ import annotations

import ctypes
import re
import shlex
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from builds import PACKAGE
from glassgrad.ops import TABLE, Card
from tapes import all_bits, eager, in_order, points

#: What might be wrong with a kernel.
SLIPS = {
    " <= ": " < ", " < ": " <= ", " >= ": " > ", " > ": " >= ", " == ": " != ", " && ": " || ",
    " + ": " - ", " - ": " + ", " * ": " + ", "(REAL)0.0": "(REAL)0.25", "(REAL)1.0": "(REAL)0.5",
    "(REAL)0.5": "(REAL)1.0", "(REAL)2.0": "(REAL)1.0", "return -": "return ", "(-": "(",
}  # fmt: skip


#: With a nan on one side, a - b is as good as a + b; of 0, the exponential is 1.
NO_MISTAKES = [
    "return a > b ? a : a <= b ? b : a + b; -> return a > b ? a : a <= b ? b : a - b;",
    "return a < b ? a : a >= b ? b : a + b; -> return a < b ? a : a >= b ? b : a - b;",
    (
        "return F(div)(x >= (REAL)0.0 ? (REAL)1.0 : t1, (REAL)1.0 + t1); -> "
        "return F(div)(x > (REAL)0.0 ? (REAL)1.0 : t1, (REAL)1.0 + t1);"
    ),
]


def with_slips(text: str) -> tuple[str, list[str]]:
    """Write the kernels so that the variable `slip` chooses one mistake."""
    found: list[str] = []

    def spoil(line: re.Match[str]) -> str:
        head, right = line[1], line[2]
        chain = ""
        for old, new in SLIPS.items():
            whole = head + right
            for at in (m.start() for m in re.finditer(re.escape(old), whole)):
                wrong = whole[:at] + new + whole[at + len(old) :]
                found.append(f"{whole.strip()}; -> {wrong.strip()};")
                wrong = wrong.replace("return ", "").split(" = ")[-1]
                chain += f"slip == {len(found)} ? ({wrong}) : "
        return f"{head}{chain}({right});"

    spoilt = re.sub(r"^(    (?:return |const REAL \w+ = ))(.*);$", spoil, text, flags=re.M)
    return spoilt, found


def spoilt_kernels(folder: Path) -> tuple[ctypes.CDLL, list[str]]:
    """Compile the kernels with all slips, and for each card a function of an array."""
    generated = (PACKAGE / "jitting" / "kernels.h").read_text("utf-8")
    text, slips = with_slips(generated[generated.index("static inline REAL F(where)") :])
    before = generated[: generated.index("static inline REAL F(where)")]
    wrappers = ""
    for card in TABLE.values():
        n = len(card.operands)
        p = ", ".join(f"p[{i}]" for i in range(n))
        body = f"r[0] = gg_{card.name}({p});"
        for i in range(1, 1 + len(card.partial_exprs)):
            body += f" r[{i}] = gg_{card.name}_{i}(r[0], {p});"
        wrappers += f"void card_{card.name}(const double *p, double *r) {{ {body} }}\n"
    source, library = folder / "slips.c", folder / "slips.so"
    source.write_text(
        "#include <math.h>\n#define REAL double\n#define F(name) gg_##name\nint slip = 0;\n"
        + before + text + wrappers
    )  # fmt: skip
    compiler = shlex.split(sysconfig.get_config_var("CC"))
    subprocess.run(
        [*compiler, "-O1", "-shared", "-fPIC", "-ffp-contract=off", source, "-o", library, "-lm"],
        check=True,
    )
    return ctypes.CDLL(str(library)), slips


@pytest.mark.compiled
@pytest.mark.skipif(sys.platform == "win32", reason="calls the compiler as Unix does")
def test_every_slip_in_a_kernel_is_noticed(tmp_path: Path) -> None:
    library, slips = spoilt_kernels(tmp_path)
    expected = {
        card: [(point, eager(card, point, 1.0)) for point in points(card)]
        for card in TABLE.values()
    }

    def right(card: Card) -> bool:
        results = (ctypes.c_double * 3)()
        for point, wanted in expected[card]:
            operands = (ctypes.c_double * len(point))(*in_order(card, point))
            getattr(library, f"card_{card.name}")(operands, results)
            first, *others = results[: len(wanted)]
            if all_bits([first, *(0.0 + x for x in others)]) != wanted:
                return False
        return True

    chosen = ctypes.c_int.in_dll(library, "slip")
    assert all(right(card) for card in TABLE.values())
    unnoticed = []
    for i, slip in enumerate(slips, 1):
        chosen.value = i
        if all(right(card) for card in TABLE.values()):
            unnoticed.append(slip)
    assert len(slips) > 80
    assert unnoticed == NO_MISTAKES
