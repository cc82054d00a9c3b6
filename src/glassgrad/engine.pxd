# Written by `make cards`: edit the annotations in engine.py instead.
from glassgrad cimport kernels


cdef int \
    LEAF, CONSTANT, COPY, OPAQUE, INT_POWER, FLOAT_POWER, CALLED, RESULT, DETACHED, WHERE, RELU, \
    MAXIMUM, MINIMUM, CLAMP, EXP, EXPM1, LOG, LOG1P, NEG, ADD, SUB, MUL, DIV, POW, SQUARE, SQRT, \
    ABS, RECIPROCAL, SINH, COSH, TANH, SIGMOID, SOFTPLUS, ERF, SIN, COS, TAN, ASIN, ACOS, ATAN, \
    ATAN2


cdef long long _unknown
cdef long long _calls
cdef long long _passes


cdef class Extra:
    cdef readonly tuple operands
    cdef readonly tuple partials
    cdef readonly tuple constants
    cdef readonly str name
    cdef readonly str label


cdef class Unknown(Extra):
    pass


cdef class Here:
    pass


cdef class Value:
    cdef readonly double _data
    cdef readonly double _grad
    cdef readonly long long _mark
    cdef readonly Value _a
    cdef readonly Value _b
    cdef readonly double _da
    cdef readonly double _db
    cdef readonly Extra _extra
    cdef readonly long long _number
    cdef readonly int _opcode
    cdef readonly int _scope


cdef class Call(Extra):
    cpdef object seed(self, long long which, double grad, long long number)
    cpdef object hand_back(self, long long number)


from glassgrad cimport machine  # here, because it knows the classes above


cpdef int go_to(long long scope, object module) except -1
cdef Value _node(double data, Value a, Value b, double da, double db, long long opcode, Extra extra)
cdef Value _unrecorded(double data, Value a, Value b, double da, double db, long long opcode, Extra extra)
cdef Value _leaf(double data, long long opcode)
cpdef Value call_node(Call call)
cpdef Value result_node(double data, Value called, long long which)
cpdef Value custom_node(double data, tuple operands, tuple partials, long long opcode)
cpdef Value restored(double data, double grad, long long mark, long long opcode, long long scope, tuple operands, tuple partials, double db, Extra extra)
cpdef tuple edges(Value v)
cdef int _sweep(Value root, long long number) except -1
cdef int _hand_on(Value v, machine.Line line, long long number) except -1
cdef int _hand_to_call(Value v, machine.Line line, long long number) except -1
cpdef double gradient_so_far(Value operand, long long number)
cpdef int set_gradient(Value operand, double grad, long long number) except -1
cdef int _hand(Value operand, double share, machine.Line line, long long number) except -1
cpdef double share_of(Value v, double grad, double partial)
cdef object _plus(object a, object b)
cdef object _times(object a, object b)
cdef Value _add(Value left, Value right)
cdef Value _mul(Value left, Value right)
cpdef Value constant(double number)
cpdef Value as_value(object x, object where)
cdef Value _original(object x)
cdef double _float_of(object x, object where)
cdef Value _operand(object other, object sign)
cdef object _number(object other, object sign)
cdef object _comparable(object other, object sign)
cdef double _bound(object number, object name)
cpdef bint truth(object condition)
cdef object _checked_label(object label)
cdef int _refuse_to_remake(Value v) except -1
cdef tuple _checked_children(object children, object op)
cdef int _refuse(object what) except -1
cpdef int refuse_in_trace(object what) except -1
cdef object _late(str module, str name)
cdef object _refuse_subclass(object cls)
