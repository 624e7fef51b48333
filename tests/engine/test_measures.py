"""Every built-in measure equals a naive reading of the orders, for anybody and any day."""

from datetime import date, timedelta
from decimal import Decimal
from math import isclose
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from keguan.engine.backends.duckdb import DuckDBEngine
from keguan.engine.measures.definition import Fitted, catalogue, subjects
from keguan.engine.measures.resolve import closure, find
from keguan.engine.measures.sql import keep_measures
from keguan.engine.steps import Pipeline
from keguan.engine.subjects import SUBJECTS
from tests.fixtures.naive_measures import FAMILIES, NAMES, SINGLE, Row, naive, orders_table

AS_OF = date(2026, 6, 30)
_DAYS = st.one_of(
    st.integers(-40, 900).map(lambda n: AS_OF - timedelta(days=n)),
    st.sampled_from([date(2025, 6, 30), date(2025, 7, 1), date(2024, 6, 30), date(2024, 7, 1), date(2026, 3, 31),
                     date(2026, 4, 1), date(2026, 6, 30), date(2026, 7, 1), date(2024, 2, 29)]),
)  # fmt: skip
_AMOUNTS = st.decimals(0, 10**6, places=4) | st.sampled_from([Decimal(0), Decimal("0.1"), Decimal(100)])


@st.composite
def orders(draw: Any) -> list[Row]:
    rows = []
    for _ in range(draw(st.integers(0, 18))):
        kind = draw(st.sampled_from(["sale", "sale", "sale", "return"]))
        amount = draw(_AMOUNTS)
        rows.append(
            {
                "customer_id": draw(st.sampled_from(["a", "b", "客"])),
                "ordered_on": draw(_DAYS),
                "amount": -amount if kind == "return" else amount,
                "cost": draw(st.none() | _AMOUNTS),
                "kind": kind,
                "status": draw(st.sampled_from(["completed", "completed", "completed", "open", "cancelled"])),
            }
        )
    return rows


def _measured(
    engine: DuckDBEngine, tables: dict[str, pa.Table], as_of: date, subject: str, names: Any
) -> dict[Any, Any]:
    for name, table in tables.items():
        engine.connection.register("rows", table)
        engine.connection.execute(f'CREATE OR REPLACE TEMP TABLE "{name}" AS SELECT * FROM rows')
        engine.connection.unregister("rows")
    keep_measures(engine, "measured", SUBJECTS[subject], closure(names, subject), {}, as_of, tables)
    found = engine.connection.sql('SELECT * FROM "measured"').to_arrow_table().to_pylist()
    key = SUBJECTS[subject].keys[0]
    assert len({r[key] for r in found}) == len(found)
    return {r[key]: r for r in found}


def _same(found: Any, expected: Any) -> bool:
    if isinstance(expected, float) and found is not None:
        return isclose(found, expected, rel_tol=1e-12, abs_tol=1e-12)
    return bool(found == expected)


def _agree(found: dict[str, Any], rows: list[Row], as_of: date) -> None:
    expected = naive(rows, as_of)
    wrong = {n: (found[n], expected[n]) for n in NAMES if not _same(found[n], expected[n])}
    assert not wrong


@pytest.mark.slow
@settings(max_examples=40)
@given(rows=orders(), as_of=st.sampled_from([AS_OF, date(2026, 2, 28), date(2024, 2, 29), date(2026, 6, 15)]))
def test_every_measure_equals_the_naive_one(engine: DuckDBEngine, rows: list[Row], as_of: date) -> None:
    listed = pa.table({"customer_id": ["a", "never bought"], "seen_on": pa.nulls(2, pa.date32())})
    found = _measured(engine, {"orders": orders_table(rows), "customers": listed}, as_of, "customer", NAMES)
    with_facts = {r["customer_id"] for r in rows if r["ordered_on"] <= as_of}
    assert set(found) == {"a", "never bought"} | with_facts
    for customer, values in found.items():
        _agree(values, [r for r in rows if r["customer_id"] == customer], as_of)


def test_the_naive_reference_knows_every_measure_of_orders() -> None:
    built_in = {n for n, d in catalogue("customer").items() if not d.internal and _of_orders(n)}
    assert built_in == {*FAMILIES, *SINGLE} - {"growth_12m"} | {"growth_12m"}


