"""The linter: for every rule a document that breaks only it, and sound documents that break none."""

from __future__ import annotations

import pytest

from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.language.vocabulary import Term
from keguan.schemes.catalogue import builtin, builtin_ids
from keguan.schemes.linter import Finding, lint, rules
from keguan.schemes.linter.draft import Draft
from keguan.schemes.linter.registry import rule
from keguan.schemes.loader import load_scheme
from keguan.schemes.tree import read_tree
from keguan.schemes.vocabulary import vocabulary
from tests.schemes.documents import (
    BANDS,
    PYRAMID,
    RULES,
    SCORES,
    SOUND,
    TWO_QUESTIONS,
    VALUE_SHARE,
    WEIGHTED,
    changed,
)

_SAME = "recency_days > quiet_after"
_IMPORTANT = "net_sales_12m >= high and n_orders_12m >= 2"

BREAKS: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("readable", RULES, [("family: own\n", "")]),
    ("readable", RULES, [("quiet_after,", "quiet_after >,")]),
    ("readable", RULES, [("kind: rules\n", "kind: rules\ncolour: red\n")]),
    ("languages", RULES, [("zh-Hant: 方案, ", "")]),
    ("references", RULES, [('references: [{seed: "001", line: 18}]\n', "")]),
    ("marked", PYRAMID, [('given: "001:18", ', "")]),
    ("marked", RULES, [("unit: days, default: true", "unit: days")]),
    ("marked", RULES, [("n_orders_12m >= 2, default: true", "n_orders_12m >= 2")]),
    ("marked", SCORES, [("defaults: [all numbers]\n", "")]),
    ("marked", WEIGHTED, [("defaults: [all numbers]\n", "")]),
    ("codes", RULES, [("code: others", "code: other-"), ("important, others]", "important, other-]")]),
    ("codes", RULES, [("scheme: own-scheme", "scheme: Own")]),
    ("unique", RULES, [("scheme: own-scheme", "scheme: value-pyramid")]),
    ("unique", PYRAMID, [("code: B", "code: A")]),
    (
        "unique",
        RULES,
        [
            (
                "otherwise: true",
                "otherwise: true, default: true, details: ["
                "{code: a, when: n_orders_12m = 1, labels: {zh-Hans: 甲, zh-Hant: 甲, en: a}}, "
                "{code: a, when: n_orders_12m = 2, labels: {zh-Hans: 乙, zh-Hant: 乙, en: b}}]",
            )
        ],
    ),
    ("reserved", TWO_QUESTIONS, [("dimension: active", "dimension: status")]),
    ("exhaustive", PYRAMID, [("rest: true", "up_to: 100%")]),
    ("exhaustive", SCORES, [("r < 4 or m < 4", "r < 4")]),
    ("exhaustive", RULES, [("otherwise: true", "when: n_orders_12m < 9, default: true")]),
    ("exclusive", RULES, [(_IMPORTANT, _SAME)]),
    (
        "exclusive",
        SCORES,
        [
            ("r >= 4 and m >= 4", "r < 4 or m < 4"),
            (
                "r < 4 or m < 4, default: true, labels: {zh-Hans: x, zh-Hant: x, en: x}}\n  - {code: others, when: r < 4 or m < 4",
                "m < 9, default: true, labels: {zh-Hans: x, zh-Hant: x, en: x}}\n  - {code: others, when: m < 9",
            ),
        ],
    ),
    ("exclusive", RULES, [("order: [quiet, important, others]", "order: [quiet, others]")]),
    ("reachable", RULES, [(_IMPORTANT, "n_orders_12m >= 5 and n_orders_12m < 5")]),
    ("reachable", RULES, [(_IMPORTANT, "recency_days > 200 days")]),
    ("reachable", RULES, [(_IMPORTANT, "n_orders_total = 0")]),
    ("reachable", SCORES, [("r >= 4 and m >= 4", "r >= 6"), ("r < 4 or m < 4", "r <= 5")]),
    ("reachable", WEIGHTED, [("from: 4,", "from: 6,")]),
    ("reachable", WEIGHTED, [("from: 2.5", "from: 1")]),
    ("reachable", BANDS, [("above: 1000", "when: n_orders_total < 1")]),
    ("ordered", PYRAMID, [("up_to: 5%", "up_to: 30%")]),
    ("ordered", BANDS, [("above: 1000", "above: 10000")]),
    ("ordered", WEIGHTED, [("from: 2.5", "from: 4.5")]),
    ("shares", PYRAMID, [("up_to: 20%", "up_to: 100%")]),
    ("shares", VALUE_SHARE, [("up_to: 80%", "share: 80%"), ("rest: true", "share: 10%, default: true")]),
    ("weights", WEIGHTED, [("weight: 0.4", "weight: 0.3")]),
    ("ties", PYRAMID, [("ties: exact\n", "")]),
    ("names", PYRAMID, [("net_sales_12m", "net_sails_12m")]),
    ("names", RULES, [(_IMPORTANT, "n_order_12m >= 2")]),
    ("names", RULES, [(_IMPORTANT, "is value-pyramid:Z")]),
    ("names", SCORES, [("m < 4", "x < 4")]),
    ("names", PYRAMID, [("ties: exact", "ties: exact\ntie_order: [gross_profits desc]")]),
    ("units", RULES, [("n_orders_12m >= 2", "n_orders_12m >= 2 days")]),
    ("units", RULES, [("n_orders_12m >= 2", "n_orders_12m + recency_days > 3")]),
    ("parameters", RULES, [("recency_days > quiet_after", "recency_days > 200 days")]),
    ("strictness", RULES, [("unit: days, default", "unit: days, strict: false, default")]),
    ("appearance", RULES, [("code: quiet", "code: well-dressed"), ("order: [quiet", "order: [well-dressed")]),
    ("appearance", RULES, [("zh-Hans: x", "zh-Hans: 衣着讲究")]),
    (
        "sensitive",
        RULES,
        [(_IMPORTANT, 'gender = "f"'), ("defaults:", "notices: [price-by-class]\ndefaults:")],
    ),
    (
        "rfm-alone",
        RULES,
        [
            (_IMPORTANT, "is rfm:champion"),
            ("recency_days > quiet_after", "is rfm:keep"),
            ("cuts:\n  high: {measure: net_sales_12m, top: 20%}\n", ""),
            ("parameters:\n  quiet_after: {value: 180, unit: days, default: true}\n", ""),
        ],
    ),
]


