"""Networks: micrograd's own, and a small GPT against the same model in PyTorch."""

from __future__ import annotations

import pickle
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import glassgrad as gg
from builds import BOTH, run_in
from glassgrad import Value, nn
from glassgrad.graph import ancestors
from glassgrad.modes import SCOPES


def test_parameters_in_micrograds_order() -> None:
    random.seed(1337)
    model = nn.MLP(3, [4, 4, 1])
    random.seed(1337)
    expected = []
    for nin, nout in ((3, 4), (4, 4), (4, 1)):
        for _ in range(nout):
            expected += [random.uniform(-1, 1) for _ in range(nin)] + [0.0]
    assert [p.data for p in model.parameters()] == expected
    assert len(model.parameters()) == 41


def test_a_neuron_is_the_lectures() -> None:
    n = nn.Neuron(2, activation="tanh")
    n.w[0].data, n.w[1].data, n.b.data = -3.0, 1.0, 6.8813735870195432
    o = n([2.0, 0.0])
    o.backward()
    assert o.data == pytest.approx(0.7071067811865476)
    assert [p.grad for p in n.parameters()] == pytest.approx([1.0, 0.0, 0.5])


@pytest.mark.parametrize(
    ("activation", "expected"),
    [("relu", 0.0), (None, -2.0), ("linear", -2.0), ("sigmoid", gg.sigmoid(-2.0)),
     (lambda v: v * v, 4.0), ("leaky_relu", -0.02)],
)  # fmt: skip
def test_activations(activation: Any, expected: float) -> None:
    n = nn.Neuron(1, activation=activation)
    n.w[0].data = -1.0
    assert n([2.0]).data == pytest.approx(expected)
    assert nn.Neuron(1, nonlin=False).activation is None


def test_activation_of_each_layer() -> None:
    model = nn.MLP(2, [3, 2, 1], activation=["tanh", "sigmoid"], output="relu")
    assert [layer.neurons[0].activation for layer in model.layers] == ["tanh", "sigmoid", "relu"]


def test_one_neuron_gives_a_value_and_more_give_a_list() -> None:
    assert type(nn.Layer(2, 1)([1.0, 2.0])) is Value
    assert type(nn.MLP(2, [3, 1])([1.0, 2.0])) is Value
    assert len(nn.MLP(2, [3, 2])([1.0, 2.0])) == 2
    assert type(nn.MLP(2, [1, 1, 1])([1.0, 2.0])) is Value  # a hidden width of 1 works
    assert type(nn.MLP(1, [2, 1])(3.0)) is Value


def test_linear_embedding_and_norms_against_torch(torch: Any) -> None:
    x = [0.3, -1.2, 2.0]
    linear, norm, table = nn.Linear(3, 2), nn.LayerNorm(3), nn.Embedding(5, 3)
    for i, p in enumerate([*norm.weight, *norm.bias]):
        p.data = 0.5 + 0.1 * i

    def tensor(values: Any) -> Any:
        return torch.tensor(values, dtype=torch.float64)

    state = linear.state_dict()
    theirs = torch.nn.functional.linear(
        tensor(norm_reference := torch.nn.functional.layer_norm(
            tensor(x), (3,), tensor([p.data for p in norm.weight]),
            tensor([p.data for p in norm.bias]),
        ).tolist()),
        tensor(state["weight"]), tensor(state["bias"]),
    )  # fmt: skip
    assert [v.data for v in norm(x)] == pytest.approx(norm_reference, rel=1e-12)
    assert [v.data for v in linear(norm(x))] == pytest.approx(theirs.tolist(), rel=1e-12)
    rms = torch.nn.functional.rms_norm(tensor(x), (3,), eps=1e-5).tolist()
    assert [v.data for v in nn.RMSNorm(3)(x)] == pytest.approx(rms, rel=1e-12)
    assert [v.data for v in table(2)] == table.state_dict()["weight"][2]  # type: ignore[index]


def test_dropout() -> None:
    random.seed(0)
    drop = nn.Dropout(0.25)
    x = [Value(1.0)] * 4000
    dropped = [v.data for v in drop(x)]
    assert set(dropped) == {0.0, 1 / 0.75}
    assert sum(dropped) / 4000 == pytest.approx(1.0, abs=0.05)
    assert [v.data for v in drop.eval()(x)] == [1.0] * 4000


def test_modes_reach_all_modules() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.Dropout(0.5)))
    model.eval()
    assert not any(module.training for _, module in model.modules())
    model.train()
    assert all(module.training for _, module in model.modules())


