"""What the days of purchase say of everybody at once: how many lie in a window, and the rhythm of the days between them.

Each row that counts is one whole number: its subject's number times a span of days, plus how many days ago it was. Sorted, these
numbers are everybody's days in order, and neighbours differ by the days between two purchases.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cache
from math import ceil, floor, log
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from sqlglot import exp

from keguan.core.arrays import as_arrow, as_numpy
from keguan.engine.compile import column, literal

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.engine.backends import Engine

ROWS = 16_000_000
"""Rows fetched at once."""
BLOCK, BLOCK_ROWS = 1 << 14, 1 << 18
"""Subjects looked at together, fewer where they have many rows: what that needs stays in the processor's cache."""
OLDEST = 65_535
"""Between purchases, what is older than 179 years counts as 179, as it does in lists of two-byte days."""
AGO = "ago"

_Ints = NDArray[Any]
_Columns = dict[str, NDArray[Any]]
Window = tuple[int, int | None]
"""Days ago from the first, included, to the second, excluded; None for all there are."""


@dataclass(frozen=True)
class DayRows:
    """What is asked of the days of one kind of row.

    `rows` yields for every row its `number`, the subject's from 0 to below `count`, and `ago`, whole days before the as-of day;
    `extent` yields how many rows there are at most, and the day of the oldest.
    `windows` are columns that count rows; `ends` are columns with the first (`min`) or the last (`max`) day; `figures` are columns with
    one figure of the gaps between different days: `count` of days, `median`, median absolute `deviation` from it, `variation`,
    `log_sum` in whole millionths.
    """

    rows: exp.Select
    extent: exp.Select
    number: str
    count: int
    as_of: date
    windows: Mapping[str, Window]
    ends: Mapping[str, str]
    figures: Mapping[str, str]

    @property
    def columns(self) -> list[str]:
        """The names of everything that is asked."""
        return [*self.windows, *self.ends, *self.figures]


@contextmanager
def days_looked_at(engine: Engine, name: str, asked: DayRows) -> Iterator[None]:
    """Put a table under a name, beside what happens in the block; it is there when the block ends.

    It has one row per subject: its number, then what was asked. Without a row counts are 0 and there is no day; a figure of gaps is
    missing without a gap, one of their spread with fewer than two.
    """
    rows, span = _extent(engine, asked)
    # Until a block of this size was freed, the C library gives every larger one back to the system at once.
    np.empty(31 << 20, np.uint8)
    looks: list[Future[list[_Columns]]] = []
    with ThreadPoolExecutor(engine.threads) as pool:
        for low, high in _ranges(0, asked.count, ceil(rows / ROWS)):
            wait(looks)  # one range in memory at a time
            keys = _fetched(engine, asked, low, high, span)
            parts = _ranges(0, high - low, engine.threads)
            looks += [pool.submit(_look, keys, *part, span, asked) for part in parts]
        yield
        blocks = [block for look in looks for block in look.result()]
    engine.put(name, _together(asked, blocks))


def _together(asked: DayRows, blocks: Sequence[_Columns]) -> pa.Table:
    import pyarrow as pa

    columns = {asked.number: as_arrow(np.arange(asked.count, dtype=np.int32))}
    columns |= {n: as_arrow(np.concatenate([block[n] for block in blocks])) for n in asked.columns}
    return pa.table(columns)


def _extent(engine: Engine, asked: DayRows) -> tuple[int, int]:
    """How many rows there are at most, and how many days they lie in."""
    [(rows, oldest)] = engine.rows(asked.extent)
    ago = (asked.as_of - oldest).days if isinstance(oldest, date) else 0
    return int(str(rows)), max(ago, 0) + 1


def _ranges(low: int, high: int, pieces: int) -> list[tuple[int, int]]:
    """The whole numbers from `low` to below `high` in so many pieces, or fewer; one even of nothing."""
    step = max(ceil((high - low) / max(pieces, 1)), 1)
    return [(start, min(start + step, high)) for start in range(low, max(high, low + 1), step)]


def _fetched(engine: Engine, asked: DayRows, low: int, high: int, span: int) -> _Ints:
    """The rows of subjects from number `low` to below `high` as whole numbers from 0, in no order, four bytes each where they
    suffice."""
    number = column(asked.number)
    kind = "UINT" if (high - low) * span <= 1 << 32 else "BIGINT"
    own = exp.cast(exp.paren(number - literal(low)), "BIGINT")
    key = exp.cast(own * literal(span) + column(AGO), kind)
    within = exp.and_(number.copy() >= literal(low), number.copy() < literal(high))
    query = exp.select(exp.alias_(key, "key")).from_(asked.rows.copy().subquery("rows")).where(within)
    return as_numpy(engine.arrow(query)["key"])


