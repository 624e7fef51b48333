"""`keguan demo`: the whole job on real purchases, so that a newcomer sees a result before having data ready."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from keguan.cli import options
from keguan.cli.books import open_book
from keguan.cli.options import Reading
from keguan.cli.screen import Screen
from keguan.cli.summary import show_run

AS_OF = "1998-06-30"
_SAMPLE = ("catalogue", "data", "cdnow", "CDNOW_master.txt.gz")


def run(
    out: Annotated[Path, typer.Option("--out", metavar="DIR")] = Path("keguan-demo"),
    force: options.Force = False,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Classify the customers of a music shop, show every distribution, and write the report."""
    screen = Screen(lang, quiet, as_json)
    orders = _orders(out)
    reading = Reading(currency="USD")
    with screen.progress() as tell, open_book([f"orders={orders}"], reading, tell) as book:
        purpose = screen.words("demo.purpose")
        result = book.classify(as_of=AS_OF, purpose=purpose, out=out / "run", force=force)
        tell("report")
        report = result.report(out / "report.html", screen.lang)
    screen.remark(screen.words("demo.about"))
    show_run(screen, result)
    screen.answer()
    screen.remark(screen.words("demo.next", run=str(result.folder)))
    screen.answer(screen.words("demo.report", where=str(report.absolute())))


def _orders(out: Path) -> Path:
    """The sample as a file of the user's, who may look into it and try other commands on it."""
    target = out / "orders.txt.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    with as_file(files("keguan").joinpath(*_SAMPLE)) as sample:
        shutil.copyfile(sample, target)
    return target
