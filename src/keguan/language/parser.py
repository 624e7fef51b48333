"""From tokens to the tree, by precedence climbing; knows the grammar but no vocabulary: any name will do.

From loose to tight: `or`, `and`, `not`, then `… for 7 days` and `… via name`, then comparisons and tests,
`+ -`, `* /`, and a leading `-`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar, cast, get_args

from keguan.core.errors import KeguanError, Place, fail
from keguan.language import ast
from keguan.language.families import family_name
from keguan.language.labels import Label
from keguan.language.lexer import KEYWORDS, Token, tokens
from keguan.language.units import SPELLINGS

MAX_DEPTH = 40  # of the tree
_MAX_NESTING = 2 * MAX_DEPTH + 2  # of the text: canonical text may need parentheses at every level
FUNCTIONS: tuple[str, ...] = get_args(ast.FunctionName)

_OR, _AND, _NOT, _HELD, _TEST, _SUM, _PRODUCT, _SIGNED = range(1, 9)
_COMPARISONS = frozenset(get_args(ast.CompareOp))
_Part = TypeVar("_Part", bound=ast.Node)


@dataclass(frozen=True)
class Parsed:
    """A tree and where its parts stand, kept apart so that equal conditions are equal trees."""

    node: ast.Node
    start: Place
    places: Mapping[int, Place]

    def place_of(self, part: ast.Node) -> Place:
        """Where a part of this very tree stands; the start of the text for anything else."""
        return self.places.get(id(part), self.start)


def parse(text: str, *, file: str | None = None, line: int = 1, column: int = 1) -> ast.Node:
    """The tree of a condition or value; `KeguanError` (KG30n, KG31n) counts from `line` and `column`.

    >>> parse("recency_days <= 30 days")
    Compare(op='<=', left=Name(name='recency_days'), right=Literal(value=30, unit='days'))
    """
    return parse_with_places(text, Place(file, line, column)).node


def parse_with_places(text: str, start: Place | None = None) -> Parsed:
    """As `parse`, and the place of every part, for the checker."""
    start = start or Place(line=1, column=1)
    return _Parser(tokens(text, start), start).whole()


class _Parser:
    def __init__(self, read: list[Token], start: Place) -> None:
        self._tokens = read
        self._start = start
        self._next = 0
        self._nesting = 0
        # Holding the node keeps its id from being given to another one.
        self._made: dict[int, tuple[ast.Node, Place, int]] = {}

    def whole(self) -> Parsed:
        if self._at_end():
            raise fail("KG300", self._start)
        node = self._expression(_OR)
        if not self._at_end():
            raise self._unexpected("operator")
        kept = {id(n) for n in ast.walk(node)}
        return Parsed(node, self._start, {i: place for i, (_, place, _) in self._made.items() if i in kept})

    # Tokens

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _advance(self) -> Token:
        self._next += 1  # never past the end: only tokens of another kind are taken
        return self._tokens[self._next - 1]

    def _at_end(self) -> bool:
        return self._token.kind == "end"

    def _at(self, text: str, ahead: int = 0) -> bool:
        """Whether a sign or keyword comes next (quoted text never counts)."""
        token = self._tokens[min(self._next + ahead, len(self._tokens) - 1)]
        return token.text == text and token.kind in ("word", "sign")

    def _take(self, text: str) -> bool:
        found = self._at(text)
        self._next += found
        return found

    def _expect(self, text: str) -> None:
        if not self._take(text):
            raise self._unexpected({")": "closing", "(": "opening", "and": "and"}[text])

    def _unexpected(self, expected: str) -> KeguanError:
        wanted = Label(f"expected.{expected}")
        if self._at_end():
            return fail("KG312", self._token.place, expected=wanted)
        return fail("KG311", self._token.place, found=self._token.text[:40], expected=wanted)

    # Nodes

    def _make(self, node: _Part, place: Place) -> _Part:
        height = 1 + max((self._made[id(c)][2] for c in ast.children(node)), default=0)
        if height > MAX_DEPTH:
            raise fail("KG313", place, limit=MAX_DEPTH)
        self._made[id(node)] = (node, place, height)
        return node

    def _place(self, node: ast.Node) -> Place:
        return self._made[id(node)][1]

    def _expression(self, loosest: int) -> ast.Node:
        self._nesting += 1
        if self._nesting > _MAX_NESTING:
            raise fail("KG313", self._token.place, limit=MAX_DEPTH)
        node = self._prefix()
        while (found := self._infix()) and found[0] >= loosest:
            node = found[1](node)
        self._nesting -= 1
        return node

    def _prefix(self) -> ast.Node:
        token = self._token
        if self._at("is") or self._at("in") or (self._at("not") and self._at("in", 1)):
            return self._class_test()
        if self._take("not"):
            return self._make(ast.Not(self._expression(_NOT)), token.place)
        if self._take("-"):
            return self._negative(token.place)
        if self._take("("):
            node = self._expression(_OR)
            self._expect(")")
            return node
        return self._atom()

    def _atom(self) -> ast.Node:
        token = self._token
        if token.literal is not None:
            return self._literal(token.literal)
        if token.kind == "family":
            return self._family()
        if token.kind != "word" or (token.text in KEYWORDS and token.text not in ("true", "false")):
            raise self._unexpected("operand")
        self._advance()
        if token.text in ("true", "false"):
            return self._make(ast.Literal(token.text == "true"), token.place)
        return self._call(token) if self._at("(") else self._make(ast.Name(token.text), token.place)

    def _family(self) -> ast.Name:
        """`n_tags:vip+gold`; values of other than letters and digits stand in quotes: `n_tags:"old friend"+"vip"`."""
        token = self._advance()
        head, _, listed = token.text.partition(":")
        values = [v for v in listed.split("+") if v]
        wants = not listed or listed.endswith("+")
        while wants:
            quoted = self._token
            if (
                quoted.literal is None
                or not isinstance(quoted.literal.value, str)
                or not quoted.literal.value
            ):
                raise self._unexpected("value")
            values.append(quoted.literal.value)
            self._advance()
            wants = self._joined(quoted)
            self._next += wants
        return self._make(ast.Name(family_name(head, tuple(values))), token.place)

    def _joined(self, quoted: Token) -> bool:
        """Whether a plus without blanks joins a further text in quotes to this one."""
        plus, after = self._token, self._tokens[min(self._next + 1, len(self._tokens) - 1)]
        end = (quoted.place.column or 0) + len(quoted.text)
        close = (plus.place.column, after.place.column) == (end, end + 1)
        text = after.literal is not None and isinstance(after.literal.value, str)
        return self._at("+") and close and text

    def _literal(self, literal: ast.Literal) -> ast.Literal:
        place = self._advance().place
        if isinstance(literal.value, (int, Decimal)) and self._stray_unit():
            raise fail("KG315", self._token.place, unit=self._token.text, known=_KNOWN_UNITS)
        return self._make(literal, place)

    def _stray_unit(self) -> bool:
        return self._token.kind == "word" and self._token.text not in KEYWORDS

    def _negative(self, place: Place) -> ast.Node:
        """`-5` is a constant; `-x` is `-1 * x`, which leaves the unit alone."""
        literal = self._token.literal
        if literal is not None and isinstance(literal.value, (int, Decimal)):
            self._literal(literal)
            return self._make(ast.Literal(-literal.value, literal.unit), place)
        minus_one = self._make(ast.Literal(-1), place)
        return self._make(ast.Arithmetic("*", minus_one, self._expression(_SIGNED)), place)

    def _call(self, name: Token) -> ast.Node:
        if name.text not in FUNCTIONS:
            raise fail("KG314", name.place, name=name.text, known=", ".join(FUNCTIONS))
        arguments = self._listed(lambda: self._expression(_OR))
        return self._make(ast.Call(cast(ast.FunctionName, name.text), arguments), name.place)

    def _listed(self, item: Callable[[], _Part]) -> tuple[_Part, ...]:
        self._expect("(")
        items = [item()]
        while self._take(","):
            items.append(item())
        self._expect(")")
        return tuple(items)

    def _class_test(self) -> ast.Node:
        place = self._token.place
        negated = self._take("not")
        if self._take("in"):
            test = self._make(ast.ClassTest(self._listed(self._class_ref)), place)
        else:
            self._expect("is")
            negated = self._take("not")
            test = self._make(ast.ClassTest((self._class_ref(),)), place)
        return self._make(ast.Not(test), place) if negated else test

    def _class_ref(self) -> ast.ClassRef:
        if self._token.kind != "class":
            raise self._unexpected("class")
        token = self._advance()
        path, code = token.text.split(":")
        scheme, _, dimension = path.partition(".")
        return self._make(ast.ClassRef(scheme, code, dimension or None), token.place)

    # What may follow an operand: how tightly it binds, and what it makes of the operand

    def _infix(self) -> tuple[int, Callable[[ast.Node], ast.Node]] | None:
        token = self._token
        if token.kind not in ("word", "sign"):
            return None
        if token.text in _COMPARISONS:
            return _TEST, self._comparison
        if token.text == "not":
            follows = self._at("in", 1) or self._at("between", 1)
            return (_TEST, self._test) if follows else None
        return {
            "or": (_OR, self._either),
            "and": (_AND, self._both),
            "for": (_HELD, self._held_for),
            "via": (_HELD, self._via),
            "is": (_TEST, self._test),
            "in": (_TEST, self._test),
            "between": (_TEST, self._test),
            "+": (_SUM, self._arithmetic),
            "-": (_SUM, self._arithmetic),
            "*": (_PRODUCT, self._arithmetic),
            "/": (_PRODUCT, self._arithmetic),
        }.get(token.text)

    def _either(self, first: ast.Node) -> ast.Node:
        return self._make(ast.Or(self._chain(first, "or", _AND)), self._place(first))

    def _both(self, first: ast.Node) -> ast.Node:
        return self._make(ast.And(self._chain(first, "and", _NOT)), self._place(first))

    def _chain(self, first: ast.Node, word: str, loosest: int) -> tuple[ast.Node, ...]:
        parts = [first]
        while self._take(word):
            parts.append(self._expression(loosest))
        return tuple(parts)

    def _arithmetic(self, left: ast.Node) -> ast.Node:
        op = cast(ast.ArithmeticOp, self._advance().text)
        right = self._expression(_PRODUCT if op in "+-" else _SIGNED)
        return self._make(ast.Arithmetic(op, left, right), self._place(left))

    def _comparison(self, left: ast.Node) -> ast.Node:
        op = cast(ast.CompareOp, self._advance().text)
        compared = ast.Compare(op, left, self._expression(_SUM))
        return self._alone(self._make(compared, self._place(left)))

    def _test(self, operand: ast.Node) -> ast.Node:
        """`[not] in (…)`, `[not] between … and …`, `is [not] missing`."""
        place = self._place(operand)
        negated = self._take("not")
        test: ast.Node
        if self._take("in"):
            test = ast.OneOfValues(operand, self._listed(self._listed_value))
        elif self._take("between"):
            low = self._expression(_SUM)
            self._expect("and")
            test = ast.Between(operand, low, self._expression(_SUM))
        else:
            self._advance()
            negated = self._take("not")
            if not self._take("missing"):
                raise self._unexpected("missing")
            test = ast.IsMissing(operand)
        test = self._make(test, place)
        return self._alone(self._make(ast.Not(test), place) if negated else test)

    def _listed_value(self) -> ast.Literal:
        node = self._expression(_SUM)
        if not isinstance(node, ast.Literal):
            raise fail("KG317", self._place(node))
        return node

    def _alone(self, test: ast.Node) -> ast.Node:
        """`1 < x < 3` has no meaning here."""
        found = self._infix()
        if found and found[0] == _TEST:
            raise fail("KG316", self._token.place, found=self._token.text)
        return test

    def _held_for(self, state: ast.Node) -> ast.Node:
        self._advance()
        literal = self._token.literal
        if literal is None or isinstance(literal.value, (bool, str, date)):
            raise self._unexpected("duration")
        return self._make(ast.HeldFor(state, self._literal(literal)), self._place(state))

    def _via(self, condition: ast.Node) -> ast.Node:
        self._advance()
        link = self._token
        if link.kind != "word" or link.text in KEYWORDS:
            raise self._unexpected("name")
        self._advance()
        return self._make(
            ast.Via(condition, self._make(ast.Name(link.text), link.place)), self._place(condition)
        )


_KNOWN_UNITS = ", ".join(spellings[0] for spellings in SPELLINGS.values())
