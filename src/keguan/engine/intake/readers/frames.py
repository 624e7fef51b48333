"""Tables that are already in memory: any library's frame through the Arrow C stream interface."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from keguan.core.errors import Place, fail
from keguan.engine.intake.raw import RawTable
from keguan.engine.intake.readers import parquet, typed
from keguan.engine.intake.readers.limits import Limits
from keguan.engine.intake.readers.workdir import Workdir

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from keguan.engine.intake.readers.sources import Source


def read_frame(source: Source, limits: Limits, work: Workdir) -> RawTable:
    """The table of a frame. A stream that can be read only once is kept as Parquet in the work folder."""
    import pyarrow as pa

    place = Place(field=source.name)
    try:
        if isinstance(source.frame, pa.RecordBatchReader):
            return _kept_stream(source.frame, source, limits, work)
        table = _arrow(source.frame)
    except (pa.ArrowException, TypeError, ValueError) as error:
        raise fail("KG152", place, reason=parquet.first_line(error)) from error
    return table_of_arrow(table, source, limits)


def table_of_arrow(table: pa.Table, source: Source, limits: Limits) -> RawTable:
    """A `RawTable` over an Arrow table in memory, without copying what needs no copy."""
    import pyarrow as pa

    if table.num_columns > limits.max_columns:
        raise fail(
            "KG131",
            Place(field=source.name),
            columns=table.num_columns,
            limit=limits.max_columns,
            variable="KEGUAN_MAX_COLUMNS",
        )
    headers = [str(name) for name in table.column_names]
    positions = [f"p{i}" for i in range(table.num_columns)]
    plain = pa.table([_plain(column) for column in table.columns], names=positions)
    numbered = plain.append_column("record", pa.array(range(1, table.num_rows + 1), pa.int64()))
    name = typed.view_name()
    with typed.connect() as con:
        con.register(name, numbered)
        described = con.execute(f"DESCRIBE SELECT * EXCLUDE (record) FROM {name}").fetchall()
    columns, select = typed.plain_columns([(d[0], d[1]) for d in described], Place(field=source.name))
    unique = typed.unique_headers(headers)
    columns = tuple(type(c)(header, c.type) for c, header in zip(columns, unique, strict=True))
    view = typed.attach_view(lambda: name, f"{select}, record")

    def attach(con: duckdb.DuckDBPyConnection) -> str:
        con.register(name, numbered)
        return view(con)

    return RawTable(
        name=source.name,
        columns=columns,
        attach=attach,
        lines=typed.same,
        table=source.table,
        facts={"format": "frame", "rows": table.num_rows},
    )


def _arrow(frame: Any) -> pa.Table:
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        return frame
    if hasattr(frame, "__arrow_c_stream__"):
        return pa.table(frame)
    return pa.Table.from_pandas(frame, preserve_index=False)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A column DuckDB takes as it is: no 256-bit decimals, no half floats, no bare nulls."""
    import pyarrow as pa

    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(column.cast(kind.storage_type))
    if pa.types.is_decimal256(kind) or pa.types.is_null(kind):
        return column.cast(pa.string())
    return column.cast(pa.float32()) if pa.types.is_float16(kind) else column


def _kept_stream(stream: pa.RecordBatchReader, source: Source, limits: Limits, work: Workdir) -> RawTable:
    from pyarrow import parquet as pq

    path = work.path(".parquet")
    with pq.ParquetWriter(path, stream.schema) as writer:
        for batch in stream:
            writer.write_batch(batch)
    return parquet.read_parquet(path, source, limits)


def read_arrow_file(path: Path, source: Source, limits: Limits, work: Workdir) -> RawTable:
    """An Arrow (Feather) file, mapped and not loaded."""
    import pyarrow as pa

    try:
        table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
        table.validate(full=True)
    except (pa.ArrowException, ValueError, OSError, KeyError) as error:
        raise fail("KG150", Place(file=source.name), reason=parquet.first_line(error)) from error
    return table_of_arrow(table, source, limits)
