"""What the built-in schemes promise beyond being readable: sources, numbers, populations, notices, profiles, cases."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from keguan.core.languages import LANGUAGES
from keguan.core.texts import entries
from keguan.language import ast
from keguan.schemes.cases import Case, load_cases
from keguan.schemes.catalogue import builtin, builtin_cases, builtin_ids, builtin_profiles, find_profile
from keguan.schemes.document import Scheme
from keguan.schemes.linter import lint
from keguan.schemes.loader import load_scheme

FED_BY_ORDERS = (
    "actual-potential",
    "behaviour-pattern",
    "contribution-weighted",
    "customer-lifecycle",
    "database-worthiness",
    "funnel-stage",
    "key-account",
    "loyalty-quadrant",
    "market-cultivation",
    "pareto-8020",
    "pareto-abc",
    "relationship-tenure",
    "rfm",
    "sales-volume-four",
    "telecom-value",
    "value-basic",
    "value-medals",
    "value-pyramid",
    "value-three-band",
)
FED_BY_RECORDS = (
    "channel-enduser",
    "consumption-psychology",
    "customer-consumer",
    "disposition-four-types",
    "external-attributes",
    "industry-sector",
    "intent-horizon",
    "lead-readiness",
    "lead-source",
    "market-stratum",
    "org-affiliation",
    "party-kind",
    "potential-scope",
    "prospect-warmth",
    "reception-fourteen",
    "store-common-seven",
    "source-internal-external",
    "supply-chain-position",
    "telecom-importance",
    "telecom-type",
    "temperament-four",
    "trade-type",
)
"""Schemes that need what people record of a customer beside or instead of orders."""
OBSERVED = {"consumption-psychology", "disposition-four-types", "temperament-four"}
"""Schemes of those who were observed."""
DESCRIBED = (*FED_BY_ORDERS, *FED_BY_RECORDS)
WITH_PROSPECTS = {
    "sales-volume-four",
    "funnel-stage",
    "actual-potential",
    "customer-lifecycle",
    *FED_BY_RECORDS,
} - OBSERVED
DOCS = Path(__file__).parents[2] / "docs"
_GIVEN = re.compile(r"(00[0-4]):(\d+) (.{1,10})")


def scheme(name: str, **options: str) -> Scheme:
    source = builtin(name)
    return load_scheme(source.text(), source.file, **options)  # type: ignore[arg-type]


def cases(name: str) -> tuple[Case, ...]:
    source = builtin_cases(name)
    assert source is not None, f"{name} has no cases"
    return load_cases(source.text(), source.file)


def test_the_schemes_that_orders_can_feed_are_all_there() -> None:
    assert set(FED_BY_ORDERS) <= set(builtin_ids())


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_scheme_has_no_error_of_the_linter(name: str) -> None:
    source = builtin(name)
    assert [f for f in lint(source.text(), file=source.file) if f.severity == "error"] == []


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_class_is_either_given_or_ours_and_ours_is_explained(name: str) -> None:
    found = scheme(name)
    marks = [*(c for d in found.dimensions for c in d.classes), *found.parameters]
    for mark in marks:
        waits_for_a_profile = getattr(mark, "value", mark) is None
        assert waits_for_a_profile or (mark.given is None) == mark.is_default, mark
    assert not any(m.is_default for m in marks) or found.defaults


@pytest.mark.parametrize("name", DESCRIBED)
def test_what_is_given_points_to_a_place_the_scheme_refers_to(name: str) -> None:
    found = scheme(name)
    places = {(r.seed, r.line) for r in found.references}
    assert places
    for mark in [*(c for d in found.dimensions for c in d.classes), *found.parameters]:
        if mark.given is not None:
            match = _GIVEN.fullmatch(mark.given)
            assert match, mark.given
            assert (match[1], int(match[2])) in places, mark.given


@pytest.mark.parametrize("name", DESCRIBED)
def test_only_schemes_about_prospects_take_them_in(name: str) -> None:
    """Behaviour cannot be graded before it began."""
    assert (scheme(name).population == ast.TRUE) == (name in WITH_PROSPECTS)


@pytest.mark.parametrize("name", DESCRIBED)
def test_a_parameter_has_a_name_people_can_read(name: str) -> None:
    for parameter in scheme(name).parameters:
        assert all(parameter.labels.get(lang) for lang in LANGUAGES), parameter.name


def test_a_notice_has_its_sentence_in_every_language() -> None:
    sentences = entries("notices")
    for name in DESCRIBED:
        for code in scheme(name).notices:
            assert all(sentences[code][lang] for lang in LANGUAGES), code


def test_rfm_says_what_it_is_for_and_inventions_say_that_they_are_ours() -> None:
    assert "rfm-purpose" in scheme("rfm").notices
    for name in ("customer-lifecycle", "behaviour-pattern"):
        found = scheme(name)
        assert "ours-only" in found.notices
        assert all(c.is_default for d in found.dimensions for c in d.classes)


def test_the_pareto_schemes_take_customers_products_and_any_list() -> None:
    for name in ("pareto-8020", "pareto-abc"):
        for subject in ("customer", "product", "item"):
            assert scheme(name, subject=subject).subject == subject


def test_one_trade_has_a_threshold_of_key_accounts_and_no_other() -> None:
    with_one = {p for p in builtin_profiles() if "key-account" in find_profile(p).parameters}
    assert with_one == {"telecom"}
    threshold = find_profile("telecom").parameters["key-account"]["threshold"]
    assert threshold.value is not None and threshold.value.value == 10000
    assert threshold.strict is False and threshold.given is not None and not threshold.is_default
    assert scheme("key-account").unset_parameters == ("threshold",)


def test_strictness_stands_beside_the_threshold() -> None:
    [line] = scheme("database-worthiness").parameters
    assert line.strict is True and line.value is not None and line.value.value == 1000


def test_profiles_say_where_rfm_makes_sense() -> None:
    applies = {p: find_profile(p).rfm_applicable for p in builtin_profiles()}
    assert applies["telecom"] is False and applies["bridal"] is False
    assert {"retail", "foreign-trade", "tuina", "postal"} <= {p for p, yes in applies.items() if yes}


@pytest.mark.parametrize("name", FED_BY_ORDERS)
def test_the_cases_prove_the_scheme_and_its_edges(name: str) -> None:
    found = cases(name)
    assert any(f"S:{name}" in c.checks for c in found)
    assert len(found) >= 6


@pytest.mark.parametrize("name", DESCRIBED)
def test_the_cases_reach_every_class(name: str) -> None:
    reached = {code for c in cases(name) for code in c.expect.classes.values()}
    reached |= {code for c in cases(name) for code, n in c.expect.counts.items() if n}
    codes = {c.code for d in scheme(name).dimensions for c in d.classes}
    missing = codes - reached
    # Cases of rfm are worked out for cells; the linter shows that every cell has its class.
    assert not missing or name == "rfm", missing


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_overview_lists_every_scheme_with_its_classes(language: str) -> None:
    page = (DOCS / language / "schemes.md").read_text(encoding="utf-8")
    for name in DESCRIBED:
        [row] = [line for line in page.splitlines() if line.startswith(f"| `{name}` |")]
        assert row.count("|") == 7
        listed = [c.code for d in scheme(name).dimensions for c in d.classes]
        for code in (listed[0], listed[-1]):
            assert re.search(rf"(?<![\w-]){re.escape(code)}(?![\w])", row), f"{name}: {code}"
