"""What lead conversion promises: known effects found, honest probabilities, nothing learned from noise, a record that suffices."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from bench.models.leads import SOURCES, leads

from keguan.core.errors import KeguanError
from keguan.models import CoarseShare, LeadConversion, TooLittleData


def noise(seed: int, n: int) -> tuple[dict[str, Any], Any]:
    """The same fields and one nearly as rich as an id, with outcomes that depend on none of them."""
    fields, _, _ = leads(seed, n)
    random = np.random.default_rng(seed + 1000)
    fields["city"] = np.array([f"C{i}" for i in random.integers(0, n // 6, n)], dtype=object)
    return fields, random.random(n) < 0.3


def own_effect(model: LeadConversion, name: str) -> dict[str, float]:
    """What the model adds to the log-odds for each level of a field."""
    found = next(f for f in model.fields if f.name == name)
    return dict(zip(found.labels.tolist(), (found.effects * model.params[name]).tolist(), strict=True))


def calibration(p: Any, won: Any) -> Any:
    """Intercept and slope of the outcome's logistic regression on the log-odds foreseen: 0 and 1 at best."""
    x = np.column_stack((np.ones(len(p)), np.log(p / (1 - p))))
    b = np.array([0.0, 1.0])
    for _ in range(20):
        q = 1 / (1 + np.exp(-(x @ b)))
        b = b + np.linalg.solve((x.T * (q * (1 - q))) @ x, x.T @ (won - q))
    return b


@pytest.fixture(scope="module")
def fitted() -> LeadConversion:
    fields, won, _ = leads(1, 8000)
    return LeadConversion.fit(fields, won)


def test_known_effects_are_found_and_a_field_without_any_gets_none(fitted: LeadConversion) -> None:
    source = own_effect(fitted, "source")
    for a, b in (("referral", "phone"), ("fair", "advert"), ("referral", "fair")):
        assert source[a] - source[b] == pytest.approx(SOURCES[a] - SOURCES[b], abs=0.25)
    confirmed = own_effect(fitted, "confirmed")
    assert confirmed["true"] - confirmed["false"] == pytest.approx(0.9, abs=0.2)
    amount = np.array([v for k, v in own_effect(fitted, "amount").items() if k != "?"])
    eighths = np.sort(np.random.default_rng(0).normal(0, 1.5, 80_000)).reshape(8, -1).mean(axis=1)
    assert amount - amount.mean() == pytest.approx(-0.4 * eighths, abs=0.2)
    assert max(map(abs, own_effect(fitted, "weekday").values())) < 0.05


def test_probabilities_of_leads_not_seen_are_honest_and_near_the_best_possible(
    fitted: LeadConversion,
) -> None:
    fields, won, truth = leads(2, 20_000)
    p = fitted.predict_p_conversion(fields)
    best, average = np.mean((truth - won) ** 2), np.mean((won.mean() - won) ** 2)
    assert np.mean((p - won) ** 2) - best < 0.1 * (average - best)
    intercept, slope = calibration(p, won)
    assert abs(intercept) < 0.1
    assert 0.9 < slope < 1.1


def test_few_leads_claim_less_and_still_say_true_probabilities() -> None:
    slopes = []
    for seed in range(10, 16):
        fields, won, _ = leads(seed, 400)
        later, later_won, _ = leads(seed + 100, 4000)
        slopes.append(calibration(LeadConversion.fit(fields, won).predict_p_conversion(later), later_won)[1])
    assert 0.8 < np.mean(slopes) < 1.2


def test_nothing_is_learned_from_noise() -> None:
    areas, gains = [], []
    for seed in range(8):
        fields, won = noise(seed, 2000)
        judged = LeadConversion.judge(fields, won, np.arange(2000))
        areas.append(judged.auc)
        gains.append(judged.brier_average - judged.brier)
    assert np.mean(areas) == pytest.approx(0.5, abs=0.02)
    assert max(np.abs(np.array(areas) - 0.5)) < 0.09
    assert np.mean(gains) == pytest.approx(0, abs=0.002)


