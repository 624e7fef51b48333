"""`keguan fit`: customer-base models compared on a time split, the best fitted, kept as a record with its page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keguan.cli import options
from keguan.cli.books import newest_day, open_book
from keguan.cli.options import Reading
from keguan.cli.screen import Screen


def run(
    inputs: options.Inputs,
    out: Annotated[Path, typer.Option("--out", metavar="DIR")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE")] = None,
    split: Annotated[str | None, typer.Option("--split", metavar="DATE")] = None,
    model: Annotated[str | None, typer.Option("--model", metavar="NAME")] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID")] = None,
    reading: Reading = options.AS_IT_IS,
    force: options.Force = False,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Compare, recommend with the table, and write the model's record and its page."""
    from keguan.core.texts import text
    from keguan.reports.model_words import choice_sentences, heads, rows
    from keguan.runs.folder import whole_folder

    screen = Screen(lang, quiet, as_json)
    with (
        whole_folder(out, force=force) as folder,
        screen.progress() as tell,
        open_book(inputs, reading, tell) as book,
    ):
        found = book.fit(as_of=newest_day(book, as_of), split=split, model=model, customer=customer)
        tell("report")
        found.save(folder / "models" / f"{found.name}.json")
        found.report(folder / "report.html", screen.lang)
    record, page = out / "models" / f"{found.name}.json", out / "report.html"
    screen.data({"record": str(record), "report": str(page), "model": found.record})
    for sentence in choice_sentences(found.record, screen.lang):
        screen.answer(sentence)
    screen.answer()
    screen.table(heads(screen.lang), rows(found.record, screen.lang), right=range(1, 7))
    screen.answer()
    screen.answer(text("forecast.record", screen.lang, where=str(record)))
    screen.answer(text("forecast.page", screen.lang, where=str(page)))
