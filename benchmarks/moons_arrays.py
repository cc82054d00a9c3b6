"""The moons task for systems that compute with whole arrays: NumPy by hand, PyTorch, JAX, others.

The same network, loss and update as in `moons`, in float64, each in its system's usual style.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from benchmarks.moons import DECAY, Problem, learning_rate
from benchmarks.work import Step


def arrays(start: Problem) -> tuple[Any, Any, list[Any]]:
    """Turn the problem into arrays: points, labels as a column, weights and biases in turn."""
    parameters: list[Any] = []
    for layer in start.weights:
        parameters += [np.array(layer).T.copy(), np.zeros(len(layer))]
    return np.array(start.points), np.array(start.labels, dtype=float)[:, None], parameters


def numpy_step(start: Problem) -> Step:
    """Write the derivatives out by hand, which is what an engine saves its user."""
    x, y, parameters = arrays(start)
    share = 1.0 / len(x)

    def step(k: int) -> list[float]:
        w1, b1, w2, b2, w3, b3 = parameters
        h1 = np.maximum(x @ w1 + b1, 0.0)
        h2 = np.maximum(h1 @ w2 + b2, 0.0)
        margins = np.maximum(1.0 - y * (h2 @ w3 + b3), 0.0)
        total = margins.sum() * share + DECAY * sum((p * p).sum() for p in parameters)

        d3 = (margins > 0.0) * (-share * y)
        d2 = (d3 @ w3.T) * (h2 > 0.0)
        d1 = (d2 @ w2.T) * (h1 > 0.0)
        gradients = [x.T @ d1, d1.sum(0), h1.T @ d2, d2.sum(0), h2.T @ d3, d3.sum(0)]
        rate = learning_rate(k)
        for p, gradient in zip(parameters, gradients, strict=True):
            np.subtract(p, rate * (gradient + 2.0 * DECAY * p), out=p)
        return [float(total)]

    return step


def torch_step(start: Problem) -> Step:
    import torch

    torch.set_num_threads(1)
    points, labels, weights = arrays(start)
    x, y = torch.from_numpy(points), torch.from_numpy(labels)
    parameters = [torch.from_numpy(w).requires_grad_() for w in weights]

    def step(k: int) -> list[float]:
        w1, b1, w2, b2, w3, b3 = parameters
        scores = torch.relu(torch.relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3
        data_loss = torch.relu(1.0 - y * scores).sum() * (1.0 / len(x))
        total = data_loss + DECAY * sum((p * p).sum() for p in parameters)
        for p in parameters:
            p.grad = None
        total.backward()
        rate = learning_rate(k)
        with torch.no_grad():
            for p in parameters:
                p.sub_(rate * p.grad)
        return [total.item()]

    return step


def jax_step(start: Problem) -> Step:
    """Prepare a step that is compiled whole, the update included, when it is first called."""
    import jax

    jax.config.update("jax_enable_x64", True)
    x, y, parameters = jax.tree.map(jax.numpy.asarray, arrays(start))

    def loss(parameters: Any, x: Any, y: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        relu = jax.nn.relu
        scores = relu(relu(x @ w1 + b1) @ w2 + b2) @ w3 + b3
        data_loss = relu(1.0 - y * scores).sum() * (1.0 / len(x))
        return data_loss + DECAY * sum((p * p).sum() for p in parameters)

    def update(parameters: Any, rate: float, x: Any, y: Any) -> Any:
        total, gradients = jax.value_and_grad(loss)(parameters, x, y)
        return total, [p - rate * g for p, g in zip(parameters, gradients, strict=True)]

    compiled = jax.jit(update)

    def step(k: int) -> list[float]:
        nonlocal parameters
        total, parameters = jax.block_until_ready(compiled(parameters, learning_rate(k), x, y))
        return [float(total)]

    return step


def autograd_step(start: Problem) -> Step:
    import autograd.numpy as anp
    from autograd import value_and_grad

    x, y, parameters = arrays(start)

    def loss(parameters: Any) -> Any:
        w1, b1, w2, b2, w3, b3 = parameters
        h1 = anp.maximum(anp.dot(x, w1) + b1, 0.0)
        h2 = anp.maximum(anp.dot(h1, w2) + b2, 0.0)
        margins = anp.maximum(1.0 - y * (anp.dot(h2, w3) + b3), 0.0)
        decay = sum(anp.sum(p * p) for p in parameters)
        return anp.sum(margins) * (1.0 / len(x)) + DECAY * decay

    gradients_of = value_and_grad(loss)

    def step(k: int) -> list[float]:
        total, gradients = gradients_of(parameters)
        rate = learning_rate(k)
        for p, gradient in zip(parameters, gradients, strict=True):
            np.subtract(p, rate * gradient, out=p)
        return [float(total)]

    return step


def casadi_step(start: Problem) -> Step:
    """Prepare a step whose formulas are built when it is first called, and then evaluated.

    CasADi keeps the parameters in one column, and lays matrices out by columns.
    """
    import casadi as ca

    x, y, matrices = arrays(start)
    numbers = np.concatenate([matrix.ravel(order="F") for matrix in matrices])

    @cache
    def formulas() -> Any:
        p = ca.SX.sym("p", len(numbers))
        ends = np.cumsum([0, *(matrix.size for matrix in matrices)]).tolist()
        shapes = [np.atleast_2d(matrix).shape for matrix in matrices]
        parts = [
            ca.reshape(part, *shape)
            for part, shape in zip(ca.vertsplit(p, ends), shapes, strict=True)
        ]
        w1, b1, w2, b2, w3, b3 = parts

        def layer(h: Any, w: Any, b: Any) -> Any:
            return ca.mtimes(h, w) + ca.repmat(b, len(x), 1)

        h1 = ca.fmax(layer(ca.DM(x), w1, b1), 0.0)
        h2 = ca.fmax(layer(h1, w2, b2), 0.0)
        margins = ca.fmax(1.0 - ca.DM(y) * layer(h2, w3, b3), 0.0)
        total = ca.sum1(margins) * (1.0 / len(x)) + DECAY * ca.sumsqr(p)
        return ca.Function("step", [p], [total, ca.gradient(total, p)])

    def step(k: int) -> list[float]:
        nonlocal numbers
        total, gradient = formulas()(numbers)
        numbers = numbers - learning_rate(k) * gradient.full().ravel()
        return [float(total)]

    return step


STEPS = {
    "numpy": numpy_step,
    "torch": torch_step,
    "jax": jax_step,
    "autograd": autograd_step,
    "casadi": casadi_step,
}
