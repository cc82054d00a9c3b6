"""The words between the tables of RESULTS.md."""

HEAD = """\
# Benchmarks: results

Written by `make bench`; do not edit. glassgrad and its peers are measured side by side in one
run. Times are CPU time of the measuring process (`time.process_time`), each measurement is a
fresh process, and rounds go through all the systems in turn. A figure is the median over the
rounds of each round's median; "rounds" gives the fastest and the slowest round. Everybody has
one thread and computes in float64.

"Collector" is the state of Python's cyclic garbage collector: on, as Python starts, or off,
`gc.disable()`. When it is off, whatever only it could free is freed between samples, outside
the clock: the best case for an engine whose graphs are cycles. It has hardly anything to do for
PyTorch, JAX and NumPy, which are measured with it on. "Against glassgrad" compares with
glassgrad in the same state of the collector. Before anything was timed, every system had to
compute the same answers; they were compared again in every round.
"""

LOSSES = """\
## Where glassgrad is the slower one
"""

MOONS = """\
## Task "moons": one training step of micrograd's demo

`make_moons(100, noise=0.1)`, a network of 2, 16, 16 and 1 neurons, hinge loss, weight decay and
one step of gradient descent on all 100 points: 65,818 nodes in both scalar engines, which run
the same loop. The losses of the first three steps agree to 9 digits in all systems; the first
is 0.8958441028683222.

In micrograd a node is some seven objects that the collector follows, and they form cycles, so
only the collector frees them. In glassgrad it is one object, free of cycles, and reference
counts free it. Most of the difference between the two states of the collector is this.
"""

EXPRESSION = """\
## Task "expression": the expression of micrograd's README

One forward and one backward pass, 33 nodes in glassgrad and 39 in micrograd, which makes
differences and quotients of other operations. All systems find g = 24.7041 with the gradients
138.8338 and 645.5773.
"""

CHAIN = """\
## Task "chain": v = v + 1, n times

Building the chain, the backward pass, and letting go of the chain. An addition makes two nodes
in both scalar engines: the constant 1, and the sum. If time grows in proportion to depth, the
time per node stays the same; it rises where the graph outgrows the processor's caches, and with
the collector on because that visits everything alive again and again. micrograd's backward
recurses once per addition, and Python allows 1,000; here it runs in a thread with a deep stack
and a raised limit, and with the collector off its garbage is freed outside the clock.
"""

FOOTPRINT = """\
## Memory and depth

A chain of {additions:,} additions, seen by `tracemalloc`; the collector is off, so what is left
after the last reference is gone is what only the collector would free. The last column is a
backward pass under Python's default recursion limit.
"""

IMPORTS = """\
## Importing

What the statement adds to the {bare} ms of CPU time that the interpreter itself takes to start
(median of fresh interpreters). The bytecode is there, as after a first use.
"""