def test_a_time_split_never_shows_the_fit_what_came_later() -> None:
    fields, won, _ = leads(3, 3000)
    day = np.sort(np.random.default_rng(0).integers(20_000, 20_100, 3000))
    judged = LeadConversion.judge(fields, won, day)
    before, after = day <= judged.cut, day > judged.cut
    assert (judged.n_before, judged.n_after) == (before.sum(), after.sum())
    assert 0.7 <= judged.n_before / 3000 < 0.75
    alone = LeadConversion.fit({n: v[before] for n, v in fields.items()}, won[before])
    p = alone.predict_p_conversion({n: v[after] for n, v in fields.items()})
    later = won[after]
    pairs = np.sign(p[later][:, None] - p[~later][None, :])
    assert judged.auc == pytest.approx(0.5 + pairs.mean() / 2)
    assert judged.brier == pytest.approx(np.mean((p - later) ** 2))
    assert judged.brier_average == pytest.approx(np.mean((won[before].mean() - later) ** 2))
    assert judged.brier < judged.brier_average
    assert sum(r["n"] for r in judged.reliability) == judged.n_after
    foreseen = [r["foreseen"] for r in judged.reliability]
    assert foreseen == sorted(foreseen)
    assert all(abs(r["foreseen"] - r["real"]) < 0.2 for r in judged.reliability)


def test_no_order_of_rows_changes_the_record(fitted: LeadConversion) -> None:
    fields, won, _ = leads(1, 8000)
    order = np.random.default_rng(5).permutation(8000)
    shuffled = LeadConversion.fit({n: v[order] for n, v in fields.items()}, won[order])
    assert shuffled.to_dict() == fitted.to_dict()


def test_words_never_seen_and_missing_values_are_scored(fitted: LeadConversion) -> None:
    odd = {
        "source": ["billboard", None, "referral"],
        "amount": [None, 1e300, 0.0],
        "confirmed": [None, True, False],
        "owner": ["nobody yet", None, "S1"],
        "weekday": [None, 3, 99],
        "colour": ["a field the model does not know"] * 3,
    }
    p = fitted.predict_p_conversion(odd)
    assert np.all((p > 0) & (p < 1))
    unknown = fitted.predict_p_conversion(
        {n: [None] for n in ("source", "confirmed", "owner", "weekday", "amount")}
    )
    assert unknown[0] == pytest.approx(fitted.won / fitted.n, abs=0.06)
    empty = fitted.predict_p_conversion(
        {n: pa.array([], pa.string()) for n in odd if n != "amount"} | {"amount": []}
    )
    assert empty.shape == (0,)


def test_a_level_seen_seldom_says_little_and_a_missing_value_can_say_much() -> None:
    random = np.random.default_rng(8)
    hidden = random.random(3000) < 0.3
    won = random.random(3000) < np.where(hidden, 0.1, 0.5)
    source = np.array(["phone"] * 2994 + ["lucky"] * 6, dtype=object)
    won[-6:] = True
    model = LeadConversion.fit({"source": source, "amount": np.where(hidden, np.nan, 5.0)}, won)
    p = model.predict_p_conversion({"source": ["phone", "phone", "lucky"], "amount": [np.nan, 5.0, 5.0]})
    assert p[:2] == pytest.approx([0.1, 0.5], abs=0.04)
    assert p[1] <= p[2] < 0.95


def test_fields_that_say_nothing_or_all_or_know_no_bounds_do_no_harm() -> None:
    random = np.random.default_rng(11)
    won = random.random(400) < 0.4
    fields = {
        "empty": [None] * 400,
        "same": np.full(400, 3),
        "id": np.array([f"L{i}" for i in range(400)], dtype=object),
        "endless": random.choice([0.0, 1.0, np.inf, -np.inf, 1e300], 400),
    }
    model = LeadConversion.fit(fields, won)
    assert (model.params["empty"], model.params["same"], model.params["id"]) == (0, 0, 0)
    p = model.predict_p_conversion(fields)
    assert p == pytest.approx(won.mean(), abs=0.1)
    json.dumps(model.to_dict(), allow_nan=False)
    telling = LeadConversion.fit({"a": won, "b": ~won}, won).predict_p_conversion({"a": won, "b": ~won})
    assert np.all(np.where(won, telling > 0.99, telling < 0.01))
    assert np.all((telling > 0) & (telling < 1))


def test_arrow_columns_and_python_lists_give_the_same_model() -> None:
    fields, won, _ = leads(4, 600)
    arrow = {
        "source": pa.chunked_array(
            [pa.array(fields["source"][:200]), pa.array(fields["source"][200:])]
        ).dictionary_encode(),
        "amount": pa.array(fields["amount"], from_pandas=True),
        "confirmed": fields["confirmed"].tolist(),
        "owner": pa.array(fields["owner"]).cast(pa.large_string()),
        "weekday": [Decimal(int(d)) for d in fields["weekday"]],
    }
    assert LeadConversion.fit(arrow, pa.array(won)).to_dict() == LeadConversion.fit(fields, won).to_dict()


