"""Reading cases files."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from keguan.core.errors import KeguanError
from keguan.schemes.cases import Entry, load_cases
from tests.schemes.documents import changed

CASES = """cases:
  - name: everything a case can say
    checks: ["S:value-pyramid"]
    as_of: 2026-06-30
    profile: telecom
    subject: product
    window: 6m
    parameters: {threshold: 10000}
    changes: {measure: gross_profit_12m}
    given:
      orders:
        c1: ["2026-01-05 100.00", "2026-02-01 -20.00 return", "2026-03-01 50.00 sale open"]
      customers: [{customer_id: c9, region: east, owner: null}]
    expect:
      classes: {c1: A, c9: null}
      details: {c1: mixed}
      reasons: {c1: above-cut}
      statuses: {c9: not-applicable}
      counts: {A: 10}
  - name: measures
    as_of: 2026-06-30
    given: {measures: {c1: {net_sales_12m: 100.00, n_orders_total: 3, first_order_on: 2025-01-02, owner: null, kind: x}}}
    expect: {refused: KG504}
  - name: ranks
    as_of: 2026-06-30
    given: {ranks: {count: 1000, measure: net_sales_12m, others: {n_orders_total: 1}}}
    expect: {counts: {A: 10}}
  - name: items
    as_of: 2026-06-30
    given: {items: {anna: 120, bo: 80.5}}
    expect: {classes: {anna: A}}
"""


def problems(text: str) -> list[tuple[str, int | None]]:
    with pytest.raises(KeguanError) as caught:
        load_cases(text, "own.cases.yaml")
    assert all(p.place.file == "own.cases.yaml" for p in caught.value.problems)
    return [(p.code, p.place.line) for p in caught.value.problems]


def test_a_case_is_read_whole() -> None:
    case = load_cases(CASES, "own.cases.yaml")[0]
    assert (case.name, case.as_of, case.line) == ("everything a case can say", date(2026, 6, 30), 2)
    assert (case.profile, case.subject, case.window) == ("telecom", "product", "6m")
    assert case.parameters == {"threshold": "10000"}
    assert case.changes == {"measure": "gross_profit_12m"}
    assert case.given.source == "orders"
    assert case.given.orders["c1"] == (
        Entry(date(2026, 1, 5), Decimal("100.00"), "sale", "completed"),
        Entry(date(2026, 2, 1), Decimal("-20.00"), "return", "completed"),
        Entry(date(2026, 3, 1), Decimal("50.00"), "sale", "open"),
    )
    assert case.given.customers == ({"customer_id": "c9", "region": "east", "owner": None},)
    assert case.expect.classes == {"c1": "A", "c9": None}
    assert case.expect.counts == {"A": 10}


def test_the_other_ways_to_describe_a_world() -> None:
    _, measures, ranks, items = load_cases(CASES, "own.cases.yaml")
    assert measures.given.measures["c1"] == {
        "net_sales_12m": Decimal("100.00"),
        "n_orders_total": 3,
        "first_order_on": date(2025, 1, 2),
        "owner": None,
        "kind": "x",
    }
    assert measures.expect.refused == "KG504"
    assert ranks.given.ranks is not None
    assert (ranks.given.ranks.count, ranks.given.ranks.others) == (1000, {"n_orders_total": 1})
    assert items.given.items == {"anna": Decimal(120), "bo": Decimal("80.5")}


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        ("as_of: 2026-06-30", "as_of: 2026-06-31", "KG404", "as_of: 2026-06-31"),
        ("2026-01-05 100.00", "2026-13-05 100.00", "KG435", 'c1: ["2026'),
        ("-20.00 return", "-20.00 gift", "KG435", 'c1: ["2026'),
        ("-20.00 return", "-20.00 return return", "KG435", 'c1: ["2026'),
        ("      customers:", "      items: {a: 1}\n      customers:", "KG434", "orders:\n"),
        ("expect: {refused: KG504}", "expect: {}", "KG436", "expect: {}"),
        ("refused: KG504", "refused: never", "KG404", "refused: never"),
        ("name: ranks", "name: items", "KG437", "name: items"),
        ("count: 1000", "count: 0", "KG404", "count: 0"),
        ("checks:", "proves:", "KG405", "proves:"),
        ("anna: 120", "anna: heavy", "KG404", "anna: heavy"),
        ("customer_id: c9", "id: c9", "KG403", "customers:"),
        ("counts: {A: 10}", "counts: {A: ten}", "KG404", "counts: {A: ten}"),
    ],
)
def test_what_is_wrong_has_code_and_line(old: str, new: str, code: str, at: str) -> None:
    text = changed(CASES, (old, new))
    assert (code, text[: text.rindex(at)].count("\n") + 1) in problems(text)


def test_all_problems_come_out_at_once() -> None:
    text = changed(
        CASES, ("as_of: 2026-06-30", "as_of: soon"), ("checks:", "proves:"), ("count: 1000", "count: x")
    )
    assert {"KG404", "KG405"} <= {code for code, _ in problems(text)}
    assert len(problems(text)) >= 3


def test_a_file_without_cases_is_refused() -> None:
    assert problems("cases: []")[0][0] == "KG404"
    assert problems("")[0][0] == "KG403"
