"""`book.fit` and what it keeps: a record that scores anybody as the models say, replays to itself, and draws its page."""

from __future__ import annotations

import json
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

import keguan as kg
from keguan.book.book import Book
from keguan.book.customer_model import CustomerModel
from keguan.core.errors import KeguanError
from keguan.models import GammaGamma, Statistics, lifetime_value
from keguan.models.repeat_purchase import read_model
from keguan.reports.model_words import choice_sentences

pytestmark = pytest.mark.slow

AS_OF = date(2026, 6, 30)


def columns(n: int = 500, seed: int = 4) -> dict[str, list[object]]:
    """Customers who buy at their own pace and leave."""
    random = np.random.default_rng(seed)
    rows: list[tuple[str, date, Decimal]] = []
    for i in range(n):
        day, pace, leave = int(random.integers(40, 700)), random.gamma(2.0, 25.0) + 3, random.beta(1.0, 3.0)
        scale = 6000.0 / random.gamma(4.0)
        while day >= 0:
            amount = Decimal(int(random.gamma(4.0, scale)) + 1) / 100
            rows.append((f"C{i:04}", AS_OF - timedelta(days=day), amount))
            if random.random() < leave:
                break
            day -= 1 + int(random.exponential(pace))
    who, when, amount_ = zip(*rows, strict=True)
    return {"customer_id": list(who), "ordered_at": list(when), "amount": list(amount_)}


@pytest.fixture(scope="module")
def book() -> Book:
    return kg.open(orders=columns(), currency="CNY")


@pytest.fixture(scope="module")
def model(book: Book) -> CustomerModel:
    return book.fit(as_of=AS_OF)


def refusal(call) -> str:
    with pytest.raises(KeguanError) as refused:
        call()
    return refused.value.problems[0].code


def test_a_fit_is_the_same_every_time_and_in_any_order_of_rows(model):
    given = columns()
    backwards = kg.open(orders={k: v[::-1] for k, v in given.items()}, currency="CNY")
    again = backwards.fit(as_of=AS_OF)
    for part in ("comparison", "models", "pictures", "split"):
        assert again.record[part] == model.record[part]


def test_scores_are_those_of_the_models_in_the_record(book, model):
    table = model.predict(book, as_of=AS_OF, months=6)
    assert table.column_names == [
        "customer_id", "n_purchase_days", "first_order_on", "last_order_on", "p_alive", "expected_orders_6m", "clv_6m",
        "next_order_on", "next_order_early_on", "next_order_late_on", "p_overdue",
    ]  # fmt: skip
    assert table["customer_id"].to_pylist() == sorted(table["customer_id"].to_pylist())
    first, last = (
        table[n].to_numpy().astype("datetime64[D]").astype(int) for n in ("first_order_on", "last_order_on")
    )
    days = table["n_purchase_days"].to_numpy()
    data = Statistics.of(days - 1, last - first, np.datetime64(AS_OF).astype(int) - first)
    fitted = read_model(model.record["models"]["purchases"])
    horizon = 6 * 365.25 / 12
    np.testing.assert_allclose(table["p_alive"].to_numpy(), fitted.predict_p_alive(data), atol=1e-6)
    np.testing.assert_allclose(
        table["expected_orders_6m"].to_numpy(), fitted.predict_orders(data, horizon), atol=1e-6
    )
    spending = model.record["models"]["spending"]
    letters = {k: spending["params"][k] for k in GammaGamma.LETTERS}
    given = columns()
    sales: dict[object, float] = {}
    for who, amount in zip(given["customer_id"], given["amount"], strict=True):
        sales[who] = sales.get(who, 0.0) + float(amount)
    own = np.array([sales[c] for c in table["customer_id"].to_pylist()]) / days
    value = GammaGamma.from_params(**letters).predict_value(days, own)
    worth = lifetime_value(fitted, data, value, months=6)
    np.testing.assert_allclose(table["clv_6m"].to_numpy().astype(float), worth, atol=0.011)


def test_next_dates_lie_in_order_after_the_day(book, model):
    table = model.predict(book, as_of=AS_OF)
    known = [r for r in table.to_pylist() if r["next_order_on"] is not None]
    assert known
    for row in known:
        assert row["n_purchase_days"] >= 3
        assert AS_OF < row["next_order_early_on"] <= row["next_order_on"] <= row["next_order_late_on"]
        assert 0 <= row["p_overdue"] <= 1


def test_a_kept_record_scores_as_the_fit_did(book, model, tmp_path):
    model.save(tmp_path / "models" / "one.json")
    kept = CustomerModel.read(tmp_path)
    assert kept.record == json.loads(json.dumps(model.record))
    assert kept.predict(book, as_of=AS_OF).equals(model.predict(book, as_of=AS_OF))


def test_a_customer_not_seen_in_the_fit_is_scored(model):
    other = kg.open(
        orders={
            "customer_id": ["new"] * 2,
            "ordered_at": ["2026-05-01", "2026-06-01"],
            "amount": ["50", "70"],
        },
        currency="CNY",
    )
    [row] = model.predict(other, as_of=AS_OF).to_pylist()
    assert row["customer_id"] == "new" and 0 < row["p_alive"] < 1 and row["clv_36m"] > 0


