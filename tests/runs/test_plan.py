"""A plan says which schemes run in which order, and why others do not."""

from pathlib import Path

import pytest

from keguan.book.book import Book
from keguan.core.errors import KeguanError
from tests.fixtures.open_shops import open_shop, write_schemes
from tests.fixtures.shops import AS_OF, document


def _codes(error: pytest.ExceptionInfo[KeguanError]) -> list[str]:
    return [p.code for p in error.value.problems]


def test_a_scheme_asked_about_is_added_and_fitted_first(book: Book) -> None:
    plan = book.plan("by-region", as_of=AS_OF)
    assert [[s.id for s in level] for level in plan.levels] == [["valued"], ["by-region"]]
    assert "@valued" in plan.available


def test_measures_stand_after_what_they_read_and_attributes_apart(book: Book) -> None:
    plan = book.plan("by-region", "everybody", as_of=AS_OF)
    names = [m.name for m in plan.measures]
    assert names.index("last_order_on") < names.index("recency_days")
    assert {"region", "credit_limit"} <= set(plan.attributes)
    assert len(set(names)) == len(names)


def _scheme(name: str, when: str) -> str:
    return document(name, "rules", "", [f"code: x, when: '{when}'", "code: y, otherwise: true"])


@pytest.fixture
def small(tmp_path: Path) -> Book:
    made = open_shop(tmp_path, 12)
    write_schemes(
        tmp_path / "own" / "schemes",
        {
            "one": _scheme("one", "is two:x"),
            "two": _scheme("two", "is three:x"),
            "three": _scheme("three", "is one:y"),
            "lacking": _scheme("lacking", 'sector = "retail"'),
            "leaning": _scheme("leaning", "is lacking:x"),
            "unset": _scheme("unset", "n_orders_total > least").replace(
                "classes:", "parameters: {least: {unit: orders}}\nclasses:", 1
            ),
            "ghost": _scheme("ghost", "is valued:Z"),
        },
    )
    return made


def test_schemes_in_a_circle_are_refused(small: Book) -> None:
    with pytest.raises(KeguanError) as error:
        small.plan("one", as_of=AS_OF)
    assert _codes(error) == ["KG501"]
    assert "one → three → two → one" in str(error.value)


@pytest.mark.parametrize(
    ("scheme", "code", "named"), [("lacking", "KG511", "customers.sector"), ("unset", "KG512", "least")]
)
def test_a_scheme_asked_for_that_cannot_run_is_refused_with_what_it_lacks(
    small: Book, scheme: str, code: str, named: str
) -> None:
    with pytest.raises(KeguanError) as error:
        small.plan(scheme, as_of=AS_OF)
    assert code in _codes(error) and named in str(error.value)


def test_what_leans_on_a_scheme_that_cannot_run_cannot_run_either(small: Book) -> None:
    with pytest.raises(KeguanError) as error:
        small.plan("leaning", "valued", as_of=AS_OF)
    assert _codes(error) == ["KG511"] and "lacking" in str(error.value)


def test_a_class_nobody_has_is_refused(small: Book) -> None:
    with pytest.raises(KeguanError) as error:
        small.classify("ghost", as_of=AS_OF, purpose="x")
    assert _codes(error) == ["KG503"]


def test_the_whole_catalogue_sets_aside_what_the_data_lack_and_says_why(book: Book) -> None:
    plan = book.plan(as_of=AS_OF)
    why = {s.id: s.why for s in plan.skipped}
    ran = {s.id for s in plan.schemes}
    assert {"value-pyramid", "rfm", "valued", "by-region"} <= ran
    assert why["key-account"] == "parameter"
    lacks = {s.id: s.lacks for s in plan.skipped}
    assert lacks["payment-behaviour"] == ("invoices", "payments")
    assert not {s.id for s in plan.skipped if s.dimension is None} & ran
    assert all(s.lacks for s in plan.skipped)


TWO_QUESTIONS = """\
scheme: two-questions
version: 1
family: behaviour
kind: rules
labels: {zh-Hans: 两问, zh-Hant: 兩問, en: Two questions}
dimensions:
  - dimension: area
    labels: {zh-Hans: 地区, zh-Hant: 地區, en: Area}
    classes:
      - {code: east, when: 'region = "east"', default: true, labels: {zh-Hans: 东, zh-Hant: 東, en: East}}
      - {code: other, otherwise: true, default: true, labels: {zh-Hans: 其他, zh-Hant: 其他, en: Other}}
  - dimension: trade
    labels: {zh-Hans: 行业, zh-Hant: 產業, en: Trade}
    classes:
      - {code: retail, when: 'sector = "retail"', default: true, labels: {zh-Hans: 零售, zh-Hant: 零售, en: Retail}}
      - {code: other, otherwise: true, default: true, labels: {zh-Hans: 其他, zh-Hant: 其他, en: Other}}
"""


@pytest.fixture
def two(tmp_path: Path) -> Book:
    made = open_shop(tmp_path, 12)
    asks = {
        "two-questions": TWO_QUESTIONS,
        "asks-area": _scheme("asks-area", "is two-questions.area:east"),
        "asks-trade": _scheme("asks-trade", "is two-questions.trade:retail"),
    }
    write_schemes(tmp_path / "own" / "schemes", asks)
    return made


def test_a_question_the_data_cannot_answer_is_set_aside_alone(two: Book) -> None:
    plan = two.plan("two-questions", as_of=AS_OF)
    [scheme] = plan.schemes
    assert [d.id for d in scheme.dimensions] == ["area"]
    [aside] = plan.skipped
    assert (aside.name, aside.why, aside.lacks) == (
        "two-questions.trade",
        "missing-input",
        ("customers.sector",),
    )
    assert aside.labels == {"zh-Hans": "两问 · 行业", "zh-Hant": "兩問 · 產業", "en": "Two questions · Trade"}


def test_who_asks_about_a_question_set_aside_is_set_aside_too(two: Book) -> None:
    assert [s.id for s in two.plan("asks-area", as_of=AS_OF).schemes] == ["two-questions", "asks-area"]
    with pytest.raises(KeguanError) as error:
        two.plan("asks-trade", as_of=AS_OF)
    assert _codes(error) == ["KG511"] and "two-questions.trade" in str(error.value)


def test_a_run_without_one_question_says_so_and_can_be_made_again(two: Book) -> None:
    run = two.classify("two-questions", as_of=AS_OF, purpose="half an answer")
    assert [(s["id"], s["dimension"]) for s in run.record["schemes"]] == [("two-questions", "area")]
    assert [(s["id"], s["dimension"], s["lacks"]) for s in run.record["skipped"]] == [
        ("two-questions", "trade", ["customers.sector"])
    ]
    again = two.replay(run)
    assert again.record == run.record
    kept = two.assign([run.cuts("two-questions")], purpose="half an answer")
    assert kept.assignments.equals(run.assignments)
