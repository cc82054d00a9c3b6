"""The lecture's worked example: L = (a·b + c)·f, and how each value moves L."""

from glassgrad import Value

a = Value(2.0, label="a")
b = Value(-3.0, label="b")
c = Value(10.0, label="c")
f = Value(-2.0, label="f")

e = a * b
e.label = "e"
d = e + c
d.label = "d"
L = d * f
L.label = "L"

L.backward()

print("L = d · f,  d = e + c,  e = a · b\n")
L.tree()
print(
    "\nThe gradient of a is 6: nudge a up by 0.001, and L goes up by about 0.006.\n"
    "By the chain rule: dL/da = dL/dd · dd/de · de/da = f · 1 · b = -2 · 1 · -3 = 6."
)
