"""Irregular delimited text, read record by record: mixed line ends, stray quotes, columns parted by blanks.

Slower than `parallel`, and the judge where the two might differ. Rows are kept as Parquet in the work folder.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from typing import TextIO

from keguan.engine.intake.raw import BadLine
from keguan.engine.intake.readers import typed
from keguan.engine.intake.readers.dialects import Lines
from keguan.engine.intake.readers.kept import RowWriter, lines_of_kept
from keguan.engine.intake.readers.layout import Layout, Parts, check_bad, too_long
from keguan.engine.intake.readers.limits import Limits
from keguan.engine.intake.readers.workdir import Workdir

_MOST_LINES = 500


class _OpenQuote(Exception):
    """A record has taken so many lines that its quote must be a stray one."""


class _Bounded(Lines):
    """Lines that stop a record from swallowing the rest of the file."""

    def __next__(self) -> str:
        if len(self.record) >= _MOST_LINES:
            raise _OpenQuote
        return super().__next__()


def read(layout: Layout, work: Workdir, limits: Limits) -> Parts:
    """All rows of a text; lines that do not fit are in `bad`, a quote never closed spoils only its own line."""
    csv.field_size_limit(max(csv.field_size_limit(), limits.max_line_bytes))
    bad: list[BadLine] = []
    path = work.path(".parquet")
    last_is_empty, size = True, 0
    with RowWriter(path, layout.width) as writer, layout.path.open(encoding="utf-8", newline="") as stream:
        for line, row, content in _records(stream, layout, limits):
            fitted = _fitted(row, layout.width)
            if fitted is None:
                reason = "open-quote" if row is None else _reason(row, layout.width)
                bad.append(BadLine(line, reason, content))
                size += len(content)
                check_bad(len(bad), size, limits, layout.place)
            else:
                writer.add(fitted, line)
                last_is_empty = last_is_empty and not fitted[-1]
    headers = layout.headers
    if layout.width > 1 and layout.header_line and not headers[-1] and last_is_empty:
        headers = headers[:-1]
    cells = ", ".join(f"c{i}" for i in range(len(headers)))
    return Parts(
        reader="careful",
        headers=headers,
        rows=writer.rows,
        bad=bad,
        attach=typed.attach_view(
            lambda: f"read_parquet({typed.file_literal(path)}, file_row_number = true)",
            f"{cells}, file_row_number + 1 AS record",
        ),
        lines=lambda records: lines_of_kept(path, records),
    )


def _records(stream: TextIO, layout: Layout, limits: Limits) -> Iterator[tuple[int, list[str] | None, str]]:
    """Each record that is not blank: its first line, its cells (None if a quote stays open) and how it is written."""
    for _ in islice(_bounded_lines(stream, layout, limits), layout.first_line - 1):
        pass
    lines = _Bounded(_bounded_lines(stream, layout, limits), layout.first_line)
    reader = layout.dialect.reader(lines)
    while True:
        lines.record = []
        first = lines.number + 1
        try:
            row = next(reader, None)
        except _OpenQuote:
            row = None
        if row is None and not lines.record:
            return
        if row is None or (lines.is_ended and lines.record):
            content = lines.give_back()
            reader = layout.dialect.reader(lines)
            yield first, None, content.rstrip("\r\n")
        elif any(cell.strip() for cell in row) or len(row) > 1:
            yield first, row, "".join(lines.record).rstrip("\r\n")


def _bounded_lines(stream: TextIO, layout: Layout, limits: Limits) -> Iterator[str]:
    while line := stream.readline(limits.max_line_bytes + 1):
        if len(line) > limits.max_line_bytes:
            raise too_long(1, limits, layout.place)
        yield line


def _fitted(row: list[str] | None, width: int) -> list[str] | None:
    """A row of exactly `width` cells, surplus empty ones cut off; None when it does not fit."""
    if row is None or len(row) < width or any(cell.strip() for cell in row[width:]):
        return None
    return row[:width]


def _reason(row: list[str], width: int) -> str:
    return "too-few-cells" if len(row) < width else "too-many-cells"
