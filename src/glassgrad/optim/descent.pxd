# What descent.py is compiled with.
cimport cython
from cpython.array cimport array
from glassgrad.jitting cimport forms, kinds, machine
from glassgrad.jitting.forms cimport Form
from glassgrad.jitting.program cimport Program, Room
from glassgrad.optim cimport arrays


cdef class Knobs:
    cdef readonly object optimizer
    cdef readonly list values
    cdef readonly Py_ssize_t moved
    cdef readonly array numbers, stepped, gradients, reached
    cdef readonly bint known, away, astray

    @cython.locals(i=Py_ssize_t, params=list, same=bint)
    cpdef bint fit(self) except -1

    cpdef object read(self)
    cpdef object come_back(self)

    @cython.locals(i=Py_ssize_t, x="double *", y="double *")
    cpdef bint step(self) except -1


cdef class Table:
    cdef readonly array numbers
    cdef readonly Py_ssize_t width


@cython.locals(end=int, slot=int)
cpdef Table table_of(object examples, Form form, Program program)


cdef class Descent:
    cdef readonly Program program
    cdef readonly Knobs knobs
    cdef readonly Table inputs, targets
    cdef readonly Room room
    cdef readonly object code
    cdef readonly array places, slots, homes, reached
    cdef readonly int loss, first
    cdef readonly Py_ssize_t begun
    cdef list batch

    @cython.locals(
        i=Py_ssize_t, first=int, loss=double, x="double *", gradients="double *", places="int *",
        slots="int *", homes="int *", knobs=Knobs,
    )
    cpdef double run(self, list batch) except? -1.0

    @cython.locals(knobs=Knobs, loss=double, until=double, count=Py_ssize_t)
    cpdef Py_ssize_t descend(
        self, list batch, Py_ssize_t epoch, Py_ssize_t end, list rows, object schedule,
        object begin) except -1

    @cython.locals(
        slot=int, width=Py_ssize_t, begin=Py_ssize_t, number=Py_ssize_t, i=Py_ssize_t,
        x="double *", table=Table,
    )
    cdef _fill(self, list batch)

    cdef object _numbers(self, Form form)
