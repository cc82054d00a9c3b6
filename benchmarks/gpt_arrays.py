"""The GPT task for systems that compute with whole arrays: NumPy by hand, PyTorch, JAX.

The same model, loss and Adam as in `gpt`, in float64, each in its system's usual style.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmarks.gpt import (
    ADAM_EPSILON,
    BETA1,
    BETA2,
    BLOCK,
    DOCUMENTS,
    EPSILON,
    HEAD,
    HEADS,
    WIDTH,
    learning_rate,
    start,
)
from benchmarks.work import Work


def arrays() -> dict[str, Any]:
    return {name: np.array(matrix) for name, matrix in start().items()}


def flat(matrices: Any) -> list[float]:
    """List the numbers of all the matrices, in the order of `gpt.SHAPES`."""
    return [float(number) for matrix in matrices for number in np.asarray(matrix).ravel()]


def numpy_work() -> Work:
    """Write the derivatives out by hand, which is what an engine saves its user."""
    weights = arrays()
    means = {name: np.zeros_like(w) for name, w in weights.items()}
    squares = {name: np.zeros_like(w) for name, w in weights.items()}

    def step(k: int) -> list[float]:
        total, gradients = by_hand(weights, DOCUMENTS[k % len(DOCUMENTS)])
        rate = learning_rate(k)
        mean_share, square_share = 1.0 - BETA1 ** (k + 1), 1.0 - BETA2 ** (k + 1)
        for name, w in weights.items():
            g = gradients[name]
            means[name] = BETA1 * means[name] + (1.0 - BETA1) * g
            squares[name] = BETA2 * squares[name] + (1.0 - BETA2) * g * g
            size = np.sqrt(squares[name] / square_share) + ADAM_EPSILON
            np.subtract(w, rate * (means[name] / mean_share) / size, out=w)
        return [total]

    return Work(step, lambda: [flat(weights.values()), flat(means.values())])


def by_hand(w: dict[str, Any], tokens: list[int]) -> tuple[float, dict[str, Any]]:
    """Compute the loss of one name, and its gradient for each of the matrices."""
    inputs, targets = np.array(tokens[:-1]), np.array(tokens[1:])
    n = len(inputs)
    each = np.arange(n)
    before = np.tril(np.ones((n, n), dtype=bool))

    x0, norm0 = _norm(w["tokens"][inputs] + w["positions"][:n])
    h1, norm1 = _norm(x0)
    query, key, value = (_split(h1 @ w[name].T) for name in ("query", "key", "value"))
    shares = _softmax(np.where(before, query @ key.transpose(0, 2, 1) / HEAD**0.5, -np.inf))
    mixed = _join(shares @ value)
    x1 = x0 + mixed @ w["out"].T
    h2, norm2 = _norm(x1)
    hidden = np.maximum(h2 @ w["up"].T, 0.0)
    x2 = x1 + hidden @ w["down"].T
    chances = _softmax(x2 @ w["scores"].T)
    total = -np.log(chances[each, targets]).mean()

    g: dict[str, Any] = {}
    d = chances.copy()
    d[each, targets] -= 1.0
    d /= n
    g["scores"] = d.T @ x2
    d = d @ w["scores"]
    g["down"] = d.T @ hidden
    d_hidden = (d @ w["down"]) * (hidden > 0.0)
    g["up"] = d_hidden.T @ h2
    d = d + _norm_back(d_hidden @ w["up"], h2, norm2)
    g["out"] = d.T @ mixed
    d_mixed = _split(d @ w["out"])
    d_shares = d_mixed @ value.transpose(0, 2, 1)
    weighed = (d_shares * shares).sum(-1, keepdims=True)
    d_scores = shares * (d_shares - weighed) / HEAD**0.5
    d_query = _join(d_scores @ key)
    d_key = _join(d_scores.transpose(0, 2, 1) @ query)
    d_value = _join(shares.transpose(0, 2, 1) @ d_mixed)
    g["query"], g["key"], g["value"] = d_query.T @ h1, d_key.T @ h1, d_value.T @ h1
    d_h1 = d_query @ w["query"] + d_key @ w["key"] + d_value @ w["value"]
    d = _norm_back(d + _norm_back(d_h1, h1, norm1), x0, norm0)
    g["tokens"] = np.zeros_like(w["tokens"])
    np.add.at(g["tokens"], inputs, d)
    g["positions"] = np.zeros_like(w["positions"])
    g["positions"][:n] = d
    return float(total), g


def _norm(x: Any) -> tuple[Any, Any]:
    scale = 1.0 / np.sqrt((x * x).mean(-1, keepdims=True) + EPSILON)
    return x * scale, scale


def _norm_back(d: Any, y: Any, scale: Any) -> Any:
    """Pass a gradient back through y = x · scale, where scale depends on x as well."""
    return scale * (d - y * (d * y).mean(-1, keepdims=True))


def _softmax(x: Any) -> Any:
    powers = np.exp(x - x.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def _split(x: Any) -> Any:
    """Turn vectors into heads: positions × width to heads × positions × width of a head."""
    return x.reshape(len(x), HEADS, HEAD).transpose(1, 0, 2)


def _join(x: Any) -> Any:
    return x.transpose(1, 0, 2).reshape(x.shape[1], WIDTH)


def torch_work() -> Work:
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    w = {name: torch.from_numpy(matrix).requires_grad_() for name, matrix in arrays().items()}
    adam = torch.optim.Adam(w.values(), betas=(BETA1, BETA2), eps=ADAM_EPSILON)

    def norm(x: Any) -> Any:
        return functional.rms_norm(x, (WIDTH,), eps=EPSILON)

    def heads(x: Any) -> Any:
        return x.view(len(x), HEADS, HEAD).transpose(0, 1)

    def step(k: int) -> list[float]:
        tokens = torch.tensor(DOCUMENTS[k % len(DOCUMENTS)])
        n = len(tokens) - 1
        x = norm(w["tokens"][tokens[:-1]] + w["positions"][:n])
        h = norm(x)
        query, key, value = (heads(h @ w[name].T) for name in ("query", "key", "value"))
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        x = x + mixed.transpose(0, 1).reshape(n, WIDTH) @ w["out"].T
        x = x + torch.relu(norm(x) @ w["up"].T) @ w["down"].T
        total = functional.cross_entropy(x @ w["scores"].T, tokens[1:])
        adam.zero_grad()
        total.backward()
        adam.param_groups[0]["lr"] = learning_rate(k)
        adam.step()
        return [total.item()]

    def state() -> list[list[float]]:
        means = [adam.state[p]["exp_avg"] for p in w.values()]
        return [flat(p.detach() for p in w.values()), flat(means)]

    return Work(step, state)


def jax_work() -> Work:
    """Prepare a step that is compiled whole, Adam included, when it is first called.

    A name is filled up to the longest one there may be, because for each length of its own the
    step would be compiled again; what was filled up does not count in the loss.
    """
    import jax
    from jax import numpy as jnp

    jax.config.update("jax_enable_x64", True)
    before = jnp.tril(jnp.ones((BLOCK, BLOCK), dtype=bool))
    each = jnp.arange(BLOCK)

    def norm(x: Any) -> Any:
        return x / jnp.sqrt((x * x).mean(-1, keepdims=True) + EPSILON)

    def heads(x: Any) -> Any:
        return x.reshape(BLOCK, HEADS, HEAD).transpose(1, 0, 2)

    def loss(w: Any, inputs: Any, targets: Any, n: Any) -> Any:
        x = norm(w["tokens"][inputs] + w["positions"])
        h = norm(x)
        query, key, value = (heads(h @ w[name].T) for name in ("query", "key", "value"))
        likeness = query @ key.transpose(0, 2, 1) / HEAD**0.5
        shares = jax.nn.softmax(jnp.where(before, likeness, -jnp.inf))
        x = x + (shares @ value).transpose(1, 0, 2).reshape(BLOCK, WIDTH) @ w["out"].T
        x = x + jax.nn.relu(norm(x) @ w["up"].T) @ w["down"].T
        surprises = -jax.nn.log_softmax(x @ w["scores"].T)[each, targets]
        return jnp.where(each < n, surprises, 0.0).sum() / n

    def update(w: Any, means: Any, squares: Any, k: Any, rate: Any, *name: Any) -> Any:
        total, g = jax.value_and_grad(loss)(w, *name)
        means = jax.tree.map(lambda m, d: BETA1 * m + (1.0 - BETA1) * d, means, g)
        squares = jax.tree.map(lambda s, d: BETA2 * s + (1.0 - BETA2) * d * d, squares, g)
        mean_share, square_share = 1.0 - BETA1 ** (k + 1), 1.0 - BETA2 ** (k + 1)

        def move(p: Any, m: Any, s: Any) -> Any:
            return p - rate * (m / mean_share) / (jnp.sqrt(s / square_share) + ADAM_EPSILON)

        return total, jax.tree.map(move, w, means, squares), means, squares

    compiled = jax.jit(update)
    w = jax.tree.map(jnp.asarray, arrays())
    means = squares = jax.tree.map(jnp.zeros_like, w)

    def step(k: int) -> list[float]:
        nonlocal w, means, squares
        tokens = DOCUMENTS[k % len(DOCUMENTS)]
        n = len(tokens) - 1
        filled = np.zeros(BLOCK + 1, dtype=int)
        filled[: n + 1] = tokens
        total, w, means, squares = jax.block_until_ready(
            compiled(w, means, squares, k, learning_rate(k), filled[:-1], filled[1:], n)
        )
        return [float(total)]

    def state() -> list[list[float]]:
        return [flat(matrices[name] for name in arrays()) for matrices in (w, means)]

    return Work(step, state)


WORKS = {"numpy": numpy_work, "torch": torch_work, "jax": jax_work}
