"""Assigning to the nearest centre, written as comparisons that are straight lines in every measure.

Of two centres the nearer one is told by Σ (a − b)/s² · x ≥ Σ (a² − b²)/2s²; on the line between them the first counts.
"""

from __future__ import annotations

from keguan.kinds.base import Assignment, Cuts, Outcome, decide
from keguan.kinds.clusters.spec import ClusterScheme
from keguan.language import ast

STANDS_OUT = 0.5
"""Standard deviations from the mean from which a measure is worth naming."""
MOST_NAMED = 3


def assign(spec: ClusterScheme, cuts: Cuts) -> Assignment:
    """Who lacks a measure has no cluster; nor has anybody where too few differ to tell clusters apart."""
    clusters = cuts["clusters"]
    if not clusters:
        return decide([], Outcome(None, "unclassified", "too-little-data"))
    branches: list[tuple[ast.Node, Outcome]] = [
        (ast.IsMissing(ast.Name(m)), Outcome(None, "unclassified", "missing-input", m))
        for m in cuts["measures"]
    ]
    outcomes = [Outcome(c["class"], "classified", "nearest", name_of(cuts, c["deviation"])) for c in clusters]
    for here, outcome in zip(clusters[:-1], outcomes[:-1], strict=True):
        nearer = [_nearer(cuts, here["centre"], other["centre"]) for other in clusters if other is not here]
        branches.append((ast.both(*nearer), outcome))
    return decide(branches, outcomes[-1])


def _nearer(cuts: Cuts, here: list[float], other: list[float]) -> ast.Node:
    total: ast.Node | None = None
    bound = 0.0
    for name, a, b, s in zip(cuts["measures"], here, other, cuts["spreads"], strict=True):
        term = ast.Arithmetic("*", ast.Name(name), ast.Literal((a - b) / s**2))
        total = term if total is None else ast.Arithmetic("+", total, term)
        bound += (a * a - b * b) / (2 * s**2)
    return ast.Compare(">=", total or ast.Literal(0.0), ast.Literal(bound))


def name_of(cuts: Cuts, deviation: list[float]) -> str | None:
    """A cluster's name after what is most unlike the others: `high:net_sales_12m low:recency_days`; None for the average."""
    ranked = sorted(zip(deviation, cuts["measures"], strict=True), key=lambda d: (-abs(d[0]), d[1]))
    named = [(d, m) for d, m in ranked if abs(d) >= STANDS_OUT][:MOST_NAMED]
    return " ".join(f"{'high' if d > 0 else 'low'}:{m}" for d, m in named) or None
