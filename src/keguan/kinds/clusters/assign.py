"""Assigning to the nearest centre, or to the most probable component, written as comparisons of polynomials in the measures.

Of two centres the nearer one is told by Σ (a − b)/s² · x ≥ Σ (a² − b²)/2s²; on the line between them the first counts. Components
with spreads of their own add a term in x², and the logarithms of spreads and weights to the bound.
"""

from __future__ import annotations

from math import log

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
        nearer = [_nearer(cuts, here, other) for other in clusters if other is not here]
        branches.append((ast.both(*nearer), outcome))
    return decide(branches, outcomes[-1])


def _nearer(cuts: Cuts, here: Cuts, other: Cuts) -> ast.Node:
    """Whether `here` is at least as near as `other`, or as probable: Σ of a polynomial in each measure ≥ a bound."""
    total: ast.Node | None = None
    bound = _offset(here) - _offset(other)
    own, others = (c["spreads"] if "spreads" in c else cuts["spreads"] for c in (here, other))
    for name, a, b, s, t in zip(cuts["measures"], here["centre"], other["centre"], own, others, strict=True):
        value = ast.Name(name)
        terms: list[tuple[float, ast.Node]] = [(a / s**2 - b / t**2, value)]
        if s != t:
            terms.append(((1 / t**2 - 1 / s**2) / 2, ast.Arithmetic("*", value, value)))
        for factor, of in terms:
            term = ast.Arithmetic("*", of, ast.Literal(factor))
            total = term if total is None else ast.Arithmetic("+", total, term)
        bound += a * a / (2 * s**2) - b * b / (2 * t**2)
    return ast.Compare(">=", total or ast.Literal(0.0), ast.Literal(bound))


def _offset(cluster: Cuts) -> float:
    """ln of the spreads of a component less ln of its weight; 0 for a mere centre."""
    if "weight" not in cluster:
        return 0.0
    return float(sum(map(log, cluster["spreads"])) - log(cluster["weight"]))


def name_of(cuts: Cuts, deviation: list[float]) -> str | None:
    """A cluster's name after what is most unlike the others: `high:net_sales_12m low:recency_days`; None for the average."""
    ranked = sorted(zip(deviation, cuts["measures"], strict=True), key=lambda d: (-abs(d[0]), d[1]))
    named = [(d, m) for d, m in ranked if abs(d) >= STANDS_OUT][:MOST_NAMED]
    return " ".join(f"{'high' if d > 0 else 'low'}:{m}" for d, m in named) or None
