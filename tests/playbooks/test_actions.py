"""Next actions of a run: the right day, one action where several ask the same, by value and urgency, within the hours, and
nobody contacted who does not wish it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import keguan as kg
from keguan.core.errors import KeguanError
from keguan.playbooks.keys import CONTACT

AS_OF = date(2026, 6, 30)
OWN = (
    "playbook: own\nversion: 1\nlabels: {zh-Hans: 自家, zh-Hant: 自家, en: Own}\ninstructions:\n"
    "  - id: X1\n    for: %s\n    kind: level\n    text: {zh-Hans: 一样, zh-Hant: 一樣, en: The same}\n"
)


@pytest.fixture(scope="module")
def plan(shop_run):
    return shop_run.actions()


def rows(found, **wanted):
    return [r for r in found.table.to_pylist() if all(r[k] == v for k, v in wanted.items())]


def test_a_cadence_counts_from_the_last_contact_and_without_one_from_the_last_order(shop_run):
    # value-three-band:low asks for a message every 180 days, quality for a call every 30.
    found = shop_run.actions(schemes=["value-three-band"])
    due = {r["customer_id"]: r["due"] for r in rows(found, deed="call")}
    assert due["c003"] == AS_OF - timedelta(days=99) + timedelta(days=30)
    assert due["c002"] == AS_OF - timedelta(days=1) + timedelta(days=30)
    assert due["c000"] == AS_OF + timedelta(days=30)
    assert {r["status"] for r in rows(found, customer_id="c003", deed="call")} == {"planned"}
    assert {r["status"] for r in rows(found, customer_id="c002", deed="call")} == {"later"}


def test_overdue_days_are_counted_and_nothing_is_planned_in_the_past(plan):
    (call,) = rows(plan, customer_id="c003", deed="call")
    assert call["overdue_days"] == 69 and call["planned_on"] == AS_OF
    assert all(r["planned_on"] >= AS_OF for r in plan.table.to_pylist())


def test_one_action_stands_for_all_schemes_that_ask_the_same(plan):
    pairs = [(r["customer_id"], r["deed"]) for r in plan.table.to_pylist()]
    assert len(pairs) == len(set(pairs))
    (call,) = rows(plan, customer_id="c000", deed="call")
    schemes = {plan.asks[n].scheme for n in call["asks"]}
    assert {"value-pyramid", "value-three-band"} <= schemes and call["minutes"] == 20


@pytest.mark.row("gr-privacy")
def test_who_opted_out_is_in_no_call_list_but_work_inside_the_house_goes_on(plan):
    deeds = {r["deed"] for c in ("c001", "c091") for r in rows(plan, customer_id=c)}
    assert deeds == {"win-back"} and not deeds & set(CONTACT)
    assert plan.opted_out == 2


@pytest.mark.row("gr-lost-reason", "con-15")
def test_nobody_is_won_back_or_given_a_discount_before_the_reason_for_leaving_is_on_file(plan):
    status = {(r["customer_id"], r["deed"]): r["status"] for r in plan.table.to_pylist()}
    lost = ["c090", *(f"c{i:03}" for i in range(92, 100))]  # c091 does not wish to be contacted
    assert {status[c, "discount"] for c in lost[1:]} == {"held"} == {status[c, "win-back"] for c in lost[1:]}
    assert status["c090", "discount"] != "held" and ("c090", "ask-reason") not in status
    assert all((c, "ask-reason") in status for c in lost[1:])


@pytest.mark.row("gr-low-confirm", "P:value-three-band")
def test_a_low_customer_is_followed_up_until_it_is_on_file_that_no_more_is_to_come(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at,amount\n" + "".join(f"c{i:02},2026-06-01,{i + 1}\n" for i in range(10)),
        encoding="utf-8",
    )
    (tmp_path / "customers.csv").write_text(
        "customer_id,no_growth_confirmed_on\nc00,2026-06-20\nc01,\n", encoding="utf-8"
    )
    book = kg.open(
        orders=tmp_path / "orders.csv",
        customers=tmp_path / "customers.csv",
        currency="CNY",
        tz="Asia/Shanghai",
    )
    run = book.classify("value-three-band", as_of="2026-06-30", purpose="care")
    found = run.actions(days=200)
    deeds = {c: {r["deed"] for r in rows(found, customer_id=c)} for c in ("c00", "c01")}
    assert "confirm" in deeds["c01"] and "confirm" not in deeds["c00"]
    assert "message" in deeds["c00"]  # basic upkeep goes on


def test_hours_hold_and_what_does_not_fit_is_listed_after_it(shop_run):
    found, all_of_it = shop_run.actions(hours=2, days=10), shop_run.actions(days=10)
    assert 0 < found.counts["planned"].minutes <= 120
    assert found.counts["over"].actions > 0
    assert found.table.num_rows == all_of_it.table.num_rows
    assert {r["planned_on"] for r in rows(found, status="planned")} <= {
        AS_OF + timedelta(days=n) for n in range(11)
    }
    order = [r["status"] for r in found.table.to_pylist()]
    assert order == sorted(order, key=["planned", "over", "later", "held"].index)


def test_due_actions_come_by_priority_and_value(shop_run):
    due = rows(shop_run.actions(), status="planned")
    ranks = ["urgent", "high", "normal", "low"]
    keys = [(ranks.index(r["priority"]), -(r["value"] or 0)) for r in due]
    assert keys == sorted(keys)


@pytest.mark.row("P:telecom-campaign")
def test_an_invitation_stands_a_week_before_the_event_with_its_channel(shop_run):
    found = shop_run.actions(days=30, events=[date(2026, 7, 20)])
    invited = rows(found, deed="invite")
    assert invited and {(r["due"], r["deadline"]) for r in invited} == {
        (date(2026, 7, 13), date(2026, 7, 20))
    }
    assert {found.asks[n].line.action.channels for r in invited for n in r["asks"]} == {("phone",)}
    assert rows(shop_run.actions(days=30), deed="invite") == []


def test_only_the_customers_of_one_owner(shop_run):
    found = shop_run.actions(owner="Li")
    assert {r["owner"] for r in found.table.to_pylist()} == {"Li"}


def test_proposals_are_planned_only_once_accepted(shop_run):
    def asked(found):
        return {a.line.id for a in found.asks}

    assert "P017" not in asked(shop_run.actions())
    assert "P017" in asked(shop_run.actions(accept_ours=True))


@pytest.mark.row("gr-not-all-alike")
def test_a_playbook_that_treats_all_classes_alike_is_said_so(shop_run, tmp_path):
    from keguan.reports.actions import notices

    (tmp_path / "own.yaml").write_text(OWN % "rfm:*", encoding="utf-8")
    found = shop_run.actions(playbooks=[tmp_path])
    assert any("All classes of RFM" in n for n in notices(found, "en"))
    (tmp_path / "own.yaml").write_text(OWN % "rfm:champion", encoding="utf-8")
    assert not any("treated alike" in n for n in notices(shop_run.actions(playbooks=[tmp_path]), "en"))


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"hours": 0}, "KG650"),
        ({"hours": -1}, "KG650"),
        ({"days": -1}, "KG650"),
        ({"schemes": ["nope"]}, "KG609"),
    ],
)
def test_a_wish_that_cannot_be_met_is_refused(shop_run, wish, code):
    with pytest.raises(KeguanError) as wrong:
        shop_run.actions(**wish)
    assert [p.code for p in wrong.value.problems] == [code]


def test_a_run_without_owners_refuses_to_be_narrowed_to_one(tmp_path):
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at,amount\na,2026-06-01,1\nb,2026-06-02,2\n", encoding="utf-8"
    )
    run = kg.open(orders=tmp_path / "orders.csv", currency="CNY", tz="Asia/Shanghai").classify(
        "value-pyramid", as_of="2026-06-30", purpose="who"
    )
    with pytest.raises(KeguanError) as wrong:
        run.actions(owner="Li")
    assert [p.code for p in wrong.value.problems] == ["KG651"]


def test_the_same_run_gives_the_same_table_twice(shop_run, plan):
    assert shop_run.actions().table.equals(plan.table)


def test_facts_the_playbooks_ask_for_are_kept_in_runs(known):
    from keguan.playbooks.facts import CONTACT_DAYS, OPTED_OUT, OWNER
    from keguan.runs.plan import CARRIED

    actions = [i.action for i in known.instructions if i.action]
    asked = {f for a in actions for f in (a.since, a.needs, a.unless) if f} | {
        OWNER,
        OPTED_OUT,
        CONTACT_DAYS[0],
    }
    assert asked <= set(CARRIED)


@pytest.mark.row("gr-privacy")
@pytest.mark.parametrize("header", ["opt_out", "opted_out", "Do not contact", "拒绝营销联系", "勿扰"])
def test_a_wish_not_to_be_called_counts_under_every_name_it_has(tmp_path, header):
    (tmp_path / "orders.csv").write_text(
        "customer_id,ordered_at,amount\nc0,2026-06-01,9\nc1,2026-06-01,9\nc2,2026-06-01,9\n", encoding="utf-8"
    )
    (tmp_path / "customers.csv").write_text(
        f"customer_id,name,{header}\nc0,甲,是\nc1,乙,否\nc2,丙,\n", encoding="utf-8"
    )
    book = kg.open(
        orders=tmp_path / "orders.csv",
        customers=tmp_path / "customers.csv",
        currency="CNY",
        tz="Asia/Shanghai",
    )
    found = book.classify("value-three-band", as_of="2026-06-30", purpose="care").actions(days=400)
    contacted = {r["customer_id"] for r in found.table.to_pylist() if r["deed"] in CONTACT}
    assert found.opted_out == 1 and contacted == {"c1", "c2"}


@pytest.mark.row("gr-privacy")
def test_a_lead_of_a_customer_who_opted_out_is_not_called_either(tmp_path):
    tables = {
        "leads": "lead_id,customer_id,opened_at,decision_rank,need_confirmed,ability_confirmed\n"
        + "".join(f"L{i},c{i},2026-06-20,first,yes,yes\n" for i in range(4)),
        "customers": "customer_id,name,opt_out\nc0,甲,yes\nc1,乙,no\nc2,丙,\n",
        "contacts": "contact_id,customer_id,opt_out\n1,c1,yes\n2,c1,no\n3,c3,yes\n",
    }
    for name, content in tables.items():
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    book = kg.open(**{n: tmp_path / f"{n}.csv" for n in tables}, currency="CNY", tz="Asia/Shanghai")
    run = book.classify("lead-readiness", subject="lead", as_of="2026-06-30", purpose="care")
    found = run.actions()
    contacted = {r["lead_id"] for r in found.table.to_pylist() if r["deed"] in CONTACT}
    assert found.opted_out == 2 and contacted == {"L1", "L2"}


@pytest.mark.row("S:lead-readiness", "S:intent-horizon")
def test_a_lead_already_closed_is_asked_for_nothing_and_its_explanation_says_whom_the_scheme_is_for(tmp_path):
    (tmp_path / "leads.csv").write_text(
        "lead_id,opened_at,decision_rank,need_confirmed,ability_confirmed,wanted_on,closed_at,won\n"
        "open,2026-06-20,first,yes,yes,2026-08-01,,\n"
        "signed,2026-06-20,first,yes,yes,2026-08-01,2026-06-25,yes\n",
        encoding="utf-8",
    )
    book = kg.open(leads=tmp_path / "leads.csv", currency="CNY", tz="Asia/Shanghai")
    run = book.classify(
        "lead-readiness", "intent-horizon", subject="lead", as_of="2026-06-30", purpose="sign"
    )
    asked = {r["lead_id"] for r in run.actions(days=60).table.to_pylist()}
    assert asked == {"open"}
    said = {lang: run.explain("signed").text(lang) for lang in ("en", "zh-Hans", "zh-Hant")}
    assert said["en"].count("Outside this scheme. It classifies: Leads not yet closed.") == 2
    assert (
        "分类对象：还没有结案的线索。" in said["zh-Hans"] and "分類對象：尚未結案的商機。" in said["zh-Hant"]
    )


def test_interactions_and_the_wishes_of_all_contact_people_count(tmp_path):
    tables = {
        "orders": "customer_id,ordered_at,amount\n" + "".join(f"c{i},2026-06-01,{i + 1}\n" for i in range(3)),
        "interactions": "customer_id,at,channel,direction\nc0,2026-06-20,phone,out\n",
        "contacts": "contact_id,customer_id,opt_out\n1,c1,yes\n2,c1,yes\n3,c2,yes\n4,c2,no\n",
    }
    for name, content in tables.items():
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    book = kg.open(**{n: tmp_path / f"{n}.csv" for n in tables}, currency="CNY", tz="Asia/Shanghai")
    found = book.classify("value-three-band", as_of="2026-06-30", purpose="care").actions(days=400)
    assert found.opted_out == 1 and rows(found, customer_id="c1") == []
    days = {r["due"] - timedelta(days=n) for r in rows(found, customer_id="c0") for n in (30, 90, 180)}
    assert date(2026, 6, 20) in days and rows(found, customer_id="c2")
