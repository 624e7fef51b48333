"""What a reader hands to cleaning: a table as it was written, nothing interpreted yet."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import duckdb

RawType = Literal["text", "number", "date", "timestamp", "flag"]


@dataclass(frozen=True)
class RawColumn:
    """One column: its header as written and the type its source gave it (`text` for every delimited file)."""

    header: str
    type: RawType = "text"


@dataclass(frozen=True)
class BadLine:
    """A line that could not even be split into the columns of its file."""

    line: int
    reason: str
    content: str


@dataclass(frozen=True)
class RawTable:
    """One table as written.

    `attach(con)` makes it visible to a DuckDB connection and returns the name of a view with the columns
    `c0, c1, …` (one per entry of `columns`, same order) and `record` (BIGINT, 1-based number of the data record, stable
    between two reads). Its rows come in the order of `record`, without gaps, so that who keeps them all has the number
    for nothing; asking a view over a text file for `record` may cost its parallelism. `lines(records)` gives the file line of some records, for messages and `rejected.csv`.
    `facts` says how it was read: encoding, delimiter, sheet, compression, header_line, rows where known.
    """

    name: str
    columns: tuple[RawColumn, ...]
    attach: Callable[[duckdb.DuckDBPyConnection], str]
    lines: Callable[[list[int]], list[int]]
    table: str | None = None
    facts: Mapping[str, str | int] = field(default_factory=dict, hash=False)
    bad_lines: tuple[BadLine, ...] = ()
