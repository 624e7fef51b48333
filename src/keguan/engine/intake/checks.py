"""Questions only the user can answer, gathered over all tables before anything is read in full."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from keguan.core.errors import KeguanError, Place, Problem
from keguan.engine.intake import letters
from keguan.engine.intake.mapping import find_header
from keguan.engine.intake.readers import parquet, typed
from keguan.engine.intake.reading import Reading
from keguan.engine.intake.values import dates, numbers
from keguan.engine.tables import logical_tables

if TYPE_CHECKING:
    from keguan.engine.intake.mapping import Mapping_
    from keguan.engine.intake.options import IntakeOptions
    from keguan.engine.intake.raw import RawTable
    from keguan.engine.intake.recognise import Recognised
    from keguan.engine.intake.sampling import Sample


def bare_classes(raw: RawTable, found: Recognised, samples: Sequence[Sample]) -> Iterator[Problem]:
    """A table that would be decisions of people if it said which scheme they are about (KG470)."""
    if found.nearest != "overrides" or "scheme" not in found.lacking or "class" not in found.have:
        return
    headers = {h.casefold() for h in logical_tables()[found.nearest].fields["class"].headers}
    for sample in samples:
        if sample.header.strip().casefold() in headers:
            yield letters.question(raw.name, sample.header, sorted(sample.values))


def option_problems(options: IntakeOptions, samples: Sequence[Sequence[Sample]]) -> Iterator[Problem]:
    """What is wrong with the wishes themselves: unknown fields and columns, no such rate, zone or currency."""
    tables = logical_tables()
    for (table, name), header in options.columns.items():
        place = Place(field=f"{table}.{name}")
        if table not in tables or name not in tables[table].fields:
            known = tables[table].fields if table in tables else tables
            yield Problem("KG204", place, {"table": table, "field": name, "known": ", ".join(known)})
        elif not any(find_header(header, columns) is not None for columns in samples):
            headers = sorted({s.header for columns in samples for s in columns})
            yield Problem("KG203", place, {"column": header, "columns": ", ".join(headers[:40])})
    for (currency, day), rate in options.rates.items():
        if not _is_rate(day, rate):
            yield Problem("KG232", Place(field=currency), {"currency": currency, "day": day, "rate": rate})
    if options.timezone and not _is_zone(options.timezone):
        yield Problem("KG233", Place(), {"timezone": options.timezone})
    if options.currency and not _is_code(options.currency):
        yield Problem("KG231", Place(field="currency"), {"word": options.currency})


def mapping_problems(raw: RawTable, mapping: Mapping_) -> Iterator[Problem]:
    """Fields that two columns fit equally, and required ones nobody is sure of."""
    table = mapping.table.name
    for tied in mapping.tied:
        place = Place(file=raw.name, field=tied.field.name)
        yield Problem(
            "KG201",
            place,
            {"table": table, "field": tied.field.name, "columns": ", ".join((tied.header, *tied.rivals))},
        )
    for doubtful in mapping.doubtful:
        place = Place(file=raw.name, field=doubtful.field.name)
        values = {"table": table, "field": doubtful.field.name, "column": doubtful.header}
        yield Problem("KG202", place, {**values, "confidence": f"{doubtful.confidence:.0%}"})


def reading_problems(raw: RawTable, readings: Mapping[str, Reading]) -> Iterator[Problem]:
    """Dates whose order and numbers whose decimal mark the whole column does not tell."""
    for name, reading in readings.items():
        place = Place(file=raw.name, field=name)
        column = reading.sample.header
        if (
            isinstance(reading.how, dates.DateReading)
            and reading.how.open_order
            and reading.how.order is None
        ):
            code = "KG211" if reading.how.contradicted else "KG210"
            yield Problem(code, place, {"column": column, "example": reading.how.example})
        elif isinstance(reading.how, numbers.NumberReading) and reading.makes_money:
            for code, example in (("KG213", reading.how.unclear), ("KG214", reading.how.contradicted)):
                if example:
                    yield Problem(code, place, {"column": column, "example": example})


def raise_if_damaged(raw_tables: Sequence[RawTable]) -> None:
    """Once something went wrong: raises KG150 for every file that cannot be read from end to end. To read everything twice
    only to know it beforehand would cost those whose files are sound."""
    import duckdb

    problems = []
    for raw in raw_tables:
        if raw.facts.get("format") != "parquet":
            continue
        with typed.connect() as con:
            try:
                con.execute(f"SELECT bit_xor(hash(COLUMNS(*))) FROM {raw.attach(con)}").fetchall()
            except duckdb.Error as error:
                problems.append(Problem("KG150", Place(file=raw.name), {"reason": parquet.first_line(error)}))
    if problems:
        raise KeguanError(problems)


def _is_rate(day: str, rate: str) -> bool:
    try:
        date.fromisoformat(day)
        return Decimal(rate) > 0
    except (ValueError, InvalidOperation):
        return False


def _is_code(currency: str) -> bool:
    """Whether it looks like a code and is no word for another one (`RMB`)."""
    looks = re.fullmatch("[A-Z]{3}", currency) is not None
    return looks and numbers.currency_of(currency) in (currency, None)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
