"""PostgreSQL through ADBC (extra `pg`): the user's query or the tables we recognise; `numeric` stays exact."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from keguan.core.errors import Place, fail
from keguan.engine.intake.raw import RawTable
from keguan.engine.intake.readers import names, parquet, typed
from keguan.engine.intake.readers.limits import Limits
from keguan.engine.intake.readers.workdir import Workdir

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.engine.intake.readers.sources import Source

_TABLES = (
    "SELECT table_schema::text, table_name::text FROM information_schema.tables "
    "WHERE table_schema NOT IN ('pg_catalog', 'information_schema') ORDER BY 1, 2"
)


def read_postgres(source: Source, limits: Limits, work: Workdir) -> list[RawTable]:
    """The table of the source's query, else every table whose name says what it holds.

    Raises KG161 (query refused), KG162 (no connection), KG163 (extra not installed), KG164 (nothing recognised).
    """
    place = Place(file=source.name)
    try:
        from adbc_driver_manager import Error
        from adbc_driver_postgresql import dbapi
    except ImportError as error:
        raise fail("KG163", place) from error
    try:
        con = dbapi.connect(source.url or "")
    except Error as error:
        raise fail("KG162", place, reason=_told(error, source)) from error
    with con:
        try:
            with con.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
            queries = (
                [(source.name, source.table, source.query)] if source.query else _known(con, source, place)
            )
            return [_read(con, name, table, query, source, limits, work) for name, table, query in queries]
        except Error as error:
            raise fail("KG161", place, reason=_told(error, source)) from error


def _told(error: Exception, source: Source) -> str:
    """The server's words without the address, which may hold a password."""
    return parquet.first_line(error).replace(source.url or "\0", source.name)


def _known(con: Any, source: Source, place: Place) -> list[tuple[str, str | None, str]]:
    """(name, logical table, query) of the database's tables that we recognise by name."""
    with con.cursor() as cursor:
        cursor.execute(_TABLES)
        found = cursor.fetchall()
    schemas = {name: schema for schema, name in reversed(found)}
    known = names.choose_tables(list(schemas), source.table if source.given else None)
    if not known:
        raise fail("KG164", place, found=", ".join(schemas) or "∅")
    return [
        (
            f"{source.name} [{name}]",
            table,
            f"SELECT * FROM {typed.quoted(schemas[name])}.{typed.quoted(name)}",
        )
        for name, table in known
    ]


def _read(
    con: Any, name: str, table: str | None, query: str, source: Source, limits: Limits, work: Workdir
) -> RawTable:
    from dataclasses import replace

    path = work.path(".parquet")
    with con.cursor() as cursor:
        cursor.execute(query)
        numerics = _keep(cursor.fetch_record_batch(), path)
    exact = _with_exact_numbers(path, numerics, work)
    return parquet.read_parquet(
        exact, replace(source, name=name, table=table), limits, format_name="postgresql"
    )


def _keep(stream: pa.RecordBatchReader, path: Path) -> list[str]:
    """Write a result as Parquet; returns the columns that were `numeric`, which arrive as text."""
    import pyarrow as pa
    from pyarrow import parquet as pq

    numerics = [f.name for f in stream.schema if getattr(f.type, "type_name", "") == "numeric"]
    fields = [
        f.with_type(f.type.storage_type) if isinstance(f.type, pa.BaseExtensionType) else f
        for f in stream.schema
    ]
    schema = pa.schema([f.remove_metadata() for f in fields])
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in stream:
            columns = [c.storage if isinstance(c, pa.ExtensionArray) else c for c in batch.columns]
            writer.write_batch(pa.record_batch(columns, schema=schema))
    return numerics


def _with_exact_numbers(path: Path, numerics: list[str], work: Workdir) -> Path:
    """The same file with `numeric` columns as decimals wide enough for all their digits; text where none is."""
    if not numerics:
        return path
    relation = f"read_parquet({typed.file_literal(path)})"
    digits = ", ".join(
        f"max(length(regexp_extract({c}, '^-?([0-9]*)', 1))), "
        f"coalesce(max(length(regexp_extract({c}, '[.]([0-9]*)$', 1))), 0), "
        f"bool_and(regexp_full_match({c}, '-?[0-9]+([.][0-9]*)?'))"
        for c in map(typed.quoted, numerics)
    )
    with typed.connect() as con:
        told = con.execute(f"SELECT {digits} FROM {relation}").fetchall()[0]
        casts = []
        for turn, name in enumerate(numerics):
            whole, scale, is_plain = told[3 * turn : 3 * turn + 3]
            if is_plain and whole + scale <= 38:
                column = typed.quoted(name)
                casts.append(f"CAST({column} AS DECIMAL({max(whole + scale, 1)}, {scale})) AS {column}")
        if not casts:
            return path
        target = work.path(".parquet")
        con.execute(
            f"COPY (SELECT * REPLACE ({', '.join(casts)}) FROM {relation}) TO {typed.literal(str(target))} "
            "(FORMAT parquet, COMPRESSION zstd)"
        )
    return target
