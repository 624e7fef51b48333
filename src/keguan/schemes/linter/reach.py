"""Whether a condition can hold at all while earlier ones do not: a search over every combination that matters.

Each measure takes only the values that its comparisons can tell apart (each constant, one value between two constants, one
beyond either end, missing). A comparison of two computed values becomes one unknown: smaller, equal, greater or missing.
Whatever the language can only answer with data at hand becomes a free truth value. So "cannot hold" is a proof, and "can
hold" may be too kind, never the other way round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from math import ceil, floor
from typing import Any

from keguan.language import ast
from keguan.language.evaluate import evaluate

MAX_STEPS = 20_000
_FLIPPED: dict[str, ast.CompareOp] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True)
class Range:
    """What is known of a name: whole numbers only, never below 0, never missing."""

    whole: bool = False
    never_negative: bool = False
    never_missing: bool = False
    values: tuple[ast.Value, ...] = ()


class _Open:
    """Not decided yet."""


_OPEN = _Open()
_Truth = bool | None | _Open


def can_hold(goal: ast.Node, before: Sequence[ast.Node], range_of: Callable[[str], Range]) -> bool:
    """Whether some subject satisfies `goal` and none of `before`. After `MAX_STEPS` combinations the answer is yes."""
    world = _World(range_of)
    wanted, unwanted = world.abstract(goal), [world.abstract(b) for b in before]
    return _Search(wanted, unwanted, world.domains()).run()


@dataclass
class _World:
    """The unknowns that stand for what conditions compare, and the constants each is compared with."""

    range_of: Callable[[str], Range]
    constants: dict[str, set[Any]] = field(default_factory=dict)
    fixed: dict[str, tuple[ast.Value, ...]] = field(default_factory=dict)
    _names: dict[object, str] = field(default_factory=dict)

    def abstract(self, node: ast.Node) -> ast.Node:
        """The condition over unknowns with few values each."""
        match node:
            case ast.And(operands) | ast.Or(operands):
                return type(node)(tuple(self.abstract(o) for o in operands))
            case ast.Not(operand):
                return ast.Not(self.abstract(operand))
            case ast.HeldFor(state, _):
                return ast.And((self.abstract(state), self._free(node)))
            case ast.Compare(op, left, right):
                return self._compare(op, left, right)
            case ast.Between(operand, low, high):
                return ast.And((self._compare(">=", operand, low), self._compare("<=", operand, high)))
            case ast.OneOfValues(ast.Name() as name, values):
                return ast.Or(tuple(self._compare("=", name, v) for v in values))
        return self._leaf(node)

    def _leaf(self, node: ast.Node) -> ast.Node:
        match node:
            case ast.IsMissing(ast.Name(name)):
                self.constants.setdefault(name, set())
                return node
            case ast.ClassTest(refs):
                return ast.Or(tuple(self._class(r) for r in refs))
            case ast.Name(name):
                self.fixed[name] = (True, False, None)
                return node
            case ast.Literal():
                return node
        return self._free(node)

    def _compare(self, op: ast.CompareOp, left: ast.Node, right: ast.Node) -> ast.Node:
        if isinstance(left, ast.Literal) and isinstance(right, ast.Name):
            left, right, op = right, left, _FLIPPED[op]
        if isinstance(left, ast.Name) and isinstance(right, ast.Literal) and right.value is not None:
            found = self.constants.setdefault(left.name, set())
            if all(_alike(right.value, c) for c in found):
                found.add(right.value)
                return ast.Compare(op, left, ast.Literal(right.value))
            return self._free(ast.Compare(op, left, right))
        if isinstance(left, ast.Literal) and isinstance(right, ast.Literal):
            return self._free(ast.Compare(op, left, right))
        if self._key(right, left) in self._names:
            left, right, op = right, left, _FLIPPED[op]
        sign = self._unknown(self._key(left, right), (-1, 0, 1, None))
        return ast.Compare(op, sign, ast.Literal(0))

    def _key(self, left: ast.Node, right: ast.Node) -> object:
        return ("sign", left, right)

    def _class(self, ref: ast.ClassRef) -> ast.Node:
        unknown = self._unknown(("class", ref.scheme, ref.dimension), (None,))
        codes = self.fixed[unknown.name]
        self.fixed[unknown.name] = codes if ref.code in codes else (ref.code, *codes)
        return ast.And((ast.Not(ast.IsMissing(unknown)), ast.Compare("=", unknown, ast.Literal(ref.code))))

    def _free(self, node: ast.Node) -> ast.Name:
        return self._unknown(("free", node), (True, False, None))

    def _unknown(self, key: object, values: tuple[ast.Value, ...]) -> ast.Name:
        name = self._names.setdefault(key, f"?{len(self._names)}")
        self.fixed.setdefault(name, values)
        return ast.Name(name)

    def domains(self) -> dict[str, tuple[ast.Value, ...]]:
        """Every unknown with the values worth trying."""
        found = {name: _values(c, self.range_of(name)) for name, c in self.constants.items()}
        return {**found, **self.fixed}


def _alike(a: ast.Value, b: ast.Value) -> bool:
    return _family(a) == _family(b)


def _family(value: ast.Value) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal, float)):
        return type(value).__name__
    return "number"


def _values(constants: set[Any], known: Range) -> tuple[ast.Value, ...]:
    """Values that the constants tell apart, and missing."""
    found: Iterable[Any] = known.values
    if not known.values:
        sample = next(iter(constants), 0)
        if isinstance(sample, bool):
            found = (True, False)
        elif isinstance(sample, date):
            found = _around(sorted(constants), timedelta(days=1))
        elif isinstance(sample, str):
            found = [*sorted(constants), "\0"]
        else:
            found = _numbers(sorted(Decimal(c) for c in constants), known)
    return (*found, *(() if known.never_missing else (None,)))


def _around(ordered: list[date], step: timedelta) -> list[date]:
    beside = {d for c in ordered for d in (_moved(c, -step), c, _moved(c, step))}
    return sorted(beside)


def _moved(day: date, step: timedelta) -> date:
    try:
        return day + step
    except OverflowError:
        return day


def _numbers(ordered: list[Decimal], known: Range) -> list[Decimal]:
    ordered = ordered or [Decimal(0)]
    between = [(a + b) / 2 for a, b in pairwise(ordered)]
    found = {ordered[0] - 1, *ordered, *between, ordered[-1] + 1}
    if known.whole:
        found = {Decimal(f(v)) for v in found for f in (floor, ceil)}
    return sorted(v for v in found if v >= 0 or not known.never_negative)


@dataclass
class _Search:
    """Values tried one unknown after the other, those of the goal first; hopeless beginnings are given up at once."""

    goal: ast.Node
    unwanted: list[ast.Node]
    domains: Mapping[str, tuple[ast.Value, ...]]
    steps: int = 0

    def run(self) -> bool:
        return self._from({})

    def _from(self, values: dict[str, ast.Value]) -> bool:
        self.steps += 1
        if self.steps > MAX_STEPS:
            return True
        pending = self._pending(values)
        if pending is None:
            return False
        if not pending:
            return True
        name = next(n for n in ast.names(pending[0]) if n not in values)
        return any(self._from({**values, name: v}) for v in self.domains[name])

    def _pending(self, values: Mapping[str, ast.Value]) -> list[ast.Node] | None:
        """Conditions still open; None when one has come out wrong."""
        pending: list[ast.Node] = []
        truth = _truth(self.goal, values)
        if isinstance(truth, _Open):
            pending.append(self.goal)
        elif truth is not True:
            return None
        for one in self.unwanted:
            truth = _truth(one, values)
            if truth is True:
                return None
            if isinstance(truth, _Open):
                pending.append(one)
        return pending


def _truth(node: ast.Node, values: Mapping[str, ast.Value]) -> _Truth:
    """Three-valued truth where the known values decide it."""
    if isinstance(node, (ast.And, ast.Or)):
        decisive = isinstance(node, ast.Or)
        truths = [_truth(o, values) for o in node.operands]
        if decisive in truths:
            return decisive
        if any(isinstance(t, _Open) for t in truths):
            return _OPEN
        return None if None in truths else not decisive
    if isinstance(node, ast.Not):
        truth = _truth(node.operand, values)
        return not truth if isinstance(truth, bool) else truth
    if any(n not in values for n in ast.names(node)):
        return _OPEN
    found = evaluate(node, values)
    return found if isinstance(found, bool) else None
