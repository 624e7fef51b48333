"""The sources' calculations about the whole base, from files through the public API, to the catalogue's figures."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import keguan as kg
from keguan.book.book import Book
from keguan.core.errors import KeguanError

AS_OF = "2026-06-30"


@pytest.fixture
def book(tmp_path: Path) -> Any:
    def make(**tables: str) -> Book:
        for name, text in tables.items():
            (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        return kg.open(**{n: tmp_path / f"{n}.csv" for n in tables}, currency="CNY", folder=tmp_path / "kept")

    return make


ORDERS = "客户编号,下单日期,金额\na,2025-01-05,100\nb,2026-01-05,100\nc,2026-02-05,100\nd,2026-03-05,100\n"
REFERRALS = "介绍客户编号,被介绍客户编号,介绍时间\na,c,2026-01-20\na,d,2026-02-20\na,e,2026-03-01\n"
SPENT = "客户编号,费用日期,费用金额,费用类型\na,2025-01-01,700,获客\nb,2026-01-01,300,广告\nc,2026-02-01,50,获客\n"


@pytest.mark.row("calc-acquisition-saving")
def test_two_won_by_referral_at_500_save_1000(book: Any) -> None:
    found = book(orders=ORDERS, referrals=REFERRALS, costs=SPENT).acquisition_saving(as_of=AS_OF)
    assert found == {
        "referred_won": 2, "others_won": 2, "others_cost": Decimal(1000), "mean_cost": Decimal(500),
        "saving": Decimal(1000),
    }  # fmt: skip


@pytest.mark.row("calc-acquisition-saving")
def test_without_a_booked_cost_the_saving_is_unknown_and_without_the_table_it_is_refused(book: Any) -> None:
    gifts = "客户编号,费用日期,费用金额,费用类型\na,2026-01-01,10,礼品\n"
    found = book(orders=ORDERS, referrals=REFERRALS, costs=gifts).acquisition_saving(as_of=AS_OF)
    assert (found["referred_won"], found["mean_cost"], found["saving"]) == (2, None, None)


def test_a_calculation_names_the_tables_it_lacks(book: Any) -> None:
    with pytest.raises(KeguanError) as lacking:
        book(orders=ORDERS).acquisition_saving(as_of=AS_OF)
    assert {p.code for p in lacking.value.problems} == {"KG472"}
    assert "referrals" in str(lacking.value) and "costs" in str(lacking.value)


def _leads(closed: int, won: int) -> dict[str, str]:
    leads = "线索编号,创建时间,关闭时间,是否成交\n" + "".join(
        f"L{i},2026-01-01,2026-03-01,{'是' if i < won else '否'}\n" for i in range(closed)
    )
    history = "线索编号,分类方案,类别,基准日\n" + "".join(
        f"L{i},intent-horizon,A,2026-02-01\n" for i in range(closed)
    )
    return {
        "leads": leads + "Lopen,2026-05-01,,\n",
        "history": history + "Lopen,intent-horizon,A,2026-06-01\n",
    }


@pytest.mark.row("calc-close-probability")
def test_the_prior_of_b_is_given_and_the_others_are_ours(book: Any) -> None:
    found = book(leads="线索编号,创建时间\nL1,2026-01-01\n").close_probability(as_of=AS_OF)
    assert [(r["code"], r["probability"], r["origin"]) for r in found] == [
        ("A", Decimal("0.8"), "ours"), ("B", Decimal("0.5"), "given"), ("C", Decimal("0.2"), "ours"),
    ]  # fmt: skip
    assert found[1]["given"] == "002:19 机率在一半左右"


@pytest.mark.row("calc-close-probability")
@pytest.mark.parametrize(
    ("closed", "probability", "origin"), [(29, Decimal("0.8"), "ours"), (30, Decimal("0.4"), "own")]
)
def test_thirty_closed_leads_of_a_class_replace_its_prior(
    book: Any, closed: int, probability: Decimal, origin: str
) -> None:
    [a, b, _] = book(**_leads(closed, 12)).close_probability(as_of=AS_OF)
    assert (a["probability"], a["origin"], a["cases"], a["won"]) == (probability, origin, closed, 12)
    assert (b["origin"], b["cases"]) == ("given", 0)


@pytest.mark.row("calc-cross-sell-lift")
def test_four_of_five_in_the_class_and_four_of_ten_in_all_make_a_lift_of_two(book: Any) -> None:
    lines = "客户编号,下单日期,商品,金额\n" + "".join(
        f"c{i},2026-03-01,{'X' if i < 4 else 'Y'},{1000 - i}\n" for i in range(10)
    )
    made = book(order_lines=lines + "c0,2026-03-02,X,5\nc9,2020-01-01,X,5\nc8,2026-03-02,Z,-3\n")
    made.scheme_folders = ()
    half = made.classify("value-three-band", as_of=AS_OF, purpose="x")
    assert {c["code"]: c["count"] for c in half.counts("value-three-band")} == {
        "quality": 2,
        "middle": 3,
        "low": 5,
    }
    found = made.common_products(half, "value-three-band")
    first = next(r for r in found if (r["class"], r["product"]) == ("quality", "X"))
    assert (first["buyers"], first["heads"], first["all_buyers"], first["all_heads"]) == (2, 2, 4, 10)
    assert (first["support"], first["confidence"], first["lift"]) == (0.2, 1.0, 2.5)
    values = made.classify("pareto-abc", as_of=AS_OF, purpose="x")
    with pytest.raises(KeguanError, match="KG706"):
        made.common_products(values, "rfm")


@pytest.mark.row("calc-cross-sell-lift")
def test_the_catalogues_figures_of_a_lift(book: Any, tmp_path: Path) -> None:
    lines = "客户编号,下单日期,商品,金额\n" + "".join(
        f"c{i},2026-03-01,{'X' if i < 4 else 'Y'},{900 if i < 5 else 10}\n" for i in range(10)
    )
    scheme = tmp_path / "half.yaml"
    scheme.write_text(
        "scheme: half\nversion: 1\nfamily: own\nkind: rules\nlabels: {zh-Hans: 半, zh-Hant: 半, en: Half}\nclasses:\n"
        "  - {code: big, when: net_sales_12m >= 500, labels: {zh-Hans: 大, zh-Hant: 大, en: Big}}\n"
        "  - {code: small, otherwise: true, labels: {zh-Hans: 小, zh-Hant: 小, en: Small}}\n",
        encoding="utf-8",
    )
    made = book(order_lines=lines)
    [x, y, *_] = made.common_products(made.classify(str(scheme), as_of=AS_OF, purpose="x"), "half")
    assert (x["class"], x["product"], x["buyers"], x["heads"], x["confidence"]) == ("big", "X", 4, 5, 0.8)
    assert (x["all_buyers"], x["all_heads"], x["lift"]) == (4, 10, 2.0)
    assert (y["product"], y["lift"]) == ("Y", pytest.approx(0.2 / 0.6))


def test_common_products_need_products(book: Any) -> None:
    made = book(orders=ORDERS)
    with pytest.raises(KeguanError, match="KG472"):
        made.common_products(made.classify("rfm", as_of=AS_OF, purpose="x"), "rfm")


LOYAL = {
    "orders": "客户编号,下单日期,金额\n"
    + "".join(f"a,2026-0{m}-10,100\n" for m in (1, 2, 3))
    + "b,2024-06-30,1\n",
    "invoices": "客户编号,开票日期,发票金额,发票号,到期日\na,2026-01-01,100,F1,2026-01-31\na,2026-02-01,100,F2,2026-02-28\n",
    "payments": "客户编号,付款日期,付款金额,发票号\na,2026-01-20,100,F1\na,2026-05-01,100,F2\n",
    "complaints": "客户编号,投诉时间,投诉事项\na,2026-03-12,破损\n",
    "costs": "客户编号,费用日期,费用金额,费用类型\na,2026-02-01,100,折扣\n",
}


@pytest.mark.row("calc-loyalty-index")
def test_the_loyalty_index_is_the_weighted_mean_of_its_parts_from_0_to_100(book: Any) -> None:
    table = book(**LOYAL).loyalty_index(as_of=AS_OF)
    [a, b] = table.to_pylist()
    parts = {
        n: float(a[n]) for n in ("loyalty_credit", "loyalty_repeat", "loyalty_price", "loyalty_tolerance")
    }
    # half paid in time; 3 of 6 orders and 5 of 24 months; 100 off 400; one complaint in three orders
    assert parts == pytest.approx(
        {
            "loyalty_credit": 50,
            "loyalty_repeat": 30 + 40 * 5 / 24,
            "loyalty_price": 75,
            "loyalty_tolerance": 200 / 3,
        }
    )
    expected = (50 * 25 + parts["loyalty_repeat"] * 35 + 75 * 20 + 200 / 3 * 20) / 100
    assert a["loyalty_index"] == pytest.approx(expected) and a["parts"] == list(parts)
    assert b["parts"] == ["loyalty_repeat"] and b["loyalty_index"] == pytest.approx(40)


@pytest.mark.row("calc-loyalty-index")
def test_weights_of_the_loyalty_index_can_be_changed_and_must_weigh_something(book: Any) -> None:
    made = book(**LOYAL)
    only = {"loyalty_credit": 1, "loyalty_repeat": 0, "loyalty_price": 0, "loyalty_tolerance": 0}
    found = made.loyalty_index(as_of=AS_OF, weights=only)
    assert found["loyalty_index"].to_pylist() == [pytest.approx(50), None]
    for wrong in ({"charm": 1}, {"loyalty_credit": -1}, dict.fromkeys(only, 0)):
        with pytest.raises(KeguanError, match="KG471"):
            made.loyalty_index(as_of=AS_OF, weights=wrong)
