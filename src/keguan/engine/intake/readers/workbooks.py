"""Excel and OpenDocument workbooks: every sheet a table, read in a process of its own with bounded memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keguan.core.errors import KeguanError, Place, Problem, fail
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.raw import RawColumn, RawTable
from keguan.engine.intake.readers import names, typed
from keguan.engine.intake.readers.kept import lines_of_kept
from keguan.engine.intake.readers.limits import Limits, variable
from keguan.engine.intake.readers.workdir import Workdir

if TYPE_CHECKING:
    from keguan.engine.intake.readers.sources import Source


def read_workbook(
    path: Path, source: Source, options: IntakeOptions, work: Workdir, limits: Limits
) -> list[RawTable]:
    """The tables of a workbook's sheets, or of the one that the options name; cells keep their types.

    Raises KG110 (no cells), KG131 (too wide), KG140 (password), KG141 (damaged), KG142 (no such sheet), KG143 (limits),
    KG144 (one table was asked for and several sheets could be it).
    """
    place = Place(file=source.name)
    answer = _ask(path, options.sheet, work, limits, place)
    _raise_code(answer, limits, place)
    sheets = answer["sheets"]
    problems = [
        p for sheet in sheets if (p := _problem(sheet, limits, Place(file=f"{place.file} [{sheet['name']}]")))
    ]
    if problems:
        raise KeguanError(problems)
    if not sheets:
        raise fail("KG110", place)
    if source.given and len(sheets) > 1:
        known = names.choose_tables([sheet["name"] for sheet in sheets], source.table)
        if len(known) != 1:
            raise fail("KG144", place, table=source.table, known=", ".join(sheet["name"] for sheet in sheets))
        sheets = [sheet for sheet in sheets if sheet["name"] == known[0][0]]
    return [_table(sheet, source, len(sheets) == 1, answer["date_system"]) for sheet in sheets]


def _ask(path: Path, sheet: str | None, work: Workdir, limits: Limits, place: Place) -> dict[str, Any]:
    """The other process's answer."""
    folder = work.path("-sheets")
    folder.mkdir()
    request = {
        "path": str(path.absolute()),
        "folder": str(folder),
        "sheet": sheet,
        "max_bytes": limits.max_workbook_bytes,
        "max_columns": limits.max_columns,
    }
    command = [sys.executable, "-m", "keguan.engine.intake.readers.workbook_process"]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            timeout=limits.max_workbook_seconds,
        )
    except subprocess.TimeoutExpired as error:
        raise _over("max_workbook_seconds", limits.max_workbook_seconds, place) from error
    if done.returncode == 0:
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer
    if done.returncode < 0 or b"MemoryError" in done.stderr:
        raise _over("max_workbook_bytes", limits.max_workbook_bytes, place)
    raise RuntimeError(done.stderr.decode("utf-8", "replace")[-2000:])


def _over(name: str, limit: int, place: Place) -> KeguanError:
    return fail("KG143", place, variable=variable(name), limit=limit)


def _raise_code(answer: dict[str, Any], limits: Limits, place: Place) -> None:
    problem = _problem(answer, limits, place)
    if problem:
        raise KeguanError(problem)


def _problem(answer: dict[str, Any], limits: Limits, place: Place) -> Problem | None:
    code = answer.get("code")
    if code is None:
        return None
    values = dict(answer.get("values", {}))
    if code == "KG143":
        values |= {"variable": variable("max_workbook_bytes"), "limit": limits.max_workbook_bytes}
    if code == "KG131":
        values |= {"variable": variable("max_columns"), "limit": limits.max_columns}
    return Problem(code, place, values)


def _table(sheet: dict[str, Any], source: Source, is_only: bool, date_system: int) -> RawTable:
    """The table of one sheet; columns without header and without values are left out."""
    path = Path(sheet["path"])
    kept = [i for i, header in enumerate(sheet["headers"]) if header or sheet["filled"][i]]
    headers = typed.unique_headers([sheet["headers"][i] for i in kept])
    cells = ", ".join(f"{sheet['cells'][i]} AS c{turn}" for turn, i in enumerate(kept))
    relation = f"read_parquet({typed.file_literal(path)}, file_row_number = true)"
    named = names.guess_table(sheet["name"])
    return RawTable(
        name=f"{source.name} [{sheet['name']}]",
        columns=tuple(RawColumn(h, sheet["types"][i]) for h, i in zip(headers, kept, strict=True)),
        attach=typed.attach_view(lambda: relation, f"{cells}, file_row_number + 1 AS record"),
        lines=lambda records: lines_of_kept(path, records),
        table=source.table if is_only and (source.given or not named) else named,
        facts={
            "format": "workbook",
            "sheet": sheet["name"],
            "header_line": sheet["header_line"],
            "preamble_lines": (sheet["header_line"] or sheet["first_line"]) - 1,
            "rows": sheet["rows"],
            **({"date_system": date_system} if date_system != 1900 else {}),
        },
    )
