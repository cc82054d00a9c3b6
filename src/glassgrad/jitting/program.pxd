# What program.py is compiled with.
from glassgrad cimport engine
from glassgrad.engine cimport Call, Value
from glassgrad.jitting cimport machine
from glassgrad.jitting.forms cimport Form


cdef int _MOST_ROOMS  # of C, because a lease may end when Python has cleared the module


cdef class Program:
    cdef readonly object tape, graph, lifted
    cdef readonly Form form
    cdef readonly tuple externals, partials
    cdef readonly bint exact, numbers_out, single
    cdef readonly long long nodes
    cdef readonly double tracing, lowering
    cdef readonly list outputs, rooms
    cdef readonly int first_external
    cdef readonly object places
    cdef Room room(self)
    cdef leave(self, Room room)


cdef class Room:
    cdef object tape
    cdef machine.Buffer buffer


cdef bint run(Program program, Room room) except -1


cdef class Lease(Call):
    cdef readonly Program program
    cdef readonly Room room
    cdef long long number
    cdef dict seeds

    cpdef object hand_back(self, long long number)


cdef list called(Program program, Room room, list values)
