"""The 23 sets: every instruction of the sources stands in its set for its class, marked given or ours, and belittles nobody."""

from __future__ import annotations

import re

import pytest

from keguan.core.languages import LANGUAGES
from keguan.playbooks.loader import belittling
from keguan.schemes.catalogue import builtin, builtin_ids
from keguan.schemes.loader import load_scheme

# Row of the checklist -> what a reader must find there: class, then words of its lines.
TELLS = {
    "P:*": {"everyone": ["at once", "full respect", "once it is solved"]},
    "P:value-pyramid": {
        "value-pyramid:A": ["close ties"],
        "value-pyramid:B": ["named owner", "every month", "moving up to a"],
        "value-pyramid:C": ["online", "by telephone", "what is going on"],
        "value-pyramid:D": ["online", "by telephone", "what is going on", "into c or b"],
    },
    "P:profit-metals": {
        "profit-metals:platinum": ["highest service"],
        "profit-metals:gold": ["loyalty"],
        "profit-metals:iron": ["no special treatment"],
        "profit-metals:lead": ["no further service"],
    },
    "P:value-medals": {
        "value-basic:high-value": ["raise their share of resources"],
        "junk-customer:junk": ["lower their share of resources", "approval", "nothing is deleted"],
        "value-medals:gold": ["service rises with the medal"],
    },
    "P:value-three-band": {
        "value-three-band:quality": ["customisation", "more time and energy"],
        "value-three-band:middle": ["develop it actively"],
        "value-three-band:low": ["only once it is confirmed, on file", "basic upkeep"],
    },
    "P:pareto-8020": {
        "pareto-8020:vital-20": ["measures", "attention of management", "do not try to look after every side equally"],
        "pareto-8020:other-80": ["pull the whole along"],
    },
    "P:key-account": {
        "key-account:key": ["price clearly different", "tell the customer plainly", "dedicated person", "smallest detail"],
        "key-account:ordinary": ["same sincerity", "start as ordinary"],
    },
    "P:core-customer": {
        "core-customer:major": ["special services", "made to measure", "keep them", "letter, e-mail and telephone", "souvenirs", "benefits"],
        "core-customer:old-loyal": ["visit them at their door"],
        "core-customer:poor": ["in proportion to the return"],
    },
    "P:good-bad-customer": {"good-bad-customer:good": ["suggestions", "referrals"], "good-bad-customer:bad": ["decline politely"]},
    "P:lead-readiness": {
        "lead-readiness:A": ["value of the company, of the product and your own", "very fast", "moves to b, or even to d"],
        "lead-readiness:B": ["introduced to the first", "about 20 days"],
        "lead-readiness:C": ["missing"],
        "lead-readiness:D": ["90 days"],
    },
    "P:intent-horizon": {"intent-horizon:A": ["within the month"], "intent-horizon:B": ["knowledge of the trade"], "intent-horizon:C": ["longer cycle"]},
    "P:funnel-stage": {
        "funnel-stage:potential": ["get to know us"],
        "funnel-stage:target": ["make an offer"],
        "funnel-stage:closed": ["follow up"],
        "funnel-stage:loyal": ["reward them"],
    },
    "P:loyalty-quadrant": {
        "loyalty-quadrant:loyal": ["fast lane", "first to know"],
        "loyalty-quadrant:potential": ["professional, timely and varied"],
        "loyalty-quadrant:marginal": ["tell these customers apart"],
        "loyalty-quadrant:lost": ["why they left", "discount", "long term"],
    },
    "P:prospect-sourcing": {
        "lead-source:exhibition": ["name, address", "follow up fast"],
        "lead-source:finance-dept": ["find the reason", "then win them back"],
        "prospect-warmth:quasi": ["as good as customers"],
    },
    "P:member-group": {"member-group:elite": ["1 basic management", "2 publishing", "3 answering", "4 ", "5 ", "6 "]},
    "P:flow-and-roles": {
        "flow-intermediate-final:final": ["decisive voice"],
        "buyer-role:purchaser": ["whether they are satisfied"],
        "buyer-role:user": ["ask users too"],
        "buyer-role:indirect-user": ["passengers"],
        "trade-type:internal": ["easily overlooked"],
        "source-internal-external:internal": ["easily overlooked"],
        "trade-type:channel": ["territory and terms"],
    },
    "P:industry-sector": {"industry-sector:government": ["spring festival", "agency finance", "themed campaigns"]},
    "P:telecom-campaign": {
        "telecom-value:high": ["wants to buy"],
        "campaign-target:target": ["by telephone or text message", "discounts"],
        "campaign-target:non-target": ["cannot take part"],
    },
    "P:behaviour-psychology": {
        "behaviour-pattern:planned": ["own product content"],
        "consumption-psychology:price": ["means of promotion"],
        "rfm:champion": ["reward"],
    },
    "P:disposition-four-types": {"disposition-four-types:dominant": ["higher rank"], "disposition-four-types:analytical": ["no big talk"]},
    "P:temperament-four": {
        "temperament-four:powerful": ["brief"],
        "temperament-four:lively": ["stories"],
        "temperament-four:perfect": ["proof"],
        "temperament-four:peaceful": ["reassurance"],
    },
    "P:reception-fourteen": {"reception-fourteen:sceptical": ["no argument"], "reception-fourteen:conventional": ["prices"]},
    "P:service-mnemonic-traits": {"service-mnemonic-traits:wealthy": ["distinction"], "service-mnemonic-traits:hesitant": ["guarantee"]},
}  # fmt: skip


