"""The sources' calculations over files: each sample figure of the catalogue comes out to the cent, with its inputs beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import keguan as kg
from keguan.core.errors import KeguanError

pytestmark = pytest.mark.slow

AS_OF = "2026-06-30"
SCHEME = """scheme: figures
version: 1
family: own
kind: rules
labels: {{zh-Hans: 计算, zh-Hant: 計算, en: Figures}}
population: {{where: "true"}}
order: [known, other]
classes:
  - {{code: known, when: "{when}", labels: {{zh-Hans: 有数, zh-Hant: 有數, en: Known}}}}
  - {{code: other, otherwise: true, labels: {{zh-Hans: 其他, zh-Hant: 其他, en: Other}}}}
references: [{{seed: "001", line: 26}}]
"""
Figures = Callable[..., dict[str, Any]]


@pytest.fixture
def figures(tmp_path: Path) -> Figures:
    """`figures("net_profit_12m", orders=…)`: the row of customer `a` in the measures of a run that reads these."""

    def run(*names: str, **tables: str) -> dict[str, Any]:
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        scheme = tmp_path / "figures.yaml"
        scheme.write_text(
            SCHEME.format(when=" or ".join(f"{n} is not missing" for n in names)), encoding="utf-8"
        )
        book = kg.open(**{n: tmp_path / f"{n}.csv" for n in tables}, currency="CNY", folder=tmp_path / "kept")
        run = book.classify(str(scheme), as_of=AS_OF, purpose="figures")
        [row] = [r for r in run.measures.to_pylist() if r["customer_id"] == "a"]
        return row

    return run


ORDERS = "客户编号,下单日期,金额,成本\na,2026-01-10,1000,600\nb,2026-02-10,50,10\n"
CONTACTS = "客户编号,联系时间,用时,时薪\na,2026-02-01,30,60\na,2026-03-01,30,60\n"
COSTS = "客户编号,费用日期,费用金额,费用类型\na,2026-03-02,50,礼品\na,2026-03-05,90,服务\n"


@pytest.mark.row("calc-annual-sales")
def test_annual_sales_are_the_orders_of_the_year_less_returns(figures: Figures) -> None:
    orders = "客户编号,下单日期,金额\na,2025-08-01,600\na,2026-05-01,500\na,2025-06-30,999\n"
    assert figures("net_sales_12m", orders=orders)["net_sales_12m"] == Decimal("1100.00")
    returned = figures("net_sales_12m", orders=orders + "a,2026-06-01,-100.01\n")
    assert returned["net_sales_12m"] == Decimal("999.99")


@pytest.mark.row("calc-total-revenue")
def test_total_revenue_is_all_income_of_all_years(figures: Figures) -> None:
    orders = "客户编号,下单日期,金额,商品\na,2019-08-01,600,货\na,2026-05-01,500.25,服务\n"
    assert figures("net_sales_total", orders=orders)["net_sales_total"] == Decimal("1100.25")


@pytest.mark.row("calc-contact-cost")
def test_contact_cost_is_time_at_its_rate_and_gifts(figures: Figures) -> None:
    found = figures("contact_cost_12m", orders=ORDERS, interactions=CONTACTS, costs=COSTS)
    assert found["contact_cost_12m"] == Decimal("110.00")
    parts = ("interaction_cost_12m", "gift_cost_12m", "booked_contact_cost_12m")
    assert [found[p] for p in parts] == [Decimal(60), Decimal(50), Decimal(0)]


@pytest.mark.row("calc-net-customer-profit")
def test_net_profit_is_revenue_less_every_known_cost(figures: Figures) -> None:
    found = figures("net_profit_12m", orders=ORDERS, interactions=CONTACTS, costs=COSTS)
    assert found["net_profit_12m"] == Decimal("200.00")
    inputs = ("net_sales_12m", "goods_cost_12m", "contact_cost_12m", "service_cost_12m")
    assert [found[i] for i in inputs] == [Decimal(1000), Decimal(600), Decimal(110), Decimal(90)]


def test_without_the_cost_of_goods_profit_is_unknown_and_named(figures: Figures) -> None:
    with pytest.raises(KeguanError) as refused:
        figures("net_profit_12m", orders="客户编号,下单日期,金额\na,2026-01-10,1000\n", interactions=CONTACTS)
    assert "orders.cost" in str(refused.value) or "costs" in str(refused.value)


@pytest.mark.row("calc-input-return")
def test_return_is_profit_over_outlay(figures: Figures) -> None:
    found = figures("input_return_12m", orders=ORDERS, interactions=CONTACTS, costs=COSTS)
    assert found["customer_outlay_12m"] == Decimal("200.00") and found["net_profit_12m"] == Decimal("200.00")
    assert found["input_return_12m"] == pytest.approx(1.0)


@pytest.mark.row("calc-cost-to-serve")
def test_cost_to_serve_over_contribution_flags_a_drain(figures: Figures) -> None:
    orders = "客户编号,下单日期,金额,成本\na,2026-01-10,500,400\nb,2026-01-10,900,100\n"
    costs = "客户编号,费用日期,费用金额,费用类型\na,2026-03-02,300,服务\n"
    found = figures("cost_to_serve_ratio_12m", orders=orders, costs=costs)
    assert (found["cost_to_serve_12m"], found["contribution_12m"]) == (Decimal(300), Decimal(100))
    assert found["cost_to_serve_ratio_12m"] == pytest.approx(3.0)


@pytest.mark.row("calc-relationship-duration")
def test_a_relationship_lasts_since_the_first_completed_order(figures: Figures) -> None:
    found = figures("tenure_days", orders="客户编号,下单日期,金额\na,2024-06-30,1\na,2026-06-01,1\n")
    assert found["tenure_days"] == 730
    assert figures("tenure_days", orders="客户编号,下单日期,金额\na,2024-06-29,1\n")["tenure_days"] == 731


@pytest.mark.row("calc-expected-profit")
def test_expected_profit_is_five_years_of_the_yearly_profit(figures: Figures) -> None:
    orders = "客户编号,下单日期,金额,成本\na,2025-12-01,500,300\n"
    found = figures("expected_profit_5y", orders=orders)
    assert (found["annual_profit"], found["expected_profit_5y"]) == (pytest.approx(200), pytest.approx(1000))


@pytest.mark.row("calc-lifetime-value")
def test_lifetime_value_is_the_realised_and_the_discounted_profit_apart(figures: Figures) -> None:
    orders = "客户编号,下单日期,金额,成本\na,2025-12-01,500,300\n"
    found = figures("lifetime_value_1y", "lifetime_value_5y", orders=orders)
    assert (found["net_profit_total"], found["annual_profit"]) == (Decimal(200), pytest.approx(200))
    assert round(found["future_profit_1y"], 2) == 181.82 and round(found["lifetime_value_1y"], 2) == 381.82
    assert round(found["future_profit_5y"], 2) == 758.16 and round(found["lifetime_value_5y"], 2) == 958.16


@pytest.mark.row("calc-monthly-spend")
def test_monthly_spend_is_the_mean_of_the_last_three_full_months(figures: Figures) -> None:
    orders = (
        "客户编号,下单日期,金额\na,2026-04-02,9000\na,2026-05-03,10000\na,2026-06-04,11000\na,2026-03-31,1\n"
    )
    assert figures("monthly_spend", orders=orders)["monthly_spend"] == pytest.approx(10000)


@pytest.mark.row("calc-purchase-frequency")
def test_frequency_is_purchases_a_month(figures: Figures) -> None:
    lines = "".join(f"a,2026-0{m}-15,10\n" for m in range(1, 7))
    found = figures("orders_per_month_12m", orders="客户编号,下单日期,金额\n" + lines)
    assert (found["n_orders_12m"], found["orders_per_month_12m"]) == (6, pytest.approx(0.5))


@pytest.mark.row("calc-consumption-cycle")
def test_the_cycle_is_the_median_interval(figures: Figures) -> None:
    orders = "客户编号,下单日期,金额\na,2026-01-01,1\na,2026-01-31,1\na,2026-03-02,1\na,2026-05-01,1\nb,2026-05-01,1\n"
    assert figures("median_interval_days", orders=orders)["median_interval_days"] == 30


@pytest.mark.row("calc-next-purchase")
def test_the_next_purchase_is_one_median_interval_on_within_the_deviation(figures: Figures) -> None:
    head = "客户编号,下单日期,金额\n"
    even = head + "a,2026-04-01,1\na,2026-05-01,1\na,2026-05-31,1\n"
    wanted = ("next_purchase_early_on", "next_purchase_on", "next_purchase_late_on")
    found = figures(*wanted, orders=even)
    assert [found[w] for w in wanted] == [date(2026, 6, 30)] * 3
    found = figures(*wanted, orders=even + "a,2026-02-10,1\n")  # 50, 30, 30 days
    assert [found[w] for w in wanted] == [date(2026, 6, 30)] * 3
    found = figures(*wanted, orders=head + "a,2026-03-02,1\na,2026-03-12,1\na,2026-04-11,1\na,2026-05-31,1\n")
    assert (found["median_interval_days"], found["interval_deviation_days"]) == (30, 20)  # 10, 30, 50 days
    assert [found[w] for w in wanted] == [date(2026, 6, 10), date(2026, 6, 30), date(2026, 7, 20)]


def test_of_two_purchases_no_next_one_is_told(figures: Figures) -> None:
    known = ("net_sales_12m", "next_purchase_early_on", "next_purchase_on", "next_purchase_late_on")
    found = figures(*known, orders="客户编号,下单日期,金额\na,2026-05-01,1\na,2026-05-31,1\n")
    assert [found[k] for k in known[1:]] == [None] * 3


@pytest.mark.row("calc-payment-cycle")
def test_the_payment_cycle_weighs_amounts(figures: Figures) -> None:
    invoices = "客户编号,开票日期,发票金额,发票号\na,2026-01-01,200,F1\n"
    payments = "客户编号,付款日期,付款金额,发票号\na,2026-01-31,100,F1\na,2026-03-02,100,F1\n"
    found = figures("payment_cycle_days", orders=ORDERS, invoices=invoices, payments=payments)
    assert found["payment_cycle_days"] == pytest.approx(45)


@pytest.mark.row("calc-satisfaction")
def test_satisfaction_is_told_by_role_and_final_users_lead(figures: Figures) -> None:
    ratings = (
        "客户编号,评分角色,分数,评分时间\na,采购,2,2026-03-01\na,使用者,4,2026-03-01\na,使用者,5,2026-03-02\n"
    )
    assert figures("satisfaction_12m", orders=ORDERS, ratings=ratings)["satisfaction_12m"] == pytest.approx(
        4.5
    )
    bought = "客户编号,评分角色,分数,评分时间\na,采购,2,2026-03-01\na,经销商,4,2026-03-01\n"
    assert figures("satisfaction_12m", orders=ORDERS, ratings=bought)["satisfaction_12m"] == pytest.approx(3)


@pytest.mark.row("calc-growth")
def test_growth_is_this_window_over_the_one_before(figures: Figures) -> None:
    orders = "客户编号,下单日期,金额\na,2025-01-10,100\na,2026-01-10,130\n"
    found = figures("growth_12m", orders=orders)
    assert (found["net_sales_12m"], found["net_sales_prev_12m"]) == (Decimal(130), Decimal(100))
    assert found["growth_12m"] == pytest.approx(0.3)


def test_what_cannot_be_known_is_missing_and_not_nothing(figures: Figures) -> None:
    found = figures("growth_12m", "median_interval_days", orders="客户编号,下单日期,金额\na,2026-01-10,130\n")
    assert found["growth_12m"] is None and found["median_interval_days"] is None
