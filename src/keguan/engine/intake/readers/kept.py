"""Rows of text written batch by batch to a Parquet file of the work folder, each with the line it came from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from keguan.engine.intake.readers import typed

_BATCH_CELLS = 1 << 19


class RowWriter:
    """A context that takes rows of `width` text cells (empty text is null) and their lines; `rows` counts them."""

    def __init__(self, path: Path, width: int) -> None:
        import pyarrow as pa
        from pyarrow import parquet as pq

        self.rows = 0
        self._width = width
        names = [f"c{i}" for i in range(width)]
        self._schema = pa.schema([*((name, pa.large_string()) for name in names), ("line", pa.int64())])
        self._writer = pq.ParquetWriter(path, self._schema, compression="zstd")
        self._pending: list[Sequence[str | None]] = []
        self._lines: list[int] = []
        self._batch = max(1, min(1 << 16, _BATCH_CELLS // max(width, 1)))

    def add(self, row: Sequence[str | None], line: int) -> None:
        """Take one row."""
        self._pending.append(row)
        self._lines.append(line)
        self.rows += 1
        if len(self._pending) >= self._batch:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        cells = [[cell or None for cell in column] for column in zip(*self._pending, strict=True)]
        columns = cells or [[] for _ in range(self._width)]
        arrays = [pa.array(column, pa.large_string()) for column in columns]
        arrays.append(pa.array(self._lines, pa.int64()))
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
        self._pending, self._lines = [], []

    def __enter__(self) -> RowWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pending and error is None:
            self._flush()
        self._writer.close()


def lines_of_kept(path: Path, records: Sequence[int]) -> list[int]:
    """The lines of some records (1-based) of a kept file."""
    import pyarrow as pa

    with typed.connect() as con:
        con.register("wanted", pa.table({"turn": range(len(records)), "record": list(records)}))
        relation = f"read_parquet({typed.file_literal(path)}, file_row_number = true)"
        found = con.execute(
            f"SELECT line FROM wanted JOIN {relation} ON file_row_number + 1 = record ORDER BY turn"
        ).fetchall()
    return [int(line) for (line,) in found]
