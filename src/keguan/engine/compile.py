"""The only compiler from the conditions language to SQL: trees in, sqlglot expressions in DuckDB's dialect out.

Identifiers and values are always nodes, never pasted text. Whatever differs between engines (division by zero,
least and greatest of missing values, order of missing values) is written here in the one form both agree on. Every node is made
for its one place, so nothing is copied on the way up: sqlglot's own helpers copy a tree once for every level above it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import exp

from keguan.language import ast, folding

Columns = Callable[[str], exp.Expr]


def column(name: str) -> exp.Expr:
    """A quoted column of the one table in scope."""
    return exp.column(name, quoted=True)


def columns_with(days: Collection[str]) -> Columns:
    """Columns of the one table in scope, of which `days` hold days: arithmetic with days has a form of its own."""
    return lambda name: as_day(column(name)) if name in days else column(name)


def as_day(value: exp.Expr) -> exp.Expr:
    """`value`, known to yield a day."""
    value.type = exp.DataType.build("DATE")
    return value


def _paren(value: exp.Expr) -> exp.Expr:
    return exp.Paren(this=value)


def _func(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.func(name, *arguments, copy=False)


def _cast(value: exp.Expr, kind: str) -> exp.Expr:
    return exp.cast(value, kind, copy=False)


def _is_null(value: exp.Expr) -> exp.Expr:
    return exp.Is(this=value, expression=exp.null())


def _name(node: ast.Name, columns: Columns) -> exp.Expr:
    """What a name stands for; a copy where that has a place already."""
    value = columns(node.name)
    return value.copy() if value.parent is not None else value


def to_sql(node: ast.Node, columns: Columns = column) -> exp.Expr:
    """`node` as a SQL expression; `columns` says what a name stands for."""
    rule = _RULES.get(type(node))
    if rule is None:
        raise TypeError(f"{type(node).__name__} must be resolved before it is compiled")
    return rule(node, columns)


def condition(node: ast.Node, columns: Columns = column) -> exp.Expr:
    """A condition that is true or false, never unknown: unknown counts as not holding."""
    if node == ast.TRUE:
        return exp.true()
    return _func("COALESCE", to_sql(node, columns), exp.false())


def literal(value: ast.Value) -> exp.Expr:
    """A typed constant: decimals stay exact, dates are dates, floats are doubles."""
    if value is None:
        return exp.null()
    if isinstance(value, bool):
        return exp.true() if value else exp.false()
    if isinstance(value, int):
        return exp.Literal.number(value) if value >= 0 else exp.Neg(this=exp.Literal.number(-value))
    if isinstance(value, Decimal):
        return _decimal(value)
    if isinstance(value, float):
        return _cast(exp.Literal.string(repr(value)), "DOUBLE")
    if isinstance(value, date):
        return _cast(exp.Literal.string(value.isoformat()), "DATE")
    return exp.Literal.string(value)


def _decimal(value: Decimal) -> exp.Expr:
    text = f"{value:f}"
    digits = len(text.replace("-", "").replace(".", "").lstrip("0")) or 1
    scale = len(text.partition(".")[2])
    return _cast(exp.Literal.string(text), f"DECIMAL({max(digits, scale) + 1}, {scale})")


def quotient(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Division of doubles, missing when the divisor is zero (one engine says infinity, another raises)."""
    divisor = _func("NULLIF", _cast(right, "DOUBLE"), _cast(exp.Literal.string("0"), "DOUBLE"))
    return _paren(exp.Div(this=_cast(left, "DOUBLE"), expression=divisor, typed=False, safe=False))


