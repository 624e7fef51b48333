"""What the checker lets pass and what it reports, by code."""

from pathlib import Path

import pytest

import keguan.language
from keguan.core.errors import Place
from keguan.core.languages import LANGUAGES
from keguan.core.texts import entries
from keguan.language import ast, units
from keguan.language.checker import Expected, check, type_of, unit_of
from keguan.language.parser import parse, parse_with_places
from keguan.language.vocabulary import Vocabulary

SOUND = [
    "net_sales_12m >= 1000 and recency_days <= 30",
    "net_sales_12m >= ¥1.2万 or gross_margin_12m > 20%",
    "gross_margin_12m > growth",
    "frequency_12m >= 2 orders and frequency_12m >= 3 times and n_referrals > 1",
    "net_sales_12m / frequency_12m > ¥500",
    "net_sales_12m / tenure_months > 500 and net_sales_12m / tenure_months * 12 months > ¥9000",
    "net_sales_12m * gross_margin_12m > ¥100",
    "tenure_months / 1 month * 30 days > recency_days",
    "recency_days / 30 days < 2 and 1 - gross_margin_12m > 0.5",
    "first_order_on > 2026-01-01 and last_order_on - first_order_on > 30 days",
    "first_order_on + 30 < last_order_on and 30 days + first_order_on between 2026-01-01 and last_order_on",
    "max(first_order_on, last_order_on) < 2026-06-30",
    'region = "east" or region in ("south", "north") or industry = "steel" or industry is missing',
    "overdue for 7 days and not is_member and overdue = is_member",
    "is value-pyramid:A or in (value-pyramid:545, external-attributes.region:east)",
    "is value-pyramid:A via referred_by",
    "abs(net_sales_12m - 100) > 5 and round(satisfaction) = 4 and coalesce(region, 'none') != 'east'",
    "1 + gross_margin_12m > 1.5",
    "-recency_days > -30 days",
    "true",
]
UNSOUND = [
    ("net_sale_12m > 1", ["KG330"]),
    ("is value-pyramids:A", ["KG331"]),
    ("is external-attributes.regio:east", ["KG332"]),
    ("is value-pyramid.x:A", ["KG332"]),
    ("is value-pyramid:Z", ["KG333"]),
    ("is external-attributes:east", ["KG334"]),
    ('region = "West"', ["KG335"]),
    ('region in ("east", "West")', ["KG335"]),
    ('"West" != region', ["KG335"]),
    ("net_sales_12m", ["KG340"]),
    ("region and 5", ["KG340", "KG340"]),
    ("not first_order_on", ["KG340"]),
    ("abs(region) is missing", ["KG340"]),
    ("region + 1 > 1", ["KG340"]),
    ("is_member * 2 > 1", ["KG340"]),
    ("recency_days via referred_by", ["KG340"]),
    ("overdue via recency_days", ["KG340"]),
    ("region = 5", ["KG341"]),
    ('first_order_on > "2026-01-01"', ["KG341"]),
    ("overdue = 1", ["KG341"]),
    ("coalesce(region, 5) is missing", ["KG341"]),
    ('region < "east"', ["KG342"]),
    ("overdue between false and true", ["KG342"]),
    ("max(overdue, is_member)", ["KG342"]),
    ("recency_days < tenure_months", ["KG343"]),
    ("recency_days < 3 months", ["KG343"]),
    ("recency_days < ¥30", ["KG343"]),
    ("recency_days between 1 and 3 months", ["KG343"]),
    ("recency_days in (1, 2 months)", ["KG343"]),
    ("net_sales_12m + recency_days > 5", ["KG343"]),
    ("min(net_sales_12m, recency_days) > 5", ["KG343"]),
    ("gross_margin_12m > satisfaction", ["KG343"]),
    ("frequency_12m > 2 items", ["KG343"]),
    ("net_sales_12m * net_sales_12m > 1", ["KG344"]),
    ("recency_days * tenure_months > 1", ["KG344"]),
    ("net_sales_12m / recency_days / tenure_months > 1", ["KG344"]),
    ("gross_margin_12m > 20", ["KG345"]),
    ("first_order_on + 3 months > 2026-01-01", ["KG346"]),
    ("first_order_on + last_order_on > 2026-01-01", ["KG346"]),
    ("30 - first_order_on > 2026-01-01", ["KG346"]),
    ("first_order_on * 2 > 2026-01-01", ["KG346"]),
    ("first_order_on - region > 2026-01-01", ["KG346"]),
    ("abs(1, 2) > 1", ["KG347"]),
    ("min(1) > 1", ["KG347"]),
    ("is_member for 7 days", ["KG350"]),
    ("(overdue and is_member) for 7 days", ["KG350"]),
    ("overdue for 7", ["KG351"]),
    ("overdue for 2 months", ["KG351"]),
    ("nobody for 7 days", ["KG330"]),
]


@pytest.mark.parametrize("text", SOUND)
def test_sound_conditions_pass(text: str, vocabulary: Vocabulary) -> None:
    assert [p.render("en") for p in check(parse(text), vocabulary)] == []


