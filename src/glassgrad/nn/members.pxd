# What the compiled nn.module uses in place of members.py. Here 337 parameters take 2 µs.
from cpython.object cimport PyObject, PyTypeObject
from glassgrad.engine cimport Value


cdef extern from "Python.h":
    bint is_list "PyList_CheckExact" (object) noexcept
    Py_ssize_t length_of "PyList_GET_SIZE" (object) noexcept
    PyObject *item_of "PyList_GET_ITEM" (object, Py_ssize_t) noexcept
    Py_ssize_t count_of "PyTuple_GET_SIZE" (object) noexcept
    PyObject *part_of "PyTuple_GET_ITEM" (object, Py_ssize_t) noexcept
    bint is_a "PyType_IsSubtype" (PyTypeObject *, PyTypeObject *) noexcept
    dict vars_of "PyObject_GenericGetDict" (object, void *)
    bint next_of "PyDict_Next" (dict, Py_ssize_t *, PyObject **, PyObject **) noexcept
    bint is_text "PyUnicode_CheckExact" (PyObject *) noexcept
    Py_UCS4 letter_of "PyUnicode_READ_CHAR" (PyObject *, Py_ssize_t) noexcept


cdef inline int visit(object part, object module, list found) except -1:
    return _visit(part, <PyTypeObject *>module, found, 0)


cdef inline int _visit(object part, PyTypeObject *module, list found, int depth) except -1:
    cdef Py_ssize_t i = 0, place = 0
    cdef PyObject *item
    cdef PyObject *name
    cdef PyObject *held  # not `item`, which can stay in a register: nobody takes its address
    cdef object inner
    cdef dict own
    if depth > 500:
        raise RecursionError("lists or modules hold each other, or more than 500 are nested")
    if is_list(part):
        while i < length_of(part):
            item = item_of(part, i)
            i += 1
            if item.ob_type is <PyTypeObject *>Value:
                _leaf(item, found)
            else:
                _visit(<object>item, module, found, depth + 1)
    elif type(part) is Value:
        _leaf(<PyObject *>part, found)
    elif is_a((<PyObject *>part).ob_type, module):
        own = vars_of(part, NULL)
        while next_of(own, &place, &name, &held):
            if is_text(name) and letter_of(name, 0) == u"_":
                continue
            if held.ob_type is <PyTypeObject *>Value:
                _leaf(held, found)
            else:
                _visit(<object>held, module, found, depth + 1)
    elif isinstance(part, (list, tuple)):
        for inner in part:
            _visit(inner, module, found, depth + 1)
    elif isinstance(part, dict):
        for inner in part.values():
            _visit(inner, module, found, depth + 1)
    return 0


cdef inline bint same(object now, tuple before) except -1:
    cdef Py_ssize_t i = 0, place = 0
    cdef PyObject *name
    cdef PyObject *held
    cdef dict own
    if is_list(now):
        if length_of(now) != count_of(before):
            return False
        for i in range(count_of(before)):
            if item_of(now, i) is not part_of(before, i):
                return False
        return True
    own = now
    if len(own) != count_of(before):
        return False
    while next_of(own, &place, &name, &held):
        if held is not part_of(before, i):
            return False
        i += 1
    return True


cdef inline int _leaf(PyObject *v, list found) except -1:
    if (<Value>v)._a is None:
        if found is None:
            (<Value>v)._grad = 0.0
            (<Value>v)._mark = 0
        else:
            found.append(<Value>v)
    return 0
