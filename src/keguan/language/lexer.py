"""From text to tokens: numbers with units, dates, quoted text, words, classes and signs; knows no grammar.

Outside quotes full-width forms are read as their plain ones, character by character (Unicode NFKC).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Literal as OneOf
from unicodedata import normalize

from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.language import ast
from keguan.language.units import BY_SPELLING, MONEY, SHARE

MAX_LENGTH = 20_000
MAX_WHOLE_DIGITS, MAX_PLACES = 18, 10
UNREADABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")  # control characters and broken ones
KEYWORDS = frozenset(["and", "or", "not", "is", "in", "between", "missing", "for", "via", "true", "false"])

TokenKind = OneOf["literal", "word", "family", "class", "sign", "end"]


@dataclass(frozen=True)
class Token:
    """One piece of the text; `literal` is set for constants only; words and signs are in their plain form."""

    kind: TokenKind
    text: str
    place: Place
    literal: ast.Literal | None = None


def tokens(source: str, start: Place) -> list[Token]:
    """All tokens of `source`, closed by one of kind `end`; `KeguanError` with every unreadable piece."""
    if len(source) > MAX_LENGTH:
        raise fail("KG301", start, length=len(source), limit=MAX_LENGTH)
    found: list[Token] = []
    problems: list[Problem] = []
    for piece in _PIECE.finditer(source):
        read = _PIECE_READERS[str(piece.lastgroup)]
        for item in read(piece[0], partial(_place, source, start, piece.start())):
            if isinstance(item, Problem):
                problems.append(item)
            else:
                found.append(item)
    if problems:
        raise KeguanError(problems)
    return [*found, Token("end", "", _place(source, start, len(source)))]


_CLOSING = {'"': '"', "'": "'", "“": "”", "「": "」", "＂": "＂", "＇": "＇"}
_QUOTED = "|".join(f"{a}(?:[^{b}]|{b}{b})*{b}" for a, b in _CLOSING.items())
_PIECE = re.compile(f"(?P<quoted>{_QUOTED})|(?P<plain>[^{''.join(_CLOSING)}]+)|(?P<unclosed>.+)", re.DOTALL)

_SIGNS = {
    "≠": "!=",
    "<>": "!=",
    "≤": "<=",
    "≦": "<=",
    "≥": ">=",
    "≧": ">=",
    "、": ",",
    "×": "*",
    "÷": "/",
    "−": "-",
}
_MAGNITUDES = {"万": 4, "萬": 4, "亿": 8, "億": 8}
_UNIT = "|".join(sorted((s + (r"\b" if s.isascii() else "") for s in BY_SPELLING), key=len, reverse=True))
_LETTERS = r"(?u:[^\W_])+"  # of any script
BARE_VALUE = rf"{_LETTERS}(?:[-_/.]{_LETTERS})*"
"""A value of a family that needs no quotes."""
FAMILY = r"[a-z][a-z0-9]*_[a-z0-9_]*"
"""What stands before the values of a family: unlike a scheme's id it has an underscore."""
_TOKEN = re.compile(
    rf"""(?P<space>\s+)
    |(?P<date>\d{{4}}-\d{{1,2}}-\d{{1,2}})(?![\w-])
    |(?P<thousands>(?:¥\s*)?\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?(?![\d_]))
    |(?P<number>(?P<currency>¥\s*)?(?P<digits>\d+(?:_\d+)*(?:\.\d+)?)
        (?:\s*(?P<magnitude>[{"".join(_MAGNITUDES)}]))?(?:\s*(?P<unit>%|{_UNIT}))?)
    |(?P<family>{FAMILY}:(?:{BARE_VALUE}\+)*(?:{BARE_VALUE})?)
    |(?P<class>[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.{_LETTERS}(?:[_-]{_LETTERS})*)?
        :{_LETTERS}(?:[-_/]{_LETTERS})*)
    |(?P<word>[a-z][a-z0-9_]*)
    |(?P<sign><>|!=|<=|>=|[-+*/=<>(),≠≤≦≥≧、×÷−])
    |(?P<stray>[^\x00-\x7f]+|.)""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)

_PlaceAt = Callable[[int], Place]


def _place(source: str, start: Place, offset: int, index: int = 0) -> Place:
    """Later lines of a text are taken to be indented as far as its first."""
    index += offset
    line_start = source.rfind("\n", 0, index) + 1
    return replace(
        start,
        line=(start.line or 1) + source.count("\n", 0, line_start),
        column=(start.column or 1) + index - line_start,
    )


def _read_quoted(piece: str, place_at: _PlaceAt) -> Iterator[Token | Problem]:
    closing = _CLOSING[piece[0]]
    content = piece[1:-1].replace(closing * 2, closing)
    if UNREADABLE.search(content):
        yield Problem("KG304", place_at(0))
    else:
        yield Token("literal", piece, place_at(0), ast.Literal(content))


def _read_unclosed(piece: str, place_at: _PlaceAt) -> Iterator[Token | Problem]:
    yield Problem("KG303", place_at(0), {"quote": _CLOSING[piece[0]]})


def _read_plain(piece: str, place_at: _PlaceAt) -> Iterator[Token | Problem]:
    forms = [normalize("NFKC", c) for c in piece]
    origin = [i for i, form in enumerate(forms) for _ in form]
    for match in _TOKEN.finditer("".join(forms)):
        if match.lastgroup == "space":
            continue
        yield _READERS[str(match.lastgroup)](match, place_at(origin[match.start()]))


_PIECE_READERS = {"quoted": _read_quoted, "plain": _read_plain, "unclosed": _read_unclosed}


def _read_date(match: re.Match[str], place: Place) -> Token | Problem:
    try:
        day = date(*(int(part) for part in match[0].split("-")))
    except ValueError:
        return Problem("KG308", place, {"text": match[0]})
    return Token("literal", match[0], place, ast.Literal(day))


def _read_number(match: re.Match[str], place: Place) -> Token | Problem:
    digits, mark = match["digits"].replace("_", ""), (match["unit"] or "").lower()
    if len(digits) > 1 and digits[0] == "0" and digits[1] != ".":
        return Problem("KG307", place, {"text": match["digits"]})
    if match["currency"] and mark not in ("", "元"):
        return Problem("KG309", place, {"text": match[0]})
    shift = _MAGNITUDES.get(match["magnitude"], 0) - (2 if mark == "%" else 0)
    value = _shifted(digits, shift)
    if value is None:
        return Problem("KG306", place, {"text": match[0], "whole": MAX_WHOLE_DIGITS, "places": MAX_PLACES})
    unit = SHARE if mark == "%" else MONEY if match["currency"] else BY_SPELLING.get(mark)
    return Token("literal", match[0], place, ast.Literal(value, unit))


def _shifted(digits: str, shift: int) -> int | Decimal | None:
    """`digits` times ten to the `shift`, exactly; None when too long."""
    whole, _, fraction = digits.partition(".")
    if len(whole) + shift > MAX_WHOLE_DIGITS or len(fraction.rstrip("0")) - shift > MAX_PLACES:
        return None
    value = Decimal(f"{whole}.{fraction.rstrip('0') or 0}").scaleb(shift)
    return int(value) if value == value.to_integral_value() else value


def _read_word(match: re.Match[str], place: Place) -> Token | Problem:
    lower = match[0].lower()
    if match[0] != lower and lower not in KEYWORDS:
        return Problem("KG305", place, {"text": match[0], "lower": lower})
    return Token("word", lower, place)


def _read_class(match: re.Match[str], place: Place) -> Token | Problem:
    scheme, code = match[0].split(":")
    if scheme != scheme.lower():
        return Problem("KG305", place, {"text": match[0], "lower": f"{scheme.lower()}:{code}"})
    return Token("class", match[0], place)


def _read_family(match: re.Match[str], place: Place) -> Token | Problem:
    head, _, values = match[0].partition(":")
    if head != head.lower():
        return Problem("KG305", place, {"text": match[0], "lower": f"{head.lower()}:{values}"})
    return Token("family", match[0], place)


def _read_sign(match: re.Match[str], place: Place) -> Token | Problem:
    return Token("sign", _SIGNS.get(match[0], match[0]), place)


def _read_stray(match: re.Match[str], place: Place) -> Token | Problem:
    shown = match[0][:20]
    if not shown.isprintable():
        shown = " ".join(f"U+{ord(c):04X}" for c in shown)
    return Problem("KG302", place, {"stray": shown})


_READERS: dict[str, Callable[[re.Match[str], Place], Token | Problem]] = {
    "date": _read_date,
    "thousands": lambda m, p: Problem("KG310", p, {"text": m[0], "plain": m[0].replace(",", "")}),
    "number": _read_number,
    "family": _read_family,
    "class": _read_class,
    "word": _read_word,
    "sign": _read_sign,
    "stray": _read_stray,
}
