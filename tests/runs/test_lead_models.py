"""The probability that a lead is won as a measure of a run: learned from what is closed, without what came with closing."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from bench.models.leads import leads as simulated

import keguan as kg
from keguan.book.book import Book
from keguan.book.run import Run
from keguan.core.errors import KeguanError
from keguan.models import LeadConversion
from tests.fixtures.open_shops import write_schemes
from tests.fixtures.shops import document

AS_OF = date(2026, 6, 30)
N = 2400
CODES = {"fair": "exhibition", "phone": "phone-mail"}
SCHEME = document(
    "likely-leads",
    "rules",
    "",
    [
        "code: likely, when: 'p_conversion >= 0.5'",
        "code: some, when: 'p_conversion >= 0'",
        "code: ended, otherwise: true",
    ],
    population="n_needs_confirmed >= 0",
).replace("kind: rules", "kind: rules\nsubject: lead")


def table(n: int = N, seed: int = 5) -> pa.Table:
    """Leads of a year, the last tenth still open, with a stage and a contract number that only closing gives."""
    fields, won, _ = simulated(seed, n)
    random = np.random.default_rng(seed)
    opened = np.sort(random.integers(0, 365, n))
    closed = opened + random.integers(5, 60, n)
    open_ = np.arange(n) >= 0.9 * n
    day = [AS_OF - timedelta(days=int(500 - d)) for d in opened]
    end = [
        None if o else d + timedelta(days=int(c - s))
        for o, d, c, s in zip(open_, day, closed, opened, strict=True)
    ]
    confirmed = fields["confirmed"]
    return pa.table(
        {
            "lead_id": [f"L{i:05}" for i in range(n)],
            "opened_at": day,
            "closed_at": end,
            "won": [None if o else bool(w) for o, w in zip(open_, won, strict=True)],
            "source": [CODES.get(s, s) for s in fields["source"]],
            "owner": [str(o) for o in fields["owner"]],
            "amount": [None if np.isnan(a) else round(float(a), 2) for a in fields["amount"]],
            "need_confirmed": [bool(c) for c in confirmed],
            "need_confirmed_on": [d + timedelta(days=1) if c else None for c, d in zip(confirmed, day, strict=True)],
            "ability_confirmed": [bool(w) and not o for o, w in zip(open_, won, strict=True)],
            "ability_confirmed_on": end,
            "ability": [None if o else ("signed" if w else "gone") for o, w in zip(open_, won, strict=True)],
            "stage": ["open" if o else ("won" if w else "lost") for o, w in zip(open_, won, strict=True)],
        }
    )  # fmt: skip


def book_of(folder: Path, given: pa.Table) -> Book:
    book = kg.open(leads=given, currency="CNY", folder=folder / "kept")
    write_schemes(folder / "own" / "schemes", {"likely-leads": SCHEME})
    book.scheme_folders = (folder / "own",)
    return book


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    return book_of(tmp_path_factory.mktemp("leads"), table())


@pytest.fixture(scope="module")
def run(book: Book) -> Run:
    return book.classify("likely-leads", as_of=AS_OF, purpose="test", subject="lead")


@pytest.fixture(scope="module")
def record(run: Run) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((run.folder / "models" / "conversion.json").read_text())
    return found


def test_the_model_is_kept_once_in_the_run_and_in_the_cuts_with_its_own_fingerprint_inside(run, record):
    assert run.record["models"] == {"conversion": record["fingerprint"]}
    assert run.cuts("likely-leads")["models"] == {"conversion": record}
    own = LeadConversion.from_dict(record["own"])
    assert own.fingerprint == record["own"]["fingerprint"] != record["fingerprint"]


def test_what_came_with_closing_is_not_learned_from(record):
    used = {f["name"] for f in record["own"]["fields"]}
    assert used == {"source", "owner", "amount", "need_confirmed"}
    assert record["came_with_closing"] == ["ability"]


def test_open_leads_get_what_the_model_says_and_ended_ones_nothing(run, record):
    given, scored = table(), run.measures.sort_by("lead_id")
    assert scored["lead_id"].to_pylist() == given["lead_id"].to_pylist()
    open_ = pc.is_null(given["closed_at"])
    assert scored["p_conversion"].is_valid().to_pylist() == open_.to_pylist()
    now = given.filter(open_)
    fields = {n: now[n] for n in ("source", "owner", "need_confirmed")} | {"amount": now["amount"]}
    wanted = LeadConversion.from_dict(record["own"]).predict_p_conversion(fields)
    np.testing.assert_allclose(scored["p_conversion"].drop_null().to_numpy(), wanted, atol=1e-6)
    counts = {c["code"]: c["count"] for c in run.counts("likely-leads")}
    assert counts["likely"] == int((wanted >= 0.5).sum()) and counts["ended"] == N - len(wanted)
    assert not {n for n in scored.column_names if n.startswith(("lead_", "outcome"))} - {"lead_id"}


def test_the_split_by_time_says_how_well_it_foresees(record):
    judged = record["judged"]
    assert judged["auc"] > 0.65
    assert judged["brier"] < judged["brier_average"]
    assert sum(r["n"] for r in judged["reliability"]) == judged["n_after"]


def test_what_happened_after_the_day_of_the_run_is_not_known(tmp_path):
    early = AS_OF - timedelta(days=250)
    whole = book_of(tmp_path / "a", table()).classify(
        "likely-leads", as_of=early, purpose="t", subject="lead"
    )
    given = table()
    past = given.filter(pc.less_equal(given["closed_at"], pa.scalar(early)))
    learned = whole.cuts("likely-leads")["models"]["conversion"]
    assert (learned["own"]["n"], learned["own"]["won"]) == (past.num_rows, pc.sum(past["won"]).as_py())
    assert {f["name"] for f in learned["own"]["fields"]} == {"source", "owner", "need_confirmed"}
    told = {r["lead_id"] for r in whole.measures.to_pylist() if r["p_conversion"] is not None}
    then_open = pc.and_(
        pc.less_equal(given["opened_at"], pa.scalar(early)), pc.greater(given["closed_at"], pa.scalar(early))
    )
    assert told == set(given.filter(then_open)["lead_id"].to_pylist())


def test_rows_in_another_order_give_the_same_model(tmp_path, run):
    mixed = table().take(np.random.default_rng(1).permutation(N))
    again = book_of(tmp_path, mixed).classify("likely-leads", as_of=AS_OF, purpose="test", subject="lead")
    assert again.content_hash() == run.content_hash()


def test_tomorrows_lead_is_told_with_the_kept_model_though_a_field_is_missing(tmp_path, run, record):
    few = table().filter(pc.is_null(table()["closed_at"])).slice(0, 5).drop(["owner"])
    kept = book_of(tmp_path, few).assign([run.cuts("likely-leads")], purpose="test")
    assert kept.record["models"] == run.record["models"]
    fields = {n: few[n] for n in ("source", "need_confirmed", "amount")} | {"owner": pa.nulls(5, pa.string())}
    wanted = LeadConversion.from_dict(record["own"]).predict_p_conversion(fields)
    np.testing.assert_allclose(kept.measures["p_conversion"].to_numpy(), wanted, atol=1e-6)


def test_too_few_closed_leads_set_the_scheme_aside_with_the_reason(tmp_path):
    with pytest.raises(KeguanError) as refused:
        book_of(tmp_path, table(60)).classify("likely-leads", as_of=AS_OF, purpose="test", subject="lead")
    assert "KG780" in [p.code for p in refused.value.problems]
