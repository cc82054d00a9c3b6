# What mlp.py takes from the engine when it is compiled.
from glassgrad cimport engine