def lines_for(known, target):
    scheme, _, code = target.partition(":")
    return known.everyone if target == "everyone" else known.of_class(scheme, code)


@pytest.mark.parametrize("row", [pytest.param(row, marks=pytest.mark.row(row)) for row in TELLS])
def test_a_set_holds_what_the_sources_instruct_for_each_class_with_its_mark(known, expected, row):
    name = {"*": "everyone"}.get(row[2:], row[2:])
    found = next(p for p in known.playbooks if p.id == name)
    ours_alone = name == "temperament-four"
    stands = {
        i.id: [" ".join(map(str, i.targets)), i.kind, i.origin, i.given]
        for i in found.instructions
        if ours_alone or i.id.startswith("P")
    }
    assert stands == expected[name]
    for target, words in TELLS[row].items():
        said = " / ".join(i.text["en"].lower() for i in lines_for(known, target))
        assert [w for w in words if w not in said] == [], target


def test_the_sources_166_instructions_are_all_there_once(expected):
    ids = [i for lines in expected.values() for i in lines if i.startswith("P")]
    assert sorted(ids) == [f"P{n:03}" for n in range(1, 167)]


@pytest.mark.row("P:loyalty-quadrant")
def test_the_four_loyalty_types_have_five_two_four_and_five_lines(known):
    counts = {c: len(known.of_class("loyalty-quadrant", c)) for c in known.codes("loyalty-quadrant")}
    assert counts == {"loyal": 5, "potential": 2, "marginal": 4, "lost": 5}


@pytest.mark.parametrize(
    ("scheme", "classes", "lines"),
    [
        pytest.param("disposition-four-types", 4, 18, marks=pytest.mark.row("P:disposition-four-types")),
        pytest.param("reception-fourteen", 14, 14, marks=pytest.mark.row("P:reception-fourteen")),
        pytest.param("service-mnemonic-traits", 12, 12, marks=pytest.mark.row("P:service-mnemonic-traits")),
        pytest.param("temperament-four", 4, 4, marks=pytest.mark.row("P:temperament-four")),
    ],
)
def test_schemes_of_persons_have_a_line_for_every_type(known, scheme, classes, lines):
    codes = known.codes(scheme)
    assert len(codes) == classes and all(known.of_class(scheme, c) for c in codes)
    assert len(known.of_scheme(scheme)) == lines


@pytest.mark.row("P:disposition-four-types")
def test_a_dominant_customer_is_received_by_somebody_of_higher_rank(known):
    assert [i.who for i in known.of_class("disposition-four-types", "dominant") if i.who] == ["manager"]


@pytest.mark.row("P:key-account")
def test_key_and_ordinary_accounts_differ_in_price_service_and_person(known):
    def facts(code):
        lines = known.of_class("key-account", code)
        return [{getattr(i, name) for i in lines} - {None} for name in ("price", "service", "who")]

    assert facts("key") == [{"preferred"}, {"top"}, {"account-manager"}]
    assert facts("ordinary") == [{"standard"}, {"standard"}, set()]


@pytest.mark.row("gr-no-snobbery", "gr-sincere-all")
def test_what_is_courtesy_is_for_everybody_and_includes_first_response_progress_and_return_visit(known):
    courtesy = {i.id for i in known.everyone if i.courtesy}
    assert {"P001", "P002", "P003", "P004", "P005", "P006", "P007"} <= courtesy
    elsewhere = [i.id for i in known.instructions if i.courtesy and not i.is_for_everyone]
    assert elsewhere == []


@pytest.mark.row("gr-no-snobbery")
def test_no_line_in_any_language_belittles_the_customer(known):
    assert [
        (i.id, belittling(i.text[lang]))
        for i in known.instructions
        for lang in LANGUAGES
        if belittling(i.text[lang])
    ] == []


def test_all_57_schemes_are_spoken_of_and_those_without_lines_say_so(known):
    assert len(known.schemes) == 57
    empty = [s for s in known.schemes if not known.of_scheme(s)]
    assert "payment-behaviour" in empty and "value-pyramid" not in empty


def test_every_class_a_line_names_is_a_class_of_its_scheme_where_the_scheme_exists(known):
    wrong = []
    for scheme_id in set(known.schemes) & set(builtin_ids()):
        scheme = load_scheme(builtin(scheme_id).text(), scheme_id)
        codes = {c.code for d in scheme.dimensions for c in d.classes}
        wrong += [f"{scheme_id}:{c}" for c in known.codes(scheme_id) if c not in codes]
    assert wrong == []


def test_every_line_is_said_in_three_languages_in_own_words(known):
    for line in known.instructions:
        assert all(line.text[lang].strip() for lang in LANGUAGES), line.id
        quoted = re.sub(r"^\d+:\d+ ", "", line.given or "")
        assert len(quoted) < 8 or quoted not in line.text["zh-Hans"], line.id
