"""Classes change resources and prices, never manners: what staff are told for the highest and the lowest customer."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from keguan.book.run import Run
from tests.guardrails.conftest import AS_OF, Classified, Type, assigned, write


def advice(typed: Type, run: Path, who: str, *schemes: str) -> dict[str, Any]:
    words = [w for s in schemes for w in ("--scheme", s)]
    found: dict[str, Any] = typed("explain", run, who, *words, "--json").json["playbook"]
    return found


def lines(found: dict[str, Any], *kinds: str) -> list[str]:
    told = [line for one in found["classes"] for line in one["instructions"] if line["kind"] in kinds]
    return [line["text"] for line in told]


@pytest.mark.row("con-1", "con-2", "gr-no-snobbery", "gr-sincere-all")
def test_extreme_classes_get_different_resources_and_the_same_courtesy(typed: Type, whole: Path) -> None:
    best, least = (advice(typed, whole, who, "value-pyramid", "key-account") for who in ("c00", "c39"))
    assert [one["class"] for one in best["classes"]] != [one["class"] for one in least["classes"]]
    for kinds in (("level", "resource"), ("price",)):
        assert lines(best, *kinds) and not set(lines(best, *kinds)) & set(lines(least, *kinds))
    floors = [[line for line in one["everyone"] if line["courtesy"]] for one in (best, least)]
    assert floors[0] == floors[1]
    assert [line["id"] for line in floors[0]] == [f"P00{n}" for n in range(1, 8)]
    assert best["everyone"] == least["everyone"]


@pytest.mark.row("con-6")
def test_neither_loyalty_nor_a_dominant_disposition_gives_a_better_price(typed: Type, whole: Path) -> None:
    row = assigned(whole)["c05"]
    assert (row["loyalty-quadrant"], row["disposition-four-types"]) == ("loyal", "dominant")
    assert row["key-account"] == "ordinary"
    own = [line for one in advice(typed, whole, "c05")["classes"] for line in one["instructions"]]
    assert not [line for line in own if line["price"] == "preferred" or line["do"] == "discount"]
    key = [line for one in advice(typed, whole, "c00")["classes"] for line in one["instructions"]]
    assert [line["id"] for line in key if line["price"] == "preferred"] == ["P043"]


@pytest.mark.row("con-6", "con-15")
@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("for: loyalty-quadrant:loyal\n    kind: price\n    price: preferred", "KG645"),
        ("for: disposition-four-types:dominant\n    kind: price\n    price: preferred", "KG645"),
        ("for: loyalty-quadrant:lost\n    kind: offer\n    action: {do: discount, within_days: 30}", "KG646"),
    ],
)
def test_a_discount_out_of_turn_is_refused_with_its_line(
    typed: Type, whole: Path, tmp_path: Path, line: str, code: str
) -> None:
    text = "{zh-Hans: 让利, zh-Hant: 讓利, en: Give a discount}"
    (tmp_path / "own.yaml").write_text(
        "playbook: own\nversion: 1\nlabels: {zh-Hans: 自家, zh-Hant: 自家, en: Own}\ninstructions:\n"
        f"  - id: X1\n    {line}\n    text: {text}\n",
        encoding="utf-8",
    )
    said = typed("lint", tmp_path / "own.yaml")
    assert said.code == 1 and re.search(rf"{code} \S*own\.yaml:\d+", said.out)


@pytest.mark.row("gr-price-disclosed")
def test_a_key_account_that_was_not_told_its_price_is_open(whole: Path) -> None:
    plan = Run(whole).actions(days=60)
    told = {r["customer_id"] for r in plan.table.to_pylist() if r["deed"] == "disclose"}
    assert told == {"c01"}  # c00 has a day on file


@pytest.mark.row("con-14")
def test_an_iron_customer_is_invited_to_events_and_gets_no_special_offer(typed: Type, whole: Path) -> None:
    row = assigned(whole)["c39"]
    assert (row["profit-metals"], row["value-pyramid"]) == ("iron", "D")
    plan = Run(whole).actions(days=40, events=[date(2026, 7, 20)])
    mine = [r for r in plan.table.to_pylist() if r["customer_id"] == "c39"]
    (invited,) = [r for r in mine if r["deed"] == "invite"]
    assert {plan.asks[n].line.service for n in invited["asks"]} <= {None, "basic"}
    assert not {r["deed"] for r in mine} & {"discount", "gift"}
    special = advice(typed, whole, "c39", "profit-metals")
    assert not [x for one in special["classes"] for x in one["instructions"] if x["price"] == "preferred"]
    assert lines(special, "avoid", "level")


LEADS = (
    "lead_id,customer_id,opened_at,need,need_confirmed,ability,ability_confirmed,decision_rank,wanted_on,stage\n"
    "L1,c00,2026-06-25,换设备,是,有预算,是,第一关键人,2026-08-15,报价\n"
)


@pytest.mark.row("con-7")
def test_before_the_deal_nothing_is_cultivated_and_after_it_core_customers_are(
    typed: Type, classified: Classified, whole: Path, tmp_path: Path
) -> None:
    data = write(tmp_path / "leads", leads=LEADS)
    leads = classified(data, "--subject", "lead", "--scheme", "lead-readiness", name="leads-run")
    assert assigned(leads)["L1"]["lead-readiness"] == "A"
    before = advice(typed, leads, "L1")
    assert lines(before, "cadence") and not lines(before, "cultivate")
    assert assigned(whole)["c00"]["core-customer"] == "major"
    assert lines(advice(typed, whole, "c00", "core-customer"), "cultivate")


@pytest.mark.row("con-9")
def test_each_scheme_keeps_its_own_window_and_editing_one_leaves_the_other(
    typed: Type, classified: Classified, tmp_path: Path
) -> None:
    data = write(tmp_path / "leads", leads=LEADS)
    words = (
        "--subject",
        "lead",
        "--scheme",
        "lead-readiness",
        "--scheme",
        "intent-horizon",
        "--profile",
        "bridal",
    )
    run = classified(data, *words)
    told = {
        one["scheme"]: [line["timing"] for line in one["instructions"] if line["do"] == "close"]
        for one in advice(typed, run, "L1")["classes"]
    }
    assert told["lead-readiness"] == ["within 7–10 days (given)"]
    assert told["intent-horizon"] == ["within 30 days (given)"]
    book = tmp_path / "book"
    write(book / "data", leads=LEADS)
    (book / "keguan.toml").write_text(
        'currency = "CNY"\n[parameters.lead-readiness]\nlapse_days = 14\n', encoding="utf-8"
    )
    changed = classified(book, *words, name="changed")
    cuts = {
        (r.name, s): json.loads((r / "cuts" / f"{s}.json").read_text(encoding="utf-8"))["parameters"]
        for r in (run, changed)
        for s in ("lead-readiness", "intent-horizon")
    }
    assert (
        cuts["run", "lead-readiness"]["lapse_days"]
        == 10
        != cuts["changed", "lead-readiness"]["lapse_days"]
        == 14
    )
    assert cuts["run", "intent-horizon"] == cuts["changed", "intent-horizon"] == {
        "near_months": 3, "middle_months": 6, "far_months": 12,
    }  # fmt: skip
    assert AS_OF in typed("explain", changed, "L1").out
