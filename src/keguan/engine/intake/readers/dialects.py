"""How a delimited text is written: delimiter, quote, escape, header; decided on a sample, from its own regularity."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from keguan.core.errors import Place, fail
from keguan.engine.intake.readers.headers import Start, filled, find_start, looks_like_data

DELIMITERS = ("\t", ";", "|", ",", "\x01", "\x1f", "^", "~", "，")
SPACES = " +"
_SPOKEN = {
    "tab": "\t",
    "\\t": "\t",
    "space": SPACES,
    "spaces": SPACES,
    "comma": ",",
    "semicolon": ";",
    "pipe": "|",
}
_SAMPLE_ROWS = 2_000


@dataclass(frozen=True)
class Dialect:
    """One way of writing a table. `delimiter` is one character or `SPACES` (runs of blanks); `quote` may be empty;
    `escape` is the quote itself when quotes are doubled, else a backslash."""

    delimiter: str
    quote: str = '"'
    escape: str = '"'

    def reader(self, lines: Iterable[str]) -> Iterator[list[str]]:
        """The cells of each record of `lines` (which keep their line ends); blank lines give `[]`."""
        if self.delimiter == SPACES:
            return (line.split() for line in lines)
        if not self.quote:
            return iter(csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE))
        arguments: dict[str, Any] = {"delimiter": self.delimiter, "quotechar": self.quote}
        if self.escape != self.quote:
            arguments |= {"escapechar": self.escape, "doublequote": False}
        return iter(csv.reader(lines, **arguments))


def sniff(sample: str, wish: str | None, place: Place) -> Dialect:
    """The dialect of a sample that ends at a line end (or is the whole text); `wish` is the user's delimiter."""
    candidates = [_wished(wish, place)] if wish else [d for d in DELIMITERS if d in sample]
    best, score = Dialect("\t" if not wish else candidates[0]), 0.0
    for delimiter in candidates:
        dialect = _quoting(sample, delimiter)
        value = _regularity(sample_rows(sample, dialect))
        if value > score:
            best, score = dialect, value
    if not wish and score < 1.5 and _is_spaced(sample):
        return Dialect(SPACES, "", "")
    return best if score > 0 or wish else _quoting(sample, "\t" if "\t" not in sample else "\x1f")


def sample_rows(sample: str, dialect: Dialect) -> list[list[str]]:
    """The first rows of a sample, blank lines as `[]`."""
    rows: list[list[str]] = []
    for row in dialect.reader(io.StringIO(sample, newline="")):
        rows.append(row)
        if len(rows) >= _SAMPLE_ROWS:
            break
    return rows


def _wished(wish: str, place: Place) -> str:
    delimiter = _SPOKEN.get(wish.lower(), wish)
    if delimiter != SPACES and (len(delimiter) != 1 or delimiter in '\r\n"'):
        raise fail("KG130", place, found=wish)
    return SPACES if delimiter == " " else delimiter


def _regularity(rows: list[list[str]]) -> float:
    """0 when the rows do not form columns; else how regular they are (up to 2), with a header (1) and width counted."""
    widths = Counter(len(row) for row in rows if filled(row))
    start = find_start(rows)
    if start.width < 2 or not widths:
        return 0.0
    body = [row for row in rows[start.first :] if filled(row)] or [row for row in rows if filled(row)]
    share = sum(len(row) == start.width for row in body) / len(body)
    titled = start.header is not None and _titles(rows, start)
    return 2 * share + (1.0 if titled else 0.0) + min(start.width, 50) / 100


def _titles(rows: list[list[str]], start: Start) -> bool:
    return start.header is not None and not any(looks_like_data(cell) for cell in rows[start.header])


def _quoting(sample: str, delimiter: str) -> Dialect:
    """Which quote wraps cells next to this delimiter, and how a quote inside is written."""
    if delimiter == SPACES:
        return Dialect(SPACES, "", "")
    edge = re.escape(delimiter)
    for quote in ('"', "'"):
        opened = len(re.findall(rf"(?:^|{edge}){quote}", sample, re.MULTILINE))
        closed = len(re.findall(rf"{quote}(?:{edge}|\r|\n|\Z)", sample))
        if quote == '"' and opened and closed:
            inside = re.search(rf'[^\\]\\"(?!{edge}|\r|\n|\Z)', sample)
            return Dialect(delimiter, quote, "\\" if inside and '""' not in sample else quote)
        if quote == "'" and opened and opened == closed and opened * 4 >= sample.count("\n"):
            return Dialect(delimiter, quote, quote)
    return Dialect(delimiter)


def _is_spaced(sample: str) -> bool:
    """Columns parted by blanks: the same number of words in nearly every line, half of them values."""
    rows = [line.split() for line in sample.splitlines()[:_SAMPLE_ROWS] if line.strip()]
    width = Counter(map(len, rows)).most_common(1)[0][0] if rows else 0
    regular = [row for row in rows if len(row) == width]
    cells = [cell for row in regular[1:] for cell in row]
    return (
        width > 1
        and len(rows) > 1
        and len(regular) * 20 >= len(rows) * 19
        and sum(map(looks_like_data, cells)) * 2 > len(cells)
    )


class Lines:
    """Lines of a text, handed to a CSV reader one by one and remembered, so that a record can be given back.

    `number` is the file line handed out last; `record` the lines the current record has taken.
    """

    def __init__(self, lines: Iterable[str], first: int = 1) -> None:
        self._lines = iter(lines)
        self._returned: list[str] = []
        self.number = first - 1
        self.record: list[str] = []
        self.is_ended = False

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        line = self._returned.pop() if self._returned else next(self._lines, None)
        if line is None:
            self.is_ended = True
            raise StopIteration
        self.number += 1
        self.record.append(line)
        return line

    def give_back(self) -> str:
        """Return all lines of the current record but its first, which is the result."""
        first, *rest = self.record
        self._returned.extend(reversed(rest))
        self.number -= len(rest)
        self.is_ended = False
        self.record = []
        return first
