"""`keguan fit`: customer-base models compared on a time split and the best fitted, or the named ones fitted and no more; kept as
a record, with the page of the comparison."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keguan.cli import options
from keguan.cli.books import open_book
from keguan.cli.options import Reading
from keguan.cli.screen import Screen

if TYPE_CHECKING:
    from keguan.book.customer_model import CustomerModel


def run(
    inputs: options.Inputs,
    out: Annotated[Path, typer.Option("--out", metavar="DIR")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE")] = None,
    split: Annotated[str | None, typer.Option("--split", metavar="DATE")] = None,
    model: Annotated[list[str] | None, typer.Option("--model", metavar="NAME")] = None,
    customer: Annotated[str | None, typer.Option("--customer", metavar="ID")] = None,
    reading: Reading = options.AS_IT_IS,
    engine: options.EngineWish = "duckdb",
    force: options.Force = False,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Write the models' record, and where they were compared, the page; print the table."""
    from keguan.runs.folder import whole_folder

    screen = Screen(lang, quiet, as_json)
    with whole_folder(out, force=force) as folder, screen.progress() as tell:
        found = _of_statistics(inputs, model or [], reading.currency)
        if found is None:
            with open_book(inputs, reading, tell) as book:
                found = book.fit(
                    as_of=as_of, split=split, model=model or None, customer=customer, engine=engine
                )
        found.save(folder / "models" / f"{found.name}.json")
        if found.has_page:
            tell("report")
            found.report(folder / "report.html", screen.lang)
    _say(found, out, screen)


def _of_statistics(inputs: list[str], models: list[str], currency: str | None) -> CustomerModel | None:
    """The fit of a file of statistics, where the input is one."""
    from keguan.book.statistics_file import StatisticsFile, fit_statistics

    file = StatisticsFile.find(inputs)
    return None if file is None else fit_statistics(file, models, currency)


def _say(found: CustomerModel, out: Path, screen: Screen) -> None:
    from keguan.core.texts import text
    from keguan.reports import model_words as words

    record, lang = found.record, screen.lang
    where, page = out / "models" / f"{found.name}.json", out / "report.html" if found.has_page else None
    screen.data({"record": str(where), "report": page and str(page), "model": record})
    for sentence in words.choice_sentences(record, lang):
        screen.answer(sentence)
    screen.answer()
    heads, rows, figures = words.table(record, lang)
    screen.table(heads, rows, right=figures)
    screen.answer()
    screen.answer(text("forecast.record", lang, where=str(where)))
    if page is not None:
        screen.answer(text("forecast.page", lang, where=str(page)))
