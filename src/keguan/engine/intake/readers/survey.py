"""One pass over the bytes of a UTF-8 text: line ends, records, longest line; and from records back to lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from keguan.core.errors import Place, fail
from keguan.engine.intake.readers.limits import Limits

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Positions = npt.NDArray[np.int64]

_CHUNK = 1 << 22
_LF, _CR = 10, 13


@dataclass(frozen=True)
class Survey:
    """What the bytes say when quotes are simply paired.

    `line_end` is `\\n`, `\\r` or `\\r\\n` if every line end outside quotes is the same, else empty; `records` counts
    records that are not blank lines; `is_plain` says that each line is one record and no line is blank.
    """

    line_end: str
    records: int
    is_plain: bool


@dataclass
class _Chunk:
    """Line ends outside quotes in one piece of the file, as absolute positions of their last byte."""

    ends: Positions
    breaks: Positions
    n_crlf: int
    n_cr: int
    n_lf: int


def _chunks(path: Path, quote: int) -> Iterator[_Chunk]:
    """`ends`: line ends outside quotes; `breaks`: all line ends. A CR at a chunk's edge waits for the next byte."""
    import numpy as np

    offset, n_quotes = 0, 0
    with path.open("rb") as stream:
        rest = b""
        while piece := stream.read(_CHUNK):
            piece = rest + piece
            rest = b"\r" if piece.endswith(b"\r") and stream.peek(1) else b""
            piece = piece[: len(piece) - len(rest)]
            data = np.frombuffer(piece, np.uint8)
            breaks, after_cr = _breaks(data, b"\r" in piece)
            quotes = _quotes(data, quote, piece)
            if len(quotes) or n_quotes % 2:
                outside = (np.searchsorted(quotes, breaks) + n_quotes) % 2 == 0
                ends, after_cr = breaks[outside], after_cr[outside]
            else:
                ends = breaks
            n_crlf = int(after_cr.sum())
            n_cr = int((data[ends] == _CR).sum()) if b"\r" in piece else 0
            yield _Chunk(ends + offset, breaks + offset, n_crlf, n_cr, len(ends) - n_crlf - n_cr)
            offset += len(piece)
            n_quotes += len(quotes)


def _quotes(data: npt.NDArray[np.uint8], quote: int, piece: bytes) -> Positions:
    """Positions of the quote character; none when there is no quote character."""
    import numpy as np

    return np.flatnonzero(data == quote) if quote and quote in piece else np.empty(0, np.int64)


def _breaks(data: npt.NDArray[np.uint8], has_cr: bool) -> tuple[Positions, npt.NDArray[np.bool_]]:
    """Positions of line ends (the LF of a CRLF), and which of them are CRLF."""
    import numpy as np

    lfs = np.flatnonzero(data == _LF)
    if not has_cr:
        return lfs, np.zeros(len(lfs), np.bool_)
    crs = np.flatnonzero(data == _CR)
    paired = np.zeros(len(crs), np.bool_)
    inner = crs < len(data) - 1
    paired[inner] = data[crs[inner] + 1] == _LF
    breaks = np.sort(np.concatenate([lfs, crs[~paired]]))
    crlf = (data[breaks] == _LF) & (breaks > 0) & (data[np.maximum(breaks - 1, 0)] == _CR)
    return breaks, crlf


def survey(path: Path, quote: str, limits: Limits, place: Place) -> Survey:
    """Survey a file; KG132 when one record is longer than `max_line_bytes`."""
    import numpy as np

    n_crlf = n_cr = n_lf = records = n_breaks = 0
    previous, size = -1, path.stat().st_size
    blank = False
    for chunk in _chunks(path, ord(quote) if quote else 0):
        n_crlf, n_cr, n_lf = n_crlf + chunk.n_crlf, n_cr + chunk.n_cr, n_lf + chunk.n_lf
        n_breaks += len(chunk.breaks)
        if len(chunk.ends) == 0:
            continue
        lengths = np.diff(chunk.ends, prepend=previous)
        if lengths.max() > limits.max_line_bytes:
            raise _too_long(limits, place, records + 1)
        empty = int((lengths <= (2 if n_crlf else 1)).sum())
        blank, records = blank or empty > 0, records + len(chunk.ends) - empty
        previous = int(chunk.ends[-1])
    tail = size - 1 - previous
    if tail > limits.max_line_bytes:
        raise _too_long(limits, place, records + 1)
    kinds = [kind for kind, n in (("\r\n", n_crlf), ("\r", n_cr), ("\n", n_lf)) if n]
    line_end = "" if len(kinds) > 1 else (kinds[0] if kinds else "\n")
    total = n_crlf + n_cr + n_lf
    return Survey(line_end, records + (tail > 0), not blank and total == n_breaks)


