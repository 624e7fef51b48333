"""Loading scheme documents: what comes out, and every problem of a file at once with its line."""

from __future__ import annotations

from decimal import Decimal

import pytest

from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.kinds.ranking import Ranking
from keguan.kinds.rules.spec import Rules
from keguan.language import ast
from keguan.language.parser import parse
from keguan.schemes.cases import load_cases
from keguan.schemes.catalogue import builtin, builtin_cases, builtin_ids
from keguan.schemes.loader import load_scheme
from keguan.schemes.profile import load_profile
from tests.schemes.documents import PROFILE, PYRAMID, RULES, SOUND, TWO_QUESTIONS, changed


def problems(text: str, **arguments: object) -> list[tuple[str, int | None]]:
    with pytest.raises(KeguanError) as caught:
        load_scheme(text, "own.yaml", **arguments)  # type: ignore[arg-type]
    assert all(p.place.file == "own.yaml" for p in caught.value.problems if p.place.file)
    for lang in LANGUAGES:
        assert caught.value.render(lang)
    return [(p.code, p.place.line) for p in caught.value.problems]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("name", SOUND)
def test_a_sound_document_of_every_kind_loads(name: str) -> None:
    scheme = load_scheme(SOUND[name], "own.yaml")
    assert scheme.id == "own-scheme"
    assert scheme.population == parse("n_orders_total >= 1")
    assert scheme.references[0].line == 18
    assert all(d.classes and d.display for d in scheme.dimensions)


@pytest.mark.parametrize("scheme_id", builtin_ids())
def test_every_built_in_scheme_and_its_cases_load_for_every_subject(scheme_id: str) -> None:
    source = builtin(scheme_id)
    scheme = load_scheme(source.text(), source.file)
    assert scheme.id == scheme_id
    for subject in scheme.subjects:
        assert load_scheme(source.text(), source.file, subject=subject).subject == subject
    cases = builtin_cases(scheme_id)
    assert cases is not None
    assert load_cases(cases.text(), cases.file)


def test_classes_carry_labels_marks_and_shares() -> None:
    [dimension] = load_scheme(PYRAMID, "own.yaml").dimensions
    assert isinstance(dimension.spec, Ranking)
    assert [c.up_to for c in dimension.spec.classes] == [
        Decimal("0.01"),
        Decimal("0.05"),
        Decimal("0.20"),
        None,
    ]
    assert dimension.classes[0].given == "001:18"
    assert dimension.display == ("A", "B", "C", "D")
    assert dimension.label("A", "en") == "VIP"


def test_own_shares_become_cumulative_ones() -> None:
    own = changed(
        PYRAMID, ("up_to: 1%", "share: 1%"), ("up_to: 5%", "share: 4%"), ("up_to: 20%", "share: 15%")
    )
    own = changed(own, ("rest: true", "share: 80%"))
    spec = load_scheme(own, "own.yaml").dimensions[0].spec
    assert spec == load_scheme(PYRAMID, "own.yaml").dimensions[0].spec


def test_the_incremental_reading_of_1_5_20_80_is_refused() -> None:
    own = changed(
        PYRAMID, ("up_to: 1%", "share: 1%"), ("up_to: 5%", "share: 5%"), ("up_to: 20%", "share: 20%")
    )
    own = changed(own, ("rest: true", "share: 80%"))
    assert problems(own) == [("KG420", line_of(own, "- {code: A"))]
    with pytest.raises(KeguanError, match=r"1\.06"):
        load_scheme(own, "own.yaml")


def test_dimensions_are_read_one_by_one() -> None:
    scheme = load_scheme(TWO_QUESTIONS, "own.yaml")
    assert [d.id for d in scheme.dimensions] == ["active", "frequent"]
    assert [scheme.column(d) for d in scheme.dimensions] == ["own-scheme.active", "own-scheme.frequent"]
    assert scheme.dimension("frequent").spec != scheme.dimension("active").spec
    with pytest.raises(KeyError):
        scheme.dimension(None)


