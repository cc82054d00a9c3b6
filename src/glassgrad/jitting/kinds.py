"""What a part of a nest is: see `glassgrad.jitting.forms`. In C, ``kinds.pxd`` says the same."""

NUMBER, VALUE, TUPLE, LIST, DICT, NAMED, ARRAY, OBJECTS, STATIC, TRUTH = range(10)
