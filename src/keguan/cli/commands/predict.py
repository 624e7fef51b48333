"""`keguan predict`: customers scored with a kept model; nothing is fitted."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from keguan.cli import options
from keguan.cli.books import newest_day, open_book
from keguan.cli.options import Reading
from keguan.cli.screen import Screen


def run(
    model: Annotated[Path, typer.Argument(metavar="MODEL")],
    inputs: options.Inputs,
    out: Annotated[Path, typer.Option("--out", metavar="FILE")],
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE")] = None,
    months: Annotated[int | None, typer.Option("--months", metavar="N")] = None,
    reading: Reading = options.AS_IT_IS,
    engine: options.EngineWish = "duckdb",
    force: options.Force = False,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Write one row per customer: probabilities, purchases and value to come, the next date with its edges."""
    from keguan.book.customer_model import CustomerModel
    from keguan.book.statistics_file import StatisticsFile, predict_statistics
    from keguan.cli.sheets import write_table
    from keguan.core.texts import text
    from keguan.reports.model_words import name

    screen = Screen(lang, quiet, as_json)
    kept = CustomerModel.read(model)
    file = StatisticsFile.find(inputs)
    of_leads = "conversion" in kept.record["models"]
    day: str | date | None = as_of
    with screen.progress() as tell:
        tell("measures")
        if file is not None:
            table = predict_statistics(kept, file, months)
        else:
            with open_book(inputs, reading, tell) as book:
                day = as_of if of_leads else newest_day(book, as_of)
                table = kept.predict(book, as_of=day, months=months, engine=engine)
        tell("export")
        write_table(table, out, for_people=False, force=force)
    known_until = str(day) if day else None
    screen.data(
        {"file": str(out), "rows": table.num_rows, "columns": table.column_names, "as_of": known_until}
    )
    values = {"n": f"{table.num_rows:,}", "as_of": known_until or "–", "fitted": kept.record["as_of"] or "–"}
    said = "forecast.leads.scored" if of_leads else "forecast.scored"
    screen.answer(text(said, screen.lang, name=name(kept.name, screen.lang), **values))
    screen.answer(screen.words("written", where=str(out)))
