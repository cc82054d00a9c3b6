"""The command: the main job, and every wrong input a newcomer might give."""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import glassgrad as gg
from glassgrad.cli import main
from oracles import MICROGRAD

QUICK = ["--epochs", "2", "--layers", "3"]


@pytest.fixture(autouse=True)
def in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(name: str, text: str) -> str:
    Path(name).write_text(text, "utf-8")
    return name


def png_size(path: Path) -> tuple[int, int]:
    head = path.read_bytes()[:24]
    assert head[:8] == b"\x89PNG\r\n\x1a\n"
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


# -------------------------------------------------------------------------------- the main job


def test_train_moons_is_micrograds_demo(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "moons", "--seed", "1337"]) == 0
    out = capsys.readouterr().out
    assert "training accuracy: 100.0% (100 of 100)" in out
    assert "337 parameters" in out
    run = Path("runs/moons")
    for name in ("model.safetensors", "history.json", "command.txt", "report.html", "loss.png",
                 "boundary.png"):  # fmt: skip
        assert (run / name).exists()
        assert name in out
    history = gg.History.from_json((run / "history.json").read_text("utf-8"))
    assert history["loss"][0] == pytest.approx(0.8958441028683222, abs=1e-12)
    assert history["loss"] == pytest.approx(MICROGRAD["loss"], abs=1e-9)
    assert history["accuracy"] == MICROGRAD["accuracy"]
    for picture in ("loss.png", "boundary.png"):
        assert min(png_size(run / picture)) > 400
    report = (run / "report.html").read_text("utf-8")
    assert "right for 100.0% of the training examples (100 of 100)" in report
    assert (run / "command.txt").read_text("utf-8").strip() in report
    assert sorted(os.listdir("runs")) == ["moons"]


def test_the_command_that_was_kept_makes_the_run_again() -> None:
    assert main(["train", "xor", *QUICK, "--seed", "5", "--lr", "0.1"]) == 0
    command = shlex.split(Path("runs/xor/command.txt").read_text("utf-8"))
    assert command[:3] == ["glassgrad", "train", "xor"]
    assert main(command[1:]) == 0
    one, two = (Path("runs", name, "history.json").read_text() for name in ("xor", "xor-2"))
    assert one == two


@pytest.mark.parametrize("name", ["circles", "spirals", "xor", "blobs"])
def test_the_shapes_are_learned(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["train", name, "--seed", "2"]) == 0
    found = re.search(r"held-out accuracy: ([\d.]+)%", capsys.readouterr().out)
    assert found
    assert float(found[1]) >= 92.0
    assert Path("runs", name, "boundary.png").exists()


def test_iris_from_the_command_line(capsys: pytest.CaptureFixture[str]) -> None:
    shares = []
    for seed in range(1, 6):
        assert main(["train", "iris", "--seed", str(seed)]) == 0
        out = capsys.readouterr().out
        shares += [float(x) for x in re.findall(r"held-out accuracy: ([\d.]+)%", out)]
        assert "setosa   versicolor   virginica" in out
    assert len(shares) == 5
    assert sum(shares) / 5 >= 95.0


