"""Raw tables made in memory, so that cleaning is tested without any reader."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from keguan.engine.intake import intake
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.parts import PartStore
from keguan.engine.intake.pipeline import Intake
from keguan.engine.intake.raw import BadLine, RawColumn, RawTable, RawType

_numbers = itertools.count()
_TYPES: dict[type, RawType] = {
    str: "text",
    float: "number",
    int: "number",
    date: "date",
    datetime: "timestamp",
    bool: "flag",
}


def raw_table(
    headers: Sequence[str],
    rows: Sequence[Sequence[Any]],
    table: str | None = None,
    name: str = "shop.csv",
    bad_lines: Sequence[BadLine] = (),
    **facts: str | int,
) -> RawTable:
    """A raw table of the given cells: text unless a column holds numbers, dates or flags."""
    columns = [[row[i] for row in rows] for i in range(len(headers))]
    kinds = [_TYPES[type(next((v for v in column if v is not None), ""))] for column in columns]
    cells = {
        f"c{i}": pa.array(c) if any(v is not None for v in c) else pa.array(c, pa.string())
        for i, c in enumerate(columns)
    }
    content = pa.table({**cells, "record": pa.array(range(1, len(rows) + 1), pa.int64())})
    view = f"raw_{next(_numbers)}"

    def attach(con: duckdb.DuckDBPyConnection) -> str:
        con.register(f"{view}_arrow", content)
        con.execute(f"CREATE OR REPLACE TEMP TABLE {view} AS SELECT * FROM {view}_arrow")
        return view

    return RawTable(
        name=name,
        columns=tuple(RawColumn(h, k) for h, k in zip(headers, kinds, strict=True)),
        attach=attach,
        lines=lambda records: [record + 1 for record in records],
        table=table,
        facts={"rows": len(rows), **facts},
        bad_lines=tuple(bad_lines),
    )


Clean = Callable[..., Intake]


@pytest.fixture
def clean(tmp_path: Path) -> Clean:
    """`clean(raw, …, option=…)`: the intake of some raw tables into a fresh store."""

    def run(*raws: RawTable, **options: Any) -> Intake:
        return intake(raws, IntakeOptions(**options), PartStore(tmp_path / "parts"))

    return run


def rows_of(result: Intake, table: str) -> list[dict[str, Any]]:
    """The rows of one part."""
    part = next(p for p in result.parts if p.table == table)
    import pyarrow.parquet as pq

    found: list[dict[str, Any]] = pq.read_table(part.path).to_pylist()
    return found
