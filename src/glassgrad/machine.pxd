# What the compiled engine uses in place of machine.py. With line.h and slab.h, the only C written by hand.
from cpython.object cimport PyObject, PyTypeObject
from cpython.type cimport PyType_Modified
from libc.string cimport strdup

from glassgrad.engine cimport Value


cdef extern from "line.h":
    ctypedef struct gg_line:
        pass
    gg_line *gg_new_line(long long) noexcept
    int gg_put(gg_line *, void *, long long) except -1
    void *gg_take_newest(gg_line *) noexcept
    void free_line "gg_free_line" (gg_line *) noexcept

ctypedef gg_line *Line


cdef extern from *:
    """
    #if defined(_MSC_VER)
    #define GG_OF_A_THREAD static __declspec(thread)
    #else
    #define GG_OF_A_THREAD static _Thread_local
    #endif
    typedef struct {
        int scope, paused, anomaly, transforms, tracing, watched;
        gg_line *line;
        PyObject *module;
    } GG_Here;
    GG_OF_A_THREAD GG_Here gg_here;
    static long long gg_numbers = 0;
    """
    ctypedef struct GG_Here:
        int scope
        bint paused
        bint anomaly
        int transforms
        int tracing
        bint watched
        Line line
        PyObject *module
    GG_Here here "gg_here"
    long long numbers "gg_numbers"


cdef extern from "Python.h":
    void Py_INCREF(PyObject *)
    void Py_XDECREF(PyObject *)


cdef inline object module_here():
    return None if here.module is NULL else <object>here.module


cdef inline void set_module_here(object module) noexcept:
    cdef PyObject *before = here.module
    Py_INCREF(<PyObject *>module)
    here.module = <PyObject *>module
    Py_XDECREF(before)


cdef inline long long next_number() noexcept:
    # Atomic, because Python lets one thread at a time run compiled code.
    global numbers
    numbers += 1
    return numbers


cdef inline Line new_line(long long newest) except NULL:
    cdef Line line = gg_new_line(newest)
    if line is NULL:
        raise MemoryError()
    return line


cdef inline int put(Line line, Value v) except -1:
    return gg_put(line, <void *>v, v._number)


cdef inline Value take(Line line):
    cdef void *v = gg_take_newest(line)
    return None if v is NULL else <Value>v


# Threads take turns at compiled code anyway. But Python's collector might run a
# finalizer, which might run anything, in the middle of a pass.
cdef extern from "Python.h":
    bint begin_pass "PyGC_Disable" () noexcept
    int PyGC_Enable() noexcept


cdef inline void end_pass(bint collecting) noexcept:
    if collecting:
        PyGC_Enable()


cdef inline Value blank(object kind):
    return <Value>(<PyTypeObject *>kind).tp_new(kind, <PyObject *>(), NULL)  # Value.__new__(Value)


cdef extern from *:
    """
    static destructor gg_let_go;
    static PyObject *gg_waiting = NULL;
    static int gg_freeing = 0;
    """
    ctypedef void (*destructor)(PyObject *) noexcept
    destructor let_go "gg_let_go"  # what Cython wrote to free a Value
    PyObject *waiting "gg_waiting"
    bint freeing "gg_freeing"


cdef inline void free_value(PyObject *v) noexcept:
    # What v alone keeps alive is freed by a loop, in whatever way v holds it; recursion would
    # overflow the stack on a long chain. Nodes that wait for it are linked through their numbers,
    # which nobody needs any more. Nobody can reach a waiting node: it has no references, and no
    # weak ones, whose callbacks could revive it.
    global waiting, freeing
    if v.ob_type is not <PyTypeObject *>Value:
        let_go(v)  # a subclass that got past `seal`: its class may be gone when its turn came
    elif freeing:
        (<Value>v)._number = <long long>waiting
        waiting = v
    else:
        freeing = True
        let_go(v)
        while waiting is not NULL:
            v = waiting
            waiting = <PyObject *>(<Value>v)._number
            let_go(v)
        freeing = False


cdef extern from "slab.h":
    void gg_use_slabs(PyTypeObject *)


cdef inline void seal(object kind, object refuse, object refuse_blank, str signature):
    # Python looks for __init_subclass__ in a class of C as well, though Cython lets it have none.
    # The signature of a class of C is read off its documentation.
    global let_go
    cdef PyTypeObject *of_values = <PyTypeObject *>kind
    (<dict>of_values.tp_dict)["__init_subclass__"] = classmethod(refuse)
    (<dict>of_values.tp_dict)["__new__"] = staticmethod(refuse_blank)  # Value() needs it not
    of_values.tp_doc = strdup(f"Value{signature}\n--\n\n{kind.__doc__}".encode())
    let_go = <destructor>of_values.tp_dealloc
    of_values.tp_dealloc = <destructor>free_value
    gg_use_slabs(of_values)
    PyType_Modified(kind)