def test_another_window_renames_the_measures_of_the_documents_own() -> None:
    text = changed(
        PYRAMID, ("ties: exact", "ties: exact\ntie_order: [gross_profit_12m desc, first_order_on asc]")
    )
    spec = load_scheme(text, "own.yaml", window="6m").dimensions[0].spec
    assert spec.measure == "net_sales_6m"
    assert [k.name for k in spec.tie_order] == ["gross_profit_6m", "first_order_on"]


def test_the_window_before_is_renamed_too_and_other_windows_are_kept() -> None:
    condition = "n_orders_12m < n_orders_prev_12m and n_orders_3m >= 2"
    text = changed(RULES, ("net_sales_12m >= high and n_orders_12m >= 2", condition))
    scheme = load_scheme(text, "own.yaml", window="24m")
    names = ast.names(scheme.dimensions[0].spec.classes[1].ways[0].when)
    assert names == ["n_orders_24m", "n_orders_prev_24m", "n_orders_3m"]
    assert scheme.window == "24m"


def test_families_of_measures_follow_the_window_with_their_values() -> None:
    text = changed(RULES, ("n_orders_12m >= 2", 'n_responses_12m:coupon+advert + n_cues_12m:"a b" >= 2'))
    scheme = load_scheme(text, "own.yaml", window="24m")
    names = ast.names(scheme.dimensions[0].spec.classes[1].ways[0].when)
    assert names == ["net_sales_24m", "high", "n_responses_24m:coupon+advert", "n_cues_24m:a b"]


def test_a_measure_that_cannot_change_its_window_is_refused_with_its_place() -> None:
    text = changed(RULES, ("n_orders_12m >= 2", "growth_12m >= 10%"))
    assert problems(text, window="6m") == [("KG418", line_of(text, "growth_12m"))]
    assert problems(text, window="sometimes")[0][0] == "KG429"


def test_one_document_serves_several_subjects_with_their_own_measures() -> None:
    subjects = "subject: {customer: net_sales_12m, product: quantity_12m, item: weight}"
    text = changed(PYRAMID, ("measure: net_sales_12m", subjects))
    assert load_scheme(text, "own.yaml").subject == "customer"
    assert load_scheme(text, "own.yaml").subjects == ("customer", "product", "item")
    spec = load_scheme(text, "own.yaml", subject="item").dimensions[0].spec
    assert (spec.measure, spec.subject) == ("weight", "item")
    changed_measure = load_scheme(text, "own.yaml", changes={"measure": "gross_profit_12m"})
    assert changed_measure.dimensions[0].spec.measure == "gross_profit_12m"


def test_a_population_may_differ_by_subject() -> None:
    text = changed(
        PYRAMID,
        ("measure: net_sales_12m", "subject: {customer: net_sales_12m, item: weight}"),
        ("{where: n_orders_total >= 1}", "{where: {customer: n_orders_total >= 1}}"),
    )
    assert load_scheme(text, "own.yaml").population == parse("n_orders_total >= 1")
    assert load_scheme(text, "own.yaml", subject="item").population == ast.TRUE


def test_a_subject_the_scheme_does_not_have_is_refused() -> None:
    assert problems(PYRAMID, subject="product")[0][0] == "KG417"
    assert (
        problems(changed(PYRAMID, ("kind: rank_share", "kind: rank_share\nsubject: moon")))[0][0] == "KG433"
    )


def test_parameters_stand_in_the_conditions() -> None:
    [dimension] = load_scheme(RULES, "own.yaml").dimensions
    assert isinstance(dimension.spec, Rules)
    assert dimension.spec.classes[0].ways[0].when == parse("recency_days > 180 days")


def test_a_profile_lays_its_values_over_and_a_request_over_those() -> None:
    profile = load_profile(PROFILE, "shop.yaml")
    scheme = load_scheme(RULES, "own.yaml", profile=profile)
    assert scheme.parameters[0].value == ast.Literal(60, "days")
    assert (scheme.parameters[0].source, scheme.parameters[0].given) == ("profile", "000:81")
    assert scheme.dimensions[0].spec.classes[0].ways[0].when == parse("recency_days > 60 days")
    scheme = load_scheme(RULES, "own.yaml", profile=profile, parameters={"quiet_after": 30})
    assert (scheme.parameters[0].value, scheme.parameters[0].source) == (ast.Literal(30, "days"), "request")


