"""Optimizers, which walk downhill; schedules for their learning rate; limits for gradients.

The update formulas are PyTorch's, and so is the order of their operations.

>>> from glassgrad import Value, optim
>>> w = Value(5.0)
>>> opt = optim.SGD([w], lr=0.1)
>>> rate = optim.linear(0.1, 0.01, steps=50)
>>> for k in range(50):
...     loss = (w - 3) ** 2
...     opt.zero_grad()
...     loss.backward()
...     opt.lr = rate(k)
...     opt.step()
>>> round(w.data, 2)
3.0
"""

from __future__ import annotations

from glassgrad.optim.adam import Adam, AdamW
from glassgrad.optim.clipping import clip_norm, clip_value
from glassgrad.optim.optimizer import Optimizer
from glassgrad.optim.rmsprop import RMSProp
from glassgrad.optim.schedules import cosine, linear, step, warm_up
from glassgrad.optim.sgd import SGD

__all__ = [
    "SGD", "Adam", "AdamW", "Optimizer", "RMSProp", "clip_norm", "clip_value", "cosine", "linear",
    "step", "warm_up",
]  # fmt: skip
