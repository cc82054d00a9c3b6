"""What runs a tape, in C: see machine.py, for which it stands, and run.h."""

from cpython.array cimport array
from cpython.object cimport PyObject
from cpython.exc cimport PyErr_CheckSignals
from libc.stdlib cimport calloc, free

from glassgrad.engine cimport Value, gradient_so_far, set_gradient

from glassgrad.jitting import blas
from glassgrad.jitting.arithmetic import floats

cdef extern from "Python.h":
    PyObject *PyTuple_GET_ITEM(tuple, Py_ssize_t) noexcept
    Py_ssize_t PyTuple_GET_SIZE(tuple) noexcept


cdef extern from "jitting/run.h":
    int DONE "GG_DONE"
    int GUARDED "GG_GUARDED"
    int CALLED "GG_CALLED"
    int CHECKED "GG_CHECKED"
    int NO_INDEX "GG_NO_INDEX"
    int REPLAYS "GG_REPLAYS"
    int NO_MEMORY "GG_NO_MEMORY"
    int LANES "GG_LANES"
    Buffer gg_new_machine(int n_slots, bint single) noexcept
    void gg_free_machine(Buffer) noexcept
    void gg_clear(Buffer) noexcept
    int gg_forward(Buffer, int end) noexcept
    int gg_reverse(Buffer, const int *code) noexcept
    int gg_lanes(Buffer) noexcept
    void gg_load(Buffer, int slot, const char *numbers, ptrdiff_t step, int n) noexcept
    void gg_store(Buffer, int slot, double *to, int n) noexcept
    void *gg_blas[2]

cdef extern from "fenv.h":
    ctypedef struct fenv_t:
        pass
    int fegetenv(fenv_t *) noexcept
    int fesetenv(const fenv_t *) noexcept


cdef Buffer new_buffer(object tape, bint single=False) except NULL:
    cdef Buffer buffer = machine_for(tape, tape.n_slots, single)
    gg_clear(buffer)
    if tape.n_products:
        use_blas()
    for slot, number in enumerate(tape.constants, tape.n_inputs + tape.n_externals):
        put(buffer, slot, number)
    return buffer


cdef int use_blas() except -1:
    """Let large products of matrices be NumPy's, where it has them."""
    cdef size_t double_one, single_one
    double_one, single_one = blas.found()
    gg_blas[0], gg_blas[1] = <void *>double_one, <void *>single_one
    return 0


cdef Buffer machine_for(object tape, int n_slots, bint single) except NULL:
    cdef array code = tape.code
    cdef Buffer buffer = gg_new_machine(n_slots, single)
    if buffer is NULL:
        raise MemoryError()
    buffer.code = code.data.as_ints
    buffer.n_words = len(code)
    buffer.tape = <void *>tape
    return buffer


cdef void free_buffer(Buffer buffer) noexcept:
    gg_free_machine(buffer)


# What follows reads and writes the fields of many Values, which their owner keeps alive: without
# counting references, and with a function only for what is no leaf.

cdef int put_all(Buffer buffer, int slot, tuple values) except -1:
    cdef Py_ssize_t i
    cdef double *to = <double *>buffer.values + slot
    if buffer.single:
        for i in range(PyTuple_GET_SIZE(values)):
            put(buffer, slot + i, (<Value>PyTuple_GET_ITEM(values, i))._data)
    else:
        for i in range(PyTuple_GET_SIZE(values)):
            to[i] = (<Value>PyTuple_GET_ITEM(values, i))._data
    return 0


cdef int put_gradients(
    Buffer buffer, array slots, array places, tuple operands, long long number) except -1:
    cdef const int *slot = slots.data.as_ints
    cdef const int *place = places.data.as_ints
    cdef PyObject *operand
    cdef Py_ssize_t i
    for i in range(len(slots)):
        operand = PyTuple_GET_ITEM(operands, place[slot[i]])
        if (<Value>operand)._a is None or (<Value>operand)._mark == number:
            put_gradient(buffer, slot[i], (<Value>operand)._grad)
        else:
            put_gradient(buffer, slot[i], -0.0)
    return 0


cdef int take_gradients(
    Buffer buffer, array slots, array places, tuple operands, long long number,
    bint more) except -1:
    cdef const int *slot = slots.data.as_ints
    cdef const int *place = places.data.as_ints
    cdef PyObject *operand
    cdef double grad
    cdef Py_ssize_t i
    for i in range(len(slots)):
        operand = PyTuple_GET_ITEM(operands, place[slot[i]])
        grad = take_gradient(buffer, slot[i])
        if (<Value>operand)._a is None:
            (<Value>operand)._grad = (<Value>operand)._grad + grad if more else grad
            (<Value>operand)._mark = number
        else:
            if more:
                grad = gradient_so_far(<Value>operand, number) + grad
            set_gradient(<Value>operand, grad, number)
    return 0


cdef int forward(Buffer buffer) except -2:
    buffer.next = 0
    return forward_to(buffer, buffer.n_words)


cdef int forward_to(Buffer buffer, int end) except -2:
    cdef int why
    while True:
        why = gg_forward(buffer, end)
        if why == DONE:
            return -1
        if why == GUARDED:
            return buffer.at
        if why == CALLED:
            call(buffer, buffer.code + buffer.at)
        elif why == CHECKED:
            PyErr_CheckSignals()
        elif why == NO_INDEX:
            floats().place(get(buffer, buffer.index), buffer.count)
        elif why == NO_MEMORY:
            raise MemoryError()
        else:
            raise RuntimeError(f"no instruction of a tape: {buffer.code[buffer.at]}")