_COMPARE: dict[str, type[exp.Binary]] = {
    "=": exp.EQ,
    "!=": exp.NEQ,
    "<": exp.LT,
    "<=": exp.LTE,
    ">": exp.GT,
    ">=": exp.GTE,
}
_ARITHMETIC: dict[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


def _compare(node: ast.Compare, columns: Columns) -> exp.Expr:
    return _COMPARE[node.op](this=to_sql(node.left, columns), expression=to_sql(node.right, columns))


def _arithmetic(node: ast.Arithmetic, columns: Columns) -> exp.Expr:
    left, right = to_sql(node.left, columns), to_sql(node.right, columns)
    if node.op == "/":
        return quotient(left, right)
    if _is_day(left) or _is_day(right):
        return _with_days(node.op, left, right)
    return _paren(_ARITHMETIC[node.op](this=left, expression=right))


def _is_day(value: exp.Expr) -> bool:
    return value.is_type("DATE")


def _with_days(op: ast.ArithmeticOp, left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Days between two days as a whole number (one engine says an interval), or a day some whole days away."""
    if _is_day(left) and _is_day(right):
        return exp.DateDiff(this=left, expression=right, unit=exp.var("DAY"))
    day, step = (left, right) if _is_day(left) else (right, left)
    if not step.is_int:  # rounds towards zero on both engines and is narrow enough for both to move a day by
        size = _func("FLOOR", _func("ABS", step))
        step = _cast(exp.Mul(this=_func("SIGN", step.copy()), expression=size), "INTEGER")
    return as_day(_paren(_ARITHMETIC[op](this=day, expression=step)))


def _junction(kind: type[exp.Connector], operands: tuple[ast.Node, ...], columns: Columns) -> exp.Expr:
    result: exp.Expr = _paren(to_sql(operands[0], columns))
    for operand in operands[1:]:
        result = kind(this=result, expression=_paren(to_sql(operand, columns)))
    return _paren(result)


def _call(node: ast.Call, columns: Columns) -> exp.Expr:
    arguments = [to_sql(a, columns) for a in node.arguments]
    if node.function == "abs":
        return _func("ABS", arguments[0])
    if node.function == "round":
        return _func("ROUND", arguments[0])
    names = {"min": "LEAST", "max": "GREATEST", "coalesce": "COALESCE"}
    return _alike(_func(names[node.function], *arguments), arguments)


def _if(node: ast.If, columns: Columns) -> exp.Expr:
    *results, otherwise = [to_sql(r, columns) for r in (*(r for _, r in node.branches), node.otherwise)]
    branches = [
        exp.If(this=to_sql(test, columns), true=result)
        for (test, _), result in zip(node.branches, results, strict=True)
    ]
    return _alike(exp.Case(ifs=branches, default=otherwise), [*results, otherwise])


def _alike(value: exp.Expr, parts: Sequence[exp.Expr]) -> exp.Expr:
    """`value`, a day where one of the parts it is picked from is one."""
    return as_day(value) if any(map(_is_day, parts)) else value


def _tuple_compare(node: ast.TupleCompare, columns: Columns) -> exp.Expr:
    """`a` strictly before the cut, or equal and the rest no later: nested, so that ties are looked at only where there are
    any. A missing value sorts last, so it is not before the cut; that is known, also under a negation."""
    result: exp.Expr | None = None
    for part, cut, descending in reversed(list(zip(node.left, node.right, node.descending, strict=True))):
        value = to_sql(part, columns)
        if cut.value is None:
            known = exp.Not(this=_is_null(value))
            result = _case([(known, exp.true())], exp.true() if result is None else result)
            continue
        bound = literal(cut.value)
        before = (exp.GT if descending else exp.LT)(this=value, expression=bound)
        equal = exp.EQ(this=value.copy(), expression=bound.copy())
        result = _case([(before, exp.true()), (equal, exp.true() if result is None else result)], exp.false())
    return exp.true() if result is None else result


def _case(branches: Sequence[tuple[exp.Expr, exp.Expr]], otherwise: exp.Expr) -> exp.Expr:
    return exp.Case(ifs=[exp.If(this=test, true=value) for test, value in branches], default=otherwise)


def _folded(node: ast.Folded, columns: Columns) -> exp.Expr:
    text = _cast(to_sql(node.operand, columns), "VARCHAR")
    odd = exp.RegexpLike(this=text.copy(), expression=literal(folding.ODD))
    folded = _func("TRANSLATE", text.copy(), literal(folding.FROM), literal(folding.TO))
    return exp.Case(ifs=[exp.If(this=odd, true=folded)], default=text)


_RULES: dict[type[ast.Node], Callable[[Any, Columns], exp.Expr]] = {
    ast.Literal: lambda n, c: literal(n.value),
    ast.Name: _name,
    ast.Compare: _compare,
    ast.Between: lambda n, c: exp.Between(
        this=to_sql(n.operand, c), low=to_sql(n.low, c), high=to_sql(n.high, c)
    ),
    ast.OneOfValues: lambda n, c: exp.In(
        this=to_sql(n.operand, c), expressions=[literal(v.value) for v in n.values]
    ),
    ast.IsMissing: lambda n, c: _paren(_is_null(to_sql(n.operand, c))),
    ast.Not: lambda n, c: exp.Not(this=_paren(to_sql(n.operand, c))),
    ast.And: lambda n, c: _junction(exp.And, n.operands, c),
    ast.Or: lambda n, c: _junction(exp.Or, n.operands, c),
    ast.Arithmetic: _arithmetic,
    ast.Call: _call,
    ast.If: _if,
    ast.TupleCompare: _tuple_compare,
    ast.Folded: _folded,
}
