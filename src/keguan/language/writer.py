"""From the tree back to canonical text: what the parser reads as the same tree."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from unicodedata import normalize

from keguan.language import ast
from keguan.language.families import family_parts
from keguan.language.lexer import BARE_VALUE, FAMILY, KEYWORDS, UNREADABLE
from keguan.language.units import MONEY, SHARE, SPELLINGS

OR, AND, NOT, HELD, TEST, SUM, PRODUCT, ATOM = range(8)
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Unwritable(TypeError):
    """A part no user can write: `If`, `TupleCompare`, `Folded`, a value or a name the language has no form for."""


def write(node: ast.Node) -> str:
    """Canonical text: `parse(write(node)) == node` for every tree a user can write; else `Unwritable`.

    >>> from keguan.language.parser import parse
    >>> write(parse("NOT x > 1.2万 and y is not missing"))
    'not (x > 12000) and y is not missing'
    """
    return _rule(node)(node)


def shown(node: ast.Node, limit: int = 60) -> str:
    """Text of a part for an error message: shortened, and never failing."""
    try:
        written = write(node)
    except Unwritable:
        return type(node).__name__
    return written if len(written) <= limit else written[: limit - 1] + "…"


def level(node: ast.Node) -> int:
    """How tightly the outermost operation of a part binds, `OR` … `ATOM`."""
    if isinstance(node, ast.Not):
        return TEST if isinstance(node.operand, _NEGATED) else NOT
    if isinstance(node, ast.Arithmetic):
        return SUM if node.op in "+-" else PRODUCT
    return _LEVELS.get(type(node), ATOM)


_NEGATED = (ast.ClassTest, ast.OneOfValues, ast.Between, ast.IsMissing)
_LEVELS: dict[type[ast.Node], int] = {
    ast.Or: OR,
    ast.And: AND,
    ast.HeldFor: HELD,
    ast.Via: HELD,
    **dict.fromkeys([ast.Compare, *_NEGATED], TEST),
}


def _rule(node: ast.Node) -> Callable[[Any], str]:
    rule = _RULES.get(type(node))
    if rule is None:
        raise Unwritable(type(node).__name__)
    return rule


def _in(node: ast.Node, loosest: int) -> str:
    """`node` as part of something that takes nothing looser than `loosest` without parentheses."""
    text = write(node)
    return text if level(node) >= loosest else f"({text})"


def _literal(node: ast.Literal) -> str:
    value = node.value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, Decimal)):
        return _number(value, node.unit)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and not UNREADABLE.search(value):
        return '"' + value.replace('"', '""') + '"'
    raise Unwritable(f"literal {value!r}")


def _number(value: int | Decimal, unit: str | None) -> str:
    if isinstance(value, Decimal) and not value.is_finite():
        raise Unwritable(f"number {value}")
    sign = "-" if value < 0 else ""
    size = Decimal(value).copy_abs()
    if unit is None:
        return sign + _digits(size)
    if unit == MONEY:
        return f"{sign}¥{_digits(size)}"
    if unit == SHARE:
        return f"{sign}{_digits(size.scaleb(2))}%"
    if unit not in SPELLINGS:
        raise Unwritable(f"unit {unit}")
    return f"{sign}{_digits(size)} {SPELLINGS[unit][size == 1]}"


def _digits(size: Decimal) -> str:
    """Plain digits without exponent or trailing zeros."""
    text = f"{size:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _name(node: ast.Name) -> str:
    head, values = family_parts(node.name)
    if values:
        return _family(head, values)
    if not _NAME.fullmatch(node.name) or node.name in KEYWORDS:
        raise Unwritable(f"name {node.name!r}")
    return node.name


def _family(head: str, values: tuple[str, ...]) -> str:
    if not re.fullmatch(FAMILY, head) or not all(values) or any(map(UNREADABLE.search, values)):
        raise Unwritable(f"name {head!r}")
    if all(re.fullmatch(BARE_VALUE, v) and normalize("NFKC", v) == v for v in values):
        return f"{head}:{'+'.join(values)}"
    return f"{head}:{'+'.join(_literal(ast.Literal(v)) for v in values)}"


def _class_test(node: ast.ClassTest, negation: str = "") -> str:
    if len(node.refs) == 1:
        return f"is {negation}{node.refs[0]}"
    return f"{negation}in ({', '.join(map(str, node.refs))})"


def _one_of(node: ast.OneOfValues, negation: str = "") -> str:
    return f"{_in(node.operand, SUM)} {negation}in ({', '.join(map(write, node.values))})"


def _between(node: ast.Between, negation: str = "") -> str:
    return f"{_in(node.operand, SUM)} {negation}between {_in(node.low, SUM)} and {_in(node.high, SUM)}"


def _missing(node: ast.IsMissing, negation: str = "") -> str:
    return f"{_in(node.operand, SUM)} is {negation}missing"


def _not(node: ast.Not) -> str:
    if isinstance(node.operand, _NEGATED):
        rule: Callable[..., str] = _rule(node.operand)
        return rule(node.operand, "not ")
    return f"not {_in(node.operand, ATOM)}"


def _arithmetic(node: ast.Arithmetic) -> str:
    own = level(node)
    return f"{_in(node.left, own)} {node.op} {_in(node.right, own + 1)}"


_RULES: dict[type[ast.Node], Callable[[Any], str]] = {
    ast.Literal: _literal,
    ast.Name: _name,
    ast.ClassRef: str,
    ast.ClassTest: _class_test,
    ast.Via: lambda n: f"{_in(n.condition, HELD)} via {write(n.link)}",
    ast.HeldFor: lambda n: f"{_in(n.state, HELD)} for {write(n.duration)}",
    ast.Compare: lambda n: f"{_in(n.left, SUM)} {n.op} {_in(n.right, SUM)}",
    ast.Between: _between,
    ast.OneOfValues: _one_of,
    ast.IsMissing: _missing,
    ast.Not: _not,
    ast.And: lambda n: " and ".join(_in(o, NOT) for o in n.operands),
    ast.Or: lambda n: " or ".join(_in(o, AND) for o in n.operands),
    ast.Arithmetic: _arithmetic,
    ast.Call: lambda n: f"{n.function}({', '.join(map(write, n.arguments))})",
}
