"""Delimited text of any sort: decides how it is written and lets the parallel or the careful reader have it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from keguan.core.errors import Place
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.raw import RawColumn, RawTable
from keguan.engine.intake.readers import careful, encodings, parallel
from keguan.engine.intake.readers.dialects import SPACES
from keguan.engine.intake.readers.layout import find_layout
from keguan.engine.intake.readers.limits import Limits
from keguan.engine.intake.readers.typed import unique_headers
from keguan.engine.intake.readers.workdir import Workdir

if TYPE_CHECKING:
    from keguan.engine.intake.readers.sources import Source


def read_delimited(
    path: Path, source: Source, options: IntakeOptions, work: Workdir, limits: Limits
) -> RawTable:
    """The table of a text file, every cell as text; empty cells are null.

    Raises KG110 (nothing in it), KG12n (encoding), KG13n (delimiter, columns, lines).
    """
    place = Place(file=source.name)
    encoding = encodings.decide_encoding(path, options.encoding, place)
    text = encodings.utf8_copy(path, encoding, work, place)
    if text is not path or options.encoding:
        encodings.check_text(text, place)
    layout = find_layout(text, options.delimiter, limits, place)
    is_simple = layout.width > 1 and layout.dialect.delimiter != SPACES
    parts = (parallel.read(layout, limits) if is_simple else None) or careful.read(layout, work, limits)
    facts = {"format": "delimited", "encoding": encoding.name} | layout.facts
    return RawTable(
        name=source.name,
        columns=tuple(RawColumn(header) for header in unique_headers(parts.headers)),
        attach=parts.attach,
        lines=parts.lines,
        table=source.table,
        facts=facts | {"rows": parts.rows, "bad_lines": len(parts.bad), "reader": parts.reader},
        bad_lines=tuple(parts.bad),
    )
