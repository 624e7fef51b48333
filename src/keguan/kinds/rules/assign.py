"""Assigning by rules: conditions in testing order with the named cuts filled in."""

from __future__ import annotations

from typing import Any

from keguan.kinds import scoring
from keguan.kinds.base import Assignment, Cuts, Outcome, decide
from keguan.kinds.rules.spec import NamedCut, RuleClass, Rules
from keguan.kinds.values import from_json
from keguan.language import ast
from keguan.language.lower import substitute


def assign(spec: Rules, cuts: Cuts) -> Assignment:
    """The first way that holds gives class, status and reason; its first detail that holds is kept."""
    values = {c.name: _meaning(c, cuts["values"][c.name], spec.subject) for c in spec.cuts}
    unknown = frozenset(cuts["left_out"])

    def filled(node: ast.Node) -> ast.Node:
        return substitute(node, lambda n: values.get(n.name) if isinstance(n, ast.Name) else None)

    branches: list[tuple[ast.Node, Outcome]] = []
    for one in spec.classes:
        for way in (w for w in one.ways if w.is_open(unknown)):
            test = filled(way.condition(unknown))
            for detail in one.known_details(unknown):
                found = Outcome(one.code, way.status, way.reason, detail.code)
                branches.append((ast.both(test, filled(detail.when)), found))
            branches.append((test, Outcome(one.code, way.status, way.reason)))
    last = spec.classes[-1]
    branches += [(filled(d.when), _rest(last, d.code)) for d in last.known_details(unknown)]
    return decide(branches, _rest(last, None))


def _meaning(cut: NamedCut, entry: dict[str, Any], subject: str) -> ast.Node:
    """What a named cut stands for: a constant, or the percentile of whoever is asked about."""
    if cut.side == "percentile":
        score = scoring.expression(cut.percentiles(), entry, subject)
        return ast.Arithmetic("-", score, ast.Literal(1))
    return from_json(cut.measure, entry["value"], subject)


def _rest(last: RuleClass, detail: str | None) -> Outcome:
    return Outcome(last.code, "classified", last.reason, detail)
