"""Spark (extra `spark`): the same steps on a cluster. Nothing here sorts the whole base in one window.

On a session of somebody else's, `map` needs keguan where the workers' Python finds it.
"""

from __future__ import annotations

import os
import sys
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from keguan.core.errors import fail
from keguan.engine.backends import BatchFunction, ColumnType
from keguan.engine.compile import column
from keguan.engine.functions import inline_for_spark

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.engine.numbering import Numbered

ROW_GROUP = 122_880
_CONFIG = {
    "spark.sql.session.timeZone": "UTC",
    "spark.ui.enabled": "false",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}

_SPARK_TYPES = {
    "int32": "int",
    "int64": "bigint",
    "double": "double",
    "date32[day]": "date",
    "string": "string",
}


class SparkEngine:
    """Runs on the Spark session that is already there, or on a local one of its own."""

    name = "spark"
    threads = 1

    def __init__(self, master: str = "local[2]", partitions: int = 2) -> None:
        try:
            from pyspark.sql import SparkSession
        except ImportError as missing:
            raise fail("KG801", extra="spark") from missing
        running = SparkSession.getActiveSession()
        self._own = running is None
        self.session: Any = running or self._start(SparkSession, master, partitions)
        self._kept: list[Any] = []
        self._views: set[str] = set()

    @staticmethod
    def _start(builder: Any, master: str, partitions: int) -> Any:
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # workers must find what we import
        config = builder.builder.master(master).appName("keguan")
        for key, value in {**_CONFIG, "spark.sql.shuffle.partitions": str(partitions)}.items():
            config = config.config(key, value)
        session = config.getOrCreate()
        session.sparkContext.setLogLevel("ERROR")
        return session

    @staticmethod
    def _text(query: exp.Query) -> str:
        return inline_for_spark(query).sql(dialect="spark")

    def attach(self, table: str, paths: Sequence[Path]) -> None:
        frame = self.session.read.option("mergeSchema", "true").parquet(*[str(p) for p in paths])
        frame.createOrReplaceTempView(table)
        self._views.add(table)

    def numbered(self, table: str, keys: Sequence[str]) -> Numbered | None:
        return None  # days are put together as lists, where the rows lie

    def keep(
        self, name: str, query: exp.Query, sorted_by: Sequence[str] = (), by: Numbered | None = None
    ) -> None:
        frame = self.session.sql(self._text(query)).persist()
        frame.createOrReplaceTempView(name)
        self._views.add(name)
        self._kept.append(frame)

    def columns(self, name: str) -> dict[str, ColumnType]:
        return {
            f.name: _column_type(f.dataType.simpleString()) for f in self.session.table(name).schema.fields
        }

    def rows(self, query: exp.Query) -> list[tuple[object, ...]]:
        return [tuple(row) for row in self.session.sql(self._text(query)).collect()]

    def batches(self, query: exp.Query, order: Sequence[str]) -> pa.RecordBatchReader:
        return self._sorted(query, order).to_reader(ROW_GROUP)

    def arrow(self, query: exp.Query) -> pa.Table:
        table: pa.Table = self.session.sql(self._text(query)).toArrow()
        return table

    def put(self, name: str, table: pa.Table) -> None:
        self.session.createDataFrame(table).createOrReplaceTempView(name)
        self._views.add(name)

    def forget(self, name: str) -> None:
        self.session.catalog.dropTempView(name)
        self._views.discard(name)

    def map(self, name: str, query: exp.Query, function: BatchFunction, schema: pa.Schema) -> None:
        def each(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            return (function(b) for b in batches if b.num_rows)

        columns = ", ".join(f"`{f.name}` {_SPARK_TYPES[str(f.type)]}" for f in schema)
        with warnings.catch_warnings():
            # pyspark looks for pandas, which it does not use here, and complains of its version
            warnings.simplefilter("ignore", FutureWarning)
            frame = self.session.sql(self._text(query)).mapInArrow(each, columns)
        frame.persist().createOrReplaceTempView(name)
        self._views.add(name)
        self._kept.append(frame)

    @contextmanager
    def saving(self, query: exp.Query, path: Path, order: Sequence[str]) -> Iterator[None]:
        import pyarrow.parquet as pq

        pq.write_table(self._sorted(query, order), path, compression="zstd", row_group_size=ROW_GROUP)
        yield

    def _sorted(self, query: exp.Query, order: Sequence[str]) -> pa.Table:
        ordered = exp.select("*").from_(query.subquery("q")).order_by(*[column(c) for c in order])
        table: pa.Table = self.session.sql(self._text(ordered)).toArrow()
        return table

    def close(self) -> None:
        for frame in self._kept:
            frame.unpersist()
        for view in self._views:  # a session of somebody else's goes on without them
            self.session.catalog.dropTempView(view)
        if self._own:
            self.session.stop()


def _column_type(sql_type: str) -> ColumnType:
    if sql_type.startswith("decimal"):
        return "decimal"
    kinds: dict[str, ColumnType] = {
        "bigint": "whole",
        "int": "whole",
        "smallint": "whole",
        "tinyint": "whole",
        "double": "double",
        "float": "double",
        "date": "date",
        "string": "text",
        "boolean": "flag",
    }
    return kinds.get(sql_type, "other")