def test_a_parameter_nobody_has_set_is_named() -> None:
    text = changed(RULES, ("{value: 180, unit: days, default: true}", "{unit: days}"))
    assert load_scheme(text, "own.yaml").unset_parameters == ("quiet_after",)
    assert load_scheme(text, "own.yaml", profile=load_profile(PROFILE, "shop.yaml")).unset_parameters == ()


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("net_sales_12m", "KG419"),
        ("1 +", "KG312"),
        ("20 orders", "KG419"),
        ("'ten'", None),
        ("90 days", None),
    ],
)
def test_a_parameter_is_one_constant_of_its_unit(value: str, code: str | None) -> None:
    text = changed(RULES, ("value: 180,", f'value: "{value}",'))
    if code:
        assert code in [c for c, _ in problems(text)]
    elif value == "90 days":
        assert load_scheme(text, "own.yaml").parameters[0].value == ast.Literal(90, "days")
    else:
        assert "KG341" in [c for c, _ in problems(changed(text, (", unit: days", "")))]


def test_a_profile_or_request_for_a_parameter_that_is_not_there_is_refused() -> None:
    profile = load_profile(changed(PROFILE, ("quiet_after", "loud_after")), "own.yaml")
    assert problems(RULES, profile=profile) == [("KG427", line_of(PROFILE, "quiet_after"))]
    assert problems(RULES, parameters={"loud_after": 3}) == [("KG427", None)]


def test_a_parameter_may_not_take_the_name_of_something_else() -> None:
    text = changed(RULES, ("  quiet_after: {value", "  recency_days: {value"))
    assert "KG439" in [c for c, _ in problems(text)]


def test_changes_replace_top_level_keys() -> None:
    scheme = load_scheme(PYRAMID, "own.yaml", changes={"measure": "gross_profit_12m", "at_least_one": False})
    spec = scheme.dimensions[0].spec
    assert (spec.measure, spec.at_least_one) == ("gross_profit_12m", False)
    assert load_scheme(PYRAMID, "own.yaml", changes={"population": None}).population == ast.TRUE
    assert problems(PYRAMID, changes={"colour": "red"})[0][0] == "KG405"


def test_every_problem_of_a_file_comes_out_at_once_with_its_line() -> None:
    text = changed(
        RULES,
        ("version: 1", "version: zero"),
        ("family: own\n", ""),
        ("top: 20%", "top: 120%"),
        ("recency_days > quiet_after", "recency_days >"),
        ("code: others", "code: important"),
        ("otherwise: true", "otherwise: true, colour: red"),
    )
    found = problems(text)
    lines = dict(found)
    assert {"KG404", "KG403", "KG312", "KG421", "KG405"} <= set(lines)
    assert lines["KG312"] == line_of(text, "recency_days >")
    assert lines["KG405"] == line_of(text, "colour")
    assert ("KG404", line_of(text, "version: zero")) in found
    assert ("KG404", line_of(text, "120%")) in found


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("kind: rules", "kind: magic", "KG416"),
        ("scheme: own-scheme", "scheme: Own Scheme", "KG423"),
        ("code: quiet", 'code: "quiet one"', "KG422"),
        ("order: [quiet, important, others]", "order: [important, others, quiet]", "KG414"),
        ("order: [quiet, important, others]", "order: [quiet, others]", "KG415"),
        ("order: [quiet", "display: [quiet]\norder: [quiet", "KG428"),
        ("measure: net_sales_12m", "measures: net_sales_12m", "KG405"),
        ("recency_days > quiet_after", "recency_days > 3 orders", "KG343"),
        ("recency_days > quiet_after", "is value-pyramid:A and 3", "KG340"),
        ("seed: ", "seeds: ", "KG403"),
    ],
)
def test_what_is_wrong_has_its_own_code(old: str, new: str, code: str) -> None:
    text = changed(RULES, (old, new))
    assert code in [c for c, _ in problems(text)]


