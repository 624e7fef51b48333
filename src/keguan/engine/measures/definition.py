"""A measure as it is written in the catalogue, and the reader that turns YAML into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from keguan.core.yaml import load_plain
from keguan.language import ast
from keguan.language.parser import parse
from keguan.language.vocabulary import ValueType

Empty = Literal["zero", "missing", "undefined"]
Aggregate = Literal["count", "sum", "min", "max", "days"]
AGGREGATES: tuple[Aggregate, ...] = ("count", "sum", "min", "max", "days")


@dataclass(frozen=True)
class Gathered:
    """A measure read from one fact table: an aggregate of a field over the rows where a condition holds."""

    table: str
    aggregate: Aggregate
    field: str | None
    where: ast.Node
    empty: Empty


@dataclass(frozen=True)
class Computed:
    """A measure computed from other measures of the same subject, with the names it reads."""

    operation: Literal["value", "days_since", "months_since", "rhythm"]
    reads: tuple[str, ...]
    expression: ast.Node | None = None
    figure: str | None = None


@dataclass(frozen=True)
class Fitted:
    """A measure that models of the whole base make from statistics of each customer.

    `reads` are the statistics, `may_read` those that are used where the data have them; `months` is the horizon.
    """

    models: tuple[str, ...]
    figure: str
    reads: tuple[str, ...]
    may_read: tuple[str, ...] = ()
    months: int | None = None


@dataclass(frozen=True)
class Definition:
    """One measure, or with `windowed` a family of measures, of one subject."""

    name: str
    subject: str
    source: Gathered | Computed | Fitted
    type: ValueType | Literal["days"]
    unit: str | None
    labels: Mapping[str, str] = field(hash=False)
    windowed: bool = False
    needs: tuple[str, ...] = ()
    internal: bool = False

    @property
    def undefined(self) -> bool:
        """Whether a missing value means *known to have none* and not *unknown*."""
        if isinstance(self.source, Gathered):
            return self.source.empty == "undefined"
        return True


def read_definition(name: str, subject: str, entry: Mapping[str, Any]) -> Definition:
    """One catalogue entry as a `Definition`."""
    return Definition(
        name=name,
        subject=subject,
        source=_source(entry),
        type=entry["type"],
        unit=entry.get("unit"),
        labels=entry["labels"],
        windowed=bool(entry.get("windowed", False)),
        needs=tuple(entry.get("needs", ())),
        internal=bool(entry.get("internal", False)),
    )


def _source(entry: Mapping[str, Any]) -> Gathered | Computed | Fitted:
    if "fitted" in entry:
        return _fitted(entry["fitted"])
    return _gathered(entry) if "table" in entry else _computed(entry)


def _fitted(entry: Mapping[str, Any]) -> Fitted:
    models, reads, may_read = (tuple(entry.get(k, ())) for k in ("models", "reads", "may_read"))
    return Fitted(models, entry["figure"], reads, may_read, entry.get("months"))


def _gathered(entry: Mapping[str, Any]) -> Gathered:
    aggregate = next(a for a in AGGREGATES if a in entry)
    of = entry[aggregate]
    where = parse(entry["where"]) if "where" in entry else ast.TRUE
    return Gathered(entry["table"], aggregate, None if of is True else of, where, entry["empty"])


def _computed(entry: Mapping[str, Any]) -> Computed:
    if "value" in entry:
        expression = parse(entry["value"])
        return Computed("value", tuple(ast.names(expression)), expression)
    if "rhythm" in entry:
        return Computed("rhythm", (entry["rhythm"]["of"],), figure=entry["rhythm"]["figure"])
    operation: Literal["days_since", "months_since"] = (
        "days_since" if "days_since" in entry else "months_since"
    )
    return Computed(operation, (entry[operation],))


@cache
def catalogue(subject: str) -> Mapping[str, Definition]:
    """Every built-in definition for a subject, by base name."""
    folder = files("keguan").joinpath("catalogue", "measures", subject)
    found: dict[str, Definition] = {}
    for source in sorted(folder.iterdir(), key=lambda f: f.name):
        for name, entry in load_plain(source.read_text(encoding="utf-8")).items():
            if name in found:
                raise ValueError(f"measure {name} of {subject} is defined twice")
            found[name] = read_definition(name, subject, entry)
    return found


@cache
def subjects() -> tuple[str, ...]:
    """The kinds of thing that have measures: customer, product, item …"""
    folder = files("keguan").joinpath("catalogue", "measures")
    return tuple(sorted(f.name for f in folder.iterdir() if f.is_dir()))
