"""Documents whose dimensions stand in the data, written out with what the data of a run hold."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from keguan.core.errors import KeguanError, Place, Problem
from keguan.core.languages import LANGUAGES
from keguan.core.texts import text
from keguan.engine.found import Column, columns_of, values_of
from keguan.engine.intake.parts import Part
from keguan.engine.measures.resolve import find
from keguan.engine.tables import LogicalTable, logical_table
from keguan.language.lexer import UNREADABLE
from keguan.language.parser import parse_with_places
from keguan.runs.request import Skipped
from keguan.schemes import keys, pattern
from keguan.schemes.conditions import Condition, ill_typed, known_measures
from keguan.schemes.document import Labels
from keguan.schemes.pattern import FoundDimension, FoundValue, Pattern, Words, quoted, slug
from keguan.schemes.sensitive import restricted

_NEVER = frozenset({"id", "date", "datetime", "money"})
"""Types of fields whose values are not kinds of anything."""
_FEW_NUMBERS = 6
"""Up to so many different numbers are taken for the names of kinds; more of them measure something."""


@dataclass(frozen=True)
class Facts:
    """The data of a run as a document may ask about them: parts, day, and what columns were called in their files."""

    parts: Sequence[Part]
    as_of: date
    headers: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def table(self, name: str) -> list[Part]:
        """The parts of a table."""
        return [p for p in self.parts if p.table == name]

    def fields(self, table: str) -> list[str]:
        """The columns some part of a table brings, in order."""
        return list(dict.fromkeys(f for p in self.table(table) for f in p.fields))


@dataclass(frozen=True)
class WrittenOut:
    """An ordinary document, the parameters it still takes, and what was not taken up, with the reason."""

    text: str
    parameters: Mapping[str, Any]
    skipped: tuple[Skipped, ...] = ()


def written_out(
    document: str,
    file: str,
    facts: Facts,
    parameters: Mapping[str, Any] | None = None,
    changes: Mapping[str, Any] | None = None,
) -> WrittenOut:
    """The document with the dimensions the data hold; as it is where it lists its own, or where the data hold none.

    `parameters` may give bands to columns of numbers and to measures: `age: "18, 35, 60"`. Raises KG467 (bands that are
    none), and whatever is wrong with a condition that stands in the data.
    """
    wanted = pattern.pattern_of(document, file, changes)
    if wanted is None:
        return WrittenOut(document, parameters or {})
    search = _Search(document, file, wanted, facts, dict(parameters or {}))
    found = search.values() if wanted.column is not None else search.columns()
    kept, rest = found[: wanted.most], found[wanted.most :]
    search.set_aside("too-many", [d.id for d in rest])
    if not kept:
        return WrittenOut(document, search.parameters, tuple(search.skipped))
    return WrittenOut(
        pattern.write_out(document, file, kept, changes), search.parameters, tuple(search.skipped)
    )


class _Search:
    """One document's search through the data."""

    def __init__(
        self, document: str, file: str, wanted: Pattern, facts: Facts, parameters: dict[str, Any]
    ) -> None:
        self.wanted = wanted
        self.parameters = parameters
        self.skipped: list[Skipped] = []
        self._document = document
        self._file = file
        self._facts = facts
        self._scheme = _id_of(document)
        self._taken = pattern.fixed_codes(document, file)
        self._table: LogicalTable = logical_table(wanted.table)
        self._paths = [p.path for p in facts.table(wanted.table)]
        self._fields = facts.fields(wanted.table)

    def set_aside(self, why: str, names: Sequence[str]) -> None:
        """Note what was not taken up; the reason stands for the dimensions it concerns."""
        if names:
            self.skipped.append(Skipped(self._scheme, why, tuple(names), dimension=why))

    def values(self) -> list[FoundDimension]:
        """One dimension per value of the column, spellings of one value together."""
        column = str(self.wanted.column)
        if column not in self._fields:
            return []
        further = (*self.wanted.conditions, *self.wanted.texts)
        beside = [n for n in further if n in self._fields]
        rows = values_of(self._paths, self.wanted.table, column, beside, self._facts.as_of)
        groups: dict[str, list[tuple[Any, ...]]] = {}
        for row in rows:
            if not UNREADABLE.search(str(row[0])):
                groups.setdefault(slug(str(row[0]), sorted(keys.RESERVED_DIMENSIONS)), []).append(row)
        problems: list[Problem] = []
        found = [self._of_value(i, g, beside, problems) for i, g in groups.items()]
        if problems:
            raise KeguanError(problems)
        return [f for f in found if f is not None]

    def _of_value(
        self, name: str, group: list[tuple[Any, ...]], beside: Sequence[str], problems: list[Problem]
    ) -> FoundDimension | None:
        value = str(group[0][0])
        said = dict(zip(beside, group[0][1:], strict=True))
        words: dict[str, str | Labels] = {
            "value": value,
            "values": quoted([str(row[0]) for row in group]),
            "scope": quoted([f"{self._scheme}.{name}"]),
            **{n: str(said.get(n) or value) for n in self.wanted.texts},
        }
        for column in self.wanted.conditions:
            written = said.get(column)
            if written is None or not str(written).strip():
                self.set_aside("no-condition", [value])
                return None
            problems += _wrong(str(written), Place(f"{self.wanted.table}.{column} ({value})", 1, 1))
            words[column] = str(written)
        return FoundDimension(name, words)

    def columns(self) -> list[FoundDimension]:
        """One dimension per column that has a few values, those filled most first; before them all that was given bands."""
        banded = [n for n in self.parameters if find(n) is not None or n in self._fields]
        bands = {n: _bounds(n, self.parameters.pop(n)) for n in banded}
        names = [n for n in self._fields if n not in bands and self._is_kind_of_thing(n)]
        found: list[FoundDimension] = []
        numbers: list[str] = []
        unfit: list[str] = []
        looked_at = columns_of(
            self._paths, self.wanted.table, names, self.wanted.most_values, self._facts.as_of
        )
        for column in sorted(looked_at, key=lambda c: -c.filled):
            n = len(column.values or ())
            if n >= 2 and not (column.is_number and n > _FEW_NUMBERS):
                found.append(self._of_column(column))
            else:
                (unfit if n == 1 or not column.is_number else numbers).append(column.name)
        self.set_aside("bands", numbers)
        self.set_aside("unfit", unfit)
        return [*(self._in_bands(n, b) for n, b in bands.items()), *found]

    def _is_kind_of_thing(self, name: str) -> bool:
        known = self._table.fields.get(name)
        if name in self._table.derived:
            return False
        return known is None or not (known.key or known.required or known.type in _NEVER)

    def _of_column(self, column: Column) -> FoundDimension:
        groups: dict[str, list[Any]] = {}
        for value in column.values or ():
            if not UNREADABLE.search(str(value)):
                groups.setdefault(slug(_plain(value), self._taken), []).append(value)
        values = tuple(
            FoundValue(code, _said(group[0]), f"{column.name} in ({', '.join(map(_literal, group))})")
            for code, group in groups.items()
        )
        return FoundDimension(
            column.name, self._named(column.name), values, restricted=restricted(column.name)
        )

    def _in_bands(self, name: str, bounds: list[Decimal]) -> FoundDimension:
        shown = [f"{b:f}" for b in bounds]
        codes = [s.replace("-", "minus-").replace(".", "_") for s in shown]
        above = FoundValue(f"from-{codes[-1]}", self._band("above", low=shown[-1]), f"{name} >= {shown[-1]}")
        between = [
            FoundValue(
                f"{codes[i]}-to-{codes[i + 1]}",
                self._band("between", low=shown[i], high=shown[i + 1]),
                f"{name} >= {shown[i]}",
            )
            for i in reversed(range(len(bounds) - 1))
        ]
        below = FoundValue(f"below-{codes[0]}", self._band("below", high=shown[0]), f"{name} < {shown[0]}")
        values = (above, *between, below)
        return FoundDimension(name, self._named(name), values, complete=True, restricted=restricted(name))

    def _band(self, form: str, **numbers: str) -> Labels:
        return pattern.band_label(self._document, self._file, form, **numbers)

    def _named(self, name: str) -> Words:
        """What a column is called: by the logical table, by the catalogue of measures, or as in its file."""
        known, measure = self._table.fields.get(name), find(name)
        if known is not None:
            return {"label": known.labels}
        if measure is not None:
            return {"label": {lang: measure.label(lang) for lang in LANGUAGES}}
        return {"label": self._facts.headers.get((self.wanted.table, name), name)}


