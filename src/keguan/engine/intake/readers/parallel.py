"""Regular delimited text, read by all cores: one counting pass now, rows on demand; nothing is copied to disk.

Every file is checked: rows and bad lines must add up to the records its bytes show, else it is left to `careful`.
"""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from keguan.engine.intake.raw import BadLine
from keguan.engine.intake.readers import typed
from keguan.engine.intake.readers.layout import Layout, Parts, check_bad
from keguan.engine.intake.readers.limits import Limits
from keguan.engine.intake.readers.survey import (
    Survey,
    lines_of_bytes,
    lines_of_records,
    records_at_lines,
    survey,
)

if TYPE_CHECKING:
    import duckdb

_REASONS = {"MISSING COLUMNS": "too-few-cells", "TOO MANY COLUMNS": "too-many-cells"}


def read(layout: Layout, limits: Limits) -> Parts | None:
    """The rows of a regular text, or None when it is not regular."""
    import duckdb

    seen = survey(layout.path, layout.dialect.quote, limits, layout.place)
    if not seen.line_end:
        return None
    relation = _relation(layout, seen.line_end, limits)
    last = layout.width - 1
    with typed.connect() as con:
        try:
            counted = con.execute(
                f"SELECT count(*), count(c{last}) FROM {relation}, store_rejects = true, rejects_limit = 0)"
            ).fetchall()[0]
            rejects = _rejects(con, limits, layout)
        except duckdb.Error:  # whatever DuckDB cannot read as regular is read carefully, with its own errors
            return None
    if rejects is None:
        return None
    rows, n_last = int(counted[0]), int(counted[1])
    bad = [reject for reject in rejects if reject.content.strip()]
    before = _records_before(layout, seen)
    if before is None or before + rows + len(rejects) != seen.records:
        return None
    headers = layout.headers
    if last > 0 and not headers[last] and not n_last and layout.header_line:
        headers = headers[:last]
    return Parts(
        reader="parallel",
        headers=headers,
        rows=rows,
        bad=bad,
        attach=_attach(relation, len(headers)),
        lines=_lines(layout, seen, before, [reject.line for reject in rejects]),
    )


def _relation(layout: Layout, line_end: str, limits: Limits) -> str:
    """DuckDB's CSV reader on this layout, every cell as text; left open for the handling of bad lines."""
    dialect = layout.dialect
    names = ", ".join(f"'c{i}': 'VARCHAR'" for i in range(layout.width))
    end = {"\n": "\\n", "\r": "\\r", "\r\n": "\\r\\n"}[line_end]
    return (
        f"read_csv({typed.file_literal(layout.path)}, auto_detect = false, header = false, "
        f"skip = {layout.first_line - 1}, columns = {{{names}}}, delim = {typed.literal(dialect.delimiter)}, "
        f"quote = {typed.literal(dialect.quote)}, escape = {typed.literal(dialect.escape)}, new_line = '{end}', "
        f"compression = 'none', hive_partitioning = false, strict_mode = true, "
        f"max_line_size = {limits.max_line_bytes}"
    )


def _rejects(con: duckdb.DuckDBPyConnection, limits: Limits, layout: Layout) -> list[BadLine] | None:
    """Lines with too few or too many cells, in file order; None when lines were refused for anything else."""
    number, size = con.execute(
        "SELECT count(DISTINCT line_byte_position), coalesce(sum(length(csv_line)), 0) FROM reject_errors"
    ).fetchall()[0]
    check_bad(number, size, limits, layout.place)
    found = con.execute(
        "SELECT line_byte_position, min(error_type::VARCHAR), max(error_type::VARCHAR), any_value(csv_line) "
        "FROM reject_errors GROUP BY ALL ORDER BY 1"
    ).fetchall()
    if any(first != second or first not in _REASONS for _, first, second, _ in found):
        return None
    if any(_is_only_trailing(content, layout) for _, _, _, content in found):
        return None
    # DuckDB counts a blank line before a refused one as part of it
    positions = [int(p) - 1 + len(content) - len(content.lstrip("\r\n")) for p, _, _, content in found]
    lines = lines_of_bytes(layout.path, positions)
    return [
        BadLine(line, _REASONS[reason], content.strip("\r\n"))
        for line, (_, reason, _, content) in zip(lines, found, strict=True)
    ]


def _is_only_trailing(content: str, layout: Layout) -> bool:
    """Whether a refused line fits but for empty cells at its end."""
    row = next(iter(layout.dialect.reader(io.StringIO(content.strip("\r\n"), newline=""))), [])
    return len(row) > layout.width and not any(cell.strip() for cell in row[layout.width :])


def _records_before(layout: Layout, seen: Survey) -> int | None:
    """How many records of the file stand before the first data record; None when that is not clear."""
    if layout.first_line == 1:
        return 0
    if seen.is_plain:
        return layout.first_line - 1
    with layout.path.open(encoding="utf-8", newline="") as stream:
        head = [line for _, line in zip(range(layout.first_line - 1), stream, strict=False)]
    quote = layout.dialect.quote
    if quote and any(quote in line for line in head) and "".join(head).count(quote) % 2:
        return None
    reader = layout.dialect.reader(head)
    return sum(1 for row in reader if row)


def _attach(relation: str, width: int) -> Callable[[duckdb.DuckDBPyConnection], str]:
    """Rows as a view that reads the file each time it is asked; nothing is kept beside what cleaning makes of it."""
    cells = ", ".join(f"c{i}" for i in range(width))
    rows = f"{relation}, ignore_errors = true)"
    return typed.attach_view(lambda: rows, f"{cells}, row_number() OVER () AS record")


def _lines(
    layout: Layout, seen: Survey, before: int, refused: Sequence[int]
) -> Callable[[list[int]], list[int]]:
    """From record numbers to file lines. `refused`: lines among the records that gave no row."""

    def plain(records: list[int]) -> list[int]:
        """One line per record: only the refused lines push a record further down."""
        gaps = [line - layout.first_line - i for i, line in enumerate(refused)]
        return [layout.first_line + record - 1 + bisect_right(gaps, record - 1) for record in records]

    def scanned(records: list[int]) -> list[int]:
        """The same over records of several lines and blank lines: asks the file again."""
        order = sorted(set(records))
        ranks = _ranks_of_lines(layout, before, refused)
        gaps = [rank - before - i for i, rank in enumerate(ranks)]
        positions = [before + record - 1 + bisect_right(gaps, record - 1) for record in order]
        lines = dict(zip(order, lines_of_records(layout.path, layout.dialect.quote, positions), strict=True))
        return [lines[record] for record in records]

    return plain if seen.is_plain else scanned


def _ranks_of_lines(layout: Layout, before: int, refused: Sequence[int]) -> list[int]:
    """The 0-based numbers, among all records of the file, of the records that begin on the refused lines."""
    return records_at_lines(layout.path, layout.dialect.quote, refused) if refused else []
