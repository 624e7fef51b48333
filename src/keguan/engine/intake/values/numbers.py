"""Money and numbers as people write them; which mark is the decimal one is decided by the column as a whole."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from keguan.engine.intake import sql
from keguan.engine.intake.values.characters import half_width, half_width_sql

Mark = Literal["dot", "comma"]

_SYMBOLS: Mapping[str, str] = {
    "hk$": "HKD", "nt$": "TWD", "us$": "USD", "a$": "AUD", "c$": "CAD", "s$": "SGD", "r$": "BRL",
    "¥": "CNY", "$": "USD", "€": "EUR", "£": "GBP", "₩": "KRW", "₹": "INR", "₽": "RUB", "฿": "THB",
    "人民币": "CNY", "元": "CNY", "rmb": "CNY", "港币": "HKD", "港元": "HKD", "新台币": "TWD", "新臺幣": "TWD",
    "台币": "TWD", "美元": "USD", "美金": "USD", "欧元": "EUR", "英镑": "GBP", "日元": "JPY", "日圆": "JPY",
    "韩元": "KRW", "澳元": "AUD", "加元": "CAD",
}  # fmt: skip
_CODES = frozenset(
    [
        "CNY",
        "USD",
        "EUR",
        "GBP",
        "HKD",
        "TWD",
        "JPY",
        "KRW",
        "SGD",
        "AUD",
        "CAD",
        "NZD",
        "CHF",
        "SEK",
        "NOK",
        "DKK",
        "INR",
        "RUB",
        "BRL",
        "MXN",
        "ZAR",
        "THB",
        "MYR",
        "IDR",
        "PHP",
        "VND",
        "MOP",
        "AED",
        "SAR",
        "TRY",
        "PLN",
        "CZK",
        "HUF",
        "ILS",
    ]
)
_FAMILIES = {
    "¥": {"CNY", "JPY"},
    "$": {"USD", "AUD", "CAD", "SGD", "HKD", "TWD", "NZD", "MXN"},
    "元": {"CNY", "HKD", "TWD"},
}
_MARK = re.compile(
    "|".join(re.escape(m) for m in sorted([*_SYMBOLS, *(c.lower() for c in _CODES)], key=lambda m: -len(m)))
)
_SCALE = {"万": 10_000, "萬": 10_000, "亿": 100_000_000, "億": 100_000_000, "千": 1_000}
_SIGNED = (
    r"[(][^()+-]+[)]|[+-]?[^()+-]+|[^()+-]+-"  # brackets, a sign before or a minus after, never two of them
)
# What a number's digits and marks (and a unit right after them) say of its decimal mark; the same in Python and in SQL.
_COMMA_TELLS = (
    r",(?:[0-9]{1,2}|[0-9]{4,})$|[.][0-9]{3},[0-9]|,[0-9]+[万萬亿億千]|^[0-9]{1,3}(?:[.][0-9]{3}){2,}$"
)
_DOT_TELLS = r"[.](?:[0-9]{1,2}|[0-9]{4,})$|,[0-9]{3}[.][0-9]|^0[.][0-9]|[.][0-9]+[万萬亿億千]|^[0-9]{1,3}(?:,[0-9]{3}){2,}$"
_OPEN = r"^[1-9][0-9]{0,2}[.][0-9]{3}$"
_GROUPED = r"^[1-9][0-9]{0,2},[0-9]{3}$"
_TELLS = {"comma": _COMMA_TELLS, "dot": _DOT_TELLS, "open": _OPEN, "grouped": _GROUPED}
_KEPT = "[^0-9.,万萬亿億千]"
_PLAIN = re.compile(r"[-+]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+)")
_FEW = 100  # one row in so many may contradict all others: it is left out, not believed


@dataclass(frozen=True)
class Evidence:
    """What a whole column says of its decimal mark: cells that show a comma, a dot, or leave it open (`1.234`; `grouped`
    ones are written `1,234`)."""

    comma: int = 0
    dot: int = 0
    open: int = 0
    grouped: int = 0
    example: str = ""

    @property
    def mark(self) -> Mark:
        """The decimal mark of the greater number of cells."""
        return "comma" if self.comma > self.dot else "dot"

    @property
    def contradicted(self) -> bool:
        """Whether too many cells show the other mark to be slips, and some could be read either way."""
        both = min(self.comma, self.dot) * _FEW > max(self.comma, self.dot)
        return both and self.open + self.grouped > 0

    @property
    def unclear(self) -> bool:
        """Whether some fraction could as well be a group of three digits, and no cell tells."""
        return self.open > 0 and not self.comma and not self.dot


@dataclass(frozen=True)
class NumberReading:
    """How one column of numbers is read.

    `plain`: every value seen is one a cast reads, so nothing else is tried. `marks` are the currency marks seen, as written (lower case). `sure`: a dot was seen where only a decimal one stands.
    `unclear` is an example where every fraction could as well be a group of three digits (`1.234`), `contradicted` one
    of a column that writes both marks; else empty.
    """

    decimal: Mark = "dot"
    plain: bool = False
    sure: bool = False
    marks: tuple[str, ...] = ()
    quirks: tuple[str, ...] = ()
    unclear: str = ""
    contradicted: str = ""

    def sql(self, column: str) -> str:
        """A DECIMAL(18,4) expression over a text column; null where the text is no number.

        Only cells that a plain cast refuses take the long way, so a clean column costs a cast.
        """
        cast = f"TRY_CAST({column} AS DECIMAL(18,4))"
        if self.plain:
            return cast
        return self._long(column) if self.decimal == "comma" else sql.first(cast, self._long(column))

    def _long(self, column: str) -> str:
        base = f"lower({half_width_sql(column)})"
        bare = f"regexp_replace({base}, {sql.text(_marks_pattern())}, '', 'g')"
        close = f"regexp_replace({bare}, '\\s+', '', 'g')"
        sign = f"CASE WHEN regexp_matches({close}, '^[(-]|-$') THEN -1 ELSE 1 END"
        signed = f"regexp_full_match({close}, {sql.text(_SIGNED)})"
        body = f"CASE WHEN {signed} THEN regexp_replace({close}, '[()+-]', '', 'g') END"
        return f"TRY_CAST({_scaled(body, self.decimal)} * {sign} AS DECIMAL(18,4))"

    def currency_sql(self, column: str) -> str:
        """The currency mark of a cell (lower case, as written), or null; a cell that a plain cast reads has none."""
        mark = f"nullif(regexp_extract(lower({half_width_sql(column)}), {sql.text(_marks_pattern())}), '')"
        return f"CASE WHEN TRY_CAST({column} AS DECIMAL(18,4)) IS NULL THEN {mark} END"


def _scaled(body: str, decimal: Mark) -> str:
    thousands, point = (",", "[.]") if decimal == "dot" else (".", ",")
    shape = f"([0-9]+|[1-9][0-9]{{0,2}}(?:[{thousands}'][0-9]{{3}})+)?(?:{point}([0-9]*))?(万|萬|亿|億|千)?"
    part = [f"regexp_extract({body}, {sql.text('^' + shape + '$')}, {n})" for n in (1, 2, 3)]
    whole = f"regexp_replace({part[0]}, '[^0-9]', '', 'g')"
    number = f"TRY_CAST(nullif({whole} || '.' || {part[1]}, '.') AS DECIMAL(28,8))"
    factor = " ".join(f"WHEN '{word}' THEN {value}" for word, value in _SCALE.items())
    return f"TRY_CAST({number} * CASE {part[2]} {factor} ELSE 1 END AS DECIMAL(28,4))"


def _marks_pattern() -> str:
    return _MARK.pattern


def decide(
    values: Mapping[str, int], whole: Evidence | None = None, wish: Mark | None = None
) -> NumberReading:
    """How to read a column of numbers, from sampled values with their counts; `whole` is what all its cells say."""
    quirks: set[str] = set()
    marks: set[str] = set()
    for value in values:
        if not re.fullmatch(r"-?\d+(?:\.\d{0,2})?", value):
            body = half_width(value).lower()
            marks.update(_MARK.findall(body))
            quirks.update(_quirks(value, body))
    seen = evidence(values)
    all_of_it = whole or seen
    decimal = wish or all_of_it.mark
    if decimal == "comma":
        quirks.add("european-decimals")
    return NumberReading(
        decimal=decimal,
        plain=decimal == "dot" and all(_PLAIN.fullmatch(value) for value in values),
        sure=seen.dot > 0 and not seen.comma,
        marks=tuple(sorted(marks)),
        quirks=tuple(sorted(quirks)),
        unclear=all_of_it.example if all_of_it.unclear and not wish else "",
        contradicted=all_of_it.example if all_of_it.contradicted and not wish else "",
    )


def evidence(values: Mapping[str, int]) -> Evidence:
    """What values with their counts say of the decimal mark."""
    counts = dict.fromkeys(_TELLS, 0)
    examples: dict[str, list[str]] = {name: [] for name in _TELLS}
    for value, count in values.items():
        digits = re.sub(_KEPT, "", half_width(value))
        for name, pattern in _TELLS.items():
            if re.search(pattern, digits):
                counts[name] += count
                examples[name].append(value)
    rarer = "comma" if counts["comma"] <= counts["dot"] else "dot"
    return Evidence(**counts, example=min(examples[rarer] or examples["open"], default=""))


def evidence_sql(column: str, relation: str) -> str:
    """One row of the fields of `Evidence` over a whole column of text."""
    said = ", ".join(f"regexp_matches(digits, {sql.text(p)}) AS {name}" for name, p in _TELLS.items())
    counts = ", ".join(f"count(*) FILTER ({name})" for name in _TELLS)
    comma, dot, unsure = (f"min(written) FILTER ({name})" for name in ("comma", "dot", "open"))
    marked = " OR ".join(f"contains({column}, '{mark}')" for mark in ",.，．")
    return f"""
        SELECT {counts}, coalesce(
            CASE WHEN count(*) FILTER (comma) <= count(*) FILTER (dot) THEN {comma} ELSE {dot} END, {unsure}, '')
        FROM (SELECT written, {said} FROM
              (SELECT {column} AS written, {_digits_sql(column)} AS digits FROM {relation} WHERE {marked}))"""


def tells_comma_sql(column: str) -> str:
    """Whether a cell of text shows a decimal comma."""
    return f"regexp_matches({_digits_sql(column)}, {sql.text(_COMMA_TELLS)})"


def _digits_sql(column: str) -> str:
    return f"regexp_replace({half_width_sql(column)}, '{_KEPT}', '', 'g')"


def _quirks(value: str, body: str) -> set[str]:
    found = set()
    if half_width(value) != value.strip():
        found.add("full-width")
    if body.startswith("(") and body.endswith(")"):
        found.add("bracketed-negatives")
    if body.endswith("-"):
        found.add("trailing-minus")
    if any(word in body for word in _SCALE):
        found.add("ten-thousands")
    if re.search(r"\d[,.' ]\d{3}(?!\d)", body) and re.search(r"[,' ]", body):
        found.add("thousands-separators")
    if "%" in body:
        found.add("percent")
    return found


def currency_of(mark: str, wish: str | None = None) -> str | None:
    """The ISO code a mark or word stands for; an ambiguous sign follows the wish where it can. None when unknown.

    >>> currency_of("￥"), currency_of("RMB"), currency_of("$", "CAD"), currency_of("wat")
    ('CNY', 'CNY', 'CAD', None)
    """
    word = half_width(mark).lower()
    if wish and wish in _FAMILIES.get(word, ()):
        return wish
    if word.upper() in _CODES:
        return word.upper()
    return _SYMBOLS.get(word)


def looks_numeric(value: str) -> bool:
    """Whether one written value reads as a number or money (a percentage does not)."""
    body = re.sub(_MARK, "", half_width(value).lower())
    body = re.sub(r"\s+", "", body)
    return bool(re.fullmatch(r"[(+-]?(?:\d[\d.,']*(?:e[-+]?\d+)?[万萬亿億千]?|\.\d+)[)-]?", body))
