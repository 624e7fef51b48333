"""Executing a plan: measures, cuts, one projection, tables, record; all of it or nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlglot import exp

from keguan.core import fingerprint
from keguan.core.errors import fail
from keguan.core.garbage import held_back
from keguan.engine.backends import Engine, open_engine
from keguan.engine.compile import column
from keguan.kinds.base import Cuts
from keguan.runs.audits import check_listed_once, check_unique
from keguan.runs.decide import Decision, Decisions
from keguan.runs.fit import Key, fit_all
from keguan.runs.folder import whole_folder
from keguan.runs.links import add_links, shown_links
from keguan.runs.models import MEASURED, Measured, Models, measure, models_behind
from keguan.runs.overrides import add_overrides, shown_columns
from keguan.runs.plan import Plan, dimensions
from keguan.runs.record import cuts_record, run_record
from keguan.runs.write import Written, write_assignments

Progress = Callable[[str], None]


def classify(
    plan: Plan,
    out: Path,
    *,
    force: bool = False,
    kept: Mapping[Key, Cuts] | None = None,
    models: Models | None = None,
    extra: Callable[[Path], None] | None = None,
    progress: Progress | None = None,
) -> Path:
    """Run a plan and write its folder. `kept` are cuts of an earlier run to assign with and `models` those they
    rest on; `extra` may add files.

    Raises KG504 without a purpose, KG505 when the folder exists, KG508 when the audit fails: then nothing is written.
    """
    tell = progress or (lambda stage: None)
    if not plan.request.purpose.strip():
        raise fail("KG504")
    with (
        held_back(),
        whole_folder(out, force=force) as folder,
        open_engine(plan.request.engine, memory=plan.request.memory, threads=plan.request.threads) as engine,
    ):
        tell("measures")
        measured = add_links(engine, add_overrides(engine, measure(engine, plan, models)))
        plan = measured.plan
        check_listed_once(engine, MEASURED, plan.data.subject)
        tell("cuts")
        with measures_saved(engine, plan, folder):
            cuts, decisions = fit_all(engine, MEASURED, plan, kept)
            tell("classes")
            written = assign(engine, plan, decisions, folder)
        tell("record")
        _write_record(measured, cuts, written, folder)
        if extra is not None:
            extra(folder)
    return out


def assign(engine: Engine, plan: Plan, decisions: Decisions, folder: Path) -> Written:
    """Write `assignments.parquet` and return what was counted."""
    subject = plan.data.subject
    value = subject.value if subject.value in _shown(plan) else None
    written = write_assignments(engine, MEASURED, subject.keys, _ordered(plan, decisions), value, folder)
    check_unique(engine, plan.schemes, decisions)
    return written


def measures_saved(engine: Engine, plan: Plan, folder: Path) -> AbstractContextManager[None]:
    """Write `measures.parquet` beside what happens in the block: cuts and classes leave a part of the machine idle."""
    keys = plan.data.subject.keys
    known = exp.select(*map(column, [*keys, *_shown(plan)])).from_(exp.to_table(MEASURED, quoted=True))
    return engine.saving(known, folder / "measures.parquet", keys)


def _shown(plan: Plan) -> list[str]:
    """The columns a run keeps beside the keys."""
    measures = [m.name for m in plan.measures if not m.definition.internal]
    return [*measures, *plan.attributes, *shown_links(plan), *shown_columns(plan)]


def _ordered(plan: Plan, decisions: Decisions) -> list[Decision]:
    """Decisions in the order in which the schemes were asked for."""
    asked = {s.id: i for i, s in enumerate(plan.request.schemes)}
    pairs = sorted(dimensions(plan.schemes), key=lambda pair: asked[pair[0].id])
    return [decisions[s.id, d.id] for s, d in pairs]


def _write_record(measured: Measured, cuts: Mapping[Key, Cuts], written: Written, folder: Path) -> None:
    plan, models = measured.plan, measured.models
    (folder / "cuts").mkdir()
    by_id = {s.id: s for s in plan.schemes}
    for scheme_id in by_id:
        behind = models_behind(by_id[scheme_id], plan, models)
        record = cuts_record(plan, by_id[scheme_id], cuts, behind)
        _write_json(folder / "cuts" / f"{scheme_id}.json", record)
    if models:
        (folder / "models").mkdir()
    for name, model in models.items():
        _write_json(folder / "models" / f"{name}.json", model)
    marks = {name: fingerprint.of_file(folder / name) for name in ("assignments.parquet", "measures.parquet")}
    _write_json(folder / "run.json", run_record(measured, cuts, written, marks))


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