def test_the_model_asked_for_is_taken_and_the_recommendation_still_told(book):
    found = book.fit(as_of=AS_OF, model="bg-nbd", split="2025-12-31")
    assert found.name == "bg-nbd"
    assert found.record["split"] == "2025-12-31"
    assert found.record["comparison"]["recommended"] in {"mbg-nbd", "bg-nbd", "pareto-nbd"}


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en"])
def test_the_page_shows_every_picture_offline(model, tmp_path, lang):
    page = model.report(tmp_path / "page.html", lang).read_text(encoding="utf-8")
    assert page.count('<svg class="chart"') == 7
    assert "<script" not in page and "http://" not in page.replace("http://www.w3.org", "")
    for section in ("choice", "tracking", "bins", "reliability", "matrices", "alive", "clv", "parameters"):
        assert f'id="{section}"' in page


def test_wrong_wishes_are_refused_with_what_to_do(book, model, tmp_path):
    assert refusal(lambda: book.fit(as_of=AS_OF, split="2026-06-28")) == "KG771"
    assert refusal(lambda: book.fit(as_of=AS_OF, model="oracle")) == "KG772"
    assert refusal(lambda: book.fit(as_of=AS_OF, customer="nobody")) == "KG775"
    assert refusal(lambda: model.predict(book, months=0)) == "KG777"
    dollars = kg.open(
        orders={"customer_id": ["a"], "ordered_at": ["2026-01-05"], "amount": ["9"]}, currency="USD"
    )
    assert refusal(lambda: model.predict(dollars)) == "KG776"
    (tmp_path / "x.json").write_text("{}", encoding="utf-8")
    assert refusal(lambda: CustomerModel.read(tmp_path / "x.json")) == "KG773"
    assert refusal(lambda: CustomerModel.read(tmp_path / "none")) == "KG773"


def test_a_changed_record_is_refused(model, tmp_path):
    path: Path = model.save(tmp_path / "m.json")
    path.write_text(path.read_text().replace('"CNY"', '"USD"'), encoding="utf-8")
    assert refusal(lambda: CustomerModel.read(path)) == "KG773"


def test_too_little_data_says_what_is_missing():
    few = kg.open(
        orders={
            "customer_id": ["a", "b", "c"],
            "ordered_at": ["2026-01-05", "2026-03-05", "2026-05-05"],
            "amount": ["9"] * 3,
        },
        currency="CNY",
    )
    assert refusal(lambda: few.fit()) == "KG850"


def test_named_models_are_fitted_alone_and_as_the_comparison_fits_them(book, model, tmp_path):
    alone = book.fit(as_of=AS_OF, model=[model.name, "gamma-gamma", "rhythm"])
    assert alone.record["models"] == model.record["models"]
    assert alone.record["comparison"] is None and alone.record["split"] is None
    alone.save(tmp_path / "models" / "m.json")
    assert CustomerModel.read(tmp_path).predict(book, as_of=AS_OF).equals(model.predict(book, as_of=AS_OF))
    page = alone.report(tmp_path / "page.html", "en").read_text(encoding="utf-8")
    assert 'id="parameters"' in page and 'id="tracking"' not in page


def test_without_a_model_of_purchases_only_what_the_others_say_is_scored(book):
    rhythm = book.fit(as_of=AS_OF, model="rhythm")
    assert "p_alive" not in rhythm.predict(book, as_of=AS_OF).column_names
    assert "p_overdue" in rhythm.predict(book, as_of=AS_OF).column_names


def test_a_model_of_spending_alone_scores_nobody_and_says_so(book):
    spending = book.fit(as_of=AS_OF, model="gamma-gamma")
    assert refusal(lambda: spending.predict(book, as_of=AS_OF)) == "KG863"


def test_value_by_another_margin_and_rate_than_those_of_the_record(book, model):
    whole, half = (
        model.predict(book, as_of=AS_OF, margin=m)["clv_36m"].to_numpy().astype(float) for m in (1, 0.5)
    )
    np.testing.assert_allclose(half, whole / 2, atol=0.0101)
    flat = model.predict(book, as_of=AS_OF, yearly_rate=0)["clv_36m"].to_numpy().astype(float)
    assert (flat >= whole).all() and flat.sum() > 1.03 * whole.sum()
    assert refusal(lambda: model.predict(book, as_of=AS_OF, margin=1.5)) == "KG855"
    assert refusal(lambda: model.predict(book, as_of=AS_OF, yearly_rate=-0.1)) == "KG855"


@pytest.mark.parametrize(("slope", "said"), [(0.4, "more often every year"), (-0.4, "less often every year")])
def test_a_drift_of_known_customers_is_found_in_their_orders_and_said(slope: float, said: str) -> None:
    random = np.random.default_rng(8)
    who: list[str] = []
    days: list[date] = []
    for i in range(300):
        ago = int(random.integers(700, 1100))
        while ago > 0:
            who.append(f"C{i:03}")
            days.append(AS_OF - timedelta(days=ago))
            ago -= 1 + int(random.gamma(2.0, 25.0) * np.exp(slope * ago / 365.25))
    shop = kg.open(
        orders={"customer_id": who, "ordered_at": days, "amount": [Decimal(9)] * len(who)}, currency="CNY"
    )
    record = shop.fit(as_of=AS_OF, model="rhythm").record
    assert record["models"]["rhythm"]["drift"]["yearly"] == pytest.approx(slope, abs=0.1)
    assert any(said in sentence for sentence in choice_sentences(record, "en"))
    assert len({len(choice_sentences(record, lang)) for lang in ("zh-Hans", "zh-Hant", "en")}) == 1
