"""What runs a tape, in C: see machine.py, for which it stands, and run.h."""

from cpython.array cimport array
from cpython.exc cimport PyErr_CheckSignals


cdef extern from "jitting/run.h":
    int DONE "GG_DONE"
    int GUARDED "GG_GUARDED"
    int CALLED "GG_CALLED"
    int CHECKED "GG_CHECKED"
    int NO_INDEX "GG_NO_INDEX"
    int REPLAYS "GG_REPLAYS"
    int MASK "GG_MASK"
    Buffer gg_new_machine(int n_slots, bint single) noexcept
    void gg_free_machine(Buffer) noexcept
    void gg_clear(Buffer) noexcept
    int gg_forward(Buffer, int end) noexcept
    int gg_reverse(Buffer, const int *code) noexcept


cdef Buffer new_buffer(object tape, bint single=False) except NULL:
    cdef array code = tape.code
    cdef Buffer buffer = gg_new_machine(tape.n_slots, single)
    if buffer is NULL:
        raise MemoryError()
    buffer.code = code.data.as_ints
    buffer.n_words = len(code)
    buffer.tape = <void *>tape
    gg_clear(buffer)
    for slot, number in enumerate(tape.constants, tape.n_inputs + tape.n_externals):
        put(buffer, slot, number)
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
            raise IndexError("index")
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
        if words[0] // MASK >> k & 1:
            add_gradient(buffer, words[4 + k], grad * <double>partial)
    return 0


cdef list operands(Buffer buffer, const int *words):
    return [get(buffer, words[4 + k]) for k in range(words[3])]


# ------------------------------------------------------------------------------- as Python sees it


def run(object tape, inputs, bint single=False):
    cdef Buffer buffer = new_buffer(tape, single)
    try:
        for slot, number in enumerate(inputs):
            put(buffer, slot, number)
        at = forward(buffer)
        return at, [get(buffer, slot) for slot in range(buffer.n_slots)]
    finally:
        free_buffer(buffer)


def run_back(object tape, inputs, object code, gradients, bint single=False):
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
