"""What each kind promises of its own."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.kinds.registry import kind
from keguan.language import ast
from keguan.language.evaluate import evaluate
from tests.fixtures.workbench import NAMES, Workbench, base, read, worth

PYRAMID = """
measure: net_sales_12m
classes: [{code: A, up_to: 1%}, {code: B, up_to: 5%}, {code: C, up_to: 20%}, {code: D, rest: true}]
"""
ABC = (
    "measure: net_sales_12m\nclasses: [{code: A, up_to: 80%}, {code: B, up_to: 95%}, {code: C, rest: true}]\n"
)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (1000, [10, 40, 150, 800]),
        (10, [1, 0, 1, 8]),
        (1, [1, 0, 0, 0]),
        (30, [1, 1, 4, 24]),
        (2345, [23, 94, 352, 1876]),
    ],
)
def test_heads_are_rounded_half_up_and_the_first_class_has_somebody(
    workbench: Workbench, n: int, expected: list[int]
) -> None:
    fitted = workbench.fit("rank_share", PYRAMID, worth(range(1, n + 1)))
    assert [fitted.counts().get(c, 0) for c in "ABCD"] == expected
    assert [e["count"] for e in fitted.cuts["cuts"]] == expected[:3]


def test_equal_values_are_parted_by_the_tie_order_then_by_id(workbench: Workbench) -> None:
    fitted = workbench.fit("rank_share", PYRAMID, worth([5] * 1000))
    assert [fitted.counts()[c] for c in "ABCD"] == [10, 40, 150, 800]
    assert [c for c, code in fitted.codes().items() if code == "A"] == [f"{i:05}" for i in range(10)]
    assert fitted.cuts["ties_at_cut"] == 3000


def test_equal_values_stay_together_when_asked(workbench: Workbench) -> None:
    rows = worth([9, 5, 5, 5, 1, 1, 1, 1, 1, 1])
    fitted = workbench.fit("rank_share", PYRAMID.replace("\nclasses", "\nties: together\nclasses"), rows)
    assert fitted.codes() == {
        r["customer_id"]: {9: "A", 5: "C", 1: "D"}[int(r["net_sales_12m"])] for r in rows
    }


def test_who_brings_nothing_is_in_the_rest_and_still_counts(workbench: Workbench) -> None:
    fitted = workbench.fit("rank_share", PYRAMID, worth([7, 0, -3, *[0] * 17]))
    assert [fitted.counts().get(c, 0) for c in "ABCD"] == [1, 0, 0, 19]
    assert fitted.outcomes()["00001"].reason == "nothing-positive"


def test_without_at_least_one_a_small_base_has_nobody_at_the_top(workbench: Workbench) -> None:
    fitted = workbench.fit("rank_share", PYRAMID + "at_least_one: false\n", worth(range(1, 11)))
    assert fitted.cuts["cuts"][0]["from"] is None and "A" not in fitted.counts()


def test_one_belongs_to_a_while_those_before_make_less_than_the_share(workbench: Workbench) -> None:
    fitted = workbench.fit("value_share", ABC, worth([50, 30, 15, 4, 1]))
    assert list(fitted.codes().values()) == ["A", "A", "B", "C", "C"]
    assert fitted.cuts["total"] == "100.00"


def test_one_large_customer_is_a_alone(workbench: Workbench) -> None:
    assert list(workbench.fit("value_share", ABC, worth([99, 1])).codes().values()) == ["A", "C"]
    assert list(workbench.fit("value_share", ABC, worth([0, -4])).codes().values()) == ["C", "C"]


SCORES = "bins: 5\nscores: [{letter: M, measure: net_sales_12m}]\nclasses:\n" + "".join(
    f"  - {{code: s{i}, when: m = {i}}}\n" for i in range(1, 6)
)


@settings(max_examples=40)
@given(amounts=st.lists(st.integers(0, 6), min_size=1, max_size=25))
def test_equal_values_get_equal_scores_and_more_is_never_less(
    workbench: Workbench, amounts: list[int]
) -> None:
    rows = worth(amounts)
    codes = workbench.fit("scores", SCORES, rows).codes()
    pairs = sorted((int(r["net_sales_12m"]), str(codes[r["customer_id"]])) for r in rows)
    by_value = {v: {c for a, c in pairs if a == v} for v, _ in pairs}
    assert all(len(c) == 1 for c in by_value.values())
    assert [c for _, c in pairs] == sorted(c for _, c in pairs)


def test_a_hundred_different_values_make_equal_fifths(workbench: Workbench) -> None:
    assert workbench.fit("scores", SCORES, worth(range(100))).counts() == {f"s{i}": 20 for i in range(1, 6)}


def test_a_value_nobody_had_falls_where_it_belongs(workbench: Workbench) -> None:
    fitted = workbench.fit("scores", SCORES, worth(range(100)))
    assignment = kind("scores").assign(fitted.spec, fitted.cuts)

    def score(amount: str) -> str | None:
        number = evaluate(assignment.index, {"net_sales_12m": Decimal(amount)})
        return assignment.outcomes[int(str(number))].code

    assert [score(a) for a in ("-1", "19.5", "20", "98.5", "1000")] == ["s1", "s2", "s2", "s5", "s5"]


def test_a_code_no_class_claims_and_a_letter_nobody_knows_are_refused() -> None:
    with pytest.raises(KeguanError) as error:
        read("scores", SCORES.replace("  - {code: s5, when: m = 5}\n", ""))
    assert [p.code for p in error.value.problems] == ["KG411"]
    with pytest.raises(KeguanError) as error:
        read("scores", SCORES.replace("m = 5", "q = 5"))
    assert "KG412" in [p.code for p in error.value.problems]


WEIGHTED = """
bins: 2
indicators:
  - {measure: net_sales_12m, weight: 0.6}
  - {measure: n_orders_12m, weight: 0.2}
  - {measure: gross_profit_12m, weight: 0.2, optional: true}
