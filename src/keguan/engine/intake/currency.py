"""Which currency the money is in: one for everything, or converted by dated rates, or a question to the user."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keguan.core.errors import KeguanError, Place, Problem
from keguan.engine.intake import sql
from keguan.engine.intake.cleaning import MARK, has_marks
from keguan.engine.intake.values import numbers

if TYPE_CHECKING:
    import duckdb

    from keguan.engine.intake.cleaning import Staged
    from keguan.engine.intake.options import IntakeOptions

_BRACKETED = re.compile(r"[(（\[]\s*([^)）\]]{1,6})\s*[)）\]]")


@dataclass(frozen=True)
class Currencies:
    """What one staged table says of its currency: written form -> ISO code, the written forms of the currency column and
    of each field of money, and the code in each field's header."""

    cells: Mapping[str, str]
    column: frozenset[str]
    marks: Mapping[str, frozenset[str]]
    headers: Mapping[str, str]

    @property
    def codes(self) -> frozenset[str]:
        """Every ISO code named."""
        return frozenset(self.cells.values()) | frozenset(self.headers.values())

    def codes_of(self, field: str) -> frozenset[str]:
        """The ISO codes that speak of one field: its header's, its own marks', the currency column's."""
        words = self.column | self.marks.get(field, frozenset())
        return frozenset(self.cells[w] for w in words) | {c for f, c in self.headers.items() if f == field}


def currencies_of(con: duckdb.DuckDBPyConnection, staged: Staged, options: IntakeOptions) -> Currencies:
    """Read the currency column, the marks beside the numbers and the brackets of the headers."""
    column: frozenset[str] = frozenset()
    marks: dict[str, frozenset[str]] = {}
    headers: dict[str, str] = {}
    for name, reading in staged.readings.items():
        if reading.field.name == "currency":
            found = con.execute(f"SELECT DISTINCT currency FROM {staged.relation} WHERE currency IS NOT NULL")
            column = frozenset(row[0] for row in found.fetchall())
        if reading.field.type == "money":
            how = reading.how
            marks[name] = frozenset(how.marks) if isinstance(how, numbers.NumberReading) else frozenset()
            for part in _BRACKETED.findall(reading.sample.header):
                code = numbers.currency_of(part, options.currency)
                headers |= {name: code} if code else {}
    words = sorted(column.union(*marks.values()))
    known = {word: numbers.currency_of(word, options.currency) for word in words}
    unknown = [word for word, code in known.items() if code is None]
    if unknown:
        raise KeguanError(
            [Problem("KG231", Place(file=staged.raw.name, field="currency"), {"word": w}) for w in unknown]
        )
    return Currencies({word: code for word, code in known.items() if code}, column, marks, headers)


def settle(found: Iterable[Currencies], options: IntakeOptions, place: Place) -> str | None:
    """The one currency of all amounts; `KeguanError` (KG230) where several meet without rates for all but one."""
    codes = frozenset().union(*(one.codes for one in found))
    base = options.currency or (next(iter(codes)) if len(codes) == 1 else None)
    rated = {currency for currency, _ in options.rates}
    lacking = codes - {base} - rated
    if lacking or (base is None and codes):
        raise KeguanError(
            Problem("KG230", place, {"currencies": ", ".join(sorted(codes | ({base} if base else set())))})
        )
    return base


def rates_sql(
    staged: Staged, found: Currencies, base: str | None, options: IntakeOptions, day: str
) -> dict[str, str]:
    """Per field of money, units of `base` per unit of its currency on the row's day; none where nothing is converted.

    The currency column speaks of the amount. A cost or profit that says otherwise, beside its numbers or in its header,
    is converted at the rate of its own currency; one that says nothing follows the amount.
    """
    if not found.codes - {base}:
        return {}
    worth = staged.money or ""
    column = [_coded("currency", found)] if "currency" in staged.readings else []
    own = found.codes_of(worth)
    default = next(iter(own)) if len(own) == 1 else base
    amount = sql.first(*column, *_said(staged, found, worth), sql.text(default or ""))
    others = [f for f in ("cost", "profit") if f in staged.readings]
    codes = {f: sql.first(*_said(staged, found, f), amount) for f in others}
    return {f: _rate(code, base, options, day) for f, code in {"amount": amount, **codes}.items()}


def _said(staged: Staged, found: Currencies, field: str) -> list[str]:
    """What a field says of its own currency: the mark beside the number, then its header."""
    reading = staged.readings.get(field)
    marked = [_coded(field + MARK, found)] if reading is not None and has_marks(reading) else []
    return marked + [sql.text(code) for f, code in found.headers.items() if f == field]


def _coded(column: str, found: Currencies) -> str:
    pairs = " ".join(
        f"WHEN {sql.text(word)} THEN {sql.text(code)}" for word, code in sorted(found.cells.items())
    )
    return f"CASE {sql.name(column)} {pairs} END" if pairs else "NULL"


def _rate(code: str, base: str | None, options: IntakeOptions, day: str) -> str:
    arms = [f"WHEN {sql.text(base or '')} THEN 1::DECIMAL(18,8)"]
    for currency in sorted({currency for currency, _ in options.rates}):
        dated = sorted(
            ((first, rate) for (c, first), rate in options.rates.items() if c == currency), reverse=True
        )
        when = " ".join(
            f"WHEN {day} >= DATE {sql.text(first)} THEN {sql.text(rate)}::DECIMAL(18,8)"
            for first, rate in dated
        )
        arms.append(f"WHEN {sql.text(currency)} THEN CASE {when} END")
    return f"CASE {code} {' '.join(arms)} END"
