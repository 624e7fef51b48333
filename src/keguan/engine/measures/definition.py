"""A measure as it is written in the catalogue, and the reader that turns YAML into it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from keguan.core.yaml import load_plain
from keguan.language import ast
from keguan.language.parser import parse
from keguan.language.vocabulary import ValueType

Empty = Literal["zero", "missing", "undefined"]
Aggregate = Literal["count", "distinct", "sum", "min", "max", "first", "latest", "days"]
AGGREGATES: tuple[Aggregate, ...] = get_args(Aggregate)
Operation = Literal[
    "value",
    "total",
    "latest_of",
    "days_since",
    "months_since",
    "days_until",
    "months_until",
    "years_until",
    "rhythm",
]
OPERATIONS: tuple[Operation, ...] = get_args(Operation)
TODAY = "today"
"""In what a measure reads of a row, the as-of day."""


@dataclass(frozen=True)
class Gathered:
    """A measure read from one fact table: an aggregate of a value of each row over the rows where a condition holds.

    `of` and `where` speak of the row's columns and of `today`, the as-of day. `first` and `latest` take the value of the
    earliest and the latest day; of several on one day the smaller and the greater. `keys` are the columns that name the
    subject where they are not called as the subject's own keys. With a `parameter`, the measure is a family: each member
    counts only rows in which that column has one of the values its name lists.
    """

    table: str
    aggregate: Aggregate
    of: ast.Node | None
    where: ast.Node
    empty: Empty
    keys: tuple[str, ...] = ()
    parameter: str | None = None


@dataclass(frozen=True)
class Computed:
    """A measure computed from other measures of the same subject, with the names it reads.

    `optional` are those that count as nothing where the data cannot answer them; of a `total` and a `latest_of` all are,
    but one of them must be there.
    """

    operation: Operation
    reads: tuple[str, ...]
    expression: ast.Node | None = None
    figure: str | None = None
    optional: tuple[str, ...] = ()

    @property
    def joins(self) -> bool:
        """Whether it puts together whatever parts are known."""
        return self.operation in ("total", "latest_of")


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
    """One measure, or with `windowed` or a `parameter` a family of measures, of one subject.

    `needs` are columns a source may lack, without which the measure cannot be answered; `may_lack` are others that it reads
    and can do without. `given` is where the sources name it, as `seed:line`; the others are ours.
    """

    name: str
    subject: str
    source: Gathered | Computed | Fitted
    type: ValueType | Literal["days"]
    unit: str | None
    labels: Mapping[str, str] = field(hash=False)
    windowed: bool = False
    needs: tuple[str, ...] = ()
    internal: bool = False
    may_lack: tuple[str, ...] = ()
    parameter: str | None = None
    given: str | None = None

    @property
    def pattern(self) -> str:
        """How its name is written: `net_sales_<window>`, `n_cues_<window>:<cue>`."""
        window = "_<window>" if self.windowed else ""
        return self.name + window + (f":<{self.parameter}>" if self.parameter else "")

    @property
    def example(self) -> str:
        """One full name: the measure itself, or a member of the family."""
        return self.pattern.replace("<window>", "12m").replace("<", "").replace(">", "")

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
        may_lack=tuple(entry.get("may_lack", ())),
        parameter=entry.get("parameter"),
        given=entry.get("given"),
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
    return Gathered(
        table=entry["table"],
        aggregate=aggregate,
        of=None if of is True else parse(of),
        where=parse(entry["where"]) if "where" in entry else ast.TRUE,
        empty=entry["empty"],
        keys=tuple(entry.get("keys", ())),
        parameter=entry.get("parameter"),
    )


def _computed(entry: Mapping[str, Any]) -> Computed:
    operation = next(o for o in OPERATIONS if o in entry)
    of = entry[operation]
    if operation == "value":
        expression = parse(of)
        reads = tuple(n for n in ast.names(expression) if n != TODAY)
        return Computed("value", reads, expression, optional=tuple(entry.get("optional", ())))
    if operation == "rhythm":
        return Computed("rhythm", (of["of"],), figure=of["figure"])
    if operation in ("total", "latest_of"):
        return Computed(operation, tuple(of), optional=tuple(of))
    return Computed(operation, (of,))


@cache
def catalogue(subject: str) -> Mapping[str, Definition]:
    """Every built-in definition for a subject, by base name."""
    folder = files("keguan").joinpath("catalogue", "measures", subject)
    found: dict[str, Definition] = {}
    if not folder.is_dir():  # a subject may have nothing but the columns of its table
        return found
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
