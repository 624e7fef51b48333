"""The sources' calculations over classes and over the whole base, from files through the public API, to the catalogue's figures."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import keguan as kg
from keguan.book.run import Run
from keguan.core.errors import KeguanError
from keguan.insight.folder import RunFolder
from keguan.insight.overview import overview

pytestmark = pytest.mark.slow

SCHEME = """scheme: kinds-of-customers
version: 1
family: own
kind: rules
labels: {{zh-Hans: 客户分档, zh-Hant: 客戶分檔, en: Bands}}
population: {{where: "true"}}
order: [A, D]
classes:
  - {{code: A, when: '{when}', labels: {{zh-Hans: 甲, zh-Hant: 甲, en: A}}}}
  - {{code: D, otherwise: true, labels: {{zh-Hans: 丁, zh-Hant: 丁, en: D}}}}
references: [{{seed: "001", line: 26}}]
"""
READER = SCHEME.replace("kinds-of-customers", "reader")
HEAD = "客户编号,下单日期,金额\n"
Runs = Callable[..., Run]


@pytest.fixture
def run(tmp_path: Path) -> Runs:
    """`run("net_sales_12m > 5", "deal_cycle_days", orders=…)`: classes A and D by the condition, in a run that reads the measures."""

    def make(when: str, *names: str, schemes: tuple[str, ...] = (), **tables: str) -> Run:
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        (tmp_path / "bands.yaml").write_text(SCHEME.format(when=when), encoding="utf-8")
        reads = " or ".join(f"{n} is not missing" for n in names) or "net_sales_12m > 0"
        (tmp_path / "reader.yaml").write_text(READER.format(when=reads), encoding="utf-8")
        files = {n: tmp_path / f"{n}.csv" for n in tables}
        asked = [str(tmp_path / "bands.yaml"), str(tmp_path / "reader.yaml"), *schemes]
        book = kg.open(**files, currency="CNY", folder=tmp_path / "kept")
        return book.classify(*asked, as_of="2026-06-30", purpose="figures")

    return make


def _of(rows: list[dict[str, Any]], figure: str) -> list[Any]:
    assert [r["code"] for r in rows] == ["A", "D"]
    return [r[figure] for r in rows]


def _sales(*amounts: int) -> str:
    return HEAD + "".join(f"c{i:04d},2026-01-10,{amount}\n" for i, amount in enumerate(amounts, 1))


@pytest.mark.row("calc-contribution-rate")
def test_a_customer_of_20_in_100_contributes_a_fifth(run: Runs) -> None:
    found = run("net_sales_12m >= 50", orders=_sales(60, 20, 15, 5)).standings(
        "kinds-of-customers", "net_sales_12m"
    )
    assert found["value"].to_pylist() == [Decimal(60), Decimal(20), Decimal(15), Decimal(5)]
    assert found["share"].to_pylist() == pytest.approx([0.6, 0.2, 0.15, 0.05])


def test_without_anything_positive_no_share_is_told(run: Runs) -> None:
    orders = HEAD + "a,2026-01-10,5\na,2026-01-11,-5\n"
    found = run("net_sales_12m >= 50", orders=orders).standings("kinds-of-customers", "net_sales_12m")
    assert found["share"].to_pylist() == [None]


@pytest.mark.row("calc-rank-share")
def test_the_tenth_of_a_thousand_stands_at_one_percent(run: Runs) -> None:
    made = run("net_sales_12m >= 900", orders=_sales(*range(1000, 0, -1)))
    row = made.standings("kinds-of-customers", "net_sales_12m").slice(9, 1).to_pylist()[0]
    assert (row["customer_id"], row["rank"], row["rank_share"]) == ("c0010", 10, pytest.approx(0.01))
    assert row["running_share"] == pytest.approx(sum(range(991, 1001)) / 500500)


@pytest.mark.row("calc-value-concentration")
def test_the_top_fifth_of_five_makes_60_of_100(run: Runs) -> None:
    made = run("net_sales_12m >= 50", orders=_sales(60, 20, 10, 5, 5), schemes=("pareto-8020",))
    with RunFolder(made.folder) as folder:
        found = overview(folder).concentration
    assert found is not None
    assert (found.top20_heads, found.top20_share) == (1, Decimal("0.6"))
    assert (found.for80_heads, found.for80_share) == (2, Decimal("0.4"))


@pytest.mark.row("calc-weighted-score")
def test_two_weighted_grades_make_3_8(run: Runs, tmp_path: Path) -> None:
    """Scores 5 and 2 at 0.6 and 0.4: in the grade that begins at 3.8, and below one that begins a hair above."""
    rows = [(500, 2), (400, 5), (300, 1), (200, 4), (100, 3)]
    orders = HEAD + "".join(
        f"c{i},2026-01-1{k},{total / n}\n" for i, (total, n) in enumerate(rows, 1) for k in range(n)
    )
    text = """scheme: two-angles
version: 1
family: own
kind: weighted
labels: {{zh-Hans: 两个角度, zh-Hant: 兩個角度, en: Two angles}}
population: {{where: n_orders_total >= 1}}
bins: 5
indicators:
  - {{measure: net_sales_12m, weight: 0.6}}
  - {{measure: n_orders_12m, weight: 0.4}}
classes:
  - {{code: high, from: {line}, labels: {{zh-Hans: 高, zh-Hant: 高, en: High}}}}
  - {{code: low, rest: true, labels: {{zh-Hans: 低, zh-Hant: 低, en: Low}}}}
