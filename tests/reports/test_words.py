"""The words of reports: complete in three languages, with the same places in each."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from string import Formatter
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keguan.core.languages import LANGUAGES
from keguan.core.texts import entries
from keguan.engine.intake.options import Policies
from keguan.reports.figures import Figures
from keguan.reports.intake_words import policy_words
from keguan.reports.markup import Markup, join, tag
from keguan.reports.words import Words

# Characters that only simplified texts have, from the vocabulary of reports.
SIMPLIFIED = set("户销额类数据报样层顺码页请级订单时间围开关闭写这为从还没种业进过实验归对应资")


def leaves(node: Any, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    if set(node) & set(LANGUAGES):
        yield path, node
        return
    for key, inner in node.items():
        yield from leaves(inner, f"{path}.{key}")


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


@pytest.mark.parametrize("area", ["report", "errors_reports"])
def test_every_sentence_is_there_in_three_languages_with_the_same_places(area: str) -> None:
    for path, texts in leaves(entries(area), area):
        assert set(texts) == set(LANGUAGES), path
        assert all(texts[lang].strip() for lang in LANGUAGES), path
        assert len({frozenset(places(texts[lang])) for lang in LANGUAGES}) == 1, path


@pytest.mark.parametrize("area", ["report", "errors_reports"])
def test_traditional_texts_hold_no_simplified_characters(area: str) -> None:
    for path, texts in leaves(entries(area), area):
        assert not SIMPLIFIED & set(texts["zh-Hant"]), path


@pytest.mark.parametrize(
    ("lang", "amount", "short"),
    [
        ("zh-Hans", "22072210.22", "¥2,207.2万"), ("zh-Hans", "183000000", "¥1.83亿"), ("zh-Hans", "9120.4", "¥9,120"),
        ("zh-Hant", "22072210.22", "¥2,207.2萬"), ("zh-Hant", "-50000", "−¥5.00萬"), ("zh-Hans", "9999.6", "¥1.00万"),
        ("en", "265178.92", "¥265.2k"), ("en", "22072210.22", "¥22.1M"), ("en", "1830000000", "¥1.83bn"), ("en", "999", "¥999"),
    ],
)  # fmt: skip
def test_short_amounts(lang: Any, amount: str, short: str) -> None:
    assert Figures(lang, "CNY").short(Decimal(amount)) == short


@pytest.mark.parametrize(
    ("amount", "exact"),
    [("182340", "¥182,340.00"), ("-1.5", "−¥1.50"), ("8300065.8140", "¥8,300,065.814"), ("0", "¥0.00")],
)
def test_exact_amounts(amount: str, exact: str) -> None:
    assert Figures("zh-Hans", "CNY").money(Decimal(amount)) == exact
    assert Figures("zh-Hans", None).money(Decimal(amount)) == exact.replace("¥", "")


@pytest.mark.parametrize(
    ("share", "text"),
    [("0.76", "76.0%"), ("0.0004", "<0.1%"), ("0", "0.0%"), ("-0.2", "−20.0%"), ("1", "100.0%")],
)
def test_shares(share: str, text: str) -> None:
    assert Figures("en", None).share(Decimal(share)) == text


@given(st.decimals(min_value=-(10**13), max_value=10**13, places=4))
def test_short_amounts_are_within_a_percent(amount: Decimal) -> None:
    written = Figures("en", None).short(amount).replace("−", "-").replace(",", "")
    factor = {"k": 10**3, "M": 10**6, "n": 10**9}.get(written[-1], 1)
    value = Decimal(written.rstrip("kMbn")) * factor
    assert abs(value - amount) <= max(abs(amount) / 100, Decimal(1))


@given(st.text(), st.text())
def test_text_never_becomes_markup(content: str, attribute: str) -> None:
    made = tag("p", content, title=attribute)
    inside = made.removeprefix("<p title=").removesuffix("</p>")
    assert inside.count("<") == 0
    assert inside.count('"') == 2 + join([content]).count('"')


def test_only_markup_is_trusted() -> None:
    assert join(["<b>", Markup("<i></i>"), None, ["&"]]) == "&lt;b&gt;<i></i>&amp;"


def test_codes_without_words_are_shown_as_they_are() -> None:
    words = Words("en", None)
    assert words.known("reasons", "something-new") == "something-new"
    assert (
        words.measure("age_band") == "the column “age_band”" and words.measure("income") == "Monthly income"
    )
    assert words.measure("reached_rank") == "Key person reached"
    assert words.measure("net_sales_12m").startswith("Net sales")


def test_every_policy_and_every_choice_of_it_has_words() -> None:
    words = Words("en", None)
    choices = {name: get_args(kind) for name, kind in get_type_hints(Policies).items()}
    choices["letters"] = ("ask", "keep")  # the others are names of schemes
    said = {policy_words((name, choice), words) for name, found in choices.items() for choice in found}
    assert len(said) == sum(map(len, choices.values()))
    assert not {part for pair in said for part in pair} & {
        *choices,
        *(c for found in choices.values() for c in found),
    }