def _too_long(limits: Limits, place: Place, record: int) -> Exception:
    return fail(
        "KG132",
        Place(file=place.file, line=record),
        limit=limits.max_line_bytes,
        variable="KEGUAN_MAX_LINE_BYTES",
    )


def lines_of_bytes(path: Path, positions: Sequence[int]) -> list[int]:
    """The 1-based file line in which each byte (ascending positions, 0-based) stands."""
    import numpy as np

    found: list[int] = []
    wanted, lines = np.asarray(positions, np.int64), 0
    for chunk in _chunks(path, 0):
        reached = int(chunk.breaks[-1]) if len(chunk.breaks) else -1
        here = wanted[len(found) :]
        here = here[here <= reached]
        found.extend((np.searchsorted(chunk.breaks, here) + lines + 1).tolist())
        lines += len(chunk.breaks)
    return found + [lines + 1] * (len(wanted) - len(found))


def lines_of_records(path: Path, quote: str, records: Sequence[int]) -> list[int]:
    """The 1-based line on which each record (ascending 0-based numbers, blank lines not counted) begins."""
    import numpy as np

    found: list[int] = []
    wanted = np.asarray(records, np.int64)
    for number, begins in _record_lines(path, quote):
        here = wanted[len(found) :]
        here = here[here < number + len(begins)] - number
        found.extend(begins[here].tolist())
    return found


def _record_lines(path: Path, quote: str) -> Iterator[tuple[int, Positions]]:
    """Piece by piece: the number of the first record in it and the lines on which its records begin."""
    import numpy as np

    n_records = n_lines = 0
    previous, first_line = -1, 1
    for chunk in _chunks(path, ord(quote) if quote else 0):
        if len(chunk.ends):
            ordinals = n_lines + np.searchsorted(chunk.breaks, chunk.ends) + 1
            starts = np.concatenate([[previous + 1], chunk.ends[:-1] + 1])
            lines = np.concatenate([[first_line], ordinals[:-1] + 1])
            speaking = lines[~_is_blank(path, starts, chunk.ends)]
            yield n_records, speaking
            n_records += len(speaking)
            previous, first_line = int(chunk.ends[-1]), int(ordinals[-1]) + 1
        n_lines += len(chunk.breaks)
    if previous + 1 < path.stat().st_size:
        yield n_records, np.asarray([first_line])


def _is_blank(path: Path, starts: Positions, ends: Positions) -> npt.NDArray[np.bool_]:
    """Lines of nothing but their end; a length of two is blank only as CR LF."""
    import numpy as np

    lengths = ends - starts + 1
    blank: npt.NDArray[np.bool_] = lengths == 1
    doubtful = np.flatnonzero(lengths == 2)
    if len(doubtful):
        with path.open("rb") as stream:
            for index in doubtful.tolist():
                stream.seek(int(starts[index]))
                blank[index] = stream.read(2) == b"\r\n"
    return blank


def records_at_lines(path: Path, quote: str, lines: Sequence[int]) -> list[int]:
    """The 0-based numbers, blank lines not counted, of the records that begin on these (ascending) lines."""
    import numpy as np

    found: list[int] = []
    wanted = np.asarray(lines, np.int64)
    for numbers, begins in _record_lines(path, quote):
        here = wanted[len(found) :]
        here = here[here <= begins[-1]] if len(begins) else here[:0]
        found.extend((numbers + np.searchsorted(begins, here)).tolist())
    return found
