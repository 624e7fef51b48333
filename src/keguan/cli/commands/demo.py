"""`keguan demo`: the whole job on data of ours, so that a newcomer sees a result before having data ready."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from keguan.cli import options
from keguan.cli.books import open_book
from keguan.cli.options import Reading
from keguan.cli.screen import Screen
from keguan.cli.summary import show_brief, show_run
from keguan.core.errors import Place, fail

if TYPE_CHECKING:
    from keguan.book.book import Book
    from keguan.book.run import Run

AS_OF = "1998-06-30"
_SAMPLE = ("catalogue", "data", "cdnow", "CDNOW_master.txt.gz")
_FOLDERS = {"cdnow": "keguan-demo", "trading-company": "keguan-trading-company"}
_HOURS_EACH = 35
"""Hours a week that each of the company's staff has for customers."""


def run(
    example: Annotated[
        Literal["cdnow", "trading-company"], typer.Option("--example", metavar="cdnow|trading-company")
    ] = "cdnow",
    customers: Annotated[int | None, typer.Option("--customers", metavar="2000")] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR")] = None,
    force: options.Force = False,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Classify the customers of a business, show every distribution, and write the report."""
    screen = Screen(lang, quiet, as_json)
    folder = out or Path(_FOLDERS[example])
    if example == "trading-company":
        _trading_company(screen, folder, customers, force)
    elif customers is not None:
        raise typer.BadParameter(screen.words("usage.customers_of_example"))
    else:
        _cdnow(screen, folder, force)


def _cdnow(screen: Screen, out: Path, force: bool) -> None:
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
    screen.remark(screen.words("demo.next", run=str(result.folder), customer="00001"))
    screen.answer(screen.words("demo.report", where=str(report.absolute())))


def _orders(out: Path) -> Path:
    """The sample as a file of the user's, who may look into it and try other commands on it."""
    target = out / "orders.txt.gz"
    target.parent.mkdir(parents=True, exist_ok=True)
    with as_file(files("keguan").joinpath(*_SAMPLE)) as sample:
        shutil.copyfile(sample, target)
    return target


def _trading_company(screen: Screen, out: Path, customers: int | None, force: bool) -> None:
    """A book with a file for every table, a run for every kind of subject, the report in two forms, the next actions."""
    with screen.progress() as tell:
        tell("example")
        n_staff = _make_book(screen, out, customers, force)
        with open_book([str(out)], Reading(), tell) as book:
            runs = _classify_everything(book, screen, out, force)
        tell("report")
        report = runs["customer"].report(out / "report.html", screen.lang)
        runs["customer"].report(out / "report.xlsx", screen.lang)
        tell("actions")
        for subject, wanted in (("customer", _HOURS_EACH * n_staff), ("lead", None)):
            where = out / _named("actions", subject, ".xlsx")
            runs[subject].actions(where, hours=wanted, lang=screen.lang, force=True)
    screen.data({s: {"folder": str(r.folder), **r.record} for s, r in runs.items()})
    screen.remark(screen.words("demo.about_company"))
    for result in runs.values():
        show_brief(screen, result)
    screen.answer()
    screen.remark(
        screen.words("demo.next", run=str(runs["customer"].folder), customer=_best(runs["customer"]))
    )
    screen.answer(screen.words("demo.files", folder=str(out)))
    screen.answer(screen.words("demo.report", where=str(report.absolute())))


def _make_book(screen: Screen, out: Path, customers: int | None, force: bool) -> int:
    """Write the company's settings and tables; the number of its staff. Raises KG186 (a number of customers that cannot
    be), KG614 (there is a book, and no `force`)."""
    import json

    from keguan.book.settings import SETTINGS_FILE
    from keguan.examples import trading

    n = trading.CUSTOMERS if customers is None else customers
    if not trading.FEWEST <= n <= trading.MOST:
        raise fail("KG186", Place(field="--customers"), found=n, least=trading.FEWEST, most=trading.MOST)
    settings = out / SETTINGS_FILE
    if settings.exists() and not force:
        raise fail("KG614", Place(str(settings)))
    tables = trading.trading_company(n)
    trading.write_tables(tables, out / "data")
    values = {"currency": trading.CURRENCY, "timezone": trading.TIMEZONE, "profile": ""}
    common = screen.words("init.settings", **{k: json.dumps(v) for k, v in values.items()})
    settings.write_text(
        f"{common}\n[parameters.key-account]\nthreshold = {trading.KEY_ACCOUNT_FROM}\n", "utf-8"
    )
    staff: int = tables["staff"].num_rows
    return staff


def _classify_everything(book: Book, screen: Screen, out: Path, force: bool) -> dict[str, Run]:
    """A run per kind of subject, customers first."""
    from keguan.engine.subjects import SUBJECTS
    from keguan.examples import trading

    purpose = screen.words("demo.purpose_company")

    def classify(subject: str) -> Run:
        where = out / _named("run", subject)
        return book.classify(as_of=trading.AS_OF, purpose=purpose, subject=subject, out=where, force=force)

    return {subject: classify(subject) for subject in SUBJECTS}


def _named(stem: str, subject: str, ending: str = "") -> str:
    """`run` for customers, `run-lead` for leads."""
    return f"{stem}{ending}" if subject == "customer" else f"{stem}-{subject.replace('_', '-')}{ending}"


def _best(result: Run) -> str:
    """The customer with the largest sales, as somebody to ask about."""
    best = result.measures.sort_by([("net_sales_12m", "descending")]).slice(0, 1)
    return str(best["customer_id"][0])
