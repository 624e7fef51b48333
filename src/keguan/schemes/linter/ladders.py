"""The order in which a kind tests its classes, as conditions: what the linter reasons about. A kind unknown here has none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import singledispatch
from typing import Any

from keguan.kinds.bands.spec import Bands
from keguan.kinds.deadline.spec import Deadline
from keguan.kinds.rules.spec import Rules
from keguan.kinds.scores.spec import Scores
from keguan.kinds.weighted.spec import Weighted
from keguan.language import ast


@dataclass(frozen=True)
class Rung:
    """A class and what must hold for it when no earlier rung held."""

    code: str
    condition: ast.Node


@singledispatch
def ladder(spec: Any) -> Sequence[Rung]:
    """The rungs in testing order; none for a kind that decides by rank."""
    return ()


@ladder.register
def _(spec: Rules) -> Sequence[Rung]:
    nothing_unknown: frozenset[str] = frozenset()
    return [
        Rung(
            c.code,
            ast.TRUE if c.otherwise else ast.either(*(w.condition(nothing_unknown) for w in c.ways)),
        )
        for c in spec.classes
    ]


@ladder.register
def _(spec: Deadline) -> Sequence[Rung]:
    """The plain conditions: a class only lapsed ones could get would have no condition of its own."""
    return [Rung(c.code, ast.TRUE if c.when is None else c.when) for c in spec.classes]


@ladder.register
def _(spec: Scores) -> Sequence[Rung]:
    return [Rung(c.code, c.when) for c in spec.classes]


@ladder.register
def _(spec: Bands) -> Sequence[Rung]:
    """A bound that is not below the one before is left to the rule that asks for order."""
    rungs = [Rung(b.code, b.apart) for b in spec.apart if b.apart is not None]
    before: tuple[Decimal, bool] | None = None
    for band in spec.bands:
        if band.value is None:
            continue
        bound = (band.value, band.strict)
        if before is None or bound < before:
            above: ast.CompareOp = ">" if band.strict else ">="
            rungs.append(Rung(band.code, ast.Compare(above, ast.Name(spec.measure), ast.Literal(band.value))))
        before = bound
    return rungs


def empty_classes(spec: Any) -> list[str]:
    """Codes no subject can get, for kinds whose combinations can be counted."""
    if isinstance(spec, Scores):
        reached = {code for _, code in spec.cells()}
        return [c.code for c in spec.classes if c.code not in reached]
    if isinstance(spec, Weighted):
        return _empty_grades(spec)
    return []


def _empty_grades(spec: Weighted) -> list[str]:
    """A mean score lies between 1 and the mean of the highest scores."""
    highest = sum((i.weight * i.score.bins for i in spec.indicators), Decimal(0))
    found = [code for code, low in spec.grades if low is not None and low > highest]
    lows = [low for _, low in spec.grades if low is not None]
    if lows and min(lows) <= 1:
        found.append(spec.grades[-1][0])
    return found
