"""How far a subject is from another class: for every measure, the nearest value up and down that gives it another class.

The constants its decision compares a measure with are the only places where the class can change, so they are tried one by
one with the decision itself; no kind needs a routine of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any

from keguan.engine.measures.resolve import find
from keguan.language import ast
from keguan.language.evaluate import Values, evaluate
from keguan.runs.decide import Decision

CENT = Decimal("0.01")
PER_MILLE = Decimal("0.001")


@dataclass(frozen=True)
class Move:
    """If only `measure` were `to` instead of `value` (`by` = the difference), the class would be `code`."""

    measure: str
    value: Any
    to: Any
    by: Any
    code: str | None


def moves(decision: Decision, values: Values, subject: str) -> list[Move]:
    """The nearest moves up and down for every number the decision reads, shortest relative distance first."""
    here = decision.outcomes[outcome_number(decision, values)].code
    found: list[Move] = []
    for name in ast.names(decision.index):
        current = values.get(name)
        if isinstance(current, (int, float, Decimal)) and not isinstance(current, bool):
            found += _moves_of(decision, values, name, current, subject, here)
    return sorted(found, key=_effort)


def outcome_number(decision: Decision, values: Values) -> int:
    """The outcome the decision gives for these values."""
    number = evaluate(decision.index, values)
    if not isinstance(number, (int, Decimal)):
        raise TypeError(f"{decision.column}: no outcome")
    return int(number)


def _effort(move: Move) -> tuple[float, str]:
    size = abs(float(move.value)) or 1.0
    return abs(float(move.by)) / size, move.measure


def _directions(name: str, subject: str) -> tuple[int, ...]:
    """Which way a number can go: what counts all time, or the time since the first purchase, never shrinks."""
    measure = find(name, subject)
    grows = measure is not None and (measure.window == "total" or "first_order_on" in measure.reads)
    return (1,) if grows else (1, -1)


def _grid(name: str, subject: str) -> Callable[[Decimal], list[Any]]:
    """The values next to a bound that a measure can take: cents for money, whole numbers for counts and days."""
    measure = find(name, subject)
    if measure is not None and measure.definition.type == "money":
        return lambda bound: _steps(bound, CENT)
    if measure is not None and measure.definition.unit in ("orders", "days", "months", "count"):
        return lambda bound: [int(v) for v in _steps(bound, Decimal(1)) if v >= 0]
    if measure is not None and measure.definition.unit == "share":
        return lambda bound: [float(v) for v in _steps(bound, PER_MILLE)]
    return lambda bound: [float(bound), *(float(bound) + d for d in (1e-6, -1e-6))]


def _steps(bound: Decimal, step: Decimal) -> list[Decimal]:
    low = (bound / step).to_integral_value(ROUND_FLOOR) * step
    high = (bound / step).to_integral_value(ROUND_CEILING) * step
    return sorted({low - step, low, high, high + step})


def _moves_of(
    decision: Decision, values: Values, name: str, current: Any, subject: str, here: str | None
) -> Iterator[Move]:
    grid = _grid(name, subject)
    tried: set[Any] = set()
    for bound in _bounds(decision.index, values, name, current):
        tried.update(grid(bound))
    for direction in _directions(name, subject):
        ahead = sorted(
            (v for v in tried if (v - _like(current, v)) * direction > 0),
            key=lambda v: abs(v - _like(current, v)),
        )
        for candidate in ahead:
            code = decision.outcomes[outcome_number(decision, {**values, name: candidate})].code
            if code not in (here, None):
                yield Move(name, current, candidate, candidate - _like(current, candidate), code)
                break


def _like(current: Any, other: Any) -> Any:
    """`current` in the number type of `other`, so that they can be subtracted."""
    if isinstance(other, float):
        return float(current)
    return Decimal(str(current)) if isinstance(current, float) else current


def _bounds(node: ast.Node, values: Values, name: str, current: Any) -> set[Decimal]:
    """Every value of `name` at which a comparison in `node` turns, the other names held where they are."""
    found: set[Decimal] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.TupleCompare):
            if part.left[0] == ast.Name(name):
                found |= _number(part.right[0].value)
        elif isinstance(part, ast.Compare):
            found |= _root(part.left, part.right, values, name, current)
        elif isinstance(part, ast.Between):
            found |= _root(part.operand, part.low, values, name, current)
            found |= _root(part.operand, part.high, values, name, current)
    return found


def _root(left: ast.Node, right: ast.Node, values: Values, name: str, current: Any) -> set[Decimal]:
    """Where `left` = `right` as `name` moves, found from two points: comparisons are straight lines in one name."""
    if name not in ast.names(left) and name not in ast.names(right):
        return set()
    here = _gap(left, right, values)
    one = current + 1
    there = _gap(left, right, {**values, name: one})
    if here is None or there is None or here == there:
        return set()
    return {Decimal(str(current)) + here / (here - there)}


def _gap(left: ast.Node, right: ast.Node, values: Values) -> Decimal | None:
    a, b = _number(evaluate(left, values)), _number(evaluate(right, values))
    return a.pop() - b.pop() if a and b else None


def _number(value: ast.Value) -> set[Decimal]:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal)):
        return set()
    return {Decimal(str(value))}
