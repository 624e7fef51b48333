"""What was understood and what was found: facts, counts and codes; the sentences live in `locale/inspection.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from keguan.core.languages import Lang
from keguan.core.money import plain
from keguan.core.texts import entries, text
from keguan.engine.tables import logical_tables


@dataclass(frozen=True)
class Finding:
    """One thing worth saying, by code; `values` fill its sentence."""

    code: str
    source: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def sentence(self, lang: Lang) -> str:
        """The finding in words."""
        values = {"source": self.source, **self.values}
        filled = {key: _written(key, value, lang) for key, value in values.items()}
        return text(f"inspection.findings.{self.code}", lang, **filled)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "code": self.code,
            "source": self.source,
            "values": {k: _json(v) for k, v in self.values.items()},
        }


@dataclass(frozen=True)
class ColumnReport:
    """How one field was found and read: header as written, confidence 0-1, by name, content, wish or as an attribute."""

    field: str
    header: str
    confidence: float
    by: str
    read: Mapping[str, Any]
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Tally:
    """Rows and, where the table has money, their sum."""

    rows: int
    money: Decimal | None = None

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"rows": self.rows, "money": None if self.money is None else plain(self.money)}


@dataclass(frozen=True)
class SourceReport:
    """One raw table: what it was taken for, and where its rows and money went. `table` is None when it is no table.

    `file` = `kept` + the sum of `rejected` (reason code -> tally), in rows and to the last ten-thousandth in money.
    """

    name: str
    table: str | None
    facts: Mapping[str, Any]
    columns: tuple[ColumnReport, ...] = ()
    unmapped: tuple[str, ...] = ()
    nearest: str | None = None
    lacking: tuple[str, ...] = ()
    file: Tally = Tally(0)
    kept: Tally = Tally(0)
    rejected: Mapping[str, Tally] = field(default_factory=dict, hash=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "name": self.name,
            "table": self.table,
            "facts": {k: _json(v) for k, v in self.facts.items()},
            "columns": [{**asdict(c), "read": dict(c.read), "rivals": list(c.rivals)} for c in self.columns],
            "unmapped": list(self.unmapped),
            "nearest": self.nearest,
            "lacking": list(self.lacking),
            "file": self.file.as_dict(),
            "kept": self.kept.as_dict(),
            "rejected": {reason: tally.as_dict() for reason, tally in sorted(self.rejected.items())},
        }


@dataclass(frozen=True)
class Inspection:
    """Everything `keguan inspect` shows.

    `totals`: what the kept orders come to, down to the population that can be classified. `policies`: as applied.
    """

    sources: tuple[SourceReport, ...]
    findings: tuple[Finding, ...]
    totals: Mapping[str, Any]
    policies: Mapping[str, str]
    currency: str | None = None
    newest_day: date | None = None

    def found(self, code: str) -> tuple[Finding, ...]:
        """The findings of one code."""
        return tuple(f for f in self.findings if f.code == code)

    def tables(self) -> dict[str, tuple[str, ...]]:
        """The logical tables that are there, each with the fields its sources bring, attributes included.

        Names are those of the logical tables (`ordered_at`). Lines make orders: what they bring for an order is there too.
        """
        found: dict[str, list[str]] = {}
        for source in self.sources:
            if source.table is not None:
                found.setdefault(source.table, []).extend(column.field for column in source.columns)
        if "order_lines" in found:
            if not {"amount", "unit_price"}.isdisjoint(found["order_lines"]):
                found["order_lines"].append(
                    "amount"
                )  # computed from price and quantity where it is not written
            known = logical_tables()["orders"].fields
            found.setdefault("orders", []).extend(f for f in found["order_lines"] if f in known)
        return {table: tuple(dict.fromkeys(fields)) for table, fields in sorted(found.items())}

    def sentences(self, lang: Lang) -> list[str]:
        """Every finding in words, sources first, in a fixed order."""
        return [f.sentence(lang) for f in self.findings]

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "sources": [source.as_dict() for source in self.sources],
            "findings": [finding.as_dict() for finding in self.findings],
            "totals": {k: _json(v) for k, v in self.totals.items()},
            "policies": dict(self.policies),
            "currency": self.currency,
            "newest_day": _json(self.newest_day),
        }


def finding_codes() -> tuple[str, ...]:
    """Every code that has a sentence."""
    return tuple(entries("inspection")["findings"])


def reason_label(reason: str, lang: Lang) -> str:
    """A reason for leaving a row out, in words: `missing-customer`, `bad-issued_on` …"""
    known = entries("inspection")["reasons"]
    if reason in known:
        return str(known[reason][lang])
    kind, _, name = reason.partition("-")
    label = next((t.fields[name].labels[lang] for t in logical_tables().values() if name in t.fields), name)
    return text(f"inspection.reasons.{kind}-field", lang, field=label)


def _written(key: str, value: Any, lang: Lang) -> str:
    match value:
        case Decimal():
            return f"{value:,.2f}" if value == round(value, 2) else f"{value:,.4f}".rstrip("0")
        case bool():
            return str(value)
        case int():
            return f"{value:,}"
        case float():
            return f"{value:.0%}"
        case list() | tuple():
            words = [_written(key, v, lang) for v in value]
            return text("core.list_separator", lang).join(words)
        case str() if key == "reason":
            return reason_label(value, lang)
        case str() if key in ("table", "nearest") and value in logical_tables():
            return logical_tables()[value].labels[lang]
        case str() if key in ("fields", "lacking", "field", "have"):
            return _field_label(value, lang)
        case _:
            return str(value)


def _field_label(name: str, lang: Lang) -> str:
    asked, _, name = name.rpartition(".")
    for table in filter(None, (asked, "orders", "order_lines", *logical_tables())):
        if name in logical_tables()[table].fields:
            return logical_tables()[table].fields[name].labels[lang]
    return name


def _json(value: Any) -> Any:
    match value:
        case Decimal():
            return plain(value)
        case date():
            return value.isoformat()
        case list() | tuple():
            return [_json(v) for v in value]
        case _:
            return value
