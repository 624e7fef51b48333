"""Every measure over tables other than orders comes to what a small company's rows say, on the as-of day and not after."""

from __future__ import annotations

import pytest

from keguan.engine.backends.duckdb import DuckDBEngine
from keguan.engine.intake.pipeline import Intake
from keguan.engine.measures.definition import Gathered, catalogue
from keguan.engine.measures.resolve import find, lacking
from keguan.engine.measures.sql import keep_measures
from keguan.engine.subjects import SUBJECTS
from tests.fixtures.company import AS_OF, EXPECTED, SHEETS, close, measures, paths, take_in


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Intake:
    return take_in(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="module")
def measured(company: Intake, engine: DuckDBEngine) -> dict[str, dict[str, object]]:
    tables = paths(company)
    for name, files in tables.items():
        engine.attach(name, files)
    keep_measures(engine, "measured", SUBJECTS["customer"], measures(company), {}, AS_OF, tables)
    rows = engine.connection.sql('SELECT * FROM "measured"').to_arrow_table().to_pylist()
    return {str(r["customer_id"]): r for r in rows}


def test_no_row_of_the_company_is_left_out(company: Intake) -> None:
    assert {s.name: s.rejected for s in company.inspection.sources if s.rejected} == {}
    assert {p.table for p in company.parts} == set(SHEETS)


@pytest.mark.parametrize("name", EXPECTED)
def test_a_measure_comes_to_what_its_rows_say(measured: dict[str, dict[str, object]], name: str) -> None:
    assert sorted(measured) == ["a", "b", "c"]
    found = tuple(measured[c][name] for c in "abc")
    assert all(map(close, found, EXPECTED[name])), found


def test_every_measure_over_these_tables_is_held_against_its_rows() -> None:
    held = {m.definition.name for m in map(find, EXPECTED) if m is not None}
    others = {
        n
        for n, d in catalogue("customer").items()
        if isinstance(d.source, Gathered)
        and d.source.table in SHEETS
        and d.source.table != "orders"
        and not d.internal
    }
    assert others - held <= {"lead_ability", "lead_decision_rank", "lead_wanted_on"}  # made as lead_need is


def test_what_a_table_lacks_is_named_by_table_and_field(company: Intake) -> None:
    tables = {p.table: set(p.fields) for p in company.parts}
    assert lacking("lead_ability", "customer", tables) == ("leads.ability",)
    assert lacking("n_overdue_invoices", "customer", tables) == ()
    assert lacking("n_overdue_invoices", "customer", {"invoices": {"customer_id", "due_on"}}) == (
        "invoices.open_until",
    )
    assert lacking("mean_rating_12m:user", "customer", {}) == ("ratings",)
