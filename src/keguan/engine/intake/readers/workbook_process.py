"""The process of its own that opens a workbook, so that a hostile one can exhaust or crash nothing but this process.

Reads a JSON request on standard input, writes one Parquet file per sheet and answers in JSON on standard output.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from keguan.engine.intake.readers.cells import Tally, cast, written
from keguan.engine.intake.readers.epoch import date_system
from keguan.engine.intake.readers.headers import find_start
from keguan.engine.intake.readers.kept import RowWriter

_SAMPLE_ROWS = 500


def main() -> None:
    """Answer one request: `{path, folder, sheet, max_bytes, max_columns}`."""
    request = json.load(sys.stdin)
    _limit_memory(request["max_bytes"])
    try:
        answer = _read(request)
    except MemoryError:
        answer = {"code": "KG143"}
    json.dump(answer, sys.stdout)


def _limit_memory(most: int) -> None:
    if sys.platform != "win32":
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (most if hard < 0 else min(most, hard), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(request: dict[str, Any]) -> dict[str, Any]:
    import python_calamine as calamine

    try:
        book = calamine.CalamineWorkbook.from_path(request["path"])
        names = list(book.sheet_names)
        wish = request["sheet"]
        if wish is not None and wish not in names:
            return {"code": "KG142", "values": {"sheet": wish, "known": ", ".join(names)}}
        wanted = names if wish is None else [wish]
        sheets = [s for n, name in enumerate(wanted) for s in _sheet(book, name, n, request)]
        return {"sheets": sheets, "date_system": date_system(Path(request["path"]))}
    except calamine.PasswordError:
        return {"code": "KG140", "values": {}}
    except calamine.CalamineError as error:
        is_locked = "password" in str(error).lower() or "encrypt" in str(error).lower()
        return {"code": "KG140" if is_locked else "KG141", "values": {"reason": str(error)[:300]}}
    except BaseException as error:
        if (
            type(error).__name__ != "PanicException"
        ):  # a panic of the Rust library is the file's fault, others are ours
            raise
        return {"code": "KG141", "values": {"reason": str(error)[:300]}}


def _sheet(book: Any, name: str, number: int, request: dict[str, Any]) -> list[dict[str, Any]]:
    """The description of a sheet's table, or nothing for a sheet without cells (charts, macros, empty ones)."""
    kinds = {meta.name: str(meta.typ) for meta in book.sheets_metadata}
    if not kinds.get(name, "WorkSheet").endswith("WorkSheet"):
        return []
    sheet = book.get_sheet_by_name(name)
    if sheet.start is None:
        return []
    if sheet.width > request["max_columns"]:
        return [{"name": name, "code": "KG131", "values": {"columns": sheet.width}}]
    rows = enumerate(sheet.iter_rows(), start=1)
    head = list(islice(rows, _SAMPLE_ROWS))
    sample = [[written(value)[0] for value in row] for _, row in head]
    start = find_start(sample)
    if not start.width:
        return []
    width = max(map(len, sample))
    titles = [(cell or "").strip() for cell in sample[start.header]] if start.header is not None else []
    headers = [*titles, *[""] * (width - len(titles))]
    path = Path(request["folder"], f"sheet-{number}.parquet")
    first = start.first + 1
    told = _write(path, width, ((line, row) for line, row in chain(head, rows) if line >= first))
    return [
        {
            "name": name,
            "path": str(path),
            "header_line": 0 if start.header is None else start.header + 1,
            "first_line": first,
            "headers": headers,
            **told,
        }
    ]


def _write(path: Path, width: int, rows: Iterator[tuple[int, Sequence[object]]]) -> dict[str, Any]:
    """Keep the rows that are not blank; their number and the columns' types."""
    tally = Tally(width)
    with RowWriter(path, width) as writer:
        for line, row in rows:
            cells = [written(value) for value in row]
            if any(cell and cell.strip() for cell, _ in cells):
                tally.add(cells)
                writer.add([cell for cell, _ in cells], line)
    types = tally.types()
    return {
        "rows": writer.rows,
        "types": [kind for kind, _ in types],
        "cells": [cast(f"c{i}", kind, whole) for i, (kind, whole) in enumerate(types)],
        "filled": tally.filled(),
    }


if __name__ == "__main__":
    main()