def test_ones_own_csv_with_classes(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{x},{y},{'high' if x + y > 10 else 'low'}" for x in range(10) for y in range(10)]
    file = write("own.csv", "left,right,kind\n" + "\n".join(rows))
    assert main(["train", file, "--target", "kind", "--epochs", "30"]) == 0
    assert "held-out accuracy" in capsys.readouterr().out
    new = write("new.csv", "right,left,note\n9,9,sure\n0,1,sure\n")
    assert main(["predict", "runs/own", new]) == 0
    printed = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert printed == [
        ["left", "right", "predicted kind"], ["9.0", "9.0", "high"], ["1.0", "0.0", "low"],
    ]  # fmt: skip


def test_ones_own_csv_with_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{x},{y},{1000 + 200 * x - 50 * y}.5" for x in range(10) for y in range(8)]
    file = write("price.csv", "size,age,price\n" + "\n".join(rows))
    assert main(["train", file, "--epochs", "80"]) == 0
    out = capsys.readouterr().out
    error = re.search(r"held-out error \(root mean square\): ([\d.]+) price", out)
    assert error
    assert float(error[1]) < 60
    assert Path("runs/price/predictions.png").exists()
    new = write("new.csv", "size,age\n5,2\n")
    assert main(["predict", "runs/price/model.safetensors", new]) == 0
    size, age, price = capsys.readouterr().out.splitlines()[1].split(",")
    assert (size, age) == ("5.0", "2.0")
    assert float(price) == pytest.approx(1900.5, abs=100)


def test_a_class_with_one_example_is_learned_not_judged(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = "\n".join(f"{x},{'z' if x == 4 else 'x'}" for x in range(11))
    file = write("rare.csv", "a,kind\n" + rows)
    for seed in range(4):
        assert main(["train", file, "--epochs", "1", "--seed", str(seed)]) == 0
        table = capsys.readouterr().out.split("true | predicted")[1].splitlines()
        assert table[2].split()[0] == "z"
        assert set(table[2].split()[1:]) == {"0"}


def test_a_name_that_looks_like_a_formula(capsys: pytest.CaptureFixture[str]) -> None:
    rows = "\n".join(f"{x},{x % 3},{'$a' if x > 5 else '$b$'}" for x in range(12))
    file = write("sign.csv", "$\\frac$,b$_{$,y\n" + rows)
    assert main(["train", file, "--epochs", "2"]) == 0
    assert "boundary.png" in capsys.readouterr().out


def test_runs_at_the_same_time_each_have_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "glassgrad", "train", "xor", *QUICK]
    running = [subprocess.Popen(command, stdout=subprocess.DEVNULL) for _ in range(4)]
    assert [one.wait(60) for one in running] == [0] * 4
    assert sorted(os.listdir("runs")) == ["xor", "xor-2", "xor-3", "xor-4"]


def test_a_reader_that_leaves_does_not_cost_the_training() -> None:
    command = f"{shlex.quote(sys.executable)} -m glassgrad train xor --epochs 20 | head -1"
    subprocess.run(command, shell=True, check=True, capture_output=True)
    assert Path("runs/xor/model.safetensors").exists()


def test_numbers_as_large_as_they_come(capsys: pytest.CaptureFixture[str]) -> None:
    rows = "\n".join(f"{x},{y}" for x, y in enumerate(["1e300", "-1e300", "2e300", "0.5", "1.5"]))
    assert main(["train", write("vast.csv", "a,y\n" + rows), "--epochs", "2"]) == 0
    assert "held-out error" in capsys.readouterr().out


def test_options(capsys: pytest.CaptureFixture[str]) -> None:
    options = [
        "--layers", "4,3", "--activation", "sigmoid", "--loss", "bce_with_logits", "--optimizer",
        "RMSProp", "--lr", "0.02", "--epochs", "2", "--batch", "7", "--test", "0.5",
        "--out", "here",
    ]  # fmt: skip
    assert main(["train", "moons", *options]) == 0
    out = capsys.readouterr().out
    assert "MLP(2 → 4 → 3 → 1)" in out
    assert "sigmoid" in out
    assert "of 50)" in out
    assert json.loads(Path("here/history.json").read_text())["epochs"][1]["lr"] == 0.02


def test_without_matplotlib_it_trains_saves_and_says_how(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    assert main(["train", "xor", *QUICK]) == 0
    assert "pip install 'glassgrad[plot]'" in capsys.readouterr().out
    assert not list(Path("runs/xor").glob("*.png"))
    assert "<h1>xor</h1>" in Path("runs/xor/report.html").read_text("utf-8")


# ---------------------------------------------------------------------------- draw and plot


LECTURE = ["L = (a*b + c) * f", "a=2", "b=-3", "c=10", "f=-2"]


def test_draw_prints_without_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", *LECTURE]) == 0
    out = capsys.readouterr().out
    assert all(re.search(rf"\b{name}\b", out) for name in "abcfL")
    data, grads = (re.findall(rf"{what} +(−?\d+)", out) for what in ("data", "grad"))
    assert sorted(data) == sorted(["2", "−3", "−6", "10", "4", "−2", "−8"])
    assert sorted(grads) == sorted(["6", "−4", "−2", "−2", "−2", "4", "1"])
    assert list(Path().iterdir()) == []


def test_draw_writes_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", *LECTURE, "-o", "L.svg"]) == 0
    assert capsys.readouterr().out == "written to L.svg\n"
    assert main(["draw", *LECTURE, "-o", "dark.svg", "--dark"]) == 0
    light, dark = (Path(name).read_text("utf-8") for name in ("L.svg", "dark.svg"))
    assert "<svg" in light
    assert light != dark
    assert main(["draw", *LECTURE, "-o", "L.png"]) == 0
    assert min(png_size(Path("L.png"))) > 100


def test_draw_before_and_within_the_backward_pass(capsys: pytest.CaptureFixture[str]) -> None:
    def grads(*options: str) -> list[str]:
        assert main(["draw", *LECTURE, *options]) == 0
        return sorted(re.findall(r"grad +(−?\d+)", capsys.readouterr().out))

    assert grads("--no-backward") == grads("--after", "0") == []
    assert grads("--after", "1") == sorted(["1", "4", "−2"])  # L, f and the sum
    assert len(grads("--after", "3")) == 7


def test_e_can_be_a_leaf(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "d = e * x", "e=3", "x=-2"]) == 0
    assert "−6" in capsys.readouterr().out


def test_plot_writes_a_picture(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--from", "-5", "--to", "5", "--tangent", "3", "--secant", "-1e0", "2"]
    assert main(["plot", "3*x**2 - 4*x + 5", *options, "-o", "p.svg"]) == 0
    assert capsys.readouterr().out == "written to p.svg\n"
    text = Path("p.svg").read_bytes()
    assert b"<svg" in text
    assert main(["plot", "3*x**2 - 4*x + 5", *options, "-o", "p.svg"]) == 0
    assert Path("p.svg").read_bytes() == text
    assert main(["plot", "-t**2"]) == 0  # a minus in front is no option
    assert min(png_size(Path("plot.png"))) > 400
    assert main(["plot", "-sin(t)", "--no-derivative", "-o", "p.pdf"]) == 0
    assert Path("p.pdf").read_bytes()[:4] == b"%PDF"


def test_plot_without_matplotlib(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert "pip install 'glassgrad[plot]'" in refused(["plot", "x**2"], capsys)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["draw", "L = a^2", "a=2"], r"column 6: \^ is not a power: write \*\*"),
        (["draw", "L = a*b", "a=2"], "b has no value: give it one, b=2"),
        (["draw", "L = a", "a=2", "b=3"], "no leaf 'b'; its leaves: a"),
        (["draw", "L = a", "a=2", "a=3"], "a name was given two values"),
        (["draw", "L = a", "a"], "'a' is not a name and a number: a=2"),
        (["draw", "L = a", "2a=3"], "'2a=3' is not a name and a number"),
        (["draw", "L = a", "a=two"], "'two' is not a number"),
        (["draw", "L = a", "a=2", "-o", "L.xyz"], "xyz"),
        (["draw", "L = a", "a=2", "-o", "no/L.svg"], r"no/L\.svg"),
        (["draw", "L = a", "a=2", "--after", "-1"], "-1"),
        (["draw", "L = a", "a=2", "--after", "1", "--no-backward"], "not allowed with"),
        (["draw"], "required"),
        (["plot", "x*y"], "column 3: y is a second variable beside x"),
        (["plot", "tang(x)"], "did you mean tan"),
        (["plot", "__import__('os')"], "no function __import__"),
        (["plot", "x", "--from", "2", "--to", "1"], "from a number to a larger one"),
        (["plot", "x", "--from", "-inf"], "-inf is not a finite number"),
        (["plot", "x", "--tangent", "y"], "'y' is not a number"),
        (["plot", "log(x)", "--to", "-1"], "no finite value from -5.0 to -1.0"),
        (["plot", "sqrt(x)", "--tangent", "0"], "choose another x"),
        (["plot", "x", "-o", "p.xyz"], "written as .png, .svg or .pdf"),
        (["plot", "x", "-o", "no/p.png"], "No such file"),
        (["plot", "(" * 9000], "never closed|brackets"),
    ],
)
def test_what_can_not_be_drawn_or_plotted(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert re.search(says, refused(arguments, capsys))


def test_an_error_points_into_the_expression(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["plot", "2*x^2"]) == 2
    assert capsys.readouterr().err.splitlines()[1:] == ["    2*x^2", "       ^"]


# ----------------------------------------------------------------------------------- bad input


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    """Run a command that must be refused in one line with exit code 2, leaving nothing behind."""
    before = sorted(map(str, Path().rglob("*")))
    try:
        code = main(arguments)
    except SystemExit as left:  # argparse
        code = int(left.code or 0)
    err = capsys.readouterr().err
    assert code == 2, err
    message = [line for line in err.splitlines() if "usage" not in line and line[0] != " "]
    assert len(message) == 1, err
    assert "Traceback" not in err
    left_behind = {path for path in map(str, Path().rglob("*")) if path != "runs"}
    assert left_behind - {"runs"} == set(before) - {"runs"}
    return message[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["moon"], "there is no data set 'moon': moons, circles, spirals"),
        (["no.csv"], r"no\.csv"),
        (["moons", "--lr", "-1"], "--lr: -1 is not a number above 0"),
        (["moons", "--lr", "fast"], "'fast' is not a number"),
        (["moons", "--layers", "0"], "'0' is not a list of sizes such as 16,16"),
        (["moons", "--layers", "a"], "'a' is not a list of sizes"),
        (["moons", "--epochs", "0"], "0 is not a whole number of at least 1"),
        (["moons", "--batch", "1.5"], "1.5 is not a whole number"),
        (["moons", "--test", "1"], "1 is not a number from 0 to below 1"),
        (["moons", "--activation", "rellu"], "no activation 'rellu'"),
        (["moons", "--loss", "hing"], "loss"),
        (["moons", "--loss", "mse"], "use hinge, bce_with_logits or cross_entropy"),
        (["iris", "--loss", "hinge"], "for two classes"),
        (["moons", "--optimizer", "Sgd"], "invalid choice"),
        (["moons", "--seed", "x"], "'x' is not a number"),
        (["moons", "--seed", "-1"], "-1 is not a whole number from 0"),
        (["moons", "--epochs", "inf"], "inf is not a whole number"),
        (["moons", "--layers", "1000000000"], "each from 1 to 10,000"),
        (["moons", "--target", "x1"], "moons has a target of its own"),
        ([], "required"),
    ],
)
def test_wrong_options(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert re.search(says, refused(["train", *arguments], capsys))


@pytest.mark.parametrize(
    ("text", "target", "says"),
    [
        ("", None, "is empty"),
        ("a,b\n", None, "no rows"),
        ("a,b\n1,2\n3,4\n", "c", "no column 'c'; its columns are 'a', 'b'"),
        ("a,b\n1,2.5\nx,4.5\n", "b", "line 3, column 'a': 'x' is not a number"),
        ("a,b\n1,2.5\nnan,4.5\n", "b", "line 3, column 'a': 'nan' is not a finite number"),
        ("a,b\n1,2.5\n2\n", "b", "line 3 has 1 cell"),
        ("a,b\n1,x\n2,x\n3,x\n", "b", "class"),
        ("a\n1\n2\n", "a", "needs inputs beside the target"),
    ],
)
def test_wrong_files(
    text: str, target: str | None, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write("own.csv", text)
    wanted = ["--target", target] if target else []
    assert re.search(says, refused(["train", file, *wanted], capsys))


def test_a_folder_that_can_not_be_written(capsys: pytest.CaptureFixture[str]) -> None:
    write("blocked", "a file, not a folder")
    says = refused(["train", "moons", "--out", "blocked/run"], capsys)
    assert "blocked/run can't be made" in says
    Path("there").mkdir()
    assert "exists already" in refused(["train", "moons", "--out", "there"], capsys)


def test_predict_refuses_what_it_can_not_use(capsys: pytest.CaptureFixture[str]) -> None:
    main(["train", "xor", *QUICK])
    capsys.readouterr()
    new = write("new.csv", "x1,x3\n1,2\n")
    assert "no column" in refused(["predict", "runs/xor", new], capsys)
    assert "there is no model at" in refused(["predict", "runs/nothing", new], capsys)
    model = Path("runs/xor/model.safetensors")
    model.write_bytes(model.read_bytes()[:50])
    assert "damaged" in refused(["predict", "runs/xor", new], capsys)
    for notes in ("{", "[]", '{"inputs": null}', '{"inputs": ["x1", "x2"], "classes": ["a"]}'):
        gg.save(gg.nn.MLP(2, [1]), model, {"notes": notes})
        assert "model.safetensors: what belongs to the model is damaged" in refused(
            ["predict", "runs/xor", new], capsys
        )
    gg.save(gg.nn.MLP(2, [1]), model)
    assert "glassgrad train" in refused(["predict", "runs/xor", new], capsys)


def test_ctrl_c_leaves_nothing_half_written(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "glassgrad", "train", "moons", "--epochs", "20000"]
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path
    )
    assert running.stdout is not None
    for line in running.stdout:
        if line.startswith("epoch     0"):  # of 20,000
            break
    time.sleep(0.5)
    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=30)
    assert running.returncode == 130
    assert err.strip() == "glassgrad: interrupted; nothing was written"
    assert "Traceback" not in out + err
    time.sleep(0.1)
    assert not list(tmp_path.rglob("*.*"))


def test_a_run_that_goes_astray_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    says = refused(["train", "moons", "--lr", "1e200", "--epochs", "5"], capsys)
    assert "lower the learning rate" in says or "finite" in says


def test_help_and_version(capsys: pytest.CaptureFixture[str]) -> None:
    commands = ("train", "predict", "draw", "plot")
    for arguments in (["--help"], *([name, "--help"] for name in commands), ["--version"]):
        with pytest.raises(SystemExit) as left:
            main(arguments)
        assert left.value.code == 0
    assert gg.__version__ in capsys.readouterr().out


def test_nothing_but_pictures_needs_matplotlib() -> None:
    code = "import sys, glassgrad.cli, glassgrad.job; print('matplotlib' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
