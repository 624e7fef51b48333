"""The engines: DuckDB, embedded, and Spark. Both run the same steps and must give the same answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from keguan.core.errors import KeguanError, Place, Problem

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlglot import exp

    from keguan.engine.numbering import Numbered

NAMES = ("duckdb", "spark")
BatchFunction = Callable[["pa.RecordBatch"], "pa.RecordBatch"]
ColumnType = Literal["whole", "decimal", "double", "date", "text", "flag", "other"]


class Engine(Protocol):
    """What a run needs of an engine; nothing above knows which one it has."""

    name: str
    threads: int
    """How many threads of this process may work for it."""

    def attach(self, table: str, paths: Sequence[Path]) -> None:
        """Make Parquet files readable under a table name."""

    def numbered(self, table: str, keys: Sequence[str]) -> Numbered | None:
        """A fact table with a number on every row for what its `keys` name; None where there are no numbers, and rows
        must be grouped by the keys."""

    def keep(
        self, name: str, query: exp.Query, sorted_by: Sequence[str] = (), by: Numbered | None = None
    ) -> None:
        """Compute a query once and keep its rows under a name for as long as the engine lives. Where the query says in which order
        its rows come, `sorted_by` are the columns that go up with it: rows that are in order need not be sorted again. Where it groups
        numbered rows by their number, `by` are the numbers."""

    def columns(self, name: str) -> dict[str, ColumnType]:
        """Columns of a kept or attached table and what they hold."""

    def rows(self, query: exp.Query) -> list[tuple[object, ...]]:
        """A small result as Python values."""

    def batches(self, query: exp.Query, order: Sequence[str]) -> pa.RecordBatchReader:
        """The rows of a large result as Arrow batches, sorted by some columns."""

    def arrow(self, query: exp.Query) -> pa.Table:
        """A large result as columns, in no promised order."""

    def put(self, name: str, table: pa.Table) -> None:
        """Make a table in memory readable under a name, for as long as the engine lives."""

    def forget(self, name: str) -> None:
        """Give back a table that `keep` or `put` made."""

    def map(self, name: str, query: exp.Query, function: BatchFunction, schema: pa.Schema) -> None:
        """Keep under a name what `function` makes of the rows of a query, batch by batch, in columns of `schema`. Where the
        rows are spread over machines, each maps its own: the function must be plain data, and must not care which rows
        share a batch."""

    def saving(self, query: exp.Query, path: Path, order: Sequence[str]) -> AbstractContextManager[None]:
        """Write a large result of kept tables to one Parquet file, sorted by some columns, beside what happens in the block;
        it is there when the block ends. Equal rows give equal bytes."""

    def close(self) -> None:
        """Give everything back."""


def _check_wishes(name: str, memory: str | None, threads: int | None) -> None:
    wishes = [
        ("engine", name, name in NAMES, " | ".join(NAMES)),
        (
            "memory",
            memory,
            memory is None or re.fullmatch(r"[1-9]\d*(\.\d+)? ?[KMGT]i?B", memory),
            "512MB, 4GB",
        ),
        ("threads", threads, threads is None or threads >= 1, "1, 2, 3 …"),
    ]
    wrong = [
        Problem("KG802", Place(field=w), {"found": v, "known": k}) for w, v, fits, k in wishes if not fits
    ]
    if wrong:
        raise KeguanError(wrong)


@contextmanager
def open_engine(
    name: str = "duckdb", *, memory: str | None = None, threads: int | None = None
) -> Iterator[Engine]:
    """An engine by name, closed at the end. `memory` such as `1GB` and `threads` are for DuckDB. Raises KG802."""
    _check_wishes(name, memory, threads)
    engine: Engine
    if name == "spark":
        from keguan.engine.backends.spark import SparkEngine

        engine = SparkEngine()
    else:
        from keguan.engine.backends.duckdb import DuckDBEngine

        engine = DuckDBEngine(memory=memory, threads=threads)
    try:
        yield engine
    finally:
        engine.close()
