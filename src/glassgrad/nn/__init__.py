"""Networks: neurons, layers, and what a small GPT is made of.

`Module`, `Neuron`, `Layer` and `MLP` are those of micrograd; the rest follows PyTorch's names. A
vector is a list of Values, a sequence of vectors is a list of lists.
"""

from glassgrad.nn import init
from glassgrad.nn.attention import SelfAttention
from glassgrad.nn.layers import Dropout, Embedding, Linear, Sequential
from glassgrad.nn.mlp import MLP, Layer, Neuron
from glassgrad.nn.module import Module
from glassgrad.nn.norms import LayerNorm, RMSNorm

__all__ = [
    "MLP", "Dropout", "Embedding", "Layer", "LayerNorm", "Linear", "Module", "Neuron", "RMSNorm",
    "SelfAttention", "Sequential", "init",
]  # fmt: skip