class Tied(nn.Module):
    def __init__(self) -> None:
        self.first = nn.Linear(2, 2, bias=False)
        self.again = self.first.weight
        self.more = {"gain": Value(3.0), "list": [Value(1.0), nn.Neuron(1)]}
        self.note = "not a parameter"


def test_named_parameters() -> None:
    names = [name for name, _ in Tied().named_parameters()]
    assert names == [
        "first.weight.0.0", "first.weight.0.1", "first.weight.1.0", "first.weight.1.1",
        "more.gain", "more.list.0", "more.list.1.w.0", "more.list.1.b",
    ]  # fmt: skip


def test_zero_grad() -> None:
    model = nn.MLP(2, [3, 1])
    model([1.0, 2.0]).backward()
    assert any(p.grad for p in model.parameters())
    model.zero_grad()
    assert not any(p.grad for p in model.parameters())


def test_zero_grad_finds_what_is_there_now() -> None:
    class Own(dict[str, Value]):
        """Not a dict itself."""

    model = Tied()
    model.zero_grad()
    late, own, deep = Value(1.0), Value(1.0), Value(1.0)
    result, private = late * 2.0, Value(1.0)
    model.more["list"].append(late)
    model.own, model.pair = Own(x=own), ([deep], "text", 3)
    model.result, model._private = result, private
    expected = [p for row in model.first.weight for p in row] + [
        model.more["gain"], model.more["list"][0], *model.more["list"][1].w,
        model.more["list"][1].b, late, own, deep,
    ]  # fmt: skip
    for p in [*expected, result, private]:
        p.grad = 3.0
    assert model.parameters() == expected
    model.zero_grad()
    assert [p.grad for p in expected] == [0.0] * len(expected)
    assert (result.grad, private.grad) == (3.0, 3.0)
    model.more["list"].pop().grad = 5.0
    model.zero_grad()
    assert late.grad == 5.0


def test_zero_grad_heeds_parameters_of_its_own() -> None:
    class Hidden(nn.Module):
        def __init__(self) -> None:
            self._inner, self.frozen = Value(1.0), Value(2.0)

        def parameters(self) -> list[Value]:
            return [self._inner]

    model = Hidden()
    model._inner.grad, model.frozen.grad = 1.0, 1.0
    model.zero_grad()
    assert (model._inner.grad, model.frozen.grad) == (0.0, 1.0)
    model.parameters = lambda: [model.frozen]  # type: ignore[method-assign]
    model.zero_grad()
    assert model.frozen.grad == 0.0


def test_modules_that_hold_each_other_are_no_crash() -> None:
    model = nn.MLP(1, [1])
    model.layers[0].owner = model
    for find in (model.parameters, model.zero_grad):
        with pytest.raises(RecursionError):
            find()


def test_state_round_trip() -> None:
    random.seed(1)
    one, two = nn.MLP(2, [3, 1]), nn.MLP(2, [3, 1])
    two.load_state_dict(one.state_dict())
    assert one([0.3, 0.7]).data == two([0.3, 0.7]).data


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda s: s.pop("bias"), "it lacks bias"),
        (lambda s: s.update(extra=1.0), "it has in excess extra"),
        (lambda s: s.update(bias=[1.0]), r"bias has the shape \(2,\), but the state gives \(1,\)"),
        (lambda s: s.update(bias=["a", 1.0]), "the state of bias"),
        (lambda s: s.update(weight=[[1.0, 2.0], [3.0]]), "shape|zip"),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change: Any, says: str) -> None:
    model = nn.Linear(2, 2)
    before = model.state_dict()
    state = model.state_dict()
    change(state)
    with pytest.raises((gg.StateError, TypeError), match=says):
        model.load_state_dict(state)
    assert model.state_dict() == before


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: nn.Neuron(2)([1.0, 2.0, 3.0]), "takes 2 inputs, but was given 3"),
        (lambda: nn.MLP(3, [4, 1])([1.0, 2.0]), "takes 3 inputs, but was given 2"),
        (lambda: nn.Linear(3, 1)([1.0]), "takes 3 inputs, but was given 1"),
        (lambda: nn.LayerNorm(3)([1.0]), "vectors of 3, but was given 1"),
        (lambda: nn.MLP(3, []), "at least one layer"),
        (lambda: nn.MLP(0, [1]), "nin must be a whole number of at least 1, not 0"),
        (lambda: nn.Layer(2, 2.5), "nout must be a whole number"),
        (lambda: nn.Neuron(2, activation="rellu"), "no activation 'rellu': try relu"),
        (lambda: nn.Neuron(2, activation="backward"), "no activation 'backward'"),
        (lambda: nn.Neuron(2, activation="detach"), "no activation 'detach'"),
        (lambda: nn.MLP(2, [3, 3, 1], activation=["relu"]), "2 hidden layers need 2"),
        (lambda: nn.Embedding(3, 2)(3), "numbered 0 to 2: there is no row 3"),
        (lambda: nn.Dropout(1.0), "from 0 to below 1"),
        (lambda: nn.SelfAttention(5, 2), "5 can't be shared evenly by 2 heads"),
        (lambda: nn.Sequential(3), "step 0 of Sequential can't be called"),
        (lambda: nn.Module()(1.0), "define forward or __call__"),
    ],
)
def test_misuse_is_named(make: Any, says: str) -> None:
    with pytest.raises((ValueError, TypeError, IndexError), match=says):
        make()


