"""What is measured over the company, each job once in a fresh process. `path` is a folder: `data` with a file per table, then
`parts` and `parts.json`, what intake made of them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

Job = Callable[[], Any]
PARTS = "parts.json"
MODELLED = ("value-future", "loyalty-modelled", "lrfmc")
"""Schemes that rest on a model fitted in the run, of purchases or of clusters."""


def draw(path: Path, options: dict[str, Any]) -> Job:
    """Draw the company and write its files."""
    from keguan.examples import trading

    def work() -> None:
        trading.write_tables(trading.trading_company(options["customers"]), path / "data")

    return work


def take_in(path: Path, options: dict[str, Any]) -> Job:
    """Read, recognise, clean and link every table, and write the parts."""
    import keguan

    def work() -> None:
        book = keguan.open(path / "data", currency="CNY", folder=path)
        parts = [{**asdict(p), "path": str(p.path)} for p in book.facts.parts]
        (path / PARTS).write_text(json.dumps(parts), encoding="utf-8")

    return work


def plan_of(path: Path, schemes: Sequence[str], subject: str, threads: int | None = None) -> Any:
    """The plan of a run over the parts: the schemes named, or all that the tables can feed."""
    from keguan.book.select import select
    from keguan.engine.intake.parts import Part
    from keguan.examples import trading
    from keguan.runs.plan import make_plan
    from keguan.runs.request import RunRequest

    kept = json.loads((path / PARTS).read_text(encoding="utf-8"))
    threshold = {"key-account": {"threshold": trading.KEY_ACCOUNT_FROM}}
    chosen = select(schemes, subject=subject, window="12m", profile=None, parameters=threshold)
    request = RunRequest(
        parts=[Part(**{**p, "path": Path(p["path"]), "fields": tuple(p["fields"])}) for p in kept],
        schemes=chosen.schemes,
        refused=chosen.refused,
        as_of=trading.AS_OF,
        purpose="bench",
        subject=subject,
        currency=trading.CURRENCY,
        threads=threads,
    )
    return make_plan(request)


def classify(path: Path, options: dict[str, Any]) -> Job:
    """A whole run folder for each of the subjects: measures, cuts, classes, audits, record."""
    from keguan.runs import classify as runs

    import_module("keguan.engine.backends.duckdb")  # otherwise loaded on first use, inside the measured time
    wanted = options.get("schemes", ())
    plans = [plan_of(path, wanted, s, options.get("threads")) for s in options.get("subjects", ("customer",))]

    def work() -> None:
        with tempfile.TemporaryDirectory(dir=path) as folder:
            for place, plan in enumerate(plans):
                runs.classify(plan, Path(folder, f"run{place}"))

    return work


def report(path: Path, options: dict[str, Any]) -> Job:
    """The report of a run over all customers as one page, and as a workbook."""
    from keguan.book.run import Run
    from keguan.runs import classify as runs

    folder = path / "run-for-report"
    runs.classify(plan_of(path, (), "customer", options.get("threads")), folder, force=True)

    def work() -> None:
        Run(folder).report(path / f"report{options['ending']}", "en")

    return work


JOBS = {
    "company/draw": draw, "company/intake": take_in, "company/classify": classify, "company/report": report,
}  # fmt: skip
