"""`keguan export`: a run's classes as a table, long for programs or wide for people."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keguan.cli import options
from keguan.cli.screen import Screen


def run(
    folder: options.RunFolder,
    out: Annotated[Path, typer.Option("--out", metavar="FILE")],
    long: Annotated[bool, typer.Option("--long")] = False,
    wide: Annotated[bool, typer.Option("--wide")] = False,
    scheme: options.SchemeWish = None,
    force: options.Force = False,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Write one row per customer and scheme (`--long`), or one row per customer with names for people (`--wide`)."""
    from keguan.cli.sheets import wide_table, write_table
    from keguan.runs.run import Run

    screen = Screen(lang, quiet, as_json)
    if long == wide:
        raise typer.BadParameter(screen.words("usage.long_or_wide"))
    with screen.progress() as tell:
        tell("export")
        found = Run(folder)
        table = (
            found.long(tuple(scheme or ())) if long else wide_table(found, tuple(scheme or ()), screen.lang)
        )
        write_table(table, out, for_people=wide, force=force)
    screen.data({"file": str(out), "rows": table.num_rows, "columns": table.column_names})
    screen.answer(screen.words("export.rows", n=f"{table.num_rows:,}"))
    screen.answer(screen.words("written", where=str(out)))
