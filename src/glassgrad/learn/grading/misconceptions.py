"""What people misunderstand about backpropagation: the list that grades refer to."""

from __future__ import annotations

from dataclasses import dataclass


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
    lesson : int
        The lesson about it.
    faults : tuple of str
        The engines of `glassgrad.learn.grading.faults` that show it.
    """

    id: str
    says: str
    hint: str
    lesson: int
    faults: tuple[str, ...]


def _one(id: str, lesson: int, faults: str, says: str, hint: str) -> Misconception:
    return Misconception(id, says, hint, lesson, tuple(faults.split()))


#: The more particular before the more general.
MISCONCEPTIONS: tuple[Misconception, ...] = (
    _one("number-on-the-left", 11, "no-left-numbers no-left-difference no-left-quotient",
         "an operation with a number on the left is not understood, and so neither is `sum`",
         "Python asks the right operand when the left one does not know: under which name?"),
    _one("number-on-the-right", 11, "no-right-numbers",
         "an operation with an ordinary number is not understood",
         "what has the number not got that the other operand has?"),
    _one("in-place", 3, "in-place", "`+=` or `*=` changes the number of a value that others use",
         "after `b = a`, both names stand for one object: should `b += 1` be seen through `a`?"),
    _one("starts-at-one", 3, "starts-at-1", "a new value has a gradient already",
         "how much does the output change by a value that it does not depend on?"),
    _one("seed-not-one", 5, "seed-0 seed-data", "the root's own gradient is not 1",
         "by how much does the output change if the output changes by 1?"),
    _one("leaf-root", 5, "no-own-seed", "`backward()` of a leaf does nothing",
         "a leaf may be the output, too: what is its own derivative?"),
    _one("leaves-have-none", 5, "inside-only", "leaves receive no gradient",
         "which of the numbers would one want to change, to change the output?"),
    _one("first-step-only", 5, "root-first-row", "only the operands of the root get a gradient",
         "who tells the operands of the operands?"),
    _one("first-operand-only", 8, "first-route-only", "only the first operand gets a gradient",
         "does the result depend on the second operand, too?"),
    _one("no-chain-rule", 5, "no-chain-rule",
         "what arrives from above is left out: a node hands on its local derivative alone",
         "the local derivative says what the result does; what does the output do?"),
    _one("upside-down", 1, "upside-down",
         "the derivative is the wrong way round: of the value with respect to the output",
         "which one is nudged, and which one is watched?"),
    _one("plus-copies-the-value", 8, "adds-the-value",
         "`+` hands on its value instead of the gradient that arrives",
         "a sum copies something to its operands: what exactly?"),
    _one("product-rule", 8, "mul-own-factor mul-ones mul-result",
         "the rule of the product is wrong", "nudge one factor: what is the change multiplied by?"),
    _one("difference-rule", 8, "sub-both-plus", "the rule of the difference is wrong",
         "if what is taken away grows, what does the result do?"),
    _one("minus-rule", 8, "neg-plus", "the rule of minus is wrong",
         "if a value grows by 1, by how much does its opposite change?"),
    _one("quotient-rule", 11, "div-sign div-not-squared div-like-product",
         "the rule of the quotient is wrong", "write a / b as a · b⁻¹, and use the rule of a power"),
    _one("power-rule", 11, "power-without-factor power-not-lowered power-always-two",
         "the rule of the power is wrong", "n · xⁿ⁻¹: which part of it is missing?"),
    _one("exp-rule", 11, "exp-like-a-power exp-of-itself", "the rule of exp is wrong",
         "exp is not a power of x: the exponent is what changes"),
    _one("log-rule", 11, "log-itself log-of-the-result", "the rule of log is wrong",
         "is it a function of the operand or of the result?"),
    _one("tanh-rule", 7, "tanh-not-squared tanh-of-the-operand tanh-like-sigmoid",
         "the rule of tanh is wrong", "1 − t²: what is t, the operand or the result?"),
    _one("relu-rule", 8, "relu-always-one relu-passes-the-number relu-leaks",
         "relu or its rule is wrong", "draw relu: how steep is it left of 0, and right of it?"),
    _one("overwritten", 10, "overwrites",
         "a gradient is overwritten where a value is used twice, instead of accumulated",
         "a value has an effect by each of its routes: what about the first one?"),
    _one("operands-in-a-set", 3, "operands-in-a-set",
         "a value that is both operands counts once, as in a set",
         "how many operands has a + a?"),
    _one("recursion", 9, "recursion",
         "gradients are handed on again and again on the way down, before all of them have arrived",
         "when may a node hand on what it has received?"),
    _one("wrong-order", 9, "as-made",
         "a node hands on before all who use it have had their turn",
         "distance from the root is not enough: draw a short and a long way to one node"),
    _one("forgets-before", 15, "forgets-before",
         "`backward()` sets the gradients of leaves to 0 first, so that two results can't add up",
         "who should decide when the leaves begin anew?"),
    _one("counts-inside-again", 15, "counts-inside-again",
         "a second `backward()` hands on what the first one left inside the graph",
         "leaves accumulate; what about the nodes between?"),
    _one("backward-is-descent", 14, "steps-downhill",
         "`backward()` changes the numbers themselves",
         "finding the slope and taking a step are two things"),
    _one("tanh-overflow", 7, "tanh-by-exp", "tanh fails for large numbers",
         "how large is exp(2x), compared with what is needed of it?"),
    _one("recursion-depth", 9, "recursive-sort",
         "a long program is too deep for the sort, which calls itself",
         "what does Python do with a function that calls itself ten thousand times?"),
    _one("whole-numbers", 3, "whole-numbers", "whole numbers are divided as whole numbers",
         "2 / 4 is a half"),
    _one("takes-anything", 3, "takes-anything", "an operand that is no number is accepted",
         "what should happen to value + \"text\": an answer, or an error?"),
)  # fmt: skip