def found_by(text: str, **arguments: object) -> list[Finding]:
    return lint(text, **arguments)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_document_has_no_findings(name: str) -> None:
    assert found_by(SOUND[name]) == []


@pytest.mark.parametrize("scheme_id", builtin_ids())
def test_built_in_schemes_have_no_errors(scheme_id: str) -> None:
    source = builtin(scheme_id)
    assert [f.render("en") for f in lint(source.text(), file=source.file) if f.severity == "error"] == []


@pytest.mark.parametrize(("name", "text", "replacements"), BREAKS)
def test_a_document_that_breaks_one_rule_breaks_only_that(
    name: str, text: str, replacements: list[tuple[str, str]]
) -> None:
    own = [Term("gender", "text")]
    found = found_by(changed(text, *replacements), vocabulary=vocabulary(attributes=own))
    assert {f.rule for f in found} == {name}, [f.render("en") for f in found]
    for one in found:
        assert one.place.line
        assert all(one.what(lang) and one.do(lang) and one.render(lang) for lang in LANGUAGES)


def test_every_rule_is_broken_by_some_document_of_these_tests() -> None:
    assert {name for name, _, _ in BREAKS} == {r.id for r in rules()}


def test_every_rule_has_a_summary_in_every_language() -> None:
    for one in rules():
        assert rule(one.id) is one
        assert one.summary("en") == one.__doc__
        assert all(one.summary(lang) for lang in LANGUAGES)


def test_findings_are_ordered_by_place_and_come_out_once() -> None:
    text = changed(
        PYRAMID, ("net_sales_12m", "net_sails_12m"), ("ties: exact\n", ""), ("up_to: 5%", "up_to: 1%")
    )
    text = changed(
        text, ("measure: net_sails_12m", "subject: {customer: net_sails_12m, product: net_sales_12m}")
    )
    found = found_by(text)
    places = [(f.place.line, f.place.column) for f in found]
    assert places == sorted(places)
    assert sorted(f.rule for f in found) == ["names", "ordered", "ties"]


def test_a_scheme_with_several_subjects_is_checked_for_each() -> None:
    text = changed(PYRAMID, ("measure: net_sales_12m", "subject: {customer: net_sales_12m, item: wait}"))
    found = found_by(text)
    assert [(f.rule, "item" in f.what("en")) for f in found if f.problem is None] == [("names", True)]
    assert [f.as_problem().code for f in found if f.problem] == ["KG330"]  # items have no orders


def test_a_loaded_scheme_can_be_linted() -> None:
    assert lint(load_scheme(RULES, "own.yaml")) == []


def test_what_a_scheme_can_do_without_may_be_unknown_at_a_warning() -> None:
    text = changed(
        RULES, ("when: recency_days > quiet_after", "when: recency_days > quiet_after, when_known: [my_flag]")
    )
    assert [(f.rule, f.severity) for f in found_by(text)] == [("names", "warning")]
    known = vocabulary(attributes=[Term("my_flag", "flag")])
    assert found_by(text, vocabulary=known) == []


def test_a_finding_is_a_problem_like_any_other() -> None:
    [finding] = found_by(changed(PYRAMID, ("ties: exact\n", "")))
    problem = finding.as_problem()
    assert problem.code == "KG450"
    assert "ties" in KeguanError(problem).render("en")
    for lang in LANGUAGES:
        assert finding.what(lang) in problem.render(lang)
        assert finding.as_dict(lang)["do"] == problem.do(lang)


def test_a_value_of_a_field_belongs_to_one_class() -> None:
    tree = read_tree("classes: [{code: a, values: [x, y]}, {code: b, values: [y]}]", "own.yaml")
    draft = Draft(tree, "customer", None, None, (), vocabulary())
    assert [f.values["claim"] for f in rule("exclusive").check(draft)] == ["y"]


def test_a_text_that_is_no_document_is_a_finding() -> None:
    assert [f.rule for f in lint("a: [")] == ["readable"]
    assert [f.rule for f in lint("- a")] == ["readable"]
    assert [f.as_problem().code for f in lint("a: &x 1\nb: *x")] == ["KG407"]
