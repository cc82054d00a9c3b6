# What module.py takes from the engine when it is compiled.
from glassgrad cimport engine
from glassgrad.engine cimport Value
from glassgrad.nn cimport members
