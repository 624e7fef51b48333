"""Assigning scores: the code's number among all codes, each with its class and the code as detail."""

from __future__ import annotations

from keguan.kinds import scoring
from keguan.kinds.base import Assignment, Cuts, Outcome
from keguan.kinds.scores.spec import Scores
from keguan.language import ast


def assign(spec: Scores, cuts: Cuts) -> Assignment:
    """Digits of a mixed-radix number, so that one comparison per cut decides the whole code."""
    index: ast.Node = ast.Literal(0)
    for score in spec.scores:
        digit = scoring.expression(score, cuts["scores"][score.name], spec.subject)
        shifted = ast.Arithmetic("*", index, ast.Literal(score.bins))
        index = ast.Arithmetic("+", shifted, ast.Arithmetic("-", digit, ast.Literal(1)))
    outcomes = tuple(
        Outcome(code, "classified", "scores", "".join(map(str, cell))) for cell, code in spec.cells()
    )
    return Assignment(index, outcomes)
