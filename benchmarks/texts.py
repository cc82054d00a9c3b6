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
the clock: the best case for an engine whose graphs are cycles. Systems of arrays or formulas are
measured with it on, as Python starts. "Against glassgrad" compares with glassgrad in the same
state of the collector. Before anything was timed, every system had to compute the same answers
(in the chain, those up to 100,000), and in every round the answers were compared again.
"""

SHORT = """\
## In short

The peer's time divided by glassgrad's for the same work (medians of this run), and figures of
glassgrad's own. The tables below have the spreads, and all the other peers.
"""

LOSSES = """\
## Where glassgrad is the slower one
"""

MOONS = """\
## Task "moons": one training step of micrograd's demo

`make_moons(100, noise=0.1)`, a network of 2, 16, 16 and 1 neurons, hinge loss, weight decay and
one step of gradient descent on all 100 points: 65,818 nodes in both scalar engines, which run
the same loop. The other systems compute with whole arrays; CasADi builds the formulas of the loss
and its gradient once, number by number, and then only evaluates them. `gg.jit` is one line more
in glassgrad's loop, over nested lists; `zero_grad` and the optimizer are glassgrad's. torch.compile
is left out: it needs a C++ compiler and many seconds. The losses of the first three
steps agree to 9 digits in all systems; the first is 0.8958441028683222.

With `gg.fit` a step is an epoch in the midst of a training of two thousand; the penalty and the
schedule are given as functions. The C++ is compiled by `g++ -O3 -march=native` before it is timed,
and called from Python once for each step: one program of plain loops, and one that is laid out by
hand in vectors of eight numbers. The points are the same
in each step, as in the demo, and the parameters others.

In micrograd a node is some seven objects that the collector follows, and they form cycles, so
only the collector frees them. In glassgrad it is one object, free of cycles, and reference
counts free it. Most of the difference between the two states of the collector is this.
"""

GPT = """\
## Task "gpt": one training step of a small GPT

A language model that writes names: 27 tokens, vectors of 16 numbers, one layer with 4 heads of
attention, 4,192 parameters. A step takes one name, of three to seven letters, and ends with Adam.
Each figure is an average over the same {names} names; how many nodes that makes is in "Where the
time of a step goes".

The scalar program is of the kind that fits into one file and brings its own `Value` class, whose
backward pass is recursive and leaves its graph to the collector, as micrograd's does
(`benchmarks/plain.py`). glassgrad runs the same program with nothing but the class replaced; in a
second row sums of products are `gg.dot` as well. With `gg.jit` the letters are taken by `gg.take`,
softmax and Adam are glassgrad's, and the program is traced once for each of the {lengths} lengths.
micrograd is not here because it has neither exp nor log. The other systems compute with whole
arrays, in C++ by hand, in vectors, for all letters of a name at once; JAX fills the names up to 16
letters, so that it compiles only once. The losses of the first {names} steps agree to 9 digits in
all systems, and so do the parameters and the running averages of the gradients that they lead to.
`python benchmarks/agree.py` compares a thousand steps with `gg.jit` and without.
"""

MLP = """\
## Task "mlp": one step of a larger network

64 inputs, two hidden layers of 256 neurons with relu, 10 classes: 84,746 parameters. A step takes
a batch of 64 examples, another one each time, and ends with gradient descent on the mean
cross-entropy. glassgrad's model is an `nn.MLP`, called for one example at a time; the others
compute with whole arrays, in float64 and in float32. The losses and all the parameters agree to 9
digits in all systems after three steps, in float32 to 5. "Against glassgrad" compares with float64.
`gg.fit` goes through the same batches in the same order; its steps stay in the machine, where the
parameters are numbers side by side, and after all of them they must be those that NumPy finds.
"""

DIGITS = """\
## Training on digits, from nothing

scikit-learn's 1,797 images of 8 × 8 points, {tests} of them kept for the test. A network of 64, 64,
32 and 10 neurons with relu, {epochs} epochs in batches of {batch}, Adam at a rate of {rate}, the
first weights drawn as scikit-learn does. The seconds are those of `gg.fit`, from making the
network on, tracing included, and those of scikit-learn's `MLPClassifier`; imports are not in them.
Each seed draws other weights and batches. With less than {least:.0%} glassgrad's figures would not
count.
"""

EXPRESSION = """\
## Task "expression": the expression of micrograd's README

One forward and one backward pass, 33 nodes in glassgrad and 39 in micrograd, which makes
differences and quotients of other operations. CasADi and JAX build a function once, and call it;
`gg.jit(gg.value_and_grad(f))` is called with floats and returns floats. The numbers are others in
each pass. For the first, all systems find g = 24.7041 with the gradients 138.8338 and 645.5773.
"""

LANES = """\
## Task "lanes": the same expression for {rows:,} pairs of numbers

