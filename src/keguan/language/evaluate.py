"""The meaning of a tree for one subject, in plain Python: what explanations and the parity tests rely on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import Any

from keguan.language import ast
from keguan.language.folding import fold

Values = Mapping[str, ast.Value]


class Unevaluable(TypeError):
    """A node that must have been lowered before (class tests, `via`, `for`)."""


def evaluate(node: ast.Node, values: Values) -> ast.Value:
    """The value of `node` given measures and attributes by name; unknown and missing are `None`."""
    rule = _RULES.get(type(node))
    if rule is None:
        raise Unevaluable(type(node).__name__)
    return rule(node, values)


def holds(node: ast.Node, values: Values) -> bool:
    """Whether a condition is true; unknown counts as not."""
    return evaluate(node, values) is True


def _compare(op: str, left: ast.Value, right: ast.Value) -> bool | None:
    if left is None or right is None:
        return None
    return _COMPARISONS[op](*_alike([left, right]))


def _alike(values: list[Any]) -> list[Any]:
    """Engines compare a double with a decimal as doubles, so we do."""
    return [_as_float(v) for v in values] if any(isinstance(v, float) for v in values) else values


def _as_float(value: Any) -> Any:
    return float(value) if isinstance(value, (int, Decimal)) else value


_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda a, b: bool(a == b),
    "!=": lambda a, b: bool(a != b),
    "<": lambda a, b: bool(a < b),
    "<=": lambda a, b: bool(a <= b),
    ">": lambda a, b: bool(a > b),
    ">=": lambda a, b: bool(a >= b),
}


def _between(node: ast.Between, values: Values) -> ast.Value:
    operand = evaluate(node.operand, values)
    low = _compare(">=", operand, evaluate(node.low, values))
    high = _compare("<=", operand, evaluate(node.high, values))
    return _all_of([low, high])


def _one_of(node: ast.OneOfValues, values: Values) -> ast.Value:
    operand = evaluate(node.operand, values)
    return None if operand is None else any(_compare("=", operand, v.value) for v in node.values)


def _all_of(truths: list[ast.Value]) -> bool | None:
    if any(t is False for t in truths):
        return False
    return None if any(t is None for t in truths) else True


def _any_of(truths: list[ast.Value]) -> bool | None:
    if any(t is True for t in truths):
        return True
    return None if any(t is None for t in truths) else False


def _negate(truth: ast.Value) -> bool | None:
    return None if truth is None else not truth


def _arithmetic(node: ast.Arithmetic, values: Values) -> ast.Value:
    left, right = evaluate(node.left, values), evaluate(node.right, values)
    if left is None or right is None:
        return None
    if isinstance(left, date) or isinstance(right, date):
        return _date_arithmetic(node.op, left, right)
    if node.op == "/" or isinstance(left, float) or isinstance(right, float):
        return _float_arithmetic(node.op, _as_float(left), _as_float(right))
    a, b = _number(left), _number(right)
    with localcontext() as ctx:
        ctx.prec = 38
        return {"+": a + b, "-": a - b, "*": a * b}[node.op]


def _float_arithmetic(op: str, a: float, b: float) -> ast.Value:
    """Division, and whatever a double takes part in, is IEEE double arithmetic on every engine."""
    if op == "/":
        return None if b == 0 else a / b
    return {"+": a + b, "-": a - b, "*": a * b}[op]


def _date_arithmetic(op: str, left: ast.Value, right: ast.Value) -> ast.Value:
    if isinstance(left, date) and isinstance(right, date) and op == "-":
        return (left - right).days
    day, days = (left, right) if isinstance(left, date) else (right, left)
    if not isinstance(day, date) or isinstance(days, date) or op not in "+-" or (op == "-" and day is right):
        raise Unevaluable(f"dates have no such {op!r}")
    try:
        step = int(_number(days))
        return date.fromordinal(day.toordinal() + (-step if op == "-" else step))
    except (ValueError, OverflowError):  # beyond the calendar
        return None


def _number(value: ast.Value) -> Decimal:
    if isinstance(value, (bool, int, Decimal, float)):
        return Decimal(value)
    raise Unevaluable(f"not a number: {value!r}")


def _call(node: ast.Call, values: Values) -> ast.Value:
    arguments = [evaluate(a, values) for a in node.arguments]
    known: list[Any] = [a for a in arguments if a is not None]
    if not known:
        return None
    if node.function in _PICKS:
        return _PICKS[node.function](_alike(known))
    number = _number(known[0])
    exact = number.copy_abs() if node.function == "abs" else number.to_integral_value(rounding=ROUND_HALF_UP)
    return float(exact) if isinstance(known[0], float) else exact


_PICKS: dict[str, Callable[[list[Any]], ast.Value]] = {
    "min": min,
    "max": max,
    "coalesce": lambda known: known[0],
}


def _if(node: ast.If, values: Values) -> ast.Value:
    for condition, result in node.branches:
        if holds(condition, values):
            return evaluate(result, values)
    return evaluate(node.otherwise, values)


def _tuple_compare(node: ast.TupleCompare, values: Values) -> ast.Value:
    for part, cut, descending in zip(node.left, node.right, node.descending, strict=True):
        value, bound = _alike([evaluate(part, values), cut.value])
        if value == bound:
            continue
        if value is None or bound is None:
            return bound is None
        return bool(value > bound) if descending else bool(value < bound)
    return True


def _folded(node: ast.Folded, values: Values) -> ast.Value:
    value = evaluate(node.operand, values)
    return None if value is None else fold(str(value))


_RULES: dict[type[ast.Node], Callable[[Any, Values], ast.Value]] = {
    ast.Literal: lambda n, v: n.value,
    ast.Name: lambda n, v: v.get(n.name),
    ast.Compare: lambda n, v: _compare(n.op, evaluate(n.left, v), evaluate(n.right, v)),
    ast.Between: _between,
    ast.OneOfValues: _one_of,
    ast.IsMissing: lambda n, v: evaluate(n.operand, v) is None,
    ast.Not: lambda n, v: _negate(evaluate(n.operand, v)),
    ast.And: lambda n, v: _all_of([evaluate(o, v) for o in n.operands]),
    ast.Or: lambda n, v: _any_of([evaluate(o, v) for o in n.operands]),
    ast.Arithmetic: _arithmetic,
    ast.Call: _call,
    ast.If: _if,
    ast.TupleCompare: _tuple_compare,
    ast.Folded: _folded,
}