classes: [{code: high, from: 1.75}, {code: middle, from: 1.5}, {code: low, rest: true}]
"""


def test_weights_left_out_keep_the_proportions_of_the_others(workbench: Workbench) -> None:
    rows = [
        {**r, "n_orders_12m": i % 2, "gross_profit_12m": Decimal(0)}
        for i, r in enumerate(worth([1, 2, 3, 4]))
    ]
    fitted = workbench.fit("weighted", WEIGHTED, rows, available=NAMES - {"gross_profit_12m"})
    assert fitted.cuts["left_out"] == ["gross_profit_12m"]
    # sales score 1 1 2 2, orders score 1 2 1 2: (0.6 s + 0.2 o) / 0.8 = 1, 1.25, 1.75, 2
    assert list(fitted.codes().values()) == ["low", "low", "high", "high"]


def test_without_any_indicator_nobody_is_graded(workbench: Workbench) -> None:
    text = WEIGHTED.replace("0.6}", "0.6, optional: true}").replace("0.2}", "0.2, optional: true}")
    fitted = workbench.fit("weighted", text, base(5), available=frozenset())
    assert {(o.code, o.status) for o in fitted.outcomes().values()} == {(None, "unclassified")}


def test_weights_that_do_not_sum_to_one_are_refused() -> None:
    with pytest.raises(KeguanError) as error:
        read("weighted", WEIGHTED.replace("0.6", "0.7"))
    assert [p.code for p in error.value.problems] == ["KG413"]


RULES = """
cuts: {high: {measure: net_sales_12m, top: 20%}, low: {measure: net_sales_12m, bottom: 20%}, half: {measure: net_sales_12m, median: true}}
order: [lost, best, poor, other]
classes:
  - code: best
    when: net_sales_12m >= high
    when_known: [region = "south", n_orders_12m >= 1]
    details: [{code: huge, when: net_sales_12m >= limit}]
    also: [{when: n_orders_12m > 3, status: proposed, reason: often}]
  - {code: poor, when: net_sales_12m <= low}
  - {code: lost, when: recency_days > 100}
  - {code: other, otherwise: true, details: [{code: upper, when: net_sales_12m >= half}]}
