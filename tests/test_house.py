"""The house: what holds for the project as a whole."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import glassgrad as gg

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def run(*command: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTEST_ADDOPTS": "", **more},
    )  # fmt: skip


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(["lint-imports"], id="imports point downward"),
        pytest.param(["ruff", "check", "."], id="ruff"),
        pytest.param(["mypy"], id="mypy --strict"),
        pytest.param(["python", "tools/cards", "--check"], id="generated text is fresh"),
    ],
)
def test_a_checker_finds_nothing(command: list[str]) -> None:
    checked = run(BIN / command[0], *command[1:])
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_stale_generated_text_is_noticed(tmp_path: Path) -> None:
    for name in ("src", "tools", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name)
    kernels = tmp_path / "src" / "glassgrad" / "kernels.py"
    kernels.write_text(kernels.read_text("utf-8").replace("return x * x", "return x + x"), "utf-8")
    path = str(tmp_path / "src")
    stale = run(sys.executable, tmp_path / "tools" / "cards", "--check", PYTHONPATH=path)
    assert stale.returncode == 1
    assert stale.stdout.split() == ["stale:", "src/glassgrad/kernels.py"]
    run(sys.executable, tmp_path / "tools" / "cards", PYTHONPATH=path)
    assert "return x * x" in kernels.read_text("utf-8")


def test_an_upward_import_is_noticed(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src", tmp_path / "src")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    with (tmp_path / "src" / "glassgrad" / "ieee.py").open("a", encoding="utf-8") as low:
        low.write("\nfrom glassgrad import engine\n")
    checked = subprocess.run(
        [str(BIN / "lint-imports"), "--no-cache"], cwd=tmp_path, capture_output=True, text=True,
        check=False, env={**os.environ, "PYTHONPATH": str(tmp_path / "src")},
    )  # fmt: skip
    assert checked.returncode == 1
    assert "glassgrad.ieee" in checked.stdout


#: What `import glassgrad` may load of its own, and of Python's library beyond what is builtin.
OWN = {"convert", "engine", "errors", "ieee", "kernels", "machine", "opcodes"}
LIBRARY = {
    "__future__", "_collections", "_functools", "_heapq", "_operator", "_weakrefset",
    "collections", "functools", "heapq", "itertools", "keyword", "math", "operator", "reprlib",
    "threading", "types", "warnings",
}  # fmt: skip


def loaded_by(program: str) -> set[str]:
    code = f"import sys; before = set(sys.modules); {program}; print(*set(sys.modules) - before)"
    ran = run(sys.executable, "-c", code, PYTHONPATH=str(ROOT / "src"), GLASSGRAD_PURE="")
    return set(ran.stdout.split())


def test_import_loads_only_what_is_allowed() -> None:
    loaded = loaded_by("import glassgrad")
    own = {name.removeprefix("glassgrad.") for name in loaded if name.startswith("glassgrad.")}
    assert own == OWN
    others = {name for name in loaded if not re.match("glassgrad|_?cython", name)}
    assert others <= LIBRARY, others - LIBRARY


def test_training_loads_no_dependency() -> None:
    loaded = loaded_by(
        "from glassgrad import Value; v = Value(1.0); y = (v * 2 + 1).tanh() ** 2; y.backward()"
    )
    assert "glassgrad.engine" in loaded
    assert not {name for name in loaded if name.split(".", 1)[0] in {"numpy", "rich", "typing"}}


def test_everything_public_is_found_and_listed() -> None:
    for name in dir(gg):
        getattr(gg, name)
    for name in ("Value", "tanh", "grad", "softmax", "no_grad", "custom_op", "sum", "learn"):
        assert name in dir(gg)
    with pytest.raises(AttributeError, match="glassgrad has no 'tang'"):
        gg.tang  # type: ignore[attr-defined]
    with pytest.raises(ImportError):
        from glassgrad import nothing_like_this  # type: ignore[attr-defined]  # noqa: F401


def test_every_public_name_is_documented() -> None:
    for name in dir(gg):
        if not name.startswith("_"):
            assert (getattr(gg, name).__doc__ or "").strip(), f"gg.{name} has no docstring"


def test_a_type_checker_understands_the_public_names(tmp_path: Path) -> None:
    program = tmp_path / "user.py"
    program.write_text(
        "import glassgrad as gg\n"
        "v = gg.Value(2.0)\n"
        "a: gg.Value = gg.tanh(v) * 2 + 1 / v ** 2\n"
        "b: float = gg.tanh(0.5) + gg.maximum(1.0, 2.0)\n"
        "c: gg.Value = gg.where(v > 1, v, 2.0)\n"
        "d: str = gg.tanh(v)\n"
        "gg.tang\n"
    )
    checked = run(BIN / "mypy", "--strict", "--config-file=", program)
    errors = re.findall(r":(\d+): error", checked.stdout)
    assert errors == ["6", "7"], checked.stdout


def test_one_version() -> None:
    version = PROJECT["project"]["version"]
    assert gg.__version__ == version
    assert f"version: {version}" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert f"## {version}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_examples_in_every_docstring_are_collected() -> None:
    collected = run(sys.executable, "-m", "pytest", "--collect-only", "src", "-q").stdout
    for path in (ROOT / "src").rglob("*.py"):
        if ">>> " in path.read_text("utf-8"):
            assert str(path.relative_to(ROOT)) in collected, f"the examples of {path} do not run"


def test_every_code_block_is_of_a_kind_that_is_run() -> None:
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")]
    blocks = 0
    for page in pages:
        text = page.read_text("utf-8")
        kinds = re.findall(r"^```(\S+)$", text, re.MULTILINE)
        assert set(kinds) <= {"python", "sh", "text"}, page
        assert text.count("```") == 2 * len(kinds), f"{page} has a block of no kind"
        blocks += sum(kind in ("python", "sh", "text") for kind in kinds)
    names = [str(page.relative_to(ROOT)) for page in pages]
    collected = run(sys.executable, "-m", "pytest", "--collect-only", "-q", *names).stdout
    assert sum(map(int, re.findall(r": (\d+)$", collected, re.MULTILINE))) >= blocks


def test_every_link_between_files_leads_to_one() -> None:
    checked = 0
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")):
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)\s]*)?\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name} leads to {link}"
            checked += 1
    assert checked > 60


def test_the_example_prints_the_worked_example() -> None:
    shown = run(sys.executable, "examples/worked_example.py").stdout
    assert re.search(r"a +data +2\.0 +grad +6\.0", shown)
    assert re.search(r"L +data +-8\.0 +grad +1\.0", shown)


@pytest.mark.parametrize("required", [False, True])
def test_a_peer_that_is_missing_is_counted_or_required(required: bool, tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise ImportError('not here')\n")
    ran = run(
        sys.executable, "-m", "pytest", "tests/test_cards.py", "-k", "torch and tanh",
        PYTHONPATH=str(tmp_path), GLASSGRAD_REQUIRE_ALL="1" if required else "0",
    )  # fmt: skip
    if required:
        assert ran.returncode == 1
        assert "torch is required here and not installed" in ran.stdout
    else:
        assert ran.returncode == 0
        assert ran.stdout.count("comparisons with torch were not made") == 1
        assert "1 comparisons with torch" in ran.stdout


def test_each_make_target_is_one_line_and_setup_keeps_a_venv(tmp_path: Path) -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in ("demo", "test", "types", "lint", "cards", "bench", "docs"):
        assert len(re.findall(rf"^{target}: \.venv/ready *; ", makefile, re.MULTILINE)) == 1
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "ready").touch()
    quiet = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    planned = subprocess.run(
        ["make", "-n", "test"], cwd=tmp_path, capture_output=True, text=True, check=True, env=quiet
    )
    assert planned.stdout.split() == [".venv/bin/python", "-m", "pytest"]