def test_attributes_of_any_form_are_kept() -> None:
    class Mixed(nn.Module):
        def __init__(self, order: str = "ab") -> None:
            self.w = {key: Value(float(ord(key))) for key in order}
            self.mix = [nn.Linear(1, 1), Value(3.0), 2.0]
            self.ragged = [[Value(1.0)], [Value(2.0), Value(4.0)]]
            self.grid = [[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]]

        def __call__(self, x: Any) -> Any:
            self.cached = self.w["a"] * x
            return self.cached

    one, two = Mixed(), Mixed("ba")
    one(1.0)
    assert "cached" not in one.state_dict()
    assert len(one.parameters()) == 12
    one.w["a"].data = 7.0
    two.load_state_dict(one.state_dict())
    assert (two.w["a"].data, two.w["b"].data) == (7.0, 98.0)
    assert one.state_dict()["grid"] == [[1.0, 2.0], [3.0, 4.0]]
    assert one.state_dict()["ragged.1"] == [2.0, 4.0]
    linear = nn.Linear(1, 1)
    linear.load_state_dict({"weight": np.ones((1, 1)), "bias": np.zeros(1)})
    assert linear.state_dict() == {"weight": [[1.0]], "bias": [0.0]}


def test_a_list_that_grows_after_it_was_assigned_has_scopes() -> None:
    class Grown(nn.Module):
        def __init__(self) -> None:
            self.parts: list[Any] = []
            for _ in range(2):
                self.parts.append(nn.Neuron(1))

        def __call__(self, x: Any) -> Any:
            return self.parts[1](x)

    assert SCOPES[Grown()([1.0])._scope] == "parts.1"


def test_an_activation_that_is_changed() -> None:
    n = nn.Neuron(1, activation="tanh")
    n.w[0].data = -1.0
    n.activation = "relu"
    assert n([2.0]).data == 0.0
    n.nonlin = False
    assert n([2.0]).data == -2.0
    assert n(np.array(2.0)).data == -2.0


def test_the_nodes_of_a_network_carry_their_modules_path() -> None:
    model = nn.MLP(2, [3, 1])
    y = model([1.0, 2.0])
    assert SCOPES[y._scope] == "layers.1.neurons.0"
    inside = {SCOPES[v._scope] for v in ancestors(y) if v._op}
    assert inside == {"layers.1.neurons.0", *(f"layers.0.neurons.{i}" for i in range(3))}
    assert SCOPES[(y * 2)._scope] == ""


class Both(nn.Module):
    """Defines both methods, and a module within."""

    def __init__(self) -> None:
        self.inner = nn.Linear(1, 1)

    def forward(self, x: Any) -> Any:
        return self.inner(x)[0] * 2.0

    def __call__(self, x: Any) -> Any:
        return self.forward(x)


def test_a_copy_in_another_process_counts_scopes_anew(tmp_path: Path) -> None:
    model = nn.MLP(1, [2, 1])
    model([1.0])
    (tmp_path / "model").write_bytes(pickle.dumps(model))
    program = tmp_path / "program.py"
    program.write_text(
        "import pickle, sys\n"
        "from glassgrad.modes import SCOPES, Scope\n"
        "[Scope(f'another{i}') for i in range(9)]\n"
        "model = pickle.load(open(sys.argv[1], 'rb'))\n"
        "print(SCOPES[model([1.0])._scope])\n"
    )
    for build in ("pure", "compiled") if BOTH else ("pure",):
        assert run_in(build, program, tmp_path / "model") == "layers.1.neurons.0\n"


def test_scopes_of_calls_within_calls() -> None:
    class Outer(nn.Module):
        def __init__(self) -> None:
            self.parts = {"left": Both()}

        def forward(self, x: Any) -> Any:
            return self.parts["left"](x) + 1.0

    y = Outer()([Value(1.0)])
    assert SCOPES[y._scope] == ""
    doubled = y._prev[0]
    assert SCOPES[doubled._scope] == "parts.left"
    assert SCOPES[doubled._prev[0]._scope] == "parts.left.inner"


