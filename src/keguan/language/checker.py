"""Whether a tree makes sense for a vocabulary: names, classes, types and units; every problem at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal
from itertools import product
from typing import Any, NamedTuple
from typing import Literal as OneOf

from keguan.core.errors import Place, Problem
from keguan.language import ast, units
from keguan.language.labels import Label
from keguan.language.parser import Parsed
from keguan.language.vocabulary import SchemeTerm, ValueType, Vocabulary
from keguan.language.writer import shown

Expected = OneOf["condition", "number", "money", "date", "text", "value"]


class Kind(NamedTuple):
    """What a part yields; no type when that is unknown because of a problem inside it."""

    type: ValueType | None
    unit: ast.Unit | None = None


def check(
    source: ast.Node | Parsed,
    vocabulary: Vocabulary,
    *,
    expect: Expected = "condition",
    place: Place | None = None,
) -> list[Problem]:
    """All problems (KG33n, KG34n, KG35n) of a condition or value, in writing order; empty when it is sound.

    A `Parsed` brings the places of its parts; a bare tree is reported at `place`. A `number` may be money.
    """
    parsed = source if isinstance(source, Parsed) else Parsed(source, place or Place(), {})
    checker = _Checker(parsed, vocabulary)
    kind = checker.kind(parsed.node)
    if expect != "value":
        checker.need(parsed.node, kind, "flag" if expect == "condition" else expect)
    return list(checker.problems)


def type_of(node: ast.Node, vocabulary: Vocabulary) -> ValueType | None:
    """What a tree yields (`flag` for a condition); None when it has problems that leave it open."""
    return _kind_of(node, vocabulary).type


def unit_of(node: ast.Node, vocabulary: Vocabulary) -> ast.Unit | None:
    """The unit of a number a tree yields; None for plain numbers and for everything else."""
    return _kind_of(node, vocabulary).unit


def _kind_of(node: ast.Node, vocabulary: Vocabulary) -> Kind:
    return _Checker(Parsed(node, Place(), {}), vocabulary).kind(node)


def _number(unit: ast.Unit | None) -> Kind:
    return Kind("money" if unit == units.MONEY else "number", unit)


_KnownPart = tuple[ast.Node, Kind]
_UNKNOWN = Kind(None)
_FLAG = Kind("flag")
_NUMERIC = ("number", "money")
_ORDERED = (*_NUMERIC, "date")


class _Checker:
    def __init__(self, parsed: Parsed, vocabulary: Vocabulary) -> None:
        self._parsed = parsed
        self._vocabulary = vocabulary
        self._found: dict[tuple[str, Place, str], Problem] = {}

    @property
    def problems(self) -> Iterable[Problem]:
        return self._found.values()

    def kind(self, node: ast.Node) -> Kind:
        return _RULES[type(node)](self, node)

    def need(self, node: ast.Node, kind: Kind, wanted: ValueType) -> None:
        """Reports `node` unless it is of the wanted type; plain numbers pass as money, money as a number."""
        if kind.type is None or kind.type == wanted:
            return
        if (wanted == "number" and kind.type == "money") or (wanted == "money" and kind == Kind("number")):
            return
        self._report("KG340", node, found=Label(f"types.{kind.type}"), expected=Label(f"types.{wanted}"))

    def _report(self, code: str, node: ast.Node, /, **values: object) -> None:
        place = self._parsed.place_of(node)
        problem = Problem(code, place, {"part": shown(node), **values})
        self._found.setdefault((code, place, repr(problem.values)), problem)

    # Leaves

    def literal(self, node: ast.Literal) -> Kind:
        match node.value:
            case bool():
                return _FLAG
            case int() | Decimal() | float():
                return _number(node.unit)
            case date():
                return Kind("date")
            case str():
                return Kind("text")
        return _UNKNOWN

    def name(self, node: ast.Name) -> Kind:
        term = self._vocabulary.terms.get(node.name)
        if term is None:
            self._report("KG330", node, near=nearest(node.name, self._vocabulary.terms))
            return _UNKNOWN
        if term.type in _NUMERIC:
            return _number(units.MONEY if term.type == "money" else term.unit)
        return Kind(term.type)

    def class_test(self, node: ast.ClassTest) -> Kind:
        for ref in node.refs:
            scheme = self._vocabulary.schemes.get(ref.scheme)
            if scheme is None:
                self._report(
                    "KG331", ref, scheme=ref.scheme, near=nearest(ref.scheme, self._vocabulary.schemes)
                )
            else:
                self._class_ref(ref, scheme)
        return _FLAG

    def _class_ref(self, ref: ast.ClassRef, scheme: SchemeTerm) -> None:
        classes = scheme.classes.get(ref.dimension)
        if classes is None:
            dimensions = [d for d in scheme.classes if d is not None]
            if ref.dimension is None:
                self._report("KG334", ref, scheme=scheme.id, known=", ".join(dimensions))
            else:
                known = nearest(ref.dimension, dimensions)
                self._report("KG332", ref, scheme=scheme.id, dimension=ref.dimension, near=known)
        elif ref.code not in classes:
            self._report("KG333", ref, scheme=scheme.id, code=ref.code, near=nearest(ref.code, classes))

    # Conditions

    def logic(self, node: ast.And | ast.Or | ast.Not) -> Kind:
        for operand in ast.children(node):
            self.need(operand, self.kind(operand), "flag")
        return _FLAG

    def compare(self, node: ast.Compare) -> Kind:
        kind = self._compared(node, [node.left, node.right])
        if node.op not in ("=", "!="):
            self._need_order(node, kind)
        return _FLAG

    def between(self, node: ast.Between) -> Kind:
        self._need_order(node, self._compared(node, [node.operand, node.low, node.high]))
        return _FLAG

    def one_of(self, node: ast.OneOfValues) -> Kind:
        self._compared(node, [node.operand, *node.values])
        return _FLAG

    def is_missing(self, node: ast.IsMissing) -> Kind:
        self.kind(node.operand)
        return _FLAG

    def via(self, node: ast.Via) -> Kind:
        self.need(node.condition, self.kind(node.condition), "flag")
        self.need(node.link, self.kind(node.link), "text")
        return _FLAG

    def held_for(self, node: ast.HeldFor) -> Kind:
        self.need(node.state, self.kind(node.state), "flag")
        term = self._vocabulary.terms.get(node.state.name) if isinstance(node.state, ast.Name) else None
        known = term is not None or not isinstance(node.state, ast.Name)
        if known and (term is None or term.since not in self._vocabulary.terms):
            self._report("KG350", node.state)
        if node.duration.unit != units.DAYS:
            self._report("KG351", node.duration)
        return _FLAG

    # Values

    def arithmetic(self, node: ast.Arithmetic) -> Kind:
        left, right = self.kind(node.left), self.kind(node.right)
        if None in (left.type, right.type):
            return _UNKNOWN
        if "date" in (left.type, right.type):
            return self._date_arithmetic(node, left, right)
        for part, kind in ((node.left, left), (node.right, right)):
            if kind.type not in _NUMERIC:
                self.need(part, kind, "number")
                return _UNKNOWN
        if node.op in "+-":
            return self._alike(node, [(node.left, left), (node.right, right)])
        try:
            return _number((units.product if node.op == "*" else units.quotient)(left.unit, right.unit))
        except units.UnitClash:
            self._report("KG344", node, left_unit=_unit(left.unit), right_unit=_unit(right.unit))
            return _UNKNOWN

    def _date_arithmetic(self, node: ast.Arithmetic, left: Kind, right: Kind) -> Kind:
        if left.type == right.type and node.op == "-":
            return _number(units.DAYS)
        days = right if left.type == "date" else left
        moves = node.op == "+" or (node.op == "-" and left.type == "date")
        if moves and days.type == "number" and days.unit in (None, units.DAYS):
            return Kind("date")
        self._report("KG346", node)
        return _UNKNOWN

    def call(self, node: ast.Call) -> Kind:
        single = node.function in ("abs", "round")
        if (len(node.arguments) != 1) if single else (len(node.arguments) < 2):
            self._report(
                "KG347", node, function=node.function, count=Label("arity.one" if single else "arity.several")
            )
        arguments = self._kinds(node.arguments)
        kind = self._alike(node, arguments)
        if single:
            for argument, own in arguments:
                self.need(argument, own, "number")
        elif node.function != "coalesce":
            self._need_order(node, kind)
        return kind

    def if_(self, node: ast.If) -> Kind:
        for condition, _ in node.branches:
            self.need(condition, self.kind(condition), "flag")
        return self._alike(node, self._kinds([*(result for _, result in node.branches), node.otherwise]))

    def tuple_compare(self, node: ast.TupleCompare) -> Kind:
        for left, right in zip(node.left, node.right, strict=True):
            self._alike(node, self._kinds([left, right]))
        return _FLAG

    # Parts that must go together

    def _kinds(self, parts: Iterable[ast.Node]) -> list[_KnownPart]:
        return [(part, self.kind(part)) for part in parts]

    def _alike(self, node: ast.Node, parts: list[_KnownPart]) -> Kind:
        """The kind the parts share; each that does not go with those before it is reported."""
        known = [(part, kind) for part, kind in parts if kind.type is not None]
        if not known:
            return _UNKNOWN
        first, shared = known[0]
        for part, kind in known[1:]:
            if not self._fit(node, (first, shared), (part, kind)) or shared.type not in _NUMERIC:
                continue
            first = part if shared.unit is None else first
            shared = _number(units.joined(shared.unit, kind.unit))
        return shared

    def _fit(self, node: ast.Node, left: _KnownPart, right: _KnownPart) -> bool:
        (a, kind_a), (b, kind_b) = left, right
        pair = {"left": shown(a), "right": shown(b)}
        if kind_a.type != kind_b.type and not (kind_a.type in _NUMERIC and kind_b.type in _NUMERIC):
            types = {"left_type": Label(f"types.{kind_a.type}"), "right_type": Label(f"types.{kind_b.type}")}
            self._report("KG341", node, **pair, **types)
            return False
        if not units.fits(kind_a.unit, kind_b.unit):
            self._report("KG343", node, **pair, left_unit=_unit(kind_a.unit), right_unit=_unit(kind_b.unit))
            return False
        return True

    def _compared(self, node: ast.Node, parts: list[ast.Node]) -> Kind:
        known = self._kinds(parts)
        self._check_shares(known)
        self._check_closed(parts)
        return self._alike(node, known)

    def _need_order(self, node: ast.Node, kind: Kind) -> None:
        if kind.type is not None and kind.type not in _ORDERED:
            self._report("KG342", node, found=Label(f"types.{kind.type}"))

    def _check_shares(self, known: list[tuple[ast.Node, Kind]]) -> None:
        """`gross_margin > 20` surely means 20 %."""
        if not any(isinstance(part, ast.Name) and kind.unit == units.SHARE for part, kind in known):
            return
        for part, _ in known:
            if isinstance(part, ast.Literal) and part.unit is None and _size(part) > 1:
                self._report("KG345", part)

    def _check_closed(self, parts: list[ast.Node]) -> None:
        """Text compared with a name that takes only certain values."""
        terms = [self._vocabulary.terms.get(p.name) for p in parts if isinstance(p, ast.Name)]
        closed = {term.name: term.closed for term in terms if term and term.closed is not None}
        texts = [(p, p.value) for p in parts if isinstance(p, ast.Literal) and isinstance(p.value, str)]
        for (name, known), (part, value) in product(closed.items(), texts):
            if value not in known:
                self._report("KG335", part, name=name, near=nearest(value, known))


def nearest(wrong: str, known: Iterable[str]) -> str:
    """Up to three known words most like `wrong`, else the first few of all, joined by commas."""
    from difflib import get_close_matches

    words = list(known)
    return ", ".join(get_close_matches(wrong, words, n=3, cutoff=0.5) or sorted(words)[:5]) or "-"


def _unit(unit: ast.Unit | None) -> Label:
    return Label(f"units.{unit or 'plain'}")


def _size(literal: ast.Literal) -> Decimal:
    return abs(Decimal(literal.value)) if isinstance(literal.value, (int, Decimal)) else Decimal(0)


_RULES: dict[type[ast.Node], Callable[[_Checker, Any], Kind]] = {
    ast.Literal: _Checker.literal,
    ast.Name: _Checker.name,
    ast.ClassTest: _Checker.class_test,
    ast.Via: _Checker.via,
    ast.HeldFor: _Checker.held_for,
    ast.Compare: _Checker.compare,
    ast.Between: _Checker.between,
    ast.OneOfValues: _Checker.one_of,
    ast.IsMissing: _Checker.is_missing,
    ast.Not: _Checker.logic,
    ast.And: _Checker.logic,
    ast.Or: _Checker.logic,
    ast.Arithmetic: _Checker.arithmetic,
    ast.Call: _Checker.call,
    ast.If: _Checker.if_,
    ast.TupleCompare: _Checker.tuple_compare,
}
