"""The jobs of our own that are measured, each to be run once in a fresh process; imports are not part of the time."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

from bench.classify.generate import AS_OF, FIELDS

THREE = ("rfm", "value-pyramid", "pareto-abc")
STEPS = (1, 3, 6, 12)  # how many schemes the curve takes; the last point is all of them
Job = Callable[[], Any]


def floor(path: Path, options: dict[str, Any]) -> Job:
    """Count, first, last and exact sum per customer, in DuckDB, by their id or by another `key` of the file."""
    import duckdb

    key = options.get("key", "customer_id")

    def work() -> None:
        with duckdb.connect(config=_settings(options)) as con:
            con.execute(
                f"CREATE TEMP TABLE answer AS SELECT {key}, count(*), min(ordered_on), max(ordered_on), sum(amount)"
                f" FROM read_parquet($path) GROUP BY {key}",
                {"path": str(path)},
            )

    return work


def _settings(options: dict[str, Any]) -> dict[str, Any]:
    wanted = {"threads": options.get("threads"), "memory_limit": options.get("memory")}
    return {name: value for name, value in wanted.items() if value is not None}


def scheme_ids() -> tuple[list[str], list[str]]:
    """Every scheme that orders alone can feed, the three first, and those that rest on a model of the base."""
    from keguan.book.select import select
    from keguan.runs.models import models_read

    plan = _plan(Path("-"), select([], subject="customer", window="12m", profile=None), {})
    modelled = sorted(s.id for s in plan.schemes if models_read(s, plan))
    others = sorted(s.id for s in plan.schemes if s.id not in (*THREE, *modelled))
    return [*THREE, *others], modelled


def _plan(path: Path, selection: Any, options: dict[str, Any]) -> Any:
    from keguan.engine.intake.parts import Part
    from keguan.runs.plan import make_plan
    from keguan.runs.request import RunRequest

    part = Part("orders", path, "sha256:bench", 0, FIELDS, "bench")
    return make_plan(
        RunRequest(
            parts=[part],
            schemes=selection.schemes,
            refused=selection.refused,
            as_of=date.fromisoformat(AS_OF),
            purpose="bench",
            threads=options.get("threads"),
            memory=options.get("memory"),
            engine=options.get("engine", "duckdb"),
        )
    )


def chosen(path: Path, options: dict[str, Any]) -> Any:
    """The plan of a run over a file that `generate` made; `schemes` in the options, or the three."""
    from keguan.book.select import select

    import_module("keguan.engine.backends.duckdb")  # otherwise loaded on first use, inside the measured time
    asked = options.get("schemes", THREE)
    return _plan(path, select(asked, subject="customer", window="12m", profile=None), options)


def materialised(path: Path, options: dict[str, Any]) -> Job:
    """Measures, cuts and every customer's classes, kept in the engine."""
    from keguan.engine.backends import open_engine
    from keguan.runs.classify import MEASURED, measure
    from keguan.runs.fit import fit_all
    from keguan.runs.write import keep_numbers

    plan = chosen(path, options)

    def work() -> None:
        request, subject = plan.request, plan.data.subject
        with open_engine(request.engine, memory=request.memory, threads=request.threads) as engine:
            measure(engine, plan)
            _, decisions = fit_all(engine, MEASURED, plan)
            keep_numbers(engine, MEASURED, subject.keys, list(decisions.values()), subject.value)

    return work


def written(path: Path, options: dict[str, Any]) -> Job:
    """A whole run folder: the same, both tables sorted and written, audits, cuts, fingerprints, record."""
    from keguan.runs import classify as runs

    plan = chosen(path, options)

    def work() -> None:
        with tempfile.TemporaryDirectory(dir=options.get("folder")) as folder:
            runs.classify(plan, Path(folder, "run"))

    return work


JOBS = {"floor": floor, "materialised": materialised, "written": written}