cdef int reverse(Buffer buffer, object code) except -1:
    cdef array held = code
    cdef const int *words = held.data.as_ints
    cdef int why
    buffer.back = 0
    try:
        while True:
            why = gg_reverse(buffer, words)
            if why == DONE:
                return 0
            if why == REPLAYS:
                forward_to(buffer, buffer.until)
            elif why == CALLED:
                call_back(buffer, words + buffer.at)
            elif why == CHECKED:
                PyErr_CheckSignals()
            elif why == NO_MEMORY:
                raise MemoryError()
            else:
                raise RuntimeError(f"no instruction of a tape: {words[buffer.at]}")
    except BaseException:
        gg_clear(buffer)  # for the next pass
        raise


cdef int call(Buffer buffer, const int *words) except -1:
    """Compute a custom operation."""
    card = (<object>buffer.tape).cards[words[2]]
    put(buffer, words[1], card.on_floats(*operands(buffer, words)))
    return 0


cdef int call_back(Buffer buffer, const int *words) except -1:
    """Hand on the gradient of a custom operation."""
    cdef double grad = take_gradient(buffer, words[1])
    cdef int k
    card = (<object>buffer.tape).cards[words[2]]
    partials = card.partials_on_floats(get(buffer, words[1]), *operands(buffer, words))
    for k, partial in enumerate(partials):
        add_gradient(buffer, words[4 + k], grad * <double>partial)
    return 0


cdef list operands(Buffer buffer, const int *words):
    return [get(buffer, words[4 + k]) for k in range(words[3])]


# ------------------------------------------------------------------------------ many lanes at once


cdef struct Column:
    int slot
    char *numbers
    ptrdiff_t step  # from one number to the next, in bytes


def run_lanes(object tape, list inputs, Py_ssize_t n, bint single=False):
    """See machine.py."""
    cdef Buffer buffer
    cdef Column *columns
    cdef Column *c
    cdef const double[:] column
    cdef Py_ssize_t begin
    cdef int slot, i, used, n_in = 0, at = -1
    cdef double x
    cdef fenv_t flags
    from numpy import empty, ndarray

    outputs = [empty(n) for _ in tape.outputs]
    if n == 0:
        return at, outputs
    buffer = machine_for(tape, tape.n_slots * LANES, single)
    columns = <Column *>calloc(len(inputs) + len(outputs) + 1, sizeof(Column))
    fegetenv(&flags)
    try:
        if columns is NULL:
            raise MemoryError()
        for slot, given in enumerate([*inputs, *tape.constants]):
            if isinstance(given, ndarray):
                column = given
                if column.shape[0] != n:
                    raise ValueError(f"a column of {column.shape[0]} numbers, not of {n}")
                columns[n_in] = Column(slot, <char *>&column[0], column.strides[0])
                n_in += 1
            else:
                x = given
                gg_load(buffer, slot, <const char *>&x, 0, LANES)
        for i, column in enumerate(outputs, n_in):
            columns[i] = Column(tape.outputs[i - n_in], <char *>&column[0], sizeof(double))
        for begin in range(0, n, LANES):
            used = min(LANES, n - begin)
            for i in range(n_in):
                c = columns + i
                gg_load(buffer, c.slot, c.numbers + begin * c.step, c.step, used)
            if begin % (256 * LANES) == 0:
                PyErr_CheckSignals()  # a short tape has no place where it looks
            at = forward_lanes(buffer, used)
            if at != -1:
                break
            for i in range(n_in, n_in + <int>len(outputs)):
                c = columns + i
                gg_store(buffer, c.slot, <double *>c.numbers + begin, used)
        return at, outputs
    finally:
        fesetenv(&flags)  # without branches C raises some, and NumPy would warn of them
        free(columns)
        free_buffer(buffer)


cdef int forward_lanes(Buffer buffer, int used) except -2:
    cdef int why, lane
    cdef const int *words
    buffer.next = 0
    while True:
        why = gg_lanes(buffer)
        words = buffer.code + buffer.at
        if why == DONE:
            return -1
        if why == GUARDED:
            return buffer.at
        if why == CALLED:
            card = (<object>buffer.tape).cards[words[2]]
            for lane in range(LANES):
                if lane < used:
                    y = card.on_floats(
                        *[get(buffer, words[4 + k] * LANES + lane) for k in range(words[3])])
                put(buffer, words[1] * LANES + lane, y)
        elif why == CHECKED:
            PyErr_CheckSignals()
        elif why == NO_INDEX:
            for lane in range(LANES):
                floats().place(get(buffer, buffer.index * LANES + lane), buffer.count)
        else:
            raise RuntimeError(f"no instruction of a tape: {words[0]}")


# ---------------------------------------------------------------------------------- from Python


def run(object tape, inputs, bint single=False):
    """See machine.py."""
    cdef Buffer buffer = new_buffer(tape, single)
    try:
        for slot, number in enumerate(inputs):
            put(buffer, slot, number)
        at = forward(buffer)
        return at, [get(buffer, slot) for slot in range(buffer.n_slots)]
    finally:
        free_buffer(buffer)


def run_back(object tape, inputs, object code, gradients, bint single=False):
    """See machine.py."""
    cdef Buffer buffer = new_buffer(tape, single)
    try:
        for slot, number in enumerate(inputs):
            put(buffer, slot, number)
        forward(buffer)
        for slot, number in gradients.items():
            put_gradient(buffer, slot, number)
        reverse(buffer, code)
        return [take_gradient(buffer, slot) for slot in range(buffer.n_slots)]
    finally:
        free_buffer(buffer)
