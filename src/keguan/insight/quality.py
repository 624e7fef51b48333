"""What was read, what was left out and why, and whether rows and money add up from the file to the customers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import duckdb

from keguan.core.errors import Place, fail
from keguan.insight.folder import RunFolder

REJECTED = "rejected.csv"


@dataclass(frozen=True)
class PartRead:
    """One part the run read."""

    table: str
    source: str
    rows: int
    fields: tuple[str, ...]
    fingerprint: str


@dataclass(frozen=True)
class Rejected:
    """Rows of a table left out for one reason."""

    table: str
    reason: str
    rows: int


@dataclass(frozen=True)
class Tally:
    """Rows and, where the table has money, their sum."""

    rows: int
    money: Decimal | None


@dataclass(frozen=True)
class Mapped:
    """A field, the column it was read from, and how sure that was (0..1)."""

    field: str
    column: str
    confidence: Decimal | None


@dataclass(frozen=True)
class SourceRead:
    """One source as the intake saw it: `file` = `kept` + `rejected`, in rows and in money."""

    name: str
    table: str | None
    file: Tally
    kept: Tally
    rejected: Mapping[str, Tally]
    mapping: tuple[Mapped, ...]

    @property
    def is_reconciled(self) -> bool:
        """Whether rows and money add up exactly."""
        rows = self.kept.rows + sum(t.rows for t in self.rejected.values())
        parts = [self.kept.money, *(t.money for t in self.rejected.values())]
        money = sum((m for m in parts if m is not None), Decimal(0))
        return rows == self.file.rows and self.file.money in (None, money)


@dataclass(frozen=True)
class Noted:
    """Something the intake found worth saying: a code with its values, put into words elsewhere."""

    code: str
    source: str | None
    values: Mapping[str, Any]


@dataclass(frozen=True)
class DataQuality:
    """Everything the run knows about its input; lists are empty where the run did not write them."""

    parts: tuple[PartRead, ...]
    rejected: tuple[Rejected, ...]
    sources: tuple[SourceRead, ...]
    noted: tuple[Noted, ...]
    policies: Mapping[str, str]

    @property
    def n_kept(self) -> int:
        """Rows of the sources that were kept; where they are not told, rows of the parts."""
        read = [s.kept.rows for s in self.sources if s.table is not None]
        return sum(read) if read else sum(p.rows for p in self.parts)

    @property
    def n_rejected(self) -> int:
        """Rows left out."""
        return sum(r.rows for r in self.rejected)


def data_quality(folder: RunFolder) -> DataQuality:
    """The input's record. Raises KG701 when `rejected.csv` cannot be read."""
    raw = folder.record.raw
    found = raw.get("inspection")
    inspection: Mapping[str, Any] = found if isinstance(found, dict) else {}
    return DataQuality(
        parts=tuple(_part(p) for p in _dicts(raw.get("parts"))),
        rejected=_rejected(folder),
        sources=tuple(_source(s) for s in _dicts(inspection.get("sources"))),
        noted=tuple(_noted(f) for f in _dicts(inspection.get("findings"))),
        policies={
            str(k): str(v) for k, v in (raw.get("policies") or inspection.get("policies") or {}).items()
        },
    )


def _rejected(folder: RunFolder) -> tuple[Rejected, ...]:
    path = folder.path / REJECTED
    if not path.is_file() or not path.stat().st_size:
        return ()
    try:
        found = folder.csv_counts(path, ("table", "reason"))
    except duckdb.Error as wrong:
        raise fail("KG701", Place(str(path)), file=REJECTED, detail=str(wrong).splitlines()[0]) from None
    return tuple(Rejected(str(table), str(reason), int(n)) for table, reason, n in found)


def _part(raw: Mapping[str, Any]) -> PartRead:
    fields = tuple(str(f) for f in raw.get("fields") or ())
    return PartRead(
        str(raw.get("table")),
        str(raw.get("source") or ""),
        _whole(raw.get("rows")) or 0,
        fields,
        str(raw.get("fingerprint") or ""),
    )


def _source(raw: Mapping[str, Any]) -> SourceRead:
    mapping = (
        Mapped(str(c.get("field")), str(c.get("header")), _money(c.get("confidence")))
        for c in _dicts(raw.get("columns"))
    )
    rejected = raw.get("rejected")
    return SourceRead(
        name=str(raw.get("name")),
        table=raw.get("table"),
        file=_tally(raw.get("file")),
        kept=_tally(raw.get("kept")),
        rejected={str(k): _tally(v) for k, v in rejected.items()} if isinstance(rejected, dict) else {},
        mapping=tuple(mapping),
    )


def _tally(raw: Any) -> Tally:
    found = raw if isinstance(raw, dict) else {}
    return Tally(_whole(found.get("rows")) or 0, _money(found.get("money")))


def _noted(raw: Mapping[str, Any]) -> Noted:
    values = raw.get("values")
    return Noted(str(raw.get("code")), raw.get("source"), dict(values) if isinstance(values, dict) else {})


def _dicts(value: Any) -> Sequence[Mapping[str, Any]]:
    return [v for v in value if isinstance(v, dict)] if isinstance(value, list) else []


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _money(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
