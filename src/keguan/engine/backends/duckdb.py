"""DuckDB: the embedded engine. Spills to disk instead of failing, and never reaches for the network."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from sqlglot import exp
from sqlglot.dialects.duckdb import DuckDB

from keguan.core.scratch import Scratch
from keguan.engine.backends import BatchFunction, ColumnType
from keguan.engine.backends.numbers import addressed, number_orders
from keguan.engine.compile import column
from keguan.engine.functions import FUNCTIONS
from keguan.engine.numbering import KEY, TABLE, Numbered

if TYPE_CHECKING:
    import pyarrow as pa

ROW_GROUP = 122_880


def connect(
    folder: Path | str, *, memory: str | None = None, threads: int | None = None
) -> duckdb.DuckDBPyConnection:
    """A connection that loads no extension and spills into `folder`."""
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "temp_directory": str(folder),
        # As a hash join, a list of constants in one branch of a class costs every row of every branch.
        "disabled_optimizers": "in_clause",
        "TimeZone": "UTC",
    }
    if memory is not None:
        settings["memory_limit"] = memory
    if threads is not None:
        settings["threads"] = str(threads)
    zone = settings.pop("TimeZone")
    con = duckdb.connect(":memory:", config=settings)
    con.execute(f"SET TimeZone = '{zone}'")
    con.execute("SET enable_progress_bar = false")
    return con


def quoted(name: str) -> str:
    """A column name as an SQL identifier, whatever characters it holds."""
    return '"' + name.replace('"', '""') + '"'


class DuckDBEngine:
    """One in-memory database for one run."""

    name = "duckdb"

    def __init__(self, *, memory: str | None = None, threads: int | None = None) -> None:
        self._folder = Scratch()
        self.connection = connect(self._folder.path, memory=memory, threads=threads)
        [(self.threads,)] = self.connection.execute("SELECT current_setting('threads')").fetchall()
        self._put: set[str] = set()
        self._orders: dict[str, tuple[str, ...]] = {}
        self._order_parts: Sequence[Path] = ()
        self._numbered: Numbered | None = None
        for function in FUNCTIONS:
            if function.duckdb:
                parameters = ", ".join(function.parameters)
                self.connection.execute(f"CREATE MACRO {function.name}({parameters}) AS {function.duckdb}")

    def attach(self, table: str, paths: Sequence[Path]) -> None:
        relation = self.connection.read_parquet([str(p) for p in paths], union_by_name=True)
        relation.create_view(table)
        if table == TABLE:
            self._order_parts, self._numbered = paths, None

    def numbered(self, table: str, keys: Sequence[str]) -> Numbered | None:
        if (table, *keys) != (TABLE, KEY):
            return None
        # What stands under the name without parts may be another table the next time.
        if self._numbered is None or not self._order_parts:
            self._numbered = number_orders(self.connection, self._order_parts)
        return self._numbered

    def keep(
        self, name: str, query: exp.Query, sorted_by: Sequence[str] = (), by: Numbered | None = None
    ) -> None:
        self._orders[name] = tuple(sorted_by) or self._order_of(query)
        with addressed(self.connection, query, by):
            self.connection.execute(
                f'CREATE OR REPLACE TABLE "{name}" AS {query.sql(dialect=DuckDB, copy=False)}'
            )

    def columns(self, name: str) -> dict[str, ColumnType]:
        relation = self.connection.table(name)
        return {c: _column_type(str(t)) for c, t in zip(relation.columns, relation.types, strict=True)}

    def rows(self, query: exp.Query) -> list[tuple[object, ...]]:
        return self.connection.execute(query.sql(dialect=DuckDB, copy=False)).fetchall()

    def batches(self, query: exp.Query, order: Sequence[str]) -> pa.RecordBatchReader:
        return self.connection.sql(self._in_order(query, order)).to_arrow_reader(ROW_GROUP)

    def arrow(self, query: exp.Query) -> pa.Table:
        table: pa.Table = self.connection.sql(query.sql(dialect=DuckDB, copy=False)).to_arrow_table()
        return table

    def put(self, name: str, table: pa.Table) -> None:
        self.connection.register(name, table)
        self._put.add(name)

    def forget(self, name: str) -> None:
        self._orders.pop(name, None)
        if name in self._put:
            self.connection.unregister(name)
            self._put.discard(name)
        else:
            self.connection.execute(f'DROP TABLE "{name}"')

    def map(self, name: str, query: exp.Query, function: BatchFunction, schema: pa.Schema) -> None:
        import pyarrow as pa

        batches = self.arrow(query).combine_chunks().to_batches()
        self.put(name, pa.Table.from_batches([function(b) for b in batches], schema))

    @contextmanager
    def saving(self, query: exp.Query, path: Path, order: Sequence[str]) -> Iterator[None]:
        target = str(path).replace("'", "''")
        copy = (
            f"COPY ({self._in_order(query, order)}) TO '{target}'"
            f" (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE {ROW_GROUP})"
        )
        with self.connection.cursor() as beside, ThreadPoolExecutor(1) as pool:
            job = pool.submit(beside.execute, copy)
            try:
                yield
            except BaseException:
                beside.interrupt()
                raise
            job.result()

    def _in_order(self, query: exp.Query, order: Sequence[str]) -> str:
        """The query as text, sorted unless its rows are so already."""
        if self._order_of(query) == tuple(order):
            return query.sql(dialect=DuckDB, copy=False)
        by = [column(c) for c in order]
        ordered = exp.select("*").from_(query.subquery("q")).order_by(*by)
        return ordered.sql(dialect=DuckDB, copy=False)

    def _order_of(self, query: exp.Query) -> tuple[str, ...]:
        """By what the rows of a query are sorted because it only picks columns of a table whose rows are; DuckDB keeps the order
        in which rows came."""
        source = query.args.get("from_")
        more = {name for name, part in query.args.items() if part} - {"expressions", "from_"}
        if more or source is None or not isinstance(source.this, exp.Table):
            return ()
        return self._orders.get(source.this.name, ())

    def close(self) -> None:
        self.connection.close()
        self._folder.close()


def _column_type(sql_type: str) -> ColumnType:
    if sql_type.startswith("DECIMAL"):
        return "decimal"
    kinds: dict[str, ColumnType] = {
        "BIGINT": "whole",
        "INTEGER": "whole",
        "HUGEINT": "whole",
        "SMALLINT": "whole",
        "TINYINT": "whole",
        "DOUBLE": "double",
        "FLOAT": "double",
        "DATE": "date",
        "VARCHAR": "text",
        "BOOLEAN": "flag",
    }
    return kinds.get(sql_type, "other")
