"""Cases of a scheme: small worlds with the classes a person worked out by hand. Reading only; running them is above."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from keguan.core.document import Reader
from keguan.core.errors import KeguanError, Problem
from keguan.engine.tables import logical_tables
from keguan.language import ast
from keguan.schemes.tree import distinct, read_tree

SOURCES = ("orders", "order_lines", "items", "measures", "ranks")
"""The ways to describe a world; a case uses one of them, and may give customers and rows of other tables beside it."""
_KINDS = ("sale", "return")
_STATUSES = ("completed", "open", "cancelled")
_LINE = re.compile(r"(\d{4}-\d{2}-\d{2})\s+(-?\d+(?:\.\d+)?)((?:\s+[a-z]+)*)")
_CODE = re.compile(r"KG\d{3}")


@dataclass(frozen=True)
class Entry:
    """One order or order line: day, amount, `sale` or `return`, `completed`, `open` or `cancelled`."""

    on: date
    amount: Decimal
    kind: str
    status: str


@dataclass(frozen=True)
class Ranks:
    """Subjects s0001, s0002 … whose `measure` is `count`, `count` - 1 … 1; `others` are the same for all."""

    count: int
    measure: str
    others: Mapping[str, ast.Value] = field(hash=False)


@dataclass(frozen=True)
class Given:
    """The world of a case. `source` says which of the ways describes it; None: customers or `tables` only."""

    source: Literal["orders", "order_lines", "items", "measures", "ranks"] | None
    orders: Mapping[str, tuple[Entry, ...]] = field(hash=False)
    order_lines: Mapping[str, tuple[Entry, ...]] = field(hash=False)
    items: Mapping[str, Decimal] = field(hash=False)
    measures: Mapping[str, Mapping[str, ast.Value]] = field(hash=False)
    ranks: Ranks | None
    customers: tuple[Mapping[str, str | bool | None], ...] = field(hash=False)
    tables: Mapping[str, tuple[Mapping[str, ast.Value], ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class Expected:
    """What must come out: per subject class, detail, reason, status (None: it has none); per class a count; or the code
    of a refusal."""

    classes: Mapping[str, str | None] = field(hash=False)
    details: Mapping[str, str | None] = field(hash=False)
    reasons: Mapping[str, str | None] = field(hash=False)
    statuses: Mapping[str, str | None] = field(hash=False)
    counts: Mapping[str, int] = field(hash=False)
    refused: str | None


@dataclass(frozen=True)
class Case:
    """One case. `changes` and `parameters` are handed to `load_scheme` as they are; `line` is where the case begins.
    `dimension` says which question of the scheme is asked; without it, the first."""

    name: str
    checks: tuple[str, ...]
    as_of: date
    profile: str | None
    subject: str | None
    dimension: str | None
    window: str | None
    parameters: Mapping[str, Any] = field(hash=False)
    changes: Mapping[str, Any] = field(hash=False)
    given: Given
    expect: Expected
    file: str
    line: int


def load_cases(text: str, file: str) -> tuple[Case, ...]:
    """The cases of a file; `KeguanError` with every problem of the file."""
    problems: list[Problem] = []
    reader = Reader(read_tree(text, file), problems)
    written = reader.items("cases")
    cases = tuple(_case(c, file) for c in written)
    reader.close()
    for index, case in enumerate(cases):
        if case.name and case.name in [c.name for c in cases[:index]]:
            problems.append(Problem("KG437", written[index].place, {"name": case.name}))
    if reader.has("cases") and not cases:
        reader.report("KG404", reader.place_of("cases"), expected="list", found="–")
    if problems:
        raise KeguanError(distinct(problems))
    return cases


def _case(reader: Reader, file: str) -> Case:
    case = Case(
        name=reader.text("name"),
        checks=tuple(reader.texts("checks", None)),
        as_of=_day(reader, "as_of"),
        profile=reader.text("profile", None),
        subject=reader.text("subject", None),
        dimension=reader.text("dimension", None),
        window=reader.text("window", None),
        parameters=_plain_mapping(reader, "parameters"),
        changes=_plain_mapping(reader, "changes"),
        given=_given(reader.mapping("given")) if reader.has("given") else _missing(reader, "given"),
        expect=_expected(reader.mapping("expect")) if reader.has("expect") else _nothing(reader),
        file=file,
        line=reader.place.line or 1,
    )
    reader.close()
    return case


def _missing(reader: Reader, key: str) -> Given:
    reader.report("KG403", key=key)
    return _given_nothing()


def _nothing(reader: Reader) -> Expected:
    reader.report("KG403", key="expect")
    return Expected({}, {}, {}, {}, {}, None)


def _given_nothing() -> Given:
    return Given(None, {}, {}, {}, {}, None, ())


def _day(reader: Reader, key: str) -> date:
    written = reader.text(key)
    try:
        return date.fromisoformat(written)
    except ValueError:
        if reader.has(key):
            reader.report("KG404", reader.place_of(key), expected="2026-06-30", found=written)
        return date.min


def _plain_mapping(reader: Reader, key: str) -> Mapping[str, Any]:
    inner = reader.mapping(key, None)
    if inner is None:
        return {}
    found = reader.raw(key)
    return found if isinstance(found, dict) else {}


def _given(reader: Reader) -> Given:
    used = [s for s in SOURCES if reader.has(s)]
    if len(used) > 1 or not (used or reader.has("customers") or reader.has("tables")):
        reader.report("KG434", found=", ".join(used) or "–", known=", ".join((*SOURCES, "tables")))
    source: Any = used[0] if used else None
    given = Given(
        source=source,
        orders=_of_subjects(reader, "orders", _entries),
        order_lines=_of_subjects(reader, "order_lines", _entries),
        items=_of_subjects(reader, "items", _weight),
        measures=_of_subjects(reader, "measures", _values),
        ranks=_ranks(reader.mapping("ranks")) if reader.has("ranks") else None,
        customers=tuple(_customer(c) for c in reader.items("customers", None)),
        tables=_of_subjects(reader, "tables", _rows),
    )
    reader.close()
    return given


def _of_subjects(reader: Reader, key: str, read: Callable[[Reader, str], Any]) -> dict[str, Any]:
    inner = reader.mapping(key, None)
    return {} if inner is None else {subject: read(inner, subject) for subject in list(inner.keys())}


def _entries(reader: Reader, subject: str) -> tuple[Entry, ...]:
    found = (_entry(reader, subject, t) for t in reader.texts(subject))
    return tuple(e for e in found if e is not None)


def _entry(reader: Reader, subject: str, written: str) -> Entry | None:
    """`2026-02-01 -20.00 return open`: day, amount, then kind and status in any order; a sale, completed by default."""
    match = _LINE.fullmatch(written.strip())
    words = match[3].split() if match else []
    kinds = [w for w in words if w in _KINDS]
    statuses = [w for w in words if w in _STATUSES]
    try:
        day = date.fromisoformat(match[1]) if match else None
    except ValueError:
        day = None
    if match is None or day is None or len(words) > len(kinds[:1]) + len(statuses[:1]):
        reader.report("KG435", reader.place_of(subject), found=written[:60])
        return None
    return Entry(day, Decimal(match[2]), (kinds or ["sale"])[0], (statuses or ["completed"])[0])


def _weight(reader: Reader, subject: str) -> Decimal:
    weight: Decimal = reader.number(subject)
    return weight


def _values(reader: Reader, subject: str) -> dict[str, ast.Value]:
    inner = reader.raw(subject)
    if not isinstance(inner, dict):
        reader.report("KG404", reader.place_of(subject), expected="mapping", found=str(inner)[:60])
        return {}
    return {name: _value(value) for name, value in inner.items()}


def _value(written: Any) -> ast.Value:
    """A whole number, an exact decimal, a day, true, false, missing, or else text."""
    if written is None or isinstance(written, bool):
        return written
    text = str(written)
    if re.fullmatch(r"-?\d{1,18}", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        try:
            return date.fromisoformat(text)
        except ValueError:
            return text
    try:
        return Decimal(text) if re.fullmatch(r"-?\d+\.\d+", text, re.ASCII) else text
    except InvalidOperation:
        return text


def _rows(reader: Reader, table: str) -> tuple[Mapping[str, ast.Value], ...]:
    """Rows of a logical table: field and value."""
    if table not in logical_tables():
        reader.report("KG404", reader.place_of(table), expected=", ".join(logical_tables()), found=table)
    rows = []
    for item in reader.items(table):
        rows.append({name: _value(item.raw(name)) for name in list(item.keys())})
    return tuple(rows)


def _ranks(reader: Reader) -> Ranks:
    count = reader.whole("count")
    if reader.has("count") and not 1 <= count <= 100_000:
        reader.report("KG404", reader.place_of("count"), expected="1…100000", found=count)
    others = _plain_mapping(reader, "others")
    found = Ranks(count, reader.text("measure"), {k: _value(v) for k, v in others.items()})
    reader.close()
    return found


def _customer(reader: Reader) -> Mapping[str, str | bool | None]:
    reader.text("customer_id")
    found: dict[str, str | bool | None] = {}
    for key in list(reader.keys()):
        value = reader.raw(key)
        if isinstance(value, (dict, list)):
            reader.report("KG404", reader.place_of(key), expected="text", found="mapping | list")
        else:
            found[key] = value
    return found


def _expected(reader: Reader) -> Expected:
    found = Expected(
        classes=_texts(reader, "classes"),
        details=_texts(reader, "details"),
        reasons=_texts(reader, "reasons"),
        statuses=_texts(reader, "statuses"),
        counts=_of_subjects(reader, "counts", lambda r, k: r.whole(k)),
        refused=reader.text("refused", None),
    )
    if found.refused is not None and not _CODE.fullmatch(found.refused):
        reader.report("KG404", reader.place_of("refused"), expected="KGnnn", found=found.refused)
    if not reader.keys():
        reader.report("KG436")
    reader.close()
    return found


def _texts(reader: Reader, key: str) -> dict[str, str | None]:
    return _of_subjects(reader, key, lambda r, k: None if r.raw(k) is None else r.text(k))
