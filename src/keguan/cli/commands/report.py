"""`keguan report`: a run as one offline HTML file, an Excel workbook or a PDF."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keguan.cli import options
from keguan.cli.screen import Screen


def run(
    folder: options.RunFolder,
    out: Annotated[Path, typer.Option("--out", metavar="FILE")],
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Write the report of a run; the ending of the file says which form."""
    from keguan.book.run import Run

    screen = Screen(lang, quiet, as_json)
    with screen.progress() as tell:
        tell("report")
        written = Run(folder).report(out, screen.lang)
    screen.data({"report": str(written)})
    screen.answer(screen.words("written", where=str(written)))
