"""What people misunderstand about backpropagation: the list that grades refer to."""

from __future__ import annotations

from dataclasses import dataclass

from glassgrad.learn import lessons

__all__ = ["BY_ID", "MISCONCEPTIONS", "Misconception"]


@dataclass(frozen=True)
class Misconception:
    """Something that is easily believed.

    Attributes
    ----------
    id : str
        It stays the same from version to version.
    says : str
        What goes wrong, in a sentence.
    hint : str
        Where to look; it does not give the solution away.
    slug : str
        The lesson about it.
    spoils : frozenset of str
        Features of checks that fail because of it, and so tell nothing else; ``*`` is all of them.
        Where it is empty, those are the operations of the check that it was found by.
    """

    id: str
    says: str
    hint: str
    slug: str
    spoils: frozenset[str]

    @property
    def lesson(self) -> int:
        """The number of its lesson."""
        return lessons.find(self.slug).number


def _one(id: str, slug: str, says: str, hint: str, spoils: str = "") -> Misconception:
    return Misconception(id, says, hint, slug, frozenset(spoils.split()))


_VALUES = (
    _one("wrong-result", "value", "The result of an operation is wrong.",
         "Work the program out by hand, on paper: which number should it be?"),
    _one("starts-not-at-zero", "value", "A new value has a gradient already.",
         "How much does an output change with a value that it does not depend on?", "backward"),
    _one("operands-changed", "value", "An operation changes its operands.",
         "After `c = a + b`, `a` is still needed as it was: what does your method assign to?"),
    _one("power-by-log", "taken-apart", "A power is computed by way of a logarithm.",
         "Which numbers have no logarithm, and have a square all the same?"),
    _one("whole-numbers", "value", "Whole numbers are divided as whole numbers, or cut off.",
         "2 / 4 is a half: where did the half go?"),
    _one("number-on-the-right", "taken-apart", "An operation with an ordinary number fails.",
         "What has a value got that the number 1 has not, and who could give it that?",
         "number-right"),
    _one("number-on-the-left", "taken-apart",
         "An operation with a number on the left fails, and so does `sum`, which begins with 0.",
         "When the number does not know what to do, Python asks the value: under which name?",
         "number-left"),
    _one("left-order", "taken-apart",
         "A number on the left of − or / is treated as if it stood on the right.",
         "In `5 - a`, which of the two is `self`?", "number-left"),
    _one("in-place", "value", "`+=` or `*=` changes the value that another name stands for, too.",
         "After `b = a` both names stand for one object: should `b += c` be seen through `a`?",
         "augmented"),
    _one("shared-operands", "graph", "All values share one list of operands.",
         "Python makes an attribute of the class, or a default argument, once: who owns it?",
         "backward prev"),
    _one("takes-anything", "value", "An operand that is no number is accepted.",
         "What should happen to a value and a text: an answer, or an error?", "text"),
)  # fmt: skip

_PASS = (
    _one("seed-not-one", "by-hand", "The gradient of the result itself is not 1.",
         "By how much does the output change when the output changes by 1? Who says so?",
         "backward"),
    _one("backward-is-descent", "descent", "`backward()` changes the numbers.",
         "To find the slope and to take a step are two things: which of them is backward?",
         "backward"),
    _one("nothing-handed-on", "by-hand", "No operand receives a gradient.",
         "The result knows its own gradient: who tells its operands?", "backward"),
    _one("leaves-have-none", "by-hand", "Leaves receive no gradient.",
         "Which of the numbers would one want to change, in order to change the output?",
         "backward"),
    _one("one-operand-only", "local-rules", "Only one of two operands receives a gradient.",
         "Nudge the other one: does the result stay where it is?",
         "__add__ __mul__ __sub__ __truediv__ __pow__ __neg__"),
    _one("first-step-only", "by-hand", "Only the operands of the result receive a gradient.",
         "Who tells the operands of the operands, and when?", "backward"),
    _one("order-not-reversed", "order", "Operands have their turn before their results.",
         "What can a value hand on, before anything has arrived at it?", "backward"),
    _one("every-node-seeded", "by-hand", "Every value on the way is given the gradient 1.",
         "Which one value in the graph is the output?", "backward"),
    _one("no-chain-rule", "by-hand",
         "What arrives from above is left out: only the local derivative is handed on.",
         "The local derivative says what this result does: what does the output do?", "backward"),
    _one("one-rule-without-chain", "by-hand",
         "In this operation, what arrives from above is left out.",
         "Its local derivative is right where it is the last step: what if others follow?"),
    _one("adds-up-the-chain", "by-hand", "Derivatives along a route are added, not multiplied.",
         "If b moves twice as fast as a, and c three times as fast as b, how fast is c?",
         "backward"),
    _one("upside-down", "nudging", "The derivative is the wrong way round.",
         "Which number is nudged, and which one is watched?", "backward"),
    _one("number-gradient", "local-rules", "Beside an ordinary number a gradient is wrong.",
         "Write the number as a value of its own: what would the rule be then?",
         "number-left number-right"),
    _one("equality", "value", "Two values with the same number are taken for one.",
         "`a == b` may ask for the same number, or for the same value: which one does a set ask?",
         "backward"),
    _one("overwritten", "reuse", "Of a value that is used twice, only one share is kept.",
         "It has an effect by each of its routes: what becomes of the share that came before?",
         "reuse again"),
    _one("operands-in-a-set", "reuse",
         "Operands are kept in a set, or like one: a + a has only one, and order is lost.",
         "How many members has {a, a}, and which of the members of {a, b} is the first?",
         "both prev __mul__ __neg__ __sub__ __truediv__"),
    _one("recursion", "order",
         "A value hands on each time something arrives, so that it hands on some of it again.",
         "When has everything arrived that will?", "reuse again"),
    _one("wrong-order", "order", "A value hands on before all who use it have had their turn.",
         "Draw a short and a long way to one value: which of the two arrives last?",
         "reuse again"),
    _one("every-route", "order", "Every route is walked by itself: twice as many with each step.",
         "How many routes lead through forty doublings, and how many values are there?"),
    _one("recursion-depth", "order", "A long program is too deep for a function that calls itself.",
         "How deep may calls be nested? And where else could you keep what is still to do?",
         "loop"),
    _one("shared-record", "graph", "The record of one result disturbs the gradient of another.",
         "Two results were computed: which operations led to this one?", "again"),
    _one("forgets-before", "zero-grad", "`backward()` sets the gradients of leaves back first.",
         "A batch has many losses, and a leaf collects from all: who may say when it begins anew?",
         "again"),
    _one("zeroing-ignored", "zero-grad", "A gradient that was set to 0 comes back.",
         "Where is the gradient kept: is it the place that the program sets to 0?", "again"),
    _one("counts-inside-again", "zero-grad",
         "A second `backward()` hands on what the first one left inside the graph.",
         "Leaves collect from pass to pass: should the values between do that, too?", "again"),
    _one("leaf-root", "by-hand", "`backward()` of a leaf does not give it the gradient 1.",
         "A leaf can be the output, too: how much does it change with itself?"),
    _one("reads-late", "local-rules",
         "The backward pass reads numbers that have changed since the forward pass.",
         "The derivative at which place was asked for, and when was that place known?",
         "assigned"),
)  # fmt: skip

