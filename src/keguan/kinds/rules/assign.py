"""Assigning by rules: conditions in testing order with the named cuts filled in."""

from __future__ import annotations

from keguan.kinds.base import Assignment, Cuts, Outcome, decide
from keguan.kinds.rules.spec import RuleClass, Rules
from keguan.kinds.values import from_json
from keguan.language import ast
from keguan.language.lower import substitute


def assign(spec: Rules, cuts: Cuts) -> Assignment:
    """The first way that holds gives class, status and reason; its first detail that holds is kept."""
    values = {n: from_json(e["measure"], e["value"], spec.subject) for n, e in cuts["values"].items()}
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


def _rest(last: RuleClass, detail: str | None) -> Outcome:
    return Outcome(last.code, "classified", last.reason, detail)