def test_a_scope_ends_with_an_error() -> None:
    model = nn.MLP(2, [3, 1])
    with pytest.raises(ValueError, match="takes 2 inputs"):
        model([1.0])
    assert SCOPES[Value(1.0)._scope] == ""


def test_the_table() -> None:
    assert repr(nn.MLP(3, [4, 4, 1])) == """\
model         MLP(3 → 4 → 4 → 1)      41 parameters
  layers.0    Layer(3 → 4, relu)      16 parameters
  layers.1    Layer(4 → 4, relu)      20 parameters
  layers.2    Layer(4 → 1, linear)     5 parameters"""


# --------------------------------------------------------------------------------- a small GPT


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        draw = nn.init.normal(0.0, 0.08)
        self.norm1, self.norm2 = nn.RMSNorm(width, gain=False), nn.RMSNorm(width, gain=False)
        self.attention = nn.SelfAttention(width, heads, init=draw)
        self.up = nn.Linear(width, 4 * width, bias=False, init=draw)
        self.down = nn.Linear(4 * width, width, bias=False, init=draw)

    def forward(self, xs: Any) -> Any:
        mixed = self.attention([self.norm1(x) for x in xs])
        xs = [[a + b for a, b in zip(x, m, strict=True)] for x, m in zip(xs, mixed, strict=True)]
        hidden = [[h.relu() for h in self.up(self.norm2(x))] for x in xs]
        return [
            [a + b for a, b in zip(x, self.down(h), strict=True)]
            for x, h in zip(xs, hidden, strict=True)
        ]


class GPT(nn.Module):
    def __init__(self, vocabulary: int = 27, width: int = 16, heads: int = 4, block: int = 16):
        draw = nn.init.normal(0.0, 0.08)
        self.token = nn.Embedding(vocabulary, width, init=draw)
        self.position = nn.Embedding(block, width, init=draw)
        self.norm = nn.RMSNorm(width, gain=False)
        self.blocks = [Block(width, heads)]
        self.head = nn.Linear(width, vocabulary, bias=False, init=draw)

    def forward(self, ids: list[int]) -> Any:
        xs = [
            self.norm([a + b for a, b in zip(self.token(i), self.position(t), strict=True)])
            for t, i in enumerate(ids)
        ]
        for block in self.blocks:
            xs = block(xs)
        return [self.head(x) for x in xs]


def torch_loss(torch: Any, p: dict[str, Any], ids: list[int], targets: list[int]) -> Any:
    functional = torch.nn.functional

    def norm(x: Any) -> Any:
        return functional.rms_norm(x, (16,), eps=1e-5)

    def heads(x: Any) -> Any:
        return x.view(len(ids), 4, 4).transpose(0, 1)

    x = norm(p["token.weight"][ids] + p["position.weight"][: len(ids)])
    h = norm(x)
    q, k, v = (heads(h @ p[f"blocks.0.attention.{n}.weight"].T) for n in ("query", "key", "value"))
    mixed = functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    mixed = mixed.transpose(0, 1).reshape(len(ids), 16)
    x = x + mixed @ p["blocks.0.attention.out.weight"].T
    h = (norm(x) @ p["blocks.0.up.weight"].T).relu() @ p["blocks.0.down.weight"].T
    return functional.cross_entropy((x + h) @ p["head.weight"].T, torch.tensor(targets))


def test_a_gpt_learns_exactly_as_in_torch(torch: Any) -> None:
    random.seed(42)
    model = GPT()
    assert len(model.parameters()) == 4192
    theirs = {
        name: torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
        for name, numbers in model.state_dict().items()
    }
    ours = gg.optim.Adam(model.parameters(), lr=0.01, betas=(0.9, 0.95))
    peer = torch.optim.Adam(theirs.values(), lr=0.01, betas=(0.9, 0.95))
    documents = [[0, 5, 13, 13, 1, 0], [0, 15, 12, 9, 22, 9, 1, 0], [0, 1, 22, 1, 0]]
    for step in range(20):
        ids = documents[step % 3]
        loss = gg.losses.cross_entropy(model(ids[:-1]), ids[1:])
        model.zero_grad()
        loss.backward()
        ours.step()
        reference = torch_loss(torch, theirs, ids[:-1], ids[1:])
        peer.zero_grad()
        reference.backward()
        peer.step()
        assert loss.data == pytest.approx(reference.item(), rel=1e-9), step