def _of_orders(name: str) -> bool:
    definition = catalogue("customer")[name]
    if isinstance(definition.source, Fitted):
        return False  # what a model makes is held against the model, in tests/runs/test_models.py
    return all(
        getattr(m.definition.source, "table", "orders") == "orders" for m in closure([definition.example])
    )


def test_without_a_customer_list_only_those_with_facts_up_to_the_day_are_there(engine: DuckDBEngine) -> None:
    rows: list[Row] = [
        _order("a", AS_OF),
        _order("b", AS_OF + timedelta(days=1)),
        _order("c", AS_OF, status="cancelled"),
    ]
    found = _measured(engine, {"orders": orders_table(rows)}, AS_OF, "customer", NAMES)
    assert set(found) == {"a", "c"}
    assert found["c"]["n_orders_total"] == 0 and found["c"]["recency_days"] is None


def _order(
    customer: str, day: date, amount: str = "10", kind: str = "sale", status: str = "completed"
) -> Row:
    return {
        "customer_id": customer,
        "ordered_on": day,
        "amount": Decimal(amount),
        "cost": None,
        "kind": kind,
        "status": status,
    }


def test_the_first_day_of_a_window_is_out_of_the_one_before(engine: DuckDBEngine) -> None:
    rows = [_order("a", date(2025, 6, 30), "1"), _order("a", date(2025, 7, 1), "2"), _order("a", AS_OF, "4")]
    found = _measured(engine, {"orders": orders_table(rows)}, AS_OF, "customer", NAMES)["a"]
    assert (found["net_sales_12m"], found["net_sales_prev_12m"]) == (Decimal(6), Decimal(1))


def test_returns_count_against_sales_but_are_no_orders(engine: DuckDBEngine) -> None:
    rows = [_order("a", AS_OF), _order("a", AS_OF, "-30", "return")]
    found = _measured(engine, {"orders": orders_table(rows)}, AS_OF, "customer", NAMES)["a"]
    assert (found["net_sales_12m"], found["n_orders_12m"], found["n_returns_12m"]) == (Decimal(-20), 1, 1)


def test_products_have_measures_of_their_own_under_the_same_names(engine: DuckDBEngine) -> None:
    lines = pa.table(
        {
            "product": ["x", "x", "y"],
            "ordered_on": pa.array([AS_OF, date(2024, 1, 1), AS_OF]),
            "amount": pa.array([Decimal(3), Decimal(5), Decimal(-1)], pa.decimal128(18, 4)),
            "quantity": pa.array([Decimal(1), Decimal(2), Decimal(1)], pa.decimal128(18, 4)),
            "kind": ["sale", "sale", "return"],
            "status": ["completed"] * 3,
        }
    )
    names = ["net_sales_12m", "net_sales_total", "n_orders_total", "quantity_total", "first_order_on"]
    found = _measured(engine, {"order_lines": lines}, AS_OF, "product", names)
    assert [found["x"][n] for n in names] == [Decimal(3), Decimal(8), 2, Decimal(3), date(2024, 1, 1)]
    assert [found["y"][n] for n in names] == [Decimal(-1), Decimal(-1), 0, Decimal(1), None]


@pytest.mark.parametrize("subject", subjects())
def test_every_definition_is_computed_after_what_it_reads(subject: str) -> None:
    names = [d.example for d in catalogue(subject).values()]
    ordered = [m.name for m in closure(names, subject)]
    assert set(names) <= set(ordered) and len(set(ordered)) == len(ordered)
    for place, name in enumerate(ordered):
        measure = find(name, subject)
        assert measure is not None and all(inner in ordered[:place] for inner in measure.reads)
        assert set(measure.definition.labels) == {"zh-Hans", "zh-Hant", "en"}
        assert all(measure.label(lang) for lang in measure.definition.labels)


@pytest.mark.parametrize(
    "name", ["net_sales", "net_sales_0m", "recency_days_12m", "nothing_12m", "net_sales_12", ""]
)
def test_a_name_without_its_window_or_with_one_too_many_is_no_measure(name: str) -> None:
    assert find(name) is None


def test_a_pipeline_renders_once() -> None:
    pipeline = Pipeline()
    pipeline.add("a", exp.select(exp.Literal.number(1).as_("x")))
    pipeline.add("b", exp.select("x").from_("a"))
    assert pipeline.render().sql(dialect="duckdb") == 'WITH "a" AS (SELECT 1 AS x) SELECT x FROM a'
    with pytest.raises(RuntimeError, match="once"):
        pipeline.steps()