"""


def _rules(workbench: Workbench, available: frozenset[str] = NAMES) -> Any:
    rows = worth(range(1, 11))
    for i, row in enumerate(rows):
        row.update(
            recency_days=200 if i == 9 else 5,
            region="south" if i != 8 else "east",
            n_orders_12m=9 if i == 4 else 1,
        )
    return workbench.fit("rules", RULES, rows, available=available, limit=ast.Literal(8))


def test_the_first_condition_that_holds_in_testing_order_decides(workbench: Workbench) -> None:
    fitted = _rules(workbench)
    assert {n: e["value"] for n, e in fitted.cuts["values"].items()} == {
        "high": "9.00",
        "low": "2.00",
        "half": "5.50",
    }
    outcomes = list(fitted.outcomes().values())
    assert [o.code for o in outcomes] == [
        "poor",
        "poor",
        "other",
        "other",
        "best",
        "other",
        "other",
        "other",
        "other",
        "lost",
    ]
    assert [o.detail for o in outcomes][2:9] == [None, None, None, "upper", "upper", "upper", "upper"]
    assert (outcomes[4].status, outcomes[4].reason) == ("proposed", "often")


def test_a_condition_on_what_the_data_lack_is_dropped_and_said(workbench: Workbench) -> None:
    fitted = _rules(workbench, NAMES - {"region"})
    assert fitted.cuts["left_out"] == ["region"]
    outcome = fitted.outcomes()["00008"]
    assert (outcome.code, outcome.detail) == ("best", "huge")


def test_a_percentile_is_how_many_in_a_hundred_have_less(workbench: Workbench) -> None:
    text = """
cuts: {place: {measure: net_sales_12m, percentile: true}, asked_by_nobody: {measure: recency_days, median: true}}
classes: [{code: top, when: place >= 75}, {code: upper, when: place >= 50}, {code: other, otherwise: true}]
"""
    fitted = workbench.fit("rules", text, worth([1, 1, 2, 3]))
    assert list(fitted.codes().values()) == ["other", "other", "upper", "top"]
    assert list(fitted.cuts["values"]) == ["place"]
    [scale] = kind("rules").scales(fitted.spec, fitted.cuts)
    assert [(m.code, m.value) for m in scale.marks] == [
        ("percentile 25", Decimal(1)),
        ("percentile 50", Decimal(1)),
        ("percentile 75", Decimal(2)),
    ]


@pytest.mark.parametrize(
    "text",
    ["classes: [{code: a, when: 'true'}]", "classes: [{code: a, otherwise: true}, {code: b, when: 'true'}]"],
)
def test_rules_end_with_everybody_else(text: str) -> None:
    with pytest.raises(KeguanError) as error:
        read("rules", text)
    assert [p.code for p in error.value.problems] == ["KG414"]


def test_bands_at_fixed_values_are_inclusive_or_strictly_above(workbench: Workbench) -> None:
    text = """
measure: net_sales_12m
cut_by: value
classes: [{code: apart, when: n_orders_12m = 7}, {code: high, above: 100}, {code: middle, from: 10}, {code: low, rest: true}]
"""
    rows = worth(["100.0001", 100, 10, "9.9999", -1, 1000])
    rows[5]["n_orders_12m"] = 7
    fitted = workbench.fit("bands", text, rows)
    assert list(fitted.codes().values()) == ["high", "middle", "middle", "low", "low", "apart"]
    assert fitted.cuts["population"] == 5  # whether the others stand apart is unknown, so they do not


def test_bands_by_share_keep_equal_values_together(workbench: Workbench) -> None:
    text = "measure: net_sales_12m\nclasses: [{code: high, up_to: 20%}, {code: low, rest: true}]\n"
    fitted = workbench.fit("bands", text, worth([9, 8, 8, 8, 1, 1, 1, 1, 1, 1]))
    assert fitted.counts() == {"high": 4, "low": 6}
    assert fitted.cuts["ties_at_cut"] == 3
