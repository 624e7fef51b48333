"""What stands in some tables: the values of a column, or the columns of a table with their few values.

Looked up on DuckDB whatever engine classifies: parts are local files, and the answers are small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from sqlglot import exp

from keguan.engine.backends import Engine, open_engine
from keguan.engine.compile import column
from keguan.engine.measures.forms import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = object
_MARGIN = 3
"""Distinct values are estimated first; a column within this many times what is wanted is counted."""


@dataclass(frozen=True)
class Column:
    """One column: whether it holds numbers, how many rows say anything, and its values with the most frequent first; None
    where there are too many."""

    name: str
    is_number: bool
    filled: int
    values: tuple[Value, ...] | None


def values_of(
    paths: Sequence[Path], table: str, name: str, beside: Sequence[str], as_of: date
) -> list[tuple[Value, ...]]:
    """(value, then what stands beside it) for every value of a column up to a day, the most frequent first."""
    with _looking(paths, table) as engine:
        value = column(name)
        others = [exp.Min(this=column(n)) for n in beside]
        query = (
            exp.select(value, *others)
            .from_(exp.to_table(table, quoted=True))
            .where(value.copy().is_(exp.null()).not_(), *Rows(table, as_of).until_as_of)
            .group_by(value)
            .order_by(exp.Count(this=exp.Star()).desc(), value)
        )
        return engine.rows(query)


def columns_of(
    paths: Sequence[Path], table: str, names: Sequence[str], most: int, as_of: date
) -> list[Column]:
    """The columns called `names` that say anything up to a day, with their values where these are no more than `most`."""
    if not paths or not names:
        return []
    with _looking(paths, table) as engine:
        kinds = engine.columns(table)
        until = Rows(table, as_of).until_as_of
        about = _about(engine, table, [n for n in names if n in kinds], until)
        found = []
        for name, (n, filled) in about.items():
            if filled:
                few = _few(engine, table, name, most, until) if n <= _MARGIN * most else None
                found.append(Column(name, kinds[name] in ("whole", "decimal", "double"), filled, few))
        return found


@contextmanager
def _looking(paths: Sequence[Path], table: str) -> Iterator[Engine]:
    with open_engine() as engine:
        engine.attach(table, paths)
        yield engine


def _about(
    engine: Engine, table: str, names: Sequence[str], until: Sequence[exp.Expr]
) -> Mapping[str, tuple[int, int]]:
    """About how many different values each column has, and in how many rows, in one pass."""
    if not names:  # none of them is kept
        return {}
    counts = [f(this=column(n)) for f in (exp.ApproxDistinct, exp.Count) for n in names]
    [row] = engine.rows(exp.select(*counts).from_(exp.to_table(table, quoted=True)).where(*until))
    numbers = [int(str(n)) for n in row]
    pairs = zip(numbers[: len(names)], numbers[len(names) :], strict=True)
    return dict(zip(names, pairs, strict=True))


def _few(
    engine: Engine, table: str, name: str, most: int, until: Sequence[exp.Expr]
) -> tuple[Value, ...] | None:
    value = column(name)
    query = (
        exp.select(value)
        .from_(exp.to_table(table, quoted=True))
        .where(value.copy().is_(exp.null()).not_(), *(u.copy() for u in until))
        .group_by(value)
        .order_by(exp.Count(this=exp.Star()).desc(), value)
        .limit(most + 1)
    )
    found = [row[0] for row in engine.rows(query)]
    return tuple(found) if len(found) <= most else None
