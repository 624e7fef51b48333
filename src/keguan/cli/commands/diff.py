"""`keguan diff`: two runs compared, who moved between which classes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keguan.cli import options
from keguan.cli.movement import show_diff
from keguan.cli.screen import Screen


def run(
    old: Annotated[Path, typer.Argument(metavar="DIR1")],
    new: Annotated[Path, typer.Argument(metavar="DIR2")],
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Show what changed from the first run to the second."""
    from keguan.runs.diff import diff
    from keguan.runs.run import Run

    show_diff(Screen(lang, quiet, as_json), diff(Run(old), Run(new)))
