"""What runs a tape, in C: see machine.py, for which it stands, and run.h."""

from cpython.array cimport array
from cpython.exc cimport PyErr_CheckSignals
from libc.stdlib cimport calloc, free

from glassgrad.jitting.arithmetic import floats


cdef extern from "jitting/run.h":
    int DONE "GG_DONE"
    int GUARDED "GG_GUARDED"
    int CALLED "GG_CALLED"
    int CHECKED "GG_CHECKED"
    int NO_INDEX "GG_NO_INDEX"
    int REPLAYS "GG_REPLAYS"
    int LANES "GG_LANES"
    Buffer gg_new_machine(int n_slots, bint single) noexcept
    void gg_free_machine(Buffer) noexcept
    void gg_clear(Buffer) noexcept
    int gg_forward(Buffer, int end) noexcept
    int gg_reverse(Buffer, const int *code) noexcept
    int gg_lanes(Buffer) noexcept


cdef Buffer new_buffer(object tape, bint single=False) except NULL:
    cdef Buffer buffer = machine_for(tape, tape.n_slots, single)
    gg_clear(buffer)
    for slot, number in enumerate(tape.constants, tape.n_inputs + tape.n_externals):
        put(buffer, slot, number)
    return buffer


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
            floats().place(get(buffer, buffer.code[buffer.at + 2]), buffer.code[buffer.at + 3])
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
    char *numbers
    Py_ssize_t step  # from one number to the next, in bytes


cdef Column column_of(const double[:] numbers) noexcept:
    return Column(<char *>&numbers[0], numbers.strides[0])


def run_lanes(object tape, list inputs, Py_ssize_t n, bint single=False):
    """See machine.py."""
    cdef Buffer buffer
    cdef Column *columns
    cdef Py_ssize_t begin, i
    cdef int slot, at
    from numpy import empty, ndarray

    outputs = [empty(n) for _ in tape.outputs]
    arrays = [(slot, x) for slot, x in enumerate(inputs) if isinstance(x, ndarray)]
    if n == 0:
        return -1, outputs
    buffer = machine_for(tape, tape.n_slots * LANES, single)
    columns = <Column *>calloc(len(arrays) + len(outputs), sizeof(Column))
    try:
        if columns is NULL:
            raise MemoryError()
        for i, x in enumerate([*(x for _, x in arrays), *outputs]):
            columns[i] = column_of(x)
        for slot, x in enumerate([*inputs, *tape.constants]):
            if not isinstance(x, ndarray):
                fill(buffer, slot, <double>x)
        for begin in range(0, n, LANES):
            for i, (slot, _) in enumerate(arrays):
                put_lanes(buffer, slot, columns[i], begin, n)
            at = forward_lanes(buffer, min(LANES, n - begin))
            if at != -1:
                return at, outputs
            for i, slot in enumerate(tape.outputs, len(arrays)):
                get_lanes(buffer, slot, columns[i], begin, n)
        return -1, outputs
    finally:
        free(columns)
        free_buffer(buffer)


cdef void fill(Buffer buffer, int slot, double x) noexcept nogil:
    cdef int lane
    for lane in range(LANES):
        put(buffer, slot * LANES + lane, x)


cdef void put_lanes(
    Buffer buffer, int slot, Column column, Py_ssize_t begin, Py_ssize_t n
) noexcept nogil:
    """Fill a block; where the column ends, with its last number."""
    cdef int lane
    for lane in range(LANES):
        put(buffer, slot * LANES + lane,
            (<double *>(column.numbers + min(begin + lane, n - 1) * column.step))[0])


cdef void get_lanes(
    Buffer buffer, int slot, Column column, Py_ssize_t begin, Py_ssize_t n
) noexcept nogil:
    cdef int lane
    for lane in range(min(LANES, n - begin)):
        (<double *>(column.numbers + (begin + lane) * column.step))[0] = get(
            buffer, slot * LANES + lane)


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
                floats().place(get(buffer, words[2] * LANES + lane), words[3])
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
