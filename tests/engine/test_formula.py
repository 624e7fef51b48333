"""Every measure says how it comes about, what it says without rows, and where the sources name it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keguan.engine.measures.definition import Computed, Definition, catalogue, subjects
from keguan.engine.measures.formula import formula, without_rows
from keguan.language.parser import parse

EVERY = [d for s in subjects() for d in catalogue(s).values()]


@pytest.mark.parametrize(
    ("name", "said", "silent", "given"),
    [
        ("net_sales", 'sum(amount) of orders where status = "completed"', "zero", "001:26"),
        ("last_order_on", 'max(ordered_on) of orders where kind = "sale" and status = "completed"', "none", None),
        ("input_return", "net_profit / customer_outlay", "of parts", "001:26"),
        ("contact_cost", "interaction_cost + booked_contact_cost + gift_cost", "of parts", "001:26"),
        ("median_interval_days", "rhythm.median(purchase_days)", "of parts", "003:79"),
        ("recency_days", "days_since(last_order_on)", "of parts", "003:107"),
    ],
)  # fmt: skip
def test_a_measure_says_its_formula_its_rule_for_no_rows_and_its_source(
    name: str, said: str, silent: str, given: str | None
) -> None:
    found = catalogue("customer")[name]
    assert (formula(found), without_rows(found), found.given) == (said, silent, given)


@pytest.mark.parametrize("one", EVERY, ids=lambda d: f"{d.subject}-{d.name}")
def test_what_a_measure_reads_stands_in_its_formula(one: Definition) -> None:
    said = formula(one)
    source = one.source
    if isinstance(source, Computed):
        assert all(name in said for name in source.reads)
        if source.expression is not None:
            assert parse(said) == source.expression
    assert one.given is None or re.fullmatch(r"00[0-5]:\d+", one.given)


def test_every_calculation_of_the_sources_names_its_line() -> None:
    given = {d.name for d in EVERY if d.given}
    assert len(given) >= 30
    page = Path(__file__).parents[2] / "docs" / "en" / "measures.md"
    assert page.read_text(encoding="utf-8").count("| 001:26 |") == len(
        [d for d in EVERY if d.given == "001:26"]
    )
