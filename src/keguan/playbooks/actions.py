"""The list of next actions of a run: a table for programs, counts, and the lines of the playbooks behind each row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keguan.core.errors import Place, fail
from keguan.core.languages import Lang
from keguan.playbooks import keys
from keguan.playbooks.asks import Ask, Wish, asks_of
from keguan.playbooks.document import Instruction, Labels
from keguan.playbooks.due import STATUSES, due_actions
from keguan.playbooks.facts import OWNER, Facts
from keguan.playbooks.library import Library
from keguan.runs.explanation import class_words
from keguan.runs.run import Run


@dataclass(frozen=True)
class Count:
    """How many actions there are, for how many customers, and how many minutes they take."""

    actions: int
    subjects: int
    minutes: int


@dataclass(frozen=True)
class Actions:
    """Next actions in order. `table` has a row per subject and deed; `asks` say what its `asks` and `avoid` number."""

    run: Run
    wish: Wish
    library: Library
    asks: tuple[Ask, ...]
    table: pa.Table
    opted_out: int

    @property
    def until(self) -> date:
        """The last day the plan covers."""
        return self.run.as_of + timedelta(days=self.wish.days)

    @property
    def has_owner(self) -> bool:
        """Whether the run knows who looks after whom."""
        return OWNER in self.run.measures.column_names

    @cached_property
    def counts(self) -> Mapping[str, Count]:
        """Actions, customers and minutes by status: planned, over, later, held."""
        return {s: _count(self.with_status(s), self.keys) for s in STATUSES}

    @property
    def keys(self) -> tuple[str, ...]:
        """The columns that name a subject."""
        return tuple(self.table.column_names[: self.table.column_names.index("name")])

    def only(self, statuses: Sequence[str]) -> Actions:
        """The same plan with the rows of some statuses."""
        wanted = pc.is_in(
            self.table["status"].combine_chunks().cast(pa.string()), pa.array(statuses, pa.string())
        )
        return replace(self, table=self.table.filter(wanted))

    def lines(self, lang: Lang) -> list[tuple[Instruction, str]]:
        """Every line for a class of the schemes that ran, accepted or not, with the class in words."""
        found = []
        for entry in _entries(self.run, self.wish):
            for one in entry["classes"]:
                code = f"{entry['labels'][lang]} {class_words(one['code'], one['labels'], lang)}"
                found += [(line, code) for line in self.library.of_class(entry["id"], one["code"])]
        return found

    @property
    def undifferentiated(self) -> tuple[Labels, ...]:
        """Names of the schemes for which a business's own lines treat every class alike."""
        entries = _entries(self.run, self.wish)
        return tuple(
            e["labels"] for e in entries if self.library.is_alike(e["id"], [c["code"] for c in e["classes"]])
        )

    def with_status(self, status: str) -> pa.Table:
        """The rows of one status, in order."""
        return self.table.filter(pc.equal(self.table["status"], pa.scalar(status)))


def _count(table: pa.Table, names: tuple[str, ...]) -> Count:
    subjects = table.group_by(list(names)).aggregate([]).num_rows
    return Count(table.num_rows, subjects, pc.sum(table["minutes"]).as_py() or 0)


def plan_actions(run: Run, library: Library, wish: Wish | None = None) -> Actions:
    """What to do next for whom in one run.

    Raises KG609 (a scheme the run does not have), KG650 (no hours or days worth the name), KG651 (the run knows no owner).
    """
    wish = wish or Wish()
    _check(run, wish)
    asks = asks_of(run.record, library, wish, run.as_of)
    with Facts(run.folder, run.subject, run.record.get("value"), wish.owner) as facts:
        if wish.owner is not None and not facts.has(OWNER):
            raise fail("KG651", Place(field="owner"))
        table = _named(due_actions(facts, asks, wish, run.as_of))
        row = facts.execute('SELECT count(*) FILTER (WHERE "#out") FROM facts').fetchone()
    return Actions(run, wish, library, asks, table, row[0] if row else 0)


def _entries(run: Run, wish: Wish) -> list[dict[str, Any]]:
    return [e for e in run.record["schemes"] if not wish.schemes or e["id"] in wish.schemes]


def _check(run: Run, wish: Wish) -> None:
    unknown = [s for s in wish.schemes if s not in run.scheme_ids]
    if unknown:
        raise fail(
            "KG609", Place(str(run.folder)), schemes=", ".join(unknown), known=", ".join(run.scheme_ids)
        )
    if wish.hours is not None and not Decimal(0) < wish.hours <= keys.MOST_HOURS:
        raise fail("KG650", Place(field="hours"), found=wish.hours, most=keys.MOST_HOURS)
    if not 0 <= wish.days <= keys.MOST_DAYS:
        raise fail("KG650", Place(field="days"), found=wish.days, most=keys.MOST_DAYS)


def _named(table: pa.Table) -> pa.Table:
    """Places in lists become the words of the lists; the first column after the keys is `name`."""
    for column, words in (
        ("deed", keys.DEEDS),
        ("rank", keys.PRIORITIES),
        ("who", keys.RECEIVERS),
        ("status", STATUSES),
    ):
        place = table.column_names.index(column)
        indices = table[column].combine_chunks()
        found = pa.DictionaryArray.from_arrays(indices, pa.array(words, pa.string()))
        table = table.set_column(place, column, found)
    return table.rename_columns(["priority" if n == "rank" else n for n in table.column_names])