def test_a_document_without_classes_is_refused() -> None:
    start = RULES.index("classes:")
    empty = RULES[:start] + "classes: []\ndefaults: [x]\n"
    assert "KG430" in [c for c, _ in problems(empty)]
    assert "KG403" in [c for c, _ in problems(empty.replace("classes: []\n", ""))]


def test_bands_that_all_stand_apart_need_a_rest() -> None:
    text = changed(
        SOUND["bands"], ("from: 10000", "when: n_orders_12m > 3"), ("above: 1000", "when: n_orders_12m > 1")
    )
    assert "KG410" in [c for c, _ in problems(changed(text, ("rest: true", "when: n_orders_12m >= 0")))]


def test_scores_ask_for_letters_only() -> None:
    text = changed(SOUND["scores"], ("r < 4 or m < 4", "not is value-pyramid:A"))
    assert problems(text) == [("KG431", line_of(text, "not is value"))]


@pytest.mark.parametrize("name", ["status", "reason", "detail"])
def test_a_dimension_is_not_called_like_a_column_of_the_result(name: str) -> None:
    assert ("KG424", 8) in problems(changed(TWO_QUESTIONS, ("dimension: active", f"dimension: {name}")))


def test_aliases_and_very_long_documents_are_refused() -> None:
    bomb = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
    assert problems(bomb) == [("KG407", 2)]
    assert problems("x" * 400_001) == [("KG408", 1)]


def test_a_star_in_a_text_is_no_alias() -> None:
    text = changed(RULES, ("recency_days > quiet_after", "recency_days > 2 * quiet_after"))
    assert load_scheme(text, "own.yaml").id == "own-scheme"


FOUND = """\
scheme: own-tags
version: 1
family: own
kind: rules
labels: {zh-Hans: x, zh-Hant: x, en: x}
parameters: {opened: {value: "false"}}
dimensions_from:
  values_of: tags.tag
  labels: {zh-Hans: "{value}", zh-Hant: "{value}", en: "{value}"}
  classes:
    - {code: tagged, when: 'n_tags:{values} >= 1', labels: {zh-Hans: x, zh-Hant: x, en: x}}
    - {code: untagged, otherwise: true, labels: {zh-Hans: x, zh-Hant: x, en: x}}
"""


def test_dimensions_in_the_data_are_shown_by_one_until_there_are_data() -> None:
    scheme = load_scheme(FOUND, "own.yaml")
    assert scheme.pattern == "tags.tag"
    [dimension] = scheme.dimensions
    assert [c.code for c in dimension.classes] == ["tagged", "untagged"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("values_of: tags.tag", "values_of: tags.nothing"), ("KG465", 8)),
        (("values_of: tags.tag", "columns_of: tags.tag"), ("KG465", 8)),
        (("values_of: tags.tag", "values_of: nothing"), ("KG465", 8)),
        (("values_of: tags.tag", "values_of: tags.tag\n  columns_of: customers"), ("KG465", 8)),
        (("values_of: tags.tag", "values_of: tags.tag\n  conditions: [nothing]"), ("KG465", 8)),
        (("values_of: tags.tag", "values_of: tags.tag\n  surprise: 1"), ("KG405", 9)),
        (("values_of: tags.tag", "values_of: tags.tag\n  most: many"), ("KG404", 9)),
        ((">= 1'", ">> 1'"), ("KG311", 11)),
    ],
)
def test_what_is_wrong_with_dimensions_in_the_data_has_its_line(
    change: tuple[str, str], problem: tuple[str, int]
) -> None:
    assert problem in problems(changed(FOUND, change))


def test_a_dimension_is_opened_by_a_parameter_of_the_scheme() -> None:
    closed = changed(
        TWO_QUESTIONS, ("  - dimension: frequent", "  - opened_by: allowed\n    dimension: frequent")
    )
    assert [c for c, _ in problems(closed)] == ["KG427"]
    known = changed(closed, ("dimensions:", 'parameters: {allowed: {value: "false"}}\ndimensions:'))
    assert [d.closed_by for d in load_scheme(known, "own.yaml").dimensions] == [None, "allowed"]
    opened = load_scheme(known, "own.yaml", parameters={"allowed": "true"})
    assert [d.closed_by for d in opened.dimensions] == [None, None]