def _look(keys: _Ints, low: int, high: int, span: int, asked: DayRows) -> list[_Columns]:
    """What was asked about the subjects from `low` to below `high` among those fetched, block by block."""
    own = np.sort(keys[(keys >= low * span) & (keys < high * span)])
    size = max(1, min(BLOCK, BLOCK_ROWS * (high - low) // max(len(own), 1)))
    starts = range(low, max(high, low + 1), size)
    places = np.searchsorted(own, np.array([s * span for s in starts], own.dtype))
    return [
        _of_block(own[a:b] - own.dtype.type(s * span), min(size, high - s), span, asked)
        for s, a, b in zip(starts, places, [*places[1:], len(own)], strict=True)
    ]


def _of_block(keys: _Ints, n: int, span: int, asked: DayRows) -> _Columns:
    whole = keys // keys.dtype.type(span)
    ago = (keys - whole * keys.dtype.type(span)).astype(np.int64)
    who = whole.astype(np.int64)
    columns = _in_windows(who, ago, n, asked.windows) if asked.windows else {}
    if asked.ends:
        columns |= _at_the_ends(who, np.datetime64(asked.as_of, "D") - ago, n, asked.ends)
    if asked.figures:
        gaps = Gaps.between(who, ago, n)
        columns |= {name: FIGURES[figure](gaps) for name, figure in asked.figures.items()}
    return columns


def _in_windows(who: _Ints, ago: _Ints, n: int, windows: Mapping[str, Window]) -> _Columns:
    """Rows are counted once, by how many ends of windows they lie beyond; every window is a difference of sums of these counts."""
    ends = np.unique([end for window in windows.values() for end in window if end is not None])
    beyond = np.searchsorted(ends, np.arange(ago.max(initial=0) + 1), side="right")
    width = len(ends) + 1
    counts = np.bincount(who * width + beyond[ago], minlength=n * width).reshape(n, width)
    nearer = np.concatenate([np.zeros((n, 1), np.int64), counts.cumsum(axis=1)], axis=1)

    def before(end: int | None) -> _Ints:
        """How many rows lie nearer than an end; all of them without one."""
        place = width if end is None else int(np.searchsorted(ends, end)) + 1
        column: _Ints = nearer[:, place]
        return column

    return {name: before(high) - before(low) for name, (low, high) in windows.items()}


def _at_the_ends(who: _Ints, days: NDArray[Any], n: int, ends: Mapping[str, str]) -> _Columns:
    """Of each subject's days, which come latest first, the last and the first."""
    rows = np.bincount(who, minlength=n)
    some, after = np.flatnonzero(rows), np.cumsum(rows)
    columns = {name: np.full(n, np.datetime64("NaT"), "datetime64[D]") for name in ends}
    for name, end in ends.items():
        columns[name][some] = days[after[some] - (1 if end == "min" else rows[some])]
    return columns


@dataclass(frozen=True)
class Gaps:
    """The gaps of some subjects: `days[i]` lie between two days of subject `whose[i]`; how many `gaps` and different `dates` each
    has. Every method is one figure, a value per subject."""

    whose: _Ints
    days: _Ints
    gaps: _Ints
    dates: _Ints

    @classmethod
    def between(cls, who: _Ints, ago: _Ints, n: int) -> Gaps:
        """From rows sorted by subject and day."""
        ago = np.minimum(ago, OLDEST)
        apart = np.diff(ago)
        another = (who[1:] == who[:-1]) & (apart > 0)
        whose = who[1:][another]
        gaps = np.bincount(whose, minlength=n)
        return cls(whose, apart[another], gaps, gaps + (np.bincount(who, minlength=n) > 0))

    def count(self) -> _Ints:
        return self.dates.astype(np.int32)

    def median(self) -> _Ints:
        return self._middles(self.days) / 2

    def deviation(self) -> _Ints:
        middles = self._middles(self.days)
        away = np.abs(2 * self.days - np.nan_to_num(middles)[self.whose]).astype(np.int64)
        return np.where(self.gaps > 1, self._middles(away) / 4, np.nan)

    def variation(self) -> _Ints:
        total, squares = self._sums(self.days), self._sums(self.days * self.days)
        spread = np.sqrt((self.gaps * squares - total * total).astype(np.float64))
        return np.where(self.gaps > 1, spread / np.maximum(total, 1), np.nan)

    def log_sum(self) -> _Ints:
        return self._sums(_millionths_of_log()[self.days])

    def _sums(self, values: _Ints) -> _Ints:
        """Exact: no sum comes near the 53 bits of a double."""
        return np.bincount(self.whose, values, len(self.gaps)).astype(np.int64)

    def _middles(self, values: _Ints) -> _Ints:
        """Twice the median of each subject's values, missing without any: the sum of the two in the middle."""
        values = values.astype(np.int32)
        starts = np.cumsum(self.gaps) - self.gaps
        middles = np.full(len(self.gaps), np.nan)
        by_number = np.argsort(self.gaps, kind="stable")
        for alike in np.split(by_number, np.flatnonzero(np.diff(self.gaps[by_number])) + 1):
            n = int(self.gaps[alike[0]]) if len(alike) else 0
            if n:  # as rows of one table, subjects with equally many gaps are sorted several times as fast
                table = np.sort(values[starts[alike][:, None] + np.arange(n)])
                middles[alike] = table[:, (n - 1) // 2] + table[:, n // 2]
        return middles


@cache
def _millionths_of_log() -> _Ints:
    return np.array([0, *(floor(log(gap) * 1_000_000 + 0.5) for gap in range(1, OLDEST + 1))])


FIGURES: Mapping[str, Callable[[Gaps], _Ints]] = {
    "count": Gaps.count,
    "median": Gaps.median,
    "deviation": Gaps.deviation,
    "variation": Gaps.variation,
    "log_sum": Gaps.log_sum,
}
