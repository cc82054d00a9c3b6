# The types of C for slots.py when it is compiled.
cimport cython

cdef int CALL, CONSTANT, DOT, GUARD, LONG, NONE, SUM, TAKEN


@cython.locals(
    j=int, k=int, r=int, end=int, code=int, first=int, stop=int, mask=int, need=int,
    word="int[::1]", row="int[::1]", begin="int[::1]", reads="int[::1]", needs="int[::1]",
    last="int[::1]", marks="int[::1]",
)
cdef _last_uses(graph, plan, carrying)


@cython.locals(
    n=int, r=int, s=int, j=int, k=int, given=int, top=int, computed=int, code=int, taken=int,
    op="int[::1]", word="int[::1]", row="int[::1]", begin="int[::1]", reads="int[::1]",
    last="int[::1]", marks="int[::1]", slot="int[::1]", active="int[::1]", kind="int[::1]",
    number="double[::1]", free=list, ready=list, wanted=int,
)
cpdef slots_of(graph, plan, carrying)
