"""Which names the data at hand can answer: measures whose tables and fields are there, and attributes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from keguan.engine.intake.parts import Part
from keguan.engine.measures.resolve import find, lacking
from keguan.engine.subjects import Subject


@dataclass(frozen=True)
class Data:
    """The tables at hand with the fields they carry, seen from one kind of subject.

    `measured` names what is known where measures are given ready-made, as in cases; then the tables do not count.
    `absent` are measures whose model these data turned out not to determine.
    """

    subject: Subject
    tables: Mapping[str, frozenset[str]]
    measured: frozenset[str] | None = None
    absent: frozenset[str] = frozenset()

    @staticmethod
    def of(subject: Subject, parts: Iterable[Part]) -> Data:
        """The tables of some parts: a field counts when any part of its table has it."""
        tables: dict[str, frozenset[str]] = {}
        for part in parts:
            tables[part.table] = tables.get(part.table, frozenset()) | frozenset(part.fields)
        return Data(subject, tables)

    def lacks_subject(self) -> tuple[str, ...]:
        """The keys of the subject where no table names one; empty when there may be somebody to classify."""
        keys = frozenset(self.subject.keys)
        named = self.measured is not None or self.subject.listed_in in self.tables
        return () if named or any(keys <= fields for fields in self.tables.values()) else self.subject.keys

    def attributes(self) -> frozenset[str]:
        """Columns of the subject's own table, without its keys."""
        listed = self.tables.get(self.subject.listed_in or "", frozenset())
        return listed - frozenset(self.subject.keys)

    def lacks(self, name: str) -> tuple[str, ...]:
        """What is missing for a name, as `table.field` or `table`; empty when it can be answered."""
        if name in self.absent:
            return (name,)
        if self.measured is not None:
            return () if name in self.measured else (name,)
        measure = find(name, self.subject.name)
        if measure is None:
            known = name in self.attributes()
            listed = self.subject.listed_in
            return () if known else (f"{listed}.{name}" if listed else name,)
        return lacking(name, self.subject.name, self.tables)

    def can_answer(self, name: str) -> bool:
        """Whether a name can be computed from the data at all."""
        return not self.lacks(name)