The value and both gradients for each row of two columns, which are others in each pass. Where it
can, a system is given the function of two numbers: `gg.vmap(gg.value_and_grad(f))`,
`jax.jit(jax.vmap(jax.value_and_grad(f)))`, CasADi's `map`. PyTorch computes with the columns;
glassgrad without `gg.vmap` goes through them row by row. All rows agree to 9 digits.
"""

IRREGULAR = """\
## Task "irregular": programs that are no stack of equal layers

Forward and backward pass of functions written with loops over numbers, called with other numbers
each time: as they are, with `gg.jit` on a tape of scalar instructions only, and with `gg.jit`,
which finds in a program what does the same on other numbers. The two ways of `gg.jit` take turns
in one process, after the values and all gradients agreed with the function as it is to 9 digits. A
ratio is the median over the turns; "rounds" are processes. Where lifting does not pay, both ways
are the same.
"""

CHAIN = """\
## Task "chain": v = v + 1, n times

Building the chain, the backward pass, and letting go of the chain. An addition makes two nodes
in both scalar engines: the constant 1, and the sum. If time grows in proportion to depth, the
time per node stays the same; it rises where the graph outgrows the processor's caches, and with
the collector on because that visits everything alive again and again. micrograd's backward
recurses once per addition, and Python allows 1,000; here it runs in a thread with a deep stack
and a raised limit, and with the collector off its garbage is freed outside the clock. CasADi
builds the formulas, their gradient and a function anew in each pass, and evaluates it once. JAX
is left out: its way is to compile a function once and call it often.
"""

REPLAY = """\
## Keeping a long program

Two chains of {operations:,} operations as functions of two numbers, made once and called with other
numbers each time, for the value and both gradients. The first pass makes the program: `gg.jit`
traces and lowers it, CasADi builds formulas, their gradients and a function. Bytes per
operation are those of the tape and of the numbers of a run. The growth of the process includes
what is kept in reserve, such as the memory of the Values while tracing. CasADi
finds out that the gradient of the first chain is 1 and computes it no more. JAX is left out: it
gives up on chains like these.
"""

PHASES = """\
## Where the time of a step goes

Nanoseconds per node of the step's graph, in the programs of the tasks "moons" and "gpt". The
figures are medians over the steps of each process, and over the processes. "Free" is letting go
of the result. Only glassgrad frees its graph there: micrograd's nodes form cycles, and in the
one-file class the backward pass leaves one behind that holds the graph. With the collector on
such graphs are freed in the middle of the other parts; with the collector off, "free" is a call
of it. "Update" is the loop over the parameters.
"""

SWITCHES = """\
## What labels, modules and anomaly detection cost

Forward and backward pass of the task "moons" in glassgrad, on {points} of the points, in several
ways that make the same nodes. In each of {rounds} processes the ways take turns, {turns} turns in
all. A ratio is the time of a way over that of the first way in the same turn; "the same again"
shows what the clock cannot tell apart. Anomaly detection might leave something behind for the
rest of a process, so for the last two rows the process is copied: two copies take turns, and one
of them has had it on for a pass. They are slower because they wait in between.
"""

MEMORY = """\
## Memory and depth

A chain of additions, with the collector off, so that what is left after the last reference is
gone is what only the collector would free. Bytes per node are counted by `tracemalloc` on
{traced:,} additions; an addition is two nodes in the engines that have nodes. It does not see the
compiled engine's nodes, which lie in memory of their own. The growth of the
process, in resident memory, is measured on {resident:,} additions ({slow:,} for HIPS autograd and
CasADi); it also sees what libraries take without Python's knowledge. PyTorch and CasADi keep no
numbers of the sums on the way, the scalar engines do. The last column is a backward pass under
Python's default recursion limit.
"""

LAYOUT = """\
## Drawing: where boxes and arrows go

The places of all boxes and the ways of all arrows of a drawing, by glassgrad's layout, in pure
Python, and by Graphviz's dot, in C, in the same process through pygraphviz. Both get the same
boxes, gaps and ends of arrows. Crossings are pairs of arrows, of four different boxes, whose ways
cross, counted by one function for both; Graphviz's curves are cut into straight pieces for that.
The losses are sums over examples of a network of 2, 4, 4 and 1 neurons.
"""

IMPORTS = """\
## Importing

What the statement adds to the {bare} ms of CPU time that the interpreter itself takes to start
(median of fresh interpreters). The bytecode is there, as after a first use.
"""
