"""The tree of a condition or a computed value: frozen, comparable, without any behaviour of an engine.

Truth has three values as in SQL: a comparison with a missing value is unknown, and whoever asks for a class
treats unknown as "does not hold". `If`, `TupleCompare` and `Folded` are written by kinds, not users.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Literal as OneOf

Value = bool | int | Decimal | float | str | date | None
CompareOp = OneOf["=", "!=", "<", "<=", ">", ">="]
ArithmeticOp = OneOf["+", "-", "*", "/"]
FunctionName = OneOf["min", "max", "abs", "coalesce", "round"]
Unit = str  # days, months, money, count, share, ratio, score … ; checked against the vocabulary


@dataclass(frozen=True)
class Node:
    """Any part of an expression."""


@dataclass(frozen=True)
class Literal(Node):
    """A constant. Written numbers are `int` or `Decimal` (`20%` is `Decimal("0.20")` with unit `share`).

    Only fitted cuts, such as a centroid, carry a `float`.
    """

    value: Value
    unit: Unit | None = None


@dataclass(frozen=True)
class Name(Node):
    """A measure or an attribute of the subject."""

    name: str


@dataclass(frozen=True)
class ClassRef(Node):
    """`value-pyramid:A`, or with a dimension `external-attributes.region:east`."""

    scheme: str
    code: str
    dimension: str | None = None

    def __str__(self) -> str:
        return f"{self.scheme}{'.' + self.dimension if self.dimension else ''}:{self.code}"


@dataclass(frozen=True)
class ClassTest(Node):
    """`is a:x`, `in (a:x, a:y)`: true when the subject has one of the classes."""

    refs: tuple[ClassRef, ...]


@dataclass(frozen=True)
class Via(Node):
    """`<condition> via referred_by`: the condition asked of the subject that an attribute points to."""

    condition: Node
    link: Name


@dataclass(frozen=True)
class HeldFor(Node):
    """`<state> for 7 days`: the state has lasted at least so long; needs the state's companion measure."""

    state: Node
    duration: Literal


@dataclass(frozen=True)
class Compare(Node):
    op: CompareOp
    left: Node
    right: Node


@dataclass(frozen=True)
class Between(Node):
    """Both ends included."""

    operand: Node
    low: Node
    high: Node


@dataclass(frozen=True)
class OneOfValues(Node):
    """`region in ("east", "south")`."""

    operand: Node
    values: tuple[Literal, ...]


@dataclass(frozen=True)
class IsMissing(Node):
    operand: Node


@dataclass(frozen=True)
class Not(Node):
    operand: Node


@dataclass(frozen=True)
class And(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Or(Node):
    operands: tuple[Node, ...]


@dataclass(frozen=True)
class Arithmetic(Node):
    """Division by zero is missing on every engine."""

    op: ArithmeticOp
    left: Node
    right: Node


@dataclass(frozen=True)
class Call(Node):
    """`min(a, b)`, `max(a, b)` (both pass over missing arguments), `abs(a)`, `round(a)`, `coalesce(a, b)`."""

    function: FunctionName
    arguments: tuple[Node, ...]


@dataclass(frozen=True)
class If(Node):
    """The first branch whose condition holds, else `otherwise`."""

    branches: tuple[tuple[Node, Node], ...]
    otherwise: Node


@dataclass(frozen=True)
class TupleCompare(Node):
    """At or above a cut in a total order: `left` comes no later than `right` in the order of `descending`.

    True when the subject's tuple sorts no later than the cut's. Missing values sort last.
    """

    left: tuple[Node, ...]
    right: tuple[Literal, ...]
    descending: tuple[bool, ...]


@dataclass(frozen=True)
class Folded(Node):
    """A text, whole number, flag or day as text in which neither width, case, spaces nor hyphens matter."""

    operand: Node


TRUE = Literal(True)
FALSE = Literal(False)


def both(*conditions: Node) -> Node:
    """All of `conditions`; flattened, `true` left out."""
    parts: list[Node] = []
    for condition in conditions:
        parts.extend(condition.operands if isinstance(condition, And) else [condition])
    parts = [p for p in parts if p != TRUE]
    if not parts:
        return TRUE
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def either(*conditions: Node) -> Node:
    """Any of `conditions`; `false` left out."""
    parts = [c for c in conditions if c != FALSE]
    if not parts:
        return FALSE
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def children(node: Node) -> Iterator[Node]:
    """The direct parts of a node, in writing order."""
    for spec in fields(node):
        yield from _nodes_in(getattr(node, spec.name))


def _nodes_in(value: object) -> Iterator[Node]:
    if isinstance(value, Node):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it."""
    yield node
    for child in children(node):
        yield from walk(child)


def names(node: Node) -> list[str]:
    """Measures and attributes used, each once, in writing order."""
    return list(dict.fromkeys(n.name for n in walk(node) if isinstance(n, Name)))


def class_refs(node: Node) -> list[ClassRef]:
    """Classes asked for, each once, in writing order."""
    return list(dict.fromkeys(n for n in walk(node) if isinstance(n, ClassRef)))