_RULES = (
    _one("sum-rule", "local-rules", "The rule of the sum is wrong.",
         "Nudge one term by a little: by how much does the sum change?", "__add__ __sub__"),
    _one("plus-copies-the-value", "local-rules",
         "`+` hands on a number of the forward pass, not the gradient that arrives.",
         "A sum copies something to its operands: what exactly?", "__add__ __sub__"),
    _one("product-rule", "local-rules", "The rule of the product is wrong.",
         "Nudge one factor: what is the nudge multiplied by, before it is seen in the result?",
         "__mul__ __neg__ __sub__ __truediv__"),
    _one("difference-rule", "local-rules", "The rule of the difference is wrong.",
         "When that which is taken away grows, what does the result do?", "__sub__"),
    _one("minus-rule", "local-rules", "The rule of minus is wrong.",
         "When a value grows by 1, by how much does its opposite change?", "__neg__ __sub__"),
    _one("quotient-rule", "taken-apart", "The rule of the quotient is wrong.",
         "Write a / b as a · b⁻¹: which rules do you know for that?", "__truediv__"),
    _one("power-rule", "taken-apart", "The rule of the power is wrong.",
         "Nudge x in x², then in x³: what do the two slopes have in common?",
         "__pow__ __truediv__ sqrt"),
    _one("exponent-rule", "taken-apart", "With a value as exponent the gradients are wrong.",
         "Both are nudged, one after the other: as a function of the exponent, what is 2ˣ?"),
    _one("exp-rule", "taken-apart", "The rule of exp is wrong.",
         "In eˣ it is the exponent that moves: is this a power of x?", "exp tanh sigmoid"),
    _one("log-rule", "taken-apart", "The rule of log is wrong.",
         "Nudge log at 1, then at 100: how does the slope change, and with what?"),
    _one("tanh-rule", "neuron", "The rule of tanh is wrong.",
         "The slope at 0 is 1, and far out it is 0: what does yours give there?"),
    _one("sigmoid-rule", "local-rules", "The rule of sigmoid is wrong.",
         "The slope at 0 is a quarter, and far out it is 0: what does yours give there?"),
    _one("sine-rule", "local-rules", "The rule of sin or cos is wrong.",
         "Draw both curves: how steep is each at 0?"),
    _one("sqrt-rule", "taken-apart", "The rule of sqrt is wrong.",
         "Which power is a square root?"),
    _one("relu-rule", "local-rules", "The rule of relu is wrong.",
         "Draw relu: how steep is it left of 0, and how steep right of it?"),
    _one("relu-at-zero", "local-rules", "The slope of relu at 0 is not 0.",
         "At its kink relu has no slope, and one has to be chosen: which does PyTorch choose?"),
    _one("overflow", "taken-apart", "A function fails for large numbers.",
         "How large is exp(1000)? And how large is what you need in the end?"),
)  # fmt: skip

_ENDS = (
    _one("calls-itself", "taken-apart", "A method calls itself without end.",
         "Which method calls which, for this program? Follow them with a finger."),
    _one("raises", "value", "The engine raises an error.",
         "Run this program by itself, and read the last line of the traceback."),
    _one("does-not-end", "order", "The engine does not come to an end.",
         "Which loop, or which call, has nothing to stop it?", "*"),
    _one("ends-the-program", "value", "The engine ends the program.",
         "What ends a program, and is it needed in an engine?", "*"),
    _one("memory", "order", "The engine takes too much memory.",
         "What is kept for each operation, and what for each pair of them?", "*"),
    _one("other", "checks", "Something is wrong that is not on this list.",
         "Nudge each input by a little and compare: which gradient disagrees first?"),
)  # fmt: skip

#: All that a check can reveal, by what they are about.
MISCONCEPTIONS = {
    "Values and operations": _VALUES, "The backward pass": _PASS, "The rules": _RULES,
    "Errors, and the rest": _ENDS,
}  # fmt: skip
BY_ID = {one.id: one for group in MISCONCEPTIONS.values() for one in group}
