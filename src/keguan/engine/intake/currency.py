"""Which currency the money is in: one for everything, or converted by dated rates, or a question to the user."""

from __future__ import annotations

import re
from collections.abc import Iterable
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
    """What one staged table says of its currency: written form -> ISO code, in its cells and in its headers."""

    cells: dict[str, str]
    headers: frozenset[str]

    @property
    def codes(self) -> frozenset[str]:
        """Every ISO code named."""
        return frozenset(self.cells.values()) | self.headers


def currencies_of(con: duckdb.DuckDBPyConnection, staged: Staged, options: IntakeOptions) -> Currencies:
    """Read the currency column, the marks beside the numbers and the brackets of the headers."""
    words: set[str] = set()
    headers: set[str] = set()
    for reading in staged.readings.values():
        if reading.field.name == "currency":
            found = con.execute(f"SELECT DISTINCT currency FROM {staged.relation} WHERE currency IS NOT NULL")
            words |= {row[0] for row in found.fetchall()}
        if reading.field.type == "money":
            words |= set(reading.how.marks) if isinstance(reading.how, numbers.NumberReading) else set()
            inside = (
                numbers.currency_of(part, options.currency)
                for part in _BRACKETED.findall(reading.sample.header)
            )
            headers |= {code for code in inside if code}
    known = {word: numbers.currency_of(word, options.currency) for word in sorted(words)}
    unknown = [word for word, code in known.items() if code is None]
    if unknown:
        raise KeguanError(
            [Problem("KG231", Place(file=staged.raw.name, field="currency"), {"word": w}) for w in unknown]
        )
    return Currencies({word: code for word, code in known.items() if code}, frozenset(headers))


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


def rate_sql(
    staged: Staged, found: Currencies, base: str | None, options: IntakeOptions, day: str
) -> str | None:
    """Units of `base` per unit of a row's currency on its day; None where nothing has to be converted."""
    if not found.codes - {base}:
        return None
    pairs = " ".join(
        f"WHEN {sql.text(word)} THEN {sql.text(code)}" for word, code in sorted(found.cells.items())
    )
    steps = [f"CASE {column} {pairs} END" for column in ("currency",) if column in staged.readings]
    money = staged.readings.get(staged.money or "")
    if money is not None and has_marks(money):
        steps.append(f"CASE {sql.name(money.field.name + MARK)} {pairs} END")
    default = next(iter(found.codes)) if len(found.codes) == 1 else base
    code = sql.first(*steps, sql.text(default or ""))
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
