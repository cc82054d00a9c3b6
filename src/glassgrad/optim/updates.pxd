# What updates.py takes from the engine when it is compiled.
from glassgrad cimport kernels
from glassgrad.engine cimport Value