references: [{{seed: "000", line: 82}}]
"""
    classes = []
    for line in ("3.8", "3.8001"):
        (tmp_path / "two.yaml").write_text(text.format(line=line), encoding="utf-8")
        made = run("net_sales_12m >= 50", orders=orders, schemes=(str(tmp_path / "two.yaml"),))
        classes.append(made.assignments["two-angles"].to_pylist()[0])
    assert classes == ["high", "low"]


@pytest.mark.row("calc-service-cost-level")
def test_service_cost_over_revenue_is_told_by_class(run: Runs) -> None:
    costs = "客户编号,费用日期,费用金额,费用类型\nc0001,2026-03-02,50,服务\nc0003,2026-03-05,30,服务\n"
    made = run(
        "net_sales_12m >= 500", "service_cost_share_12m", orders=_sales(600, 400, 100, 100), costs=costs
    )
    found = made.class_figures("kinds-of-customers", "service_cost_12m", over="net_sales_12m")
    assert _of(found, "total") == [Decimal(50), Decimal(30)]
    assert _of(found, "ratio") == pytest.approx([50 / 600, 30 / 600])


@pytest.mark.row("calc-value-multiple")
def test_a_big_customer_is_worth_a_hundred_small_ones(run: Runs) -> None:
    made = run("net_sales_12m >= 50000", orders=_sales(90_000, 100_000, 300_000, 900, 1_000, 1_100))
    found = made.class_figures("kinds-of-customers", "net_sales_12m")
    assert _of(found, "median") == [100_000, 1_000] and _of(found, "times") == [100, 1]


@pytest.mark.row("calc-deal-cycle")
def test_the_deal_cycle_of_a_class_is_the_median(run: Runs) -> None:
    leads = "线索编号,客户编号,创建时间,关闭时间,是否成交\n" + "".join(
        f"L{i},c000{i},2026-01-01,{closed},是\n"
        for i, closed in enumerate(("2026-01-11", "2026-01-21", "2026-04-11"), 1)
    )
    made = run("net_sales_12m >= 1", "deal_cycle_days", orders=_sales(5, 5, 5), leads=leads)
    [high, low] = made.class_figures("kinds-of-customers", "deal_cycle_days")
    assert (high["known"], high["median"], high["mean"]) == (3, 20, pytest.approx(130 / 3))
    assert (low["heads"], low["median"], low["total"]) == (0, None, None)


@pytest.mark.row("calc-retention-duration")
def test_a_class_tells_how_long_customers_stay_and_who_survives(run: Runs) -> None:
    orders = HEAD + (
        "a,2023-01-01,9\na,2026-06-01,900\n"  # 1247 days: there after 12, 24 and 36 months
        "b,2023-01-01,9\nb,2024-03-01,9\nb,2026-06-01,0.01\nb,2026-06-02,900\n"
        "c,2023-01-01,9\nc,2024-06-01,9\n"  # 517 days: gone before 24
        "d,2023-01-01,9\n"
        "e,2026-01-01,9\n"  # too new to tell
    )
    names = ("bought_for_days", "kept_12m", "kept_24m", "kept_36m")
    made = run("net_sales_12m >= 500", *names, orders=orders)
    found = {n: made.class_figures("kinds-of-customers", n) for n in names}
    assert _of(found["bought_for_days"], "mean") == pytest.approx([1247.5, 517 / 3])
    assert _of(found["kept_12m"], "known") == [2, 2] and _of(found["kept_12m"], "mean") == [1, 0.5]
    assert _of(found["kept_24m"], "mean") == [1, 0] == _of(found["kept_36m"], "mean")


@pytest.mark.row("calc-value-potential")
def test_potential_is_the_gap_to_the_mean_of_the_next_class_up(run: Runs) -> None:
    found = run("net_sales_12m >= 500", orders=_sales(1000, 600, 300, 100)).standings(
        "kinds-of-customers", "net_sales_12m"
    )
    assert found["class"].to_pylist() == ["A", "A", "D", "D"]
    assert found["gap"].to_pylist() == [None, None, 500, 700]


@pytest.mark.row("calc-prospect-count")
def test_prospects_are_counted_by_segment(run: Runs) -> None:
    customers = "客户编号,客户名称,行业\nc0001,甲,制造\nc0002,乙,制造\nc0003,丙,制造\nc0004,丁,零售\n"
    made = run('sector = "制造"', "prospects", orders=_sales(5), customers=customers)
    found = made.class_figures("kinds-of-customers", "prospects")
    assert _of(found, "heads") == [3, 1] and _of(found, "total") == [2, 1]


@pytest.mark.row("calc-source-purchase-rate")
def test_three_won_of_ten_leads_of_a_source_are_30_percent(run: Runs) -> None:
    leads = "线索编号,客户编号,创建时间,来源,关闭时间,是否成交\n" + "".join(
        f"L{i},c{i:04d},2026-01-01,{'广告' if i <= 10 else '展会'},2026-02-01,{'是' if i in (1, 2, 3, 11) else '否'}\n"
        for i in range(1, 13)
    )
    made = run(
        'lead_source = "advert"', "n_won_leads_12m", "n_leads_12m", orders=_sales(*[5] * 12), leads=leads
    )
    found = made.class_figures("kinds-of-customers", "n_won_leads_12m", over="n_leads_12m")
    assert _of(found, "total") == [3, 1] and _of(found, "ratio") == pytest.approx([0.3, 0.5])


def test_what_the_run_does_not_have_is_named_with_what_it_has(run: Runs) -> None:
    made = run("net_sales_12m >= 500", orders=_sales(5))
    with pytest.raises(KeguanError, match="kinds-of-customers") as unknown:
        made.class_figures("nothing", "net_sales_12m")
    assert unknown.value.problems[0].code == "KG706"
    with pytest.raises(KeguanError, match="net_sales_12m") as missing:
        made.standings("kinds-of-customers", "n_products_12m")
    assert missing.value.problems[0].code == "KG707"
