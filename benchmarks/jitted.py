"""The tasks for `gg.jit`: the scalar programs, with a line added that traces them once.

What is traced is the same program as on the other rows. Optimizers and `zero_grad` are
glassgrad's own, as in an ordinary loop.
"""

from __future__ import annotations

import glassgrad as gg
from benchmarks import gpt, moons
from benchmarks.expression import expression, inputs
from benchmarks.work import Work


def expression_work() -> Work:
    def compute(a: gg.Value, b: gg.Value) -> gg.Value:
        g: gg.Value = expression(a, b, gg.Value.relu)
        return g

    gradients_of = gg.jit(gg.value_and_grad(compute, argnums=(0, 1)))

    def step(k: int) -> list[float]:
        g, (da, db) = gradients_of(*inputs(k))
        return [g, da, db]

    return Work(step)


def moons_work(start: moons.Problem) -> Work:
    model = moons.network_of(gg.nn.MLP, start.weights)
    optimizer = gg.optim.SGD(model.parameters(), lr=1.0)

    @gg.jit
    def loss(points: list[list[float]], labels: list[int]) -> gg.Value:
        found: gg.Value = moons.loss(gg.Value, model, points, labels)
        return found

    def step(k: int) -> list[float]:
        total = loss(start.points, start.labels)
        model.zero_grad()
        total.backward()
        optimizer.lr = moons.learning_rate(k)
        optimizer.step()
        return [total.data]

    return Work(step)


def gpt_work() -> Work:
    names = gpt.Names(gg.Value, gpt.Tools(gg.dot, gg.softmax, gg.take))
    loss = gg.jit(names.loss)
    betas = (gpt.BETA1, gpt.BETA2)
    adam = gg.optim.Adam(names.parameters, betas=betas, eps=gpt.ADAM_EPSILON)

    def step(k: int) -> list[float]:
        total = loss(gpt.DOCUMENTS[k % len(gpt.DOCUMENTS)])
        adam.zero_grad()
        total.backward()
        adam.lr = gpt.learning_rate(k)
        adam.step()
        return [total.data]

    return Work(step, lambda: [[p.data for p in names.parameters], list(adam.average)])

