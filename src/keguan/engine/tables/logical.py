"""Loads the logical tables from `catalogue/tables/*.yaml`; knows nothing of files or engines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, get_args

from keguan.core.yaml import load_plain

FieldType = Literal["id", "text", "date", "datetime", "money", "number", "count", "flag", "code", "word"]
_NOT_A_TABLE = {"names.yaml"}


@dataclass(frozen=True)
class Field:
    """One field of a logical table.

    `headers` are names people give the column; `weak` are names that may mean it when nothing better is there.
    `codes` maps each canonical value to the words that mean it: a field of type `code` takes no other values, one of type
    `word` keeps every other word as it is written. `key` marks a field that other fields lean on, so that the mapping
    serves it before an optional one.
    """

    name: str
    type: FieldType
    required: bool = False
    key: bool = False
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    headers: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    codes: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)


@dataclass(frozen=True)
class LogicalTable:
    """One table of the interface: its fields in order, and what it cannot do without.

    `needs` lists alternatives beyond the required fields: at least one of its groups must be there in full.
    `open` tables keep every further column as an attribute. `unique` names the field that hardly ever repeats, so that
    a table where it does is something else. `closed` tables hold nothing but their own fields, so that a column of
    another sort tells against them. `tells` are the fields of which one must be there before a table without a name is
    taken for this one: what it requires alone could as well be orders. A `named` table is never taken for this one by its
    columns alone.

    `day` is the field whose day counts against windows and the as-of day; a table without one is timeless; where rows may
    come from elsewhere and have none, it `lacks_day`. `derived` are columns that cleaning adds to its rows, with their types.
    """

    name: str
    fields: Mapping[str, Field]
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    needs: tuple[tuple[str, ...], ...] = ()
    open: bool = False
    unique: str | None = None
    tells: tuple[str, ...] = ()
    closed: bool = False
    named: bool = False
    day: str | None = None
    lacks_day: bool = False
    derived: Mapping[str, FieldType] = field(default_factory=dict, hash=False)

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the required fields."""
        return tuple(f.name for f in self.fields.values() if f.required)

    def missing(self, known: Mapping[str, object] | set[str]) -> tuple[str, ...]:
        """What `known` fields lack for this table; of the `needs` alternatives the one that lacks least."""
        lacking = [name for name in self.required if name not in known]
        if self.needs:
            gaps: list[list[str]] = [[n for n in group if n not in known] for group in self.needs]
            lacking += min((len(gap), gap) for gap in gaps)[1]
        return tuple(lacking)

    @property
    def canonical(self) -> Mapping[str, FieldType]:
        """Every column that cleaned rows may have beside attributes: fields, the day of each moment, derived columns."""
        fields = {f.name: f.type for f in self.fields.values()}
        days: dict[str, FieldType] = {
            day_of(f.name): "date" for f in self.fields.values() if f.type == "datetime"
        }
        return {**fields, **days, **self.derived}

    @property
    def day_column(self) -> str | None:
        """The canonical column that holds the day of a row."""
        field = self.fields.get(self.day or "")
        return self.day if field is None or field.type != "datetime" else day_of(field.name)

    @property
    def dated(self) -> bool:
        """Whether every cleaned row has a day."""
        return self.day is not None and self.day in self.required and not self.lacks_day


def day_of(moment: str) -> str:
    """The column for the day of a moment: `ordered_on` of `ordered_at`, `on` of `at`.

    >>> day_of("opened_at"), day_of("at")
    ('opened_on', 'on')
    """
    return moment.removesuffix("at") + "on"


@cache
def logical_tables() -> Mapping[str, LogicalTable]:
    """All logical tables by name, in alphabetical order."""
    folder = files("keguan").joinpath("catalogue", "tables")
    names = sorted(
        f.name for f in folder.iterdir() if f.name.endswith(".yaml") and f.name not in _NOT_A_TABLE
    )
    contents = [load_plain(folder.joinpath(name).read_text(encoding="utf-8")) for name in names]
    by_name = {content["table"]: content for content in contents}
    return MappingProxyType({name: _table(content, by_name) for name, content in by_name.items()})


def logical_table(name: str) -> LogicalTable:
    """One logical table; `KeyError` when there is none of that name."""
    return logical_tables()[name]


def _table(content: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> LogicalTable:
    fields = {name: _field(name, _resolved(body, others)) for name, body in content["fields"].items()}
    return LogicalTable(
        name=content["table"],
        labels=content["labels"],
        fields=MappingProxyType(fields),
        needs=tuple(tuple(group) for group in content.get("needs", ())),
        open=content.get("open", False),
        unique=content.get("unique"),
        tells=_words(content.get("tells", ())),
        closed=content.get("closed", False),
        named=content.get("named", False),
        day=content.get("day"),
        lacks_day=content.get("lacks_day", False),
        derived=content.get("derived", {}),
    )


def _resolved(body: Mapping[str, Any], others: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """A field with what `like: table.field` takes over from another; its own entries win."""
    if "like" not in body:
        return body
    table, name = body["like"].split(".")
    return {**_resolved(others[table]["fields"][name], others), **body}


def _field(name: str, body: Mapping[str, Any]) -> Field:
    if body["type"] not in get_args(FieldType):
        raise ValueError(f"field {name}: {body['type']!r} is not a field type")
    return Field(
        name=name,
        type=body["type"],
        required=body.get("required", False),
        key=body.get("key", False),
        labels=body["labels"],
        headers=_words(body.get("headers", ())),
        weak=_words(body.get("weak", ())),
        codes={code: _words(words) for code, words in body.get("codes", {}).items()},
    )


def _words(words: Any) -> tuple[str, ...]:
    return tuple(str(word) for word in words)
