"""Dimensions that stand in the data: tags, fields, campaigns, from files to runs, explanations and runs made again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import keguan as kg
from keguan.book.book import Book
from keguan.book.run import Run
from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.schemes.catalogue import builtin

AS_OF = "2026-06-30"
SCHEMES = ("tag", "field-segmentation", "campaign-target")
WORLD: dict[str, dict[str, list[Any]]] = {
    "orders": {
        "customer_id": ["c1", "c2", "c3"],
        "ordered_at": ["2026-01-10", "2026-02-10", "2025-02-10"],
        "amount": ["500", "80", "900"],
    },
    "customers": {
        "customer_id": ["c1", "c2", "c3", "c4"],
        "地区": ["华东", "华南", "华东", None],
        "信仰": ["x", "y", "x", "y"],
        "喜好色": ["red", "blue", "blue", "red"],
        "年龄": [17, 30, 40, 50],
        "积分": [11, 22, 33, 44],
    },
    "tags": {"customer_id": ["c1", "c1", "c2"], "tag": ["VIP", "常退货", "常退货"]},
    "campaigns": {
        "campaign": ["春季展", "south"],
        "eligibility": ["net_sales_12m >= 100", 'region = "华南"'],
    },
    "responses": {
        "customer_id": ["c1", "c2"],
        "kind": ["报名", "报名"],
        "at": ["2026-03-01", "2026-03-02"],
        "campaign": ["春季展", "春季展"],
    },
}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    made: Book = kg.open(**WORLD, currency="CNY", folder=tmp_path_factory.mktemp("world") / "kept")
    made.parameters = {"field-segmentation": {"age": "18, 35"}}
    return made


@pytest.fixture(scope="module")
def run(book: Book) -> Run:
    return book.classify(*SCHEMES, as_of=AS_OF, purpose="whom to invite")


def _classes(run: Run, column: str) -> list[str | None]:
    found: list[str | None] = run.assignments[column].to_pylist()
    return found


@pytest.mark.row("S:tag")
def test_both_tags_of_a_customer_can_be_asked_at_once(run: Run) -> None:
    rows = run.assignments.to_pylist()
    both = [r["customer_id"] for r in rows if r["tag.vip"] == r["tag.常退货"] == "tagged"]
    assert both == ["c1"]
    assert {c["code"]: c["count"] for c in run.counts("tag", "常退货")} == {"tagged": 2, "untagged": 2}


@pytest.mark.row("S:field-segmentation")
def test_every_field_with_a_few_values_divides_the_customers_and_is_called_as_in_the_file(run: Run) -> None:
    assert {c["code"]: c["count"] for c in run.counts("field-segmentation", "region")} == {
        "华东": 2, "华南": 1, "other-value": 0,
    }  # fmt: skip
    labels = {s["dimension"]: s["labels"] for s in run.record["schemes"] if s["id"] == "field-segmentation"}
    assert labels["region"] == {"zh-Hans": "地区", "zh-Hant": "地區", "en": "Region"}
    assert labels["attr_1"]["en"] == "喜好色"
    assert _classes(run, "field-segmentation.age") == ["below-18", "18-to-35", "from-35", "from-35"]


def test_what_is_not_taken_up_is_said(run: Run) -> None:
    aside = {s.get("dimension"): (s["why"], s["lacks"]) for s in run.record["skipped"]}
    assert aside["belief"] == ("closed", ["restricted"])
    assert "belief" not in run.measures.column_names


def test_numbers_that_measure_something_wait_for_bands(tmp_path: Path) -> None:
    many = {"customer_id": [f"c{i}" for i in range(9)], "points": list(range(9)), "colour": list("abcabcabc")}
    plan = kg.open(customers=many, folder=tmp_path).plan("field-segmentation", as_of=AS_OF)
    assert [(s.why, s.lacks) for s in plan.skipped] == [("bands", ("points",))]
    assert [d.id for s in plan.schemes for d in s.dimensions] == ["colour"]


@pytest.mark.row("S:tag")
def test_no_more_than_the_most_frequent_are_taken_and_the_others_named(tmp_path: Path) -> None:
    tags = {
        "customer_id": [f"c{i}" for i in range(62)] * 2,
        "tag": ["all"] * 62 + [f"t{i:02}" for i in range(62)],
    }
    plan = kg.open(tags=tags, folder=tmp_path).plan("tag", as_of=AS_OF)
    assert len(plan.schemes[0].dimensions) == 60
    assert [(s.name, s.lacks) for s in plan.skipped] == [("tag.too-many", ("t59", "t60", "t61"))]


@pytest.mark.row("S:campaign-target")
def test_who_is_no_target_is_refused_at_entry(run: Run) -> None:
    run.admit("c1", "春季展")
    run.admit("c2", "south")
    for customer, campaign in (("c2", "春季展"), ("c4", "春季展"), ("c1", "south")):
        with pytest.raises(KeguanError) as refused:
            run.admit(customer, campaign)
        assert [p.code for p in refused.value.problems] == ["KG468"]
        assert all(customer in refused.value.render(lang) for lang in LANGUAGES)
    with pytest.raises(KeguanError, match="KG503"):
        run.admit("c1", "autumn")
    with pytest.raises(KeguanError, match="KG507"):
        run.admit("nobody", "south")
    assert _classes(run, "campaign-target.春季展.detail") == ["entered", "entry-refused", None, None]


def test_a_run_keeps_the_document_it_wrote_out_and_can_be_made_again_and_explained(
    book: Book, run: Run
) -> None:
    assert "dimensions_from" not in run.cuts("tag")["document"]
    assert book.replay(run).record == run.record
    again = book.assign([run.cuts(s) for s in SCHEMES], purpose="whom to invite")
    assert again.assignments.equals(run.assignments)
    for lang in LANGUAGES:
        assert "常退货" in str(run.explain("c1", "tag", lang=lang))


def test_values_found_later_are_other_values_under_the_cuts_of_before(
    book: Book, run: Run, tmp_path: Path
) -> None:
    later = {**WORLD, "customers": {**WORLD["customers"], "地区": ["西北", "华南", "华东", None]}}
    found = run.cuts("field-segmentation").assign(
        kg.open(**later, folder=tmp_path / "later"), purpose="later"
    )
    assert _classes(found, "field-segmentation.region") == ["other-value", "华南", "华东", None]


@pytest.mark.parametrize(
    ("scheme", "was", "becomes", "announced"),
    [
        ("tag", "n_tags:{values} >= 1", "n_tags:{values} >= 2", True),
        ("tag", "Carries the tag", "Is so called", False),
        ("campaign-target", "n_entries:{values} >= 1", "n_entries:{values} >= 3", True),
        ("field-segmentation", 'value: "false"', 'value: "true"', True),
        ("field-segmentation", "Other values", "The rest", False),
    ],
)
def test_a_version_of_ones_own_is_announced_where_it_decides_differently(
    book: Book, tmp_path: Path, scheme: str, was: str, becomes: str, announced: bool
) -> None:
    text = builtin(scheme).text()
    assert was in text
    own = tmp_path / f"{scheme}.yaml"
    own.write_text(text.replace(was, becomes), encoding="utf-8")
    run = book.classify(str(own), as_of=AS_OF, purpose="x")
    assert ("own-version" in [n["code"] for n in run.record["notices"]]) == announced
    assert book.replay(run).record["notices"] == run.record["notices"]


def test_what_the_built_in_schemes_find_is_no_version_of_ones_own(book: Book, run: Run) -> None:
    again = book.replay(
        run
    )  # from the documents written out, where the built-in files are not known any more
    assert "own-version" not in [n["code"] for n in (*run.record["notices"], *again.record["notices"])]


def test_reports_and_exports_take_names_of_any_script(run: Run, tmp_path: Path) -> None:
    for name in ("r.html", "r.xlsx"):
        assert run.report(tmp_path / name, "zh-Hant").stat().st_size > 1000
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert "春季展" in page and "常退货" in page


def test_a_decision_of_a_person_stands_above_a_tag(tmp_path: Path) -> None:
    decided = {
        "customer_id": ["c3"], "scheme": ["tag"], "dimension": ["常退货"], "class": ["tagged"],
        "reason": ["seen at the desk"], "from_on": ["2026-01-01"],
    }  # fmt: skip
    run = kg.open(**WORLD, overrides=decided, folder=tmp_path).classify("tag", as_of=AS_OF, purpose="x")
    assert _classes(run, "tag.常退货") == ["tagged", "tagged", "tagged", "untagged"]


def test_without_a_customers_table_measures_can_still_be_banded_and_nothing_fails(tmp_path: Path) -> None:
    book: Book = kg.open(orders=WORLD["orders"], currency="CNY", folder=tmp_path)
    why = {s.id: (s.why, s.lacks) for s in book.plan(as_of=AS_OF).skipped}
    assert why["field-segmentation"] == ("missing-input", ("customers",))
    assert why["tag"] == ("missing-input", ("tags.tag",))
    book.parameters = {"field-segmentation": {"net_sales_12m": "100"}}
    run = book.classify("field-segmentation", as_of=AS_OF, purpose="x")
    assert _classes(run, "field-segmentation.net_sales_12m") == ["from-100", "below-100", "below-100"]


@pytest.mark.parametrize(
    ("eligibility", "code"),
    [("region is 华南", "KG302"), ('net_sales_12m >= "a"', "KG341"), ("n_tags: > 1", "KG311")],
)
def test_a_condition_in_the_data_is_refused_with_its_place_there(
    tmp_path: Path, eligibility: str, code: str
) -> None:
    world = {**WORLD, "campaigns": {"campaign": ["south"], "eligibility": [eligibility]}}
    with pytest.raises(KeguanError) as refused:
        kg.open(**world, currency="CNY", folder=tmp_path).plan("campaign-target", as_of=AS_OF)
    [problem] = refused.value.problems
    assert problem.code == code and problem.place.file == "campaigns.eligibility (south)"


def test_a_campaign_without_a_condition_or_with_an_unknown_field_is_set_aside_by_name(tmp_path: Path) -> None:
    offered = {
        "campaign": ["winter", "autumn", "south"],
        "eligibility": [None, "shoe_size > 40", 'region = "华南"'],
    }
    plan = kg.open(**{**WORLD, "campaigns": offered}, folder=tmp_path).plan("campaign-target", as_of=AS_OF)
    assert [d.id for s in plan.schemes for d in s.dimensions] == ["south"]
    assert {s.name: s.lacks for s in plan.skipped} == {
        "campaign-target.no-condition": ("winter",),
        "campaign-target.autumn": ("customers.shoe_size",),
    }


@pytest.mark.row("S:field-segmentation")
def test_of_many_fields_those_filled_best_are_taken(tmp_path: Path) -> None:
    people: dict[str, list[Any]] = {"customer_id": [f"c{i}" for i in range(20)]}
    for n in range(10):
        people[f"trait {n}"] = [("x", "y")[i % 2] if i < 4 + n else None for i in range(20)]
    plan = kg.open(customers=people, folder=tmp_path).plan("field-segmentation", as_of=AS_OF)
    assert [d.id for s in plan.schemes for d in s.dimensions] == [f"trait_{n}" for n in range(9, 1, -1)]
    assert [(s.name, s.lacks) for s in plan.skipped] == [
        ("field-segmentation.too-many", ("trait_1", "trait_0"))
    ]


@pytest.mark.row("S:field-segmentation")
def test_up_to_twenty_values_are_classes_and_more_of_them_name_things(tmp_path: Path) -> None:
    people = {
        "customer_id": [f"c{i}" for i in range(42)],
        "twenty": [f"v{i % 20}" for i in range(42)],
        "more": [f"v{i % 21}" for i in range(42)],
    }
    plan = kg.open(customers=people, folder=tmp_path).plan("field-segmentation", as_of=AS_OF)
    assert [(d.id, len(d.classes)) for s in plan.schemes for d in s.dimensions] == [("twenty", 21)]
    assert [(s.why, s.lacks) for s in plan.skipped] == [("unfit", ("more",))]