@pytest.mark.parametrize(("text", "codes"), UNSOUND)
def test_unsound_conditions_are_reported_in_every_language(
    text: str, codes: list[str], vocabulary: Vocabulary
) -> None:
    problems = check(parse_with_places(text), vocabulary)
    assert [p.code for p in problems] == codes
    for problem in problems:
        assert problem.place.line == 1 and problem.place.column is not None
        assert len({problem.render(lang) for lang in LANGUAGES}) == 3
        assert all("{" not in problem.render(lang) and problem.do(lang) for lang in LANGUAGES)


def test_all_problems_come_at_once_each_at_its_place(vocabulary: Vocabulary) -> None:
    text = "net_sale_12m > 1 and is value-pyramid:Z\nand recency_days < 3 months"
    problems = check(parse_with_places(text, Place("shop.yaml", 10, 5)), vocabulary)
    assert [(p.code, str(p.place)) for p in problems] == [
        ("KG330", "shop.yaml:10:5"),
        ("KG333", "shop.yaml:10:29"),
        ("KG343", "shop.yaml:11:9"),
    ]


def test_a_bare_tree_is_reported_at_the_place_given_and_only_once(vocabulary: Vocabulary) -> None:
    place = Place("shop.yaml", 3, field="when")
    problems = check(parse("nobody > 1 or nobody > 1 or nobody < 5"), vocabulary, place=place)
    assert [(p.code, p.place) for p in problems] == [("KG330", place)]


def test_misspelt_names_get_the_nearest_known_ones(vocabulary: Vocabulary) -> None:
    (problem,) = check(parse("net_sales12m > 1"), vocabulary)
    assert str(problem.values["near"]).split(", ")[0] == "net_sales_12m"
    (problem,) = check(parse("zzz > 1"), Vocabulary({}))
    assert problem.values["near"] == "-"


@pytest.mark.parametrize(
    ("text", "expect", "codes"),
    [
        ("net_sales_12m * 2", "number", []),
        ("net_sales_12m * 2", "money", []),
        ("1000", "money", []),
        ("recency_days", "money", ["KG340"]),
        ("region", "number", ["KG340"]),
        ("first_order_on + 5", "date", []),
        ("region", "text", []),
        ("recency_days > 5", "number", ["KG340"]),
        ("first_order_on", "value", []),
    ],
)
def test_the_expected_type_is_asked_for(
    text: str, expect: Expected, codes: list[str], vocabulary: Vocabulary
) -> None:
    assert [p.code for p in check(parse(text), vocabulary, expect=expect)] == codes


@pytest.mark.parametrize(
    ("text", "type_", "unit"),
    [
        ("net_sales_12m / frequency_12m", "money", "money"),
        ("net_sales_12m / net_sales_12m", "number", "ratio"),
        ("net_sales_12m / tenure_months", "number", "money/months"),
        ("last_order_on - first_order_on", "number", "days"),
        ("5", "number", None),
        ("max(5, recency_days)", "number", "days"),
        ("recency_days > 5", "flag", None),
        ("nobody + 1", None, None),
    ],
)
def test_types_and_units_of_values(text: str, type_: str, unit: str, vocabulary: Vocabulary) -> None:
    assert (type_of(parse(text), vocabulary), unit_of(parse(text), vocabulary)) == (type_, unit)


def test_trees_written_by_kinds_are_checked_too(vocabulary: Vocabulary) -> None:
    sales, days = ast.Name("net_sales_12m"), ast.Name("recency_days")
    cut = ast.TupleCompare((sales, days), (ast.Literal(5, "money"), ast.Literal(None)), (True, False))
    choice = ast.If(((cut, ast.Literal(1)),), ast.Literal(0.5))
    assert check(choice, vocabulary, expect="number") == []
    wrong = ast.If(((sales, ast.Literal("x")),), ast.Literal(0))
    assert [p.code for p in check(wrong, vocabulary, expect="value")] == ["KG340", "KG341"]


def test_time_grows_with_the_tree_and_not_faster(vocabulary: Vocabulary) -> None:
    deep = parse("+".join(["net_sales_12m"] * 35) + " > 1")
    calls = 0

    class Counting(dict[str, object]):
        def get(self, key: str, default: object = None) -> object:
            nonlocal calls
            calls += 1
            return super().get(key, default)

    counting = Vocabulary(Counting(vocabulary.terms), vocabulary.schemes)  # type: ignore[arg-type]
    assert check(deep, counting) == []
    assert calls == 35


def test_units_of_errors_are_named_in_the_readers_language(vocabulary: Vocabulary) -> None:
    (problem,) = check(parse("recency_days < tenure_months"), vocabulary)
    assert "天" in problem.what("zh-Hans") and "days" in problem.what("en")
    named = entries("language")["units"]
    assert set(units.SPELLINGS) <= set(named)


def test_every_code_of_the_language_has_its_texts_and_no_text_is_left_over() -> None:
    source = "".join(f.read_text("utf-8") for f in Path(keguan.language.__path__[0]).glob("*.py"))
    texts = entries("errors_language")
    assert {code for code in texts if f'"{code}"' in source} == set(texts)
    assert {
        code for code in map(str, range(300, 400)) if f'"KG{code}"' in source and f"KG{code}" not in texts
    } == set()
    for code, text in texts.items():
        assert set(text) == {"what", "do"}, code
        assert all(set(text[part]) == set(LANGUAGES) for part in text), code
