"""A tree in words of one language, for rules on screen and for reasons; sentences: `locale/language.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from keguan.core.languages import Lang
from keguan.core.texts import entries, text
from keguan.language import ast, units
from keguan.language.checker import type_of, unit_of
from keguan.language.vocabulary import Vocabulary
from keguan.language.writer import AND, HELD, NOT, OR, PRODUCT, SUM, level

_SIGNS = {"!=": "≠", "<=": "≤", ">=": "≥", "-": "−", "*": "×", "/": "÷"}
_NEGATIONS = {ast.ClassTest: "none_of", ast.OneOfValues: "none_of", ast.Between: "not_between"}


def say(node: ast.Node, vocabulary: Vocabulary, lang: Lang, *, currency: str = "¥") -> str:
    """A condition or value in words: labels of the vocabulary, amounts with units, parentheses where needed.

    A plain number takes the unit of what it stands beside; `currency` is put before amounts of money.
    """
    return _Speaker(vocabulary, lang, currency).say(node)


class _Speaker:
    def __init__(self, vocabulary: Vocabulary, lang: Lang, currency: str) -> None:
        self._vocabulary = vocabulary
        self._lang = lang
        self._currency = currency

    def say(self, node: ast.Node, unit: ast.Unit | None = None) -> str:
        """`unit` is what a plain number inside is counted in."""
        return _RULES[type(node)](self, node, unit)

    def _text(self, key: str, **values: object) -> str:
        return text(f"language.{key}", self._lang, **values)

    def _in(self, node: ast.Node, loosest: int, unit: ast.Unit | None = None) -> str:
        said = self.say(node, unit)
        return said if self._level(node) >= loosest else self._text("values.group", inner=said)

    def _level(self, node: ast.Node) -> int:
        """As written; but a class test over several schemes is said with `or`; branches are loosest."""
        if isinstance(node, ast.ClassTest) and len(_by_scheme(node)) > 1:
            return OR
        return OR - 1 if isinstance(node, (ast.If, ast.TupleCompare)) else level(node)

    def _label(self, labels: Mapping[str, str], otherwise: str) -> str:
        return labels.get(self._lang, otherwise)

    def _list(self, nodes: tuple[ast.Node, ...], unit: ast.Unit | None) -> str:
        return self._text("values.list").join(self._in(n, OR, unit) for n in nodes)

    def _shared_unit(self, *nodes: ast.Node) -> ast.Unit | None:
        """The unit that plain numbers among `nodes` are meant in."""
        if any(type_of(n, self._vocabulary) == "date" for n in nodes):
            return units.DAYS
        return next((u for n in nodes if (u := unit_of(n, self._vocabulary)) is not None), None)

    # Values

    def literal(self, node: ast.Literal, unit: ast.Unit | None) -> str:
        value = node.value
        if isinstance(value, bool):
            return self._text(f"values.{'true' if value else 'false'}")
        if isinstance(value, (int, Decimal, float)):
            return self._amount(Decimal(str(value)), node.unit or (None if unit == "count" else unit))
        if isinstance(value, date):
            parts = {"year": value.year, "month": value.month, "day": value.day}
            return self._text("values.date", iso=value.isoformat(), **parts)
        return self._text("values.missing") if value is None else self._text("values.text", text=value)

    def _amount(self, value: Decimal, unit: ast.Unit | None) -> str:
        sign, size = "-" if value < 0 else "", value.copy_abs()
        if unit == units.MONEY:
            return f"{sign}{self._currency}{_grouped(size, at_least=2)}"
        if unit == units.SHARE:
            return f"{sign}{_grouped(size.scaleb(2))}%"
        group = "amounts_one" if size == 1 else "amounts"
        number = sign + _grouped(size)
        return self._text(f"{group}.{unit}", n=number) if unit in entries("language")[group] else number

    def name(self, node: ast.Name, unit: ast.Unit | None) -> str:
        term = self._vocabulary.terms.get(node.name)
        return self._label(term.labels, node.name) if term else node.name

    def arithmetic(self, node: ast.Arithmetic, unit: ast.Unit | None) -> str:
        own = level(node)
        unit = None if own == PRODUCT else self._shared_unit(node.left, node.right) or unit
        left, right = self._in(node.left, own, unit), self._in(node.right, own + 1, unit)
        return f"{left} {_SIGNS.get(node.op, node.op)} {right}"

    def call(self, node: ast.Call, unit: ast.Unit | None) -> str:
        unit = self._shared_unit(*node.arguments) or unit
        return self._text(f"functions.{node.function}", list=self._list(node.arguments, unit))

    def if_(self, node: ast.If, unit: ast.Unit | None) -> str:
        unit = self._shared_unit(*(result for _, result in node.branches), node.otherwise) or unit
        parts = [
            self._text(
                "choice.branch", condition=self.condition(condition), result=self._in(result, OR, unit)
            )
            for condition, result in node.branches
        ]
        parts.append(self._text("choice.otherwise", result=self._in(node.otherwise, OR, unit)))
        return self._text("choice.next").join(parts)

    # Conditions

    def condition(self, node: ast.Node, loosest: int = OR - 1) -> str:
        """As `say`, in a place that asks whether something holds."""
        if isinstance(node, ast.Literal) and isinstance(node.value, bool):
            return self._text("conditions.always" if node.value else "conditions.never")
        return self._in(node, loosest)

    def all_of(self, node: ast.And, unit: ast.Unit | None) -> str:
        return self._joined("conditions.and", [self.condition(o, NOT) for o in node.operands])

    def any_of(self, node: ast.Or, unit: ast.Unit | None) -> str:
        return self._joined("conditions.or", [self.condition(o, AND) for o in node.operands])

    def _joined(self, key: str, parts: list[str]) -> str:
        """Parts with a word between them; full-width parentheses bring their own space."""
        word = self._text(key)
        said = parts[0]
        for part in parts[1:]:
            before = word.lstrip() if said.endswith("）") else word
            said += (before.rstrip() if part.startswith("（") else before) + part
        return said

    def negation(self, node: ast.Not, unit: ast.Unit | None) -> str:
        match node.operand:
            case ast.IsMissing(operand):
                return self._text("conditions.not_missing", a=self._in(operand, SUM))
            case ast.ClassTest() as test if len(_by_scheme(test)) == 1:
                return self._classes(test.refs, "is_not", "none_of")
            case ast.OneOfValues() as test:
                return self._one_of(test, "is_not", "none_of")
            case ast.Between() as test:
                return self._between(test, "not_between")
        return self._text("conditions.not", inner=self.condition(node.operand))

    def compare(self, node: ast.Compare, unit: ast.Unit | None) -> str:
        unit = self._shared_unit(node.left, node.right)
        a, b = self._in(node.left, SUM, unit), self._in(node.right, SUM, unit)
        types = {type_of(node.left, self._vocabulary), type_of(node.right, self._vocabulary)}
        if "date" in types:
            return self._text(f"date_compare.{node.op}", a=a, b=b)
        if types & {"text", "flag"} and node.op in ("=", "!="):
            return self._text("conditions.is" if node.op == "=" else "conditions.is_not", a=a, b=b)
        return f"{a} {_SIGNS.get(node.op, node.op)} {b}"

    def _between(self, node: ast.Between, key: str) -> str:
        unit = self._shared_unit(node.operand, node.low, node.high)
        parts = {"a": node.operand, "low": node.low, "high": node.high}
        return self._text(f"conditions.{key}", **{k: self._in(n, SUM, unit) for k, n in parts.items()})

    def _one_of(self, node: ast.OneOfValues, single: str, several: str) -> str:
        unit = self._shared_unit(node.operand)
        a = self._in(node.operand, SUM, unit)
        return self._is(a, [self.say(v, unit) for v in node.values], single, several)

    def _is(self, a: str, values: list[str], single: str, several: str) -> str:
        if len(values) == 1:
            return self._text(f"conditions.{single}", a=a, b=values[0])
        return self._text(f"conditions.{several}", a=a, list=self._text("values.list").join(values))

    def class_test(self, node: ast.ClassTest, unit: ast.Unit | None) -> str:
        tests = [self._classes(refs, "is", "one_of") for refs in _by_scheme(node)]
        return self._joined("conditions.or", tests)

    def _classes(self, refs: tuple[ast.ClassRef, ...], single: str, several: str) -> str:
        scheme = self._vocabulary.schemes.get(refs[0].scheme)
        dimension = refs[0].dimension
        who = self._label(scheme.labels, scheme.id) if scheme else refs[0].scheme
        if dimension is not None:
            labels = scheme.dimensions.get(dimension, {}) if scheme else {}
            who = self._text("values.dimension", scheme=who, dimension=self._label(labels, dimension))
        return self._is(who, [self.class_ref(ref) for ref in refs], single, several)

    def class_ref(self, ref: ast.ClassRef, unit: ast.Unit | None = None) -> str:
        """The class alone, `A（VIP客户）`."""
        scheme = self._vocabulary.schemes.get(ref.scheme)
        labels = scheme.classes.get(ref.dimension, {}).get(ref.code, {}) if scheme else {}
        label = self._label(labels, ref.code)
        return ref.code if label == ref.code else self._text("values.class", code=ref.code, label=label)

    def via(self, node: ast.Via, unit: ast.Unit | None) -> str:
        link = self.name(node.link, None)
        return self._text("conditions.via", link=link, inner=self.condition(node.condition))

    def held_for(self, node: ast.HeldFor, unit: ast.Unit | None) -> str:
        duration = self.say(node.duration)
        return self._text("conditions.held_for", a=self.condition(node.state, HELD), duration=duration)

    def tuple_compare(self, node: ast.TupleCompare, unit: ast.Unit | None) -> str:
        keys, cut = [], []
        for left, right, descending in zip(node.left, node.right, node.descending, strict=True):
            way = "descending" if descending else "ascending"
            dated = "_date" if type_of(left, self._vocabulary) == "date" else ""
            keys.append(self._text(f"order.{way}{dated}", a=self._in(left, SUM)))
            cut.append(self.say(right, self._shared_unit(left)))
        together = {"keys": self._text("order.then").join(keys), "cut": self._text("values.list").join(cut)}
        return self._text("order.whole", **together)


def _by_scheme(node: ast.ClassTest) -> list[tuple[ast.ClassRef, ...]]:
    groups: dict[tuple[str, str | None], list[ast.ClassRef]] = {}
    for ref in node.refs:
        groups.setdefault((ref.scheme, ref.dimension), []).append(ref)
    return [tuple(group) for group in groups.values()]


def _grouped(size: Decimal, at_least: int = 0) -> str:
    """`1,234.5`: every digit that counts, and at least so many places."""
    whole, _, places = f"{size:,f}".partition(".")
    places = places.rstrip("0").ljust(at_least, "0")
    return f"{whole}.{places}" if places else whole


_RULES: dict[type[ast.Node], Callable[[_Speaker, Any, ast.Unit | None], str]] = {
    ast.Literal: _Speaker.literal,
    ast.Name: _Speaker.name,
    ast.Arithmetic: _Speaker.arithmetic,
    ast.Call: _Speaker.call,
    ast.If: _Speaker.if_,
    ast.And: _Speaker.all_of,
    ast.Or: _Speaker.any_of,
    ast.Not: _Speaker.negation,
    ast.Compare: _Speaker.compare,
    ast.Between: lambda s, n, _: s._between(n, "between"),
    ast.OneOfValues: lambda s, n, _: s._one_of(n, "is", "one_of"),
    ast.IsMissing: lambda s, n, _: s._text("conditions.missing", a=s._in(n.operand, SUM)),
    ast.ClassTest: _Speaker.class_test,
    ast.ClassRef: _Speaker.class_ref,
    ast.Via: _Speaker.via,
    ast.HeldFor: _Speaker.held_for,
    ast.TupleCompare: _Speaker.tuple_compare,
    ast.Folded: lambda s, n, u: s.say(n.operand, u),
}
