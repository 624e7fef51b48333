"""Assigning by weighted score: Σ weight × score against each grade's lowest score, exact in decimals."""

from __future__ import annotations

from decimal import Decimal

from keguan.kinds import scoring
from keguan.kinds.base import Assignment, Cuts, Outcome, decide
from keguan.kinds.weighted.spec import Weighted
from keguan.language import ast


def total_score(spec: Weighted, cuts: Cuts) -> tuple[ast.Node, Decimal]:
    """The weighted sum and the sum of the weights that take part (1 unless indicators were left out)."""
    by_measure = {i.score.measure: i.score for i in spec.indicators}
    total: ast.Node | None = None
    weights = Decimal(0)
    for entry in cuts["indicators"]:
        weight = Decimal(entry["weight"])
        score = scoring.expression(by_measure[entry["measure"]], entry, spec.subject)
        term = ast.Arithmetic("*", ast.Literal(weight), score)
        total = term if total is None else ast.Arithmetic("+", total, term)
        weights += weight
    return total or ast.Literal(0), weights


def assign(spec: Weighted, cuts: Cuts) -> Assignment:
    """The highest grade whose lowest score is reached; bounds are scaled instead of dividing the score."""
    if not cuts["indicators"]:
        return decide([], Outcome(None, "unclassified", "missing-input"))
    total, weights = total_score(spec, cuts)
    branches = [
        (
            ast.Compare(">=", total, ast.Literal(low * weights)),
            Outcome(code, "classified", "weighted-score"),
        )
        for code, low in spec.grades
        if low is not None
    ]
    return decide(branches, Outcome(spec.grades[-1][0], "classified", "rest"))