def test_the_factors_of_a_lead_are_its_strongest_and_add_up_to_its_probability(
    fitted: LeadConversion,
) -> None:
    fields, _, _ = leads(6, 50)
    every = fitted.predict_factors(fields, top=5)
    logit = fitted.intercept + every.effect.sum(axis=1)
    assert 1 / (1 + np.exp(-logit)) == pytest.approx(fitted.predict_p_conversion(fields))
    assert np.all(np.diff(np.abs(every.effect), axis=1) <= 0)
    top = fitted.predict_factors(fields)
    assert top.field.shape == top.level.shape == top.effect.shape == (50, 3)
    assert np.array_equal(top.field, every.field[:, :3])
    for i, j in np.argwhere(top.field == "source"):
        assert top.level[i, j] == fields["source"][i]
        assert top.effect[i, j] == pytest.approx(own_effect(fitted, "source")[fields["source"][i]])


def test_too_few_leads_of_an_outcome_say_so_with_the_rate_that_is_known() -> None:
    fields, won, _ = leads(7, 2000)
    two = {n: fields[n] for n in ("source", "confirmed")}
    keep = np.concatenate((np.flatnonzero(won)[:29], np.flatnonzero(~won)[:300]))
    with pytest.raises(TooLittleData, match="KG780") as error:
        LeadConversion.fit({n: v[keep] for n, v in two.items()}, won[keep])
    assert error.value.problems[0].values["found"] == "29"
    assert error.value.problems[0].values["needed"] == "30"
    assert isinstance(error.value.coarse, CoarseShare)
    assert error.value.coarse.share == pytest.approx(29 / 329)
    assert 0.06 < error.value.coarse.low < 29 / 329 < error.value.coarse.high < 0.12
    enough = np.concatenate((np.flatnonzero(won)[:30], np.flatnonzero(~won)[:300]))
    assert LeadConversion.fit({n: v[enough] for n, v in two.items()}, won[enough]).won == 30
    with pytest.raises(TooLittleData, match="KG780"):
        LeadConversion.fit({"source": []}, np.zeros(0, dtype=bool))
    late = np.sort(won)  # everything won came last
    with pytest.raises(TooLittleData, match="KG780"):
        LeadConversion.judge(two, late, np.arange(2000))


def test_the_plain_share_knows_its_bounds() -> None:
    assert CoarseShare.of(0, 10) == CoarseShare(0.0, 0.0, pytest.approx(1 - 0.1**0.1), 10)
    assert CoarseShare.of(10, 10) == CoarseShare(1.0, pytest.approx(0.1**0.1), 1.0, 10)
    assert CoarseShare.of(0, 0) == CoarseShare(0.0, 0.0, 1.0, 0)


def test_the_record_alone_scores_like_the_fitted_model(fitted: LeadConversion) -> None:
    text = json.dumps(fitted.to_dict(), allow_nan=False)
    again = LeadConversion.from_dict(json.loads(text))
    fields, _, _ = leads(9, 500)
    assert again == fitted
    assert again.fingerprint == fitted.fingerprint == json.loads(text)["fingerprint"]
    assert np.array_equal(again.predict_p_conversion(fields), fitted.predict_p_conversion(fields))
    assert np.array_equal(again.predict_factors(fields).level, fitted.predict_factors(fields).level)


@pytest.mark.parametrize(
    "change",
    [
        {"model": "rhythm"},
        {"won": 12},
        {"weights": [1.0]},
        {"fields": [{"name": "source"}]},
        {"intercept": None},
    ],
)
def test_a_record_that_is_foreign_damaged_or_changed_is_refused(fitted: LeadConversion, change: Any) -> None:
    with pytest.raises(KeguanError, match="KG854"):
        LeadConversion.from_dict({**fitted.to_dict(), **change})


def test_what_cannot_be_used_is_named(fitted: LeadConversion) -> None:
    fields, won, _ = leads(1, 400)
    with pytest.raises(KeguanError, match="KG781") as error:
        LeadConversion.fit({**fields, "opened": [date(2026, 1, 1)] * 400, "short": [1, 2]}, won)
    assert {p.place.field for p in error.value.problems} == {"opened", "short"}
    with pytest.raises(KeguanError, match="KG782") as error:
        fitted.predict_p_conversion({"source": ["fair"]})
    assert error.value.problems[0].place.field == "amount, confirmed, owner, weekday"
    with pytest.raises(KeguanError, match="KG852"):
        LeadConversion.fit(fields, np.where(won, 2, 0))
    with pytest.raises(KeguanError, match="KG852"):
        LeadConversion.judge(fields, won, np.full(400, 0.5))
    with pytest.raises(KeguanError, match="KG855"):
        LeadConversion.judge(fields, won, np.arange(400), share=1.0)
    with pytest.raises(KeguanError, match="KG855"):
        LeadConversion.fit({}, won)
