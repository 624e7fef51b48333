"""Assigning by a field: what it says decides; where it says nothing the first derivation that holds, then the catch-all."""

from __future__ import annotations

from collections.abc import Iterator

from keguan.kinds.attribute.spec import Attribute, ValueClass
from keguan.kinds.base import Assignment, Cuts, Outcome, decide, reads
from keguan.language import ast

Branch = tuple[ast.Node, Outcome]


def assign(spec: Attribute, cuts: Cuts) -> Assignment:
    """A value nobody listed is the class of the unlisted, or the catch-all, or else unclassified; never a guess."""
    unknown = frozenset(cuts["left_out"])
    derived = [
        (_known(c.when), _outcomes(c, "derived", unknown))
        for c in spec.classes
        if c.when is not None and not unknown.intersection(reads(c.when))
    ]
    rest = next((c for c in spec.classes if c.otherwise), None)
    empty = _outcomes(rest, "otherwise", unknown) if rest else [_nothing("missing-input", spec.field)]
    if unknown.intersection({spec.field, spec.note}):
        return _decided([*derived, (ast.TRUE, empty)])
    silent = ast.IsMissing(ast.Name(spec.field))
    unlisted = next((c for c in spec.classes if c.unlisted), rest)
    others = _outcomes(unlisted, "unlisted", unknown) if unlisted else [_nothing("unknown-value")]
    return _decided(
        [
            *_with_note(spec, silent),
            *_said(spec, unknown),
            *((ast.both(silent, when), outcomes) for when, outcomes in derived),
            (silent, empty),
            (ast.TRUE, others),
        ]
    )


def _with_note(spec: Attribute, silent: ast.Node) -> list[tuple[ast.Node, list[Branch]]]:
    """A judgement without a note is none."""
    if spec.note is None:
        return []
    bare = ast.both(ast.Not(silent), ast.IsMissing(ast.Name(spec.note)))
    return [(bare, [_nothing("no-note", spec.note)])]


def _said(spec: Attribute, unknown: frozenset[str]) -> Iterator[tuple[ast.Node, list[Branch]]]:
    """The classes a field says; where something beside the value should hold and does not, the record is incomplete."""
    said = ast.Folded(ast.Name(spec.field))
    for one in spec.classes:
        listed = ast.OneOfValues(said, tuple(map(ast.Literal, one.values)))
        kept = [_known(c) for c in one.when_known if not unknown.intersection(reads(c))]
        yield ast.both(listed, *kept), _outcomes(one, "value", unknown)
        if kept:
            lacks = "+".join(dict.fromkeys(n for c in kept for n in ast.names(c)))
            yield listed, [_nothing("incomplete", lacks)]


def _outcomes(one: ValueClass, reason: str, unknown: frozenset[str]) -> list[Branch]:
    """The first detail that holds, then the class without one."""
    details = [(d, when) for d, when in one.details if not unknown.intersection(reads(when))]
    plain = (ast.TRUE, Outcome(one.code, "classified", reason))
    return [*((_known(when), Outcome(one.code, "classified", reason, d)) for d, when in details), plain]


def _nothing(reason: str, detail: str | None = None) -> Branch:
    return ast.TRUE, Outcome(None, "unclassified", reason, detail)


def _known(when: ast.Node) -> ast.Node:
    """A condition that says itself that what it reads is there: who lacks it goes on to the next."""
    asked = {n for part in ast.walk(when) if isinstance(part, ast.IsMissing) for n in ast.names(part)}
    needed = [ast.Not(ast.IsMissing(ast.Name(n))) for n in ast.names(when) if n not in asked]
    return ast.both(*needed, when)


def _decided(groups: list[tuple[ast.Node, list[Branch]]]) -> Assignment:
    """The branches of all groups in order; the last of the last group holds for everybody."""
    branches = [(ast.both(test, inner), outcome) for test, found in groups for inner, outcome in found]
    return decide(branches[:-1], branches[-1][1])
