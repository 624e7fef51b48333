"""What a run refuses, and what it says beside its results: in the terminal, in the report and in `run.json` alike."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

import keguan as kg
from keguan.book.run import Run
from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.schemes.catalogue import builtin
from tests.guardrails.conftest import AS_OF, Classified, Said, Type, assigned, customers, orders, write

pytestmark = pytest.mark.slow  # whole runs through commands and reports; what they rest on has quick tests


def notices(run: Path) -> dict[str, Any]:
    record = json.loads((run / "run.json").read_text(encoding="utf-8"))
    return {n["code"]: n["values"] for n in record["notices"]}


def shown(typed: Type, data: Path, folder: Path, *words: str | Path, lang: str = "en") -> tuple[Said, str]:
    """What the command says, and the report as text."""
    out = folder / f"shown-{lang}"
    said = typed(
        "classify", data, "--purpose", "who is looked after", "--as-of", AS_OF, "--out", out, "--lang", lang, "--force",
        *words,
    )  # fmt: skip
    assert said.code == 0, said.err
    assert typed("report", out, "--out", folder / "report.html", "--lang", lang).code == 0
    return said, (folder / "report.html").read_text(encoding="utf-8")


@pytest.mark.row("gr-purpose", "wf-grading-cycle")
def test_a_run_without_a_purpose_is_refused_and_with_one_it_stands_in_every_result(
    typed: Type, shop: Path, tmp_path: Path
) -> None:
    out = tmp_path / "run"
    base = ("classify", shop, "--as-of", AS_OF, "--out", out, "--scheme", "value-pyramid")
    missing, blank = typed(*base), typed(*base, "--purpose", "  ")
    assert (missing.code, blank.code) == (2, 1)
    assert "--purpose" in missing.err and "KG504" in blank.err and not out.exists()
    with pytest.raises(KeguanError) as wrong:
        kg.open(orders=shop / "orders.csv").classify("value-pyramid", as_of=AS_OF, purpose="")
    assert [p.code for p in wrong.value.problems] == ["KG504"]
    said, report = shown(typed, shop, tmp_path, "--scheme", "value-pyramid")
    assert "who is looked after" in said.out and "who is looked after" in report


@pytest.mark.row("gr-rfm-purpose")
def test_rfm_says_what_it_is_for_and_an_audience_chosen_by_it_alone_asks_for_more(
    typed: Type, shop: Path, tmp_path: Path
) -> None:
    said, report = shown(typed, shop, tmp_path, "--scheme", "rfm")
    assert "rewarding" in said.out and "rewarding" in report
    audience = tmp_path / "spring-offer.yaml"
    text = (
        "scheme: spring-offer\nversion: 1\nfamily: leads\nkind: rules\n"
        "labels: {zh-Hans: 春季活动, zh-Hant: 春季活動, en: Spring offer}\nclasses:\n"
        "  - {code: target, when: 'is rfm:champion', default: true, labels: {zh-Hans: 请, zh-Hant: 請, en: Invited}}\n"
        "  - {code: other, otherwise: true, default: true, labels: {zh-Hans: 不请, zh-Hant: 不請, en: Not}}\n"
        'references: [{seed: "003", line: 108}]\n'
    )
    audience.write_text(text, encoding="utf-8")
    said, report = shown(typed, shop, tmp_path, "--scheme", audience)
    assert (
        "add further conditions" in said.out
        and "Spring offer chooses customers by their RFM class alone" in report
    )
    assert "rfm-alone" in notices(tmp_path / "shown-en")
    assert "rfm-alone" in typed("lint", audience).out
    audience.write_text(
        text.replace("is rfm:champion", "is rfm:champion and region = “华东”"), encoding="utf-8"
    )
    said, _ = shown(typed, shop, tmp_path, "--scheme", audience)
    assert (
        "rfm-alone" not in notices(tmp_path / "shown-en") and "rfm-alone" not in typed("lint", audience).out
    )


@pytest.mark.row("gr-external-coarse")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_regions_say_that_good_and_bad_are_not_told_apart(typed: Type, tmp_path: Path, lang: str) -> None:
    word = {
        "zh-Hans": "谁好谁差，这里看不出来",
        "zh-Hant": "誰好誰差，這裡看不出來",
        "en": "the better customer",
    }[lang]
    rows = "customer_id,region,product_holding,affiliation\nc00,华东,打印机,企业\nc01,华南,耗材,个人\n"
    data = write(tmp_path / "data", orders=orders(), customers=rows)
    said, report = shown(typed, data, tmp_path, "--scheme", "external-attributes", lang=lang)
    assert word in said.out and word in report


@pytest.mark.row("gr-ease")
def test_markets_by_ease_carry_the_notice_and_whose_customer_it_is_now(typed: Type, tmp_path: Path) -> None:
    data = write(
        tmp_path / "data",
        customers="customer_id,name,region,income_band,rival_held\na,甲,华东,高,是\nb,乙,,中,否\n",
    )
    said, report = shown(typed, data, tmp_path, "--scheme", "potential-scope")
    assert "Ease is shown for information" in said.out and "Ease is shown for information" in report
    rows = assigned(tmp_path / "shown-en")
    assert rows["a"]["potential-scope.individual.detail"] == "rival-held"
    assert rows["b"]["potential-scope.individual.detail"] is None
    assert [rows["a"][f"potential-scope.{q}"] for q in ("region", "stratum", "individual")] == [
        "region", "stratum", "individual",
    ]  # fmt: skip


@pytest.mark.row("gr-multi-label")
def test_ten_schemes_stand_side_by_side_and_none_overwrites_another(
    classified: Classified, whole: Path
) -> None:
    schemes = (
        "value-pyramid", "pareto-8020", "pareto-abc", "key-account", "core-customer", "value-basic", "loyalty-quadrant",
        "relationship-tenure", "profit-metals", "sales-volume-four",
    )  # fmt: skip
    together = assigned(whole)
    assert all(together["c05"][s] is not None for s in schemes)
    shop = Path(whole).parent  # each scheme alone says the same
    data = write(shop / "again", orders=orders(), customers=customers())
    for scheme in ("value-pyramid", "loyalty-quadrant", "key-account"):
        alone = assigned(classified(data, "--scheme", scheme, "--profile", "telecom", name=scheme))
        assert {c: r[scheme] for c, r in alone.items()} == {c: r[scheme] for c, r in together.items()}


@pytest.mark.row("gr-explain")
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_class_shows_its_rule_its_inputs_its_day_and_on_whose_authority(
    typed: Type, whole: Path, lang: str
) -> None:
    told = typed("explain", whole, "c00", "--lang", lang, "--json").json
    assert told["as_of"] == AS_OF and len(told["schemes"]) > 20
    marks = {
        "zh-Hans": ("默认值", "出自资料", "行业配置"),
        "zh-Hant": ("預設值", "出自文獻", "產業設定"),
        "en": ("default", "given", "profile"),
    }[lang]
    for view in told["schemes"]:
        if view["class"] is None:
            assert view["missing"] or view["reason"]
            continue
        assert view["rule"] or view["cuts"] or view["detail_label"], view["scheme"]
        assert view["numbers"] or view["cuts"] or view["left_out"], view["scheme"]
        assert view["given"] or view["default"] or view["set_by"], view["scheme"]
        assert any(mark in view["text"][-1] for mark in marks), view["text"]


@pytest.mark.row("gr-speed-a")
def test_a_deadline_changed_or_taken_away_leaves_a_line_on_file_and_a_notice(
    typed: Type, tmp_path: Path
) -> None:
    leads = (
        "lead_id,customer_id,opened_at,need,need_confirmed,ability,ability_confirmed,decision_rank\n"
        "L1,a,2026-06-25,换设备,是,有预算,是,第一关键人\n"
    )
    words = ("--subject", "lead", "--scheme", "lead-readiness")
    data = write(tmp_path / "plain", leads=leads)
    said, _ = shown(typed, data, tmp_path, *words)
    assert notices(tmp_path / "shown-en") == {}
    book = tmp_path / "book"
    write(book / "data", leads=leads)
    (book / "keguan.toml").write_text("[parameters.lead-readiness]\nlapse_days = 9999\n", encoding="utf-8")
    said, report = shown(typed, book, tmp_path, *words)
    changed = notices(tmp_path / "shown-en")["changed-number"]
    assert (changed["value"], changed["was"], changed["given"]) == ("9999", "10", "002:5 7-10天内进行")
    assert "is 9999 in this run" in said.out and "is 9999 in this run" in report
    own = tmp_path / "lead-readiness.yaml"
    text = builtin("lead-readiness").text()
    start, end = text.index("    warn: warn_days\n"), text.index('    given: "002:5')
    own.write_text(text[:start] + text[end:], encoding="utf-8")
    said, report = shown(typed, data, tmp_path, "--subject", "lead", "--scheme", own)
    found = notices(tmp_path / "shown-en")
    assert found["deadline-off"]["class"] == "A" and found["own-version"]["id"] == "lead-readiness"
    assert "class A has lost its deadline" in said.out and "class A has lost its deadline" in report


@pytest.mark.row("con-12")
def test_an_optional_scheme_is_off_where_the_profile_says_so_and_on_where_it_does_not(
    typed: Type, classified: Classified, tmp_path: Path
) -> None:
    data = write(
        tmp_path / "data", orders=orders(),
        customers="customer_id,name,segment\nc00,甲,中小企业\nc01,乙,\n",
    )  # fmt: skip
    profile = tmp_path / "plain.yaml"
    head = "profile: plain\nlabels: {zh-Hans: 平常, zh-Hant: 平常, en: Plain}\n"
    profile.write_text(
        head + "without:\n  customer-consumer: {zh-Hans: 都是企业, zh-Hant: 都是企業, en: All are firms}\n",
        encoding="utf-8",
    )
    off = classified(data, "--profile", profile, name="off")
    record = json.loads((off / "run.json").read_text(encoding="utf-8"))
    assert "customer-consumer" not in assigned(off)["c00"]
    (skipped,) = [s for s in record["skipped"] if s["id"] == "customer-consumer"]
    assert skipped["why"] == "not-in-profile" and skipped["reason"]["en"] == "All are firms"
    asked = typed(
        "classify", data, "--purpose", "p", "--as-of", AS_OF, "--profile", profile, "--scheme", "customer-consumer",
        "--out", tmp_path / "refused",
    )  # fmt: skip
    assert asked.code == 1 and "KG514" in asked.err and "All are firms" in asked.err
    profile.write_text(head, encoding="utf-8")
    on = assigned(classified(data, "--profile", profile, name="on"))
    assert (on["c00"]["customer-consumer"], on["c01"]["customer-consumer"]) == ("customer", "consumer")


@pytest.mark.row("con-13")
def test_the_four_notions_of_a_large_customer_are_laid_over_each_other(
    typed: Type, shop: Path, tmp_path: Path
) -> None:
    schemes = ("key-account", "value-pyramid", "pareto-8020", "core-customer")
    words = [w for s in schemes for w in ("--scheme", s)]
    said, report = shown(typed, shop, tmp_path, *words, "--profile", "telecom", "--leading", "key-account")
    # Threshold: c00 and c01; first of 40: c00; a fifth: eight; profit: whoever core-customer calls large.
    rows = assigned(tmp_path / "shown-en")
    large = {
        "key-account": "key", "value-pyramid": "A", "pareto-8020": "vital-20", "core-customer": "major",
    }  # fmt: skip
    notions = Run(tmp_path / "shown-en").large_customers()
    assert notions is not None
    assert [(n.code, n.scheme.id, n.class_code) for n in notions.notions] == [
        ("threshold", "key-account", "key"), ("top-1", "value-pyramid", "A"), ("top-20", "pareto-8020", "vital-20"),
        ("profit", "core-customer", "major"),
    ]  # fmt: skip
    sets = [{c for c, r in rows.items() if r[s] == code} for s, code in large.items()]
    assert [len(s) for s in sets[:3]] == [2, 1, 8] and len(sets[3]) not in (0, 40)
    n_any, n_all = len(set.union(*sets)), len(set.intersection(*sets))
    assert f"{n_any} between them, {n_all} by every notion" in said.out
    assert "Who is a large customer" in report and 'id="overlap"' in report
    assert notices(tmp_path / "shown-en")["leading-chosen"]["scheme"]["en"] == "Key and ordinary accounts"
    assert "Leading scheme: Key and ordinary accounts" in report and "customers are managed by it" in said.out


def test_the_leading_scheme_is_asked_for_where_nobody_chose_one_and_must_run(
    typed: Type, shop: Path, tmp_path: Path
) -> None:
    said, _ = shown(typed, shop, tmp_path, "--scheme", "value-pyramid", "--scheme", "rfm")
    assert "No leading scheme was chosen" in said.out
    wrong = typed(
        "classify", shop, "--purpose", "p", "--scheme", "rfm", "--leading", "key-account", "--out", tmp_path / "no",
        "--as-of", AS_OF,
    )  # fmt: skip
    assert wrong.code == 1 and "KG656" in wrong.err and "rfm" in wrong.err
    book = tmp_path / "book"
    write(book / "data", orders=orders(), customers=customers())
    (book / "keguan.toml").write_text('leading = "rfm"\nprofile = "retail"\n', encoding="utf-8")
    shown(typed, book, tmp_path, "--scheme", "value-pyramid", "--scheme", "rfm")
    assert notices(tmp_path / "shown-en")["leading-chosen"]["scheme"]["en"] == "RFM purchase behaviour"


@pytest.mark.row("con-16")
def test_the_measure_stands_in_the_header_and_another_measure_is_another_run(
    typed: Type, shop: Path, tmp_path: Path
) -> None:
    own = tmp_path / "value-pyramid.yaml"
    own.write_text(
        builtin("value-pyramid")
        .text()
        .replace("measure: net_sales_12m", "measure: gross_profit_12m")
        .replace("tie_order: [gross_profit_12m desc, first_order_on asc]", "tie_order: [first_order_on asc]"),
        encoding="utf-8",
    )
    records = []
    for name, scheme in (("sales", "value-pyramid"), ("profit", own)):
        folder = tmp_path / name
        folder.mkdir()
        said, report = shown(typed, shop, folder, "--scheme", scheme)
        label = {"sales": "Net sales (last 12 months)", "profit": "Gross profit (last 12 months)"}[name]
        assert f"value-pyramid  by {label}" in said.out and f"Classified by: {label}" in report
        (entry,) = json.loads((folder / "shown-en" / "run.json").read_text(encoding="utf-8"))["schemes"]
        records.append((entry["measure"], entry["meaning"]))
    assert [m for m, _ in records] == ["net_sales_12m", "gross_profit_12m"] and len(
        {h for _, h in records}
    ) == 2


@pytest.mark.row("num-2")
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.usefixtures("drawn")
def test_concentration_speaks_of_value_and_never_of_customers_made_by_customers(
    typed: Type, classified: Classified, shop: Path, tmp_path: Path, lang: str
) -> None:
    from keguan.core.texts import entries

    value = {"zh-Hans": "销售额", "zh-Hant": "銷售額", "en": "sales"}[lang]
    said = [t[lang] for code, t in entries("report")["findings"].items() if code.startswith("concentration-")]
    assert len(said) == 5 and all(value in sentence for sentence in said)
    people = re.compile(r"\{top_share\} (?:的客户|的客戶|of customers)")
    assert not any(people.search(sentence) for sentence in said)
    run = classified(shop, "--scheme", "pareto-8020", "--scheme", "pareto-abc")
    assert typed("report", run, "--out", tmp_path / "r.html", "--lang", lang).code == 0
    report = (tmp_path / "r.html").read_text(encoding="utf-8")
    section = report[report.index('id="concentration"') :].partition("</section>")[0]
    assert value in section
    for slip in (
        "80%的客户</",
        "80%的客戶</",
        "创造了80%的客户",
        "創造了80%的客戶",
        "80% of the customers",
        "80% of customers (",
    ):
        assert slip not in section
    laws = [builtin(s).text() for s in ("pareto-8020", "pareto-abc")]
    assert all("net_sales_12m" in law or "profit" in law for law in laws)


def test_words_of_several_meanings_are_named_with_their_schemes(
    whole: Path, typed: Type, shop: Path, tmp_path: Path
) -> None:
    found = notices(whole)["overloaded-words"]
    assert '"large customer"' in {w["en"] for w in found["words"]}
    told = {one["word"]["en"]: one["classes"] for one in found["told"]}
    assert told["large customer"][:2] == ["key-account:key", "core-customer:major"]
    large = [
        w for s in ("key-account", "value-pyramid", "pareto-8020", "core-customer") for w in ("--scheme", s)
    ]
    _, report = shown(typed, shop, tmp_path, *large, "--profile", "telecom")
    section = report[report.index('id="notices"') :].partition("</section>")[0]
    sentence, _, table = section.partition("<details>")
    assert "large customer" in sentence and ":key" not in section
    assert "Key and ordinary accounts · Key account" in table and "are four notions" in table


@pytest.mark.parametrize("table", ["history", "overrides"])
def test_a_bare_letter_is_refused_with_the_question_which_scheme_is_meant(
    typed: Type, tmp_path: Path, table: str
) -> None:
    rows = {
        "history": "customer_id,class,as_of\nc00,A,2026-05-01\nc01,B,2026-05-01\n",
        "overrides": "customer_id,class,reason,from_on\nc00,A,老客户,2026-05-01\nc01,B,新签,2026-05-01\n",
    }[table]
    data = write(tmp_path / "data", orders=orders(), **{table: rows})
    for words in (
        ("inspect", data),
        ("classify", data, "--purpose", "p", "--out", tmp_path / "run", "--as-of", AS_OF),
    ):
        said = typed(*words, "--lang", "en")
        assert (
            said.code == 1
            and "KG470" in said.err
            and "A, B" in said.err
            and "Which scheme is meant?" in said.err
        )
    named = rows.replace("customer_id,class", "customer_id,scheme,class").replace(",A,", ",value-pyramid,A,")
    data = write(tmp_path / "data", **{table: named.replace(",B,", ",value-pyramid,B,")})
    assert typed("inspect", data).code == 0
