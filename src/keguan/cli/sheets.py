"""A run's tables as files for others: the wide sheet with names instead of codes, and the formats it can be written in."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from keguan.core.errors import Place, fail
from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.reports.plain import EXCEL_ROWS, write_csv

if TYPE_CHECKING:
    import pyarrow as pa

    from keguan.runs.run import Run


def wide_table(run: Run, schemes: Sequence[str], lang: Lang) -> pa.Table:
    """One row per subject: keys, each scheme's class by name (with its detail), then every measure; heads in `lang`."""
    import pyarrow as pa

    from keguan.engine.subjects import SUBJECTS

    keys = SUBJECTS[run.subject].keys
    columns: list[tuple[str, Any]] = [(key, run.assignments[key]) for key in keys]
    for entry in run.record["schemes"]:
        if not schemes or entry["id"] in schemes:
            columns += _scheme_columns(run, entry, lang)
    for name in run.measures.column_names:
        if name not in keys:
            labels = run.record["measures"].get(name, {}).get("labels")
            columns.append((labels[lang] if labels else name, run.measures[name]))
    return pa.table([column for _, column in columns], names=_distinct([head for head, _ in columns]))


def _scheme_columns(run: Run, entry: dict[str, Any], lang: Lang) -> list[tuple[str, Any]]:
    import pyarrow as pa
    import pyarrow.compute as pc

    column = entry["id"] if entry["dimension"] is None else f"{entry['id']}.{entry['dimension']}"
    names = {c["code"]: c["labels"][lang] for c in entry["classes"]}
    shown = {code: label if label == code else f"{code} · {label}" for code, label in names.items()}
    codes = run.assignments[column].cast(pa.string())
    known = pa.array(list(shown), pa.string())
    places = pc.index_in(codes, known)
    result = [
        (entry["labels"][lang], pa.array(list(shown.values()), pa.string()).take(places.combine_chunks()))
    ]
    if entry["details"]:
        head = text("cli.export.detail", lang, scheme=entry["labels"][lang])
        result.append((head, run.assignments[f"{column}.detail"].cast(pa.string())))
    return result


def _distinct(heads: Sequence[str]) -> list[str]:
    """Equal heads get a number, so that every column can be told apart."""
    seen: dict[str, int] = {}
    result = []
    for head in heads:
        seen[head] = seen.get(head, 0) + 1
        result.append(head if seen[head] == 1 else f"{head} ({seen[head]})")
    return result


def write_table(table: pa.Table, out: Path, *, for_people: bool, force: bool) -> None:
    """Write `table` in the form the ending of `out` names, whole or not at all.

    Raises KG610 (unknown ending), KG611 (the file exists and `force` is not given), KG612 (too long for Excel).
    """
    writers: dict[str, Callable[[pa.Table, Path, bool], None]] = {
        ".csv": lambda table, path, for_people: write_csv(table, path, for_people=for_people),
        ".parquet": _write_parquet,
        ".xlsx": _write_excel,
    }
    if out.suffix.lower() not in writers:
        raise fail("KG610", Place(str(out)), known=" ".join(writers))
    if out.exists() and not force:
        raise fail("KG611", Place(str(out)))
    if out.suffix.lower() == ".xlsx" and table.num_rows > EXCEL_ROWS:
        raise fail("KG612", Place(str(out)), rows=f"{table.num_rows:,}", limit=f"{EXCEL_ROWS:,}")
    out.parent.mkdir(parents=True, exist_ok=True)
    draft = out.with_name(f".{uuid4().hex}{out.suffix}")
    try:
        writers[out.suffix.lower()](table, draft, for_people)
        os.replace(draft, out)
    finally:
        draft.unlink(missing_ok=True)


def _write_parquet(table: pa.Table, path: Path, for_people: bool) -> None:
    import pyarrow.parquet as pq

    pq.write_table(table, path, compression="zstd")


def _write_excel(table: pa.Table, path: Path, for_people: bool) -> None:
    from decimal import Decimal

    import xlsxwriter

    settings = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(path, settings) as book:
        sheet = book.add_worksheet("Keguan")
        head = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, table.num_rows, table.num_columns - 1)
        for place, name in enumerate(table.column_names):
            sheet.set_column(place, place, min(30, max(10, 2 * len(name.encode()) // 3)))
            sheet.write_string(0, place, name, head)
        number = 1
        for batch in table.to_batches(max_chunksize=10_000):
            for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
                for place, value in enumerate(row):
                    if hasattr(value, "isoformat"):
                        sheet.write_datetime(number, place, value, day)
                    elif value is not None:
                        sheet.write(number, place, float(value) if isinstance(value, Decimal) else value)
                number += 1