def _wrong(written: str, place: Place) -> list[Problem]:
    """What is wrong with a condition that stands in the data, with its place there."""
    try:
        one = Condition(written, place, "when", parse_with_places(written, place))
    except KeguanError as unreadable:
        return list(unreadable.problems)
    return ill_typed(one, known_measures([one], "customer"))


def _id_of(document: str) -> str:
    match = re.search(r"^scheme:\s*(\S+)", document, re.MULTILINE)
    return match[1] if match else ""


def _bounds(name: str, written: Any) -> list[Decimal]:
    """`18, 35, 60` or a list of numbers; KG467 unless they rise."""
    parts = written if isinstance(written, (list, tuple)) else str(written).split(",")
    try:
        found = [Decimal(str(p).strip()) for p in parts]
    except InvalidOperation:
        found = []
    if not found or any(not b.is_finite() for b in found) or sorted(set(found)) != found:
        raise KeguanError(Problem("KG467", Place(field=name), {"name": name, "found": str(written)[:60]}))
    return found


def _plain(value: Any) -> str:
    """A value as people write it: numbers without needless zeros."""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _literal(value: Any) -> str:
    if isinstance(value, (bool, int, float, Decimal)):
        return _plain(value)
    return quoted([str(value)])


def _said(value: Any) -> str | Labels:
    if isinstance(value, bool):
        return {lang: text(f"core.{'yes' if value else 'no'}", lang) for lang in LANGUAGES}
    return _plain(value)
