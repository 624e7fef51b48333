"""How one text file is to be read: dialect, headers, the line where records begin; decided on its first megabyte."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from keguan.core.errors import KeguanError, Place, fail
from keguan.engine.intake.raw import BadLine
from keguan.engine.intake.readers.dialects import Dialect, Lines, sample_rows, sniff
from keguan.engine.intake.readers.headers import Start, filled, find_start
from keguan.engine.intake.readers.limits import Limits

if TYPE_CHECKING:
    import duckdb

_SAMPLE = 1 << 20


@dataclass(frozen=True)
class Layout:
    """One UTF-8 text: dialect, headers as written (empty ones included), 1-based lines of header and first record."""

    path: Path
    dialect: Dialect
    headers: tuple[str, ...]
    header_line: int
    first_line: int
    place: Place
    facts: dict[str, str | int] = field(default_factory=dict)

    @property
    def width(self) -> int:
        """Number of columns."""
        return len(self.headers)


@dataclass
class Parts:
    """What a reader of delimited text hands back: good rows behind `attach`, the others in `bad`."""

    reader: str
    headers: tuple[str, ...]
    rows: int
    bad: list[BadLine]
    attach: Callable[[duckdb.DuckDBPyConnection], str]
    lines: Callable[[list[int]], list[int]]


def find_layout(text: Path, delimiter: str | None, limits: Limits, place: Place) -> Layout:
    """The layout of a text; KG110 when nothing is in it, KG131 and KG132 for its limits, KG134 for its header."""
    sample = _sample(text, limits, place)
    if not any(character.isalnum() for character in sample):
        raise fail("KG110", place)
    dialect = sniff(sample, delimiter, place)
    rows = sample_rows(sample, dialect)
    start = find_start(rows)
    if not start.width:
        raise fail("KG110", place)
    widest = max(len(row) for row in rows[: start.first + 1])
    if max(start.width, widest) > limits.max_columns:
        raise too_many_columns(max(start.width, widest), limits, place)
    header_line, first_line = _line_numbers(sample, dialect, start)
    headers = _headers(rows, start, Place(file=place.file, line=header_line or first_line))
    facts: dict[str, str | int] = {
        "delimiter": dialect.delimiter,
        "header_line": header_line,
        "preamble_lines": (header_line or first_line) - 1,
    }
    return Layout(text, dialect, headers, header_line, first_line, place, facts)


def too_many_columns(columns: int, limits: Limits, place: Place) -> KeguanError:
    """KG131."""
    return fail("KG131", place, columns=columns, limit=limits.max_columns, variable="KEGUAN_MAX_COLUMNS")


def too_long(line: int, limits: Limits, place: Place) -> KeguanError:
    """KG132."""
    spot = Place(file=place.file, line=line)
    return fail("KG132", spot, limit=limits.max_line_bytes, variable="KEGUAN_MAX_LINE_BYTES")


def check_bad(number: int, size: int, limits: Limits, place: Place) -> None:
    """KG133 when the lines that do not fit, `size` characters in all, are too many to carry."""
    for name, found, limit in (
        ("KEGUAN_MAX_BAD_LINES", number, limits.max_bad_lines),
        ("KEGUAN_MAX_BAD_BYTES", size, limits.max_bad_bytes),
    ):
        if found > limit:
            raise fail("KG133", place, limit=limit, variable=name)


def _sample(text: Path, limits: Limits, place: Place) -> str:
    """The first megabyte up to its last line end; more when the first line is longer than that."""
    with text.open("rb") as stream:
        head = stream.read(_SAMPLE)
        if len(head) == _SAMPLE and not _last_end(head):
            head += stream.read(limits.max_line_bytes)
            if len(head) > limits.max_line_bytes and not _last_end(head):
                raise too_long(1, limits, place)
        if stream.read(1):
            head = head[: _last_end(head)]
    return head.decode("utf-8", "ignore")


def _last_end(head: bytes) -> int:
    """Where the last whole line ends; 0 without any line end."""
    return max(head.rfind(b"\n"), head.rfind(b"\r")) + 1


def _line_numbers(sample: str, dialect: Dialect, start: Start) -> tuple[int, int]:
    """The 1-based lines of the header (0 without one) and of the first record."""
    lines = Lines(io.StringIO(sample, newline=""))
    reader = dialect.reader(lines)
    begins: list[int] = []
    for _ in range(start.first + 1):
        begins.append(lines.number + 1)
        if next(reader, None) is None:
            break
    header = begins[start.header] if start.header is not None else 0
    return header, begins[-1]


def _headers(rows: Sequence[Sequence[str]], start: Start, place: Place) -> tuple[str, ...]:
    """As many headers as the lines below have cells; more names than cells, or cells without names, are KG134."""
    if start.header is None:
        return ("",) * start.width
    headers = [cell.strip() for cell in rows[start.header]]
    while len(headers) > start.width and not headers[-1]:
        headers.pop()
    body = [row for row in rows[start.first :] if filled(row)]
    nameless = sum(any(cell.strip() for cell in row[len(headers) :]) for row in body)
    if len(headers) > start.width or nameless * 2 > max(len(body), 1):
        raise fail("KG134", place, names=len(headers), cells=start.width)
    return tuple(headers + [""] * (start.width - len(headers)))
