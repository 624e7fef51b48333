"""Conditions in words: what people read."""

from datetime import date
from decimal import Decimal

import pytest

from keguan.core.languages import Lang
from keguan.core.texts import entries
from keguan.language import ast
from keguan.language.ast import Literal, Name
from keguan.language.parser import parse
from keguan.language.vocabulary import Vocabulary
from keguan.language.words import say

SAID = [
    (
        "net_sales_12m >= 1000 and is value-pyramid:A",
        "近12个月净销售额 ≥ ¥1,000.00 且 客户金字塔 是 A（VIP客户）",
        "近12個月淨銷售額 ≥ ¥1,000.00 且 客戶金字塔 是 A（VIP客戶）",
        "net sales, 12 months ≥ ¥1,000.00 and value pyramid is A (VIP customers)",
    ),
    (
        "recency_days between 1 and 30 or frequency_12m >= 1",
        "距上次购买天数 在 1天 到 30天 之间（含两端）或 近12个月订单数 ≥ 1单",
        "距上次購買天數 介於 1天 與 30天 之間（含兩端）或 近12個月訂單數 ≥ 1筆",
        "days since last purchase is from 1 day to 30 days (both included) or orders, 12 months ≥ 1 order",
    ),
    (
        "(overdue for 7 days or not is_member) and gross_margin_12m < 0.125",
        "（已逾期 已持续至少7天 或 并非（是会员））且 毛利率 < 12.5%",
        "（已逾期 已持續至少7天 或 並非（是會員））且 毛利率 < 12.5%",
        "(overdue for at least 7 days or not (member)) and gross margin < 12.5%",
    ),
    (
        "not in (value-pyramid:A, value-pyramid:545) via referred_by",
        "“推荐人”所指的客户符合（客户金字塔 不是 A（VIP客户）、545 中的任何一个）",
        "「推薦人」所指的客戶符合（客戶金字塔 不是 A（VIP客戶）、545 中的任何一個）",
        "the customer named in “referrer” meets (value pyramid is none of (A (VIP customers), 545))",
    ),
    (
        "in (value-pyramid:A, external-attributes.region:east) and is external-attributes.size:large",
        "（客户金字塔 是 A（VIP客户）或 外部属性的地区 是 east（华东））且 外部属性的size 是 large",
        "（客戶金字塔 是 A（VIP客戶）或 外部屬性的地區 是 east（華東））且 外部屬性的size 是 large",
        "(value pyramid is A (VIP customers) or region (external attributes) is east (East China))"
        " and size (external attributes) is large",
    ),
    (
        'first_order_on >= 2026-01-31 and region in ("east", "south") and industry != "steel"',
        "首次购买日 不早于 2026年1月31日 且 地区 是 “east”、“south” 之一 且 行业 不是 “steel”",
        "首次購買日 不早於 2026年1月31日 且 地區 是 「east」、「south」 其中之一 且 產業 不是 「steel」",
        "first purchase is no earlier than 2026-01-31 and region is one of (“east”, “south”)"
        " and industry is not “steel”",
    ),
    (
        "net_sales_12m - (5 - 0.5) > 0 and max(satisfaction, 3) * 2 > 7 "
        "and first_order_on + 30 < last_order_on",
        "近12个月净销售额 − （¥5.00 − ¥0.50） > ¥0.00 且 取最大（满意度、3分） × 2 > 7分"
        " 且 首次购买日 + 30天 早于 末次购买日",
        "近12個月淨銷售額 − （¥5.00 − ¥0.50） > ¥0.00 且 取最大（滿意度、3分） × 2 > 7分"
        " 且 首次購買日 + 30天 早於 末次購買日",
        "net sales, 12 months − (¥5.00 − ¥0.50) > ¥0.00 and largest of (satisfaction, 3 points) × 2"
        " > 7 points and first purchase + 30 days is before last purchase",
    ),
    (
        "industry is missing or referred_by is not missing or true or n_referrals >= 3",
        "行业 无数据 或 推荐人 有数据 或 恒成立 或 推荐客户数 ≥ 3",
        "產業 無資料 或 推薦人 有資料 或 恆成立 或 推薦客戶數 ≥ 3",
        "industry is missing or referrer is known or always or customers referred ≥ 3",
    ),
    ("overdue = false", "已逾期 是 否", "已逾期 是 否", "overdue is no"),
    (
        "unknown_name > 1 and is nothing:x and is value-pyramid:Z",
        "unknown_name > 1 且 nothing 是 x 且 客户金字塔 是 Z",
        "unknown_name > 1 且 nothing 是 x 且 客戶金字塔 是 Z",
        "unknown_name > 1 and nothing is x and value pyramid is Z",
    ),
]


@pytest.mark.parametrize(("text", "hans", "hant", "en"), SAID)
def test_conditions_read_naturally_in_three_languages(
    text: str, hans: str, hant: str, en: str, vocabulary: Vocabulary
) -> None:
    said = [say(parse(text), vocabulary, lang) for lang in ("zh-Hans", "zh-Hant", "en")]
    assert said == [hans, hant, en]


def test_the_currency_is_the_callers(vocabulary: Vocabulary) -> None:
    assert say(parse("net_sales_12m > -12345.678"), vocabulary, "en", currency="NT$").endswith(
        "> -NT$12,345.678"
    )


def test_cuts_and_choices_of_kinds_can_be_said(vocabulary: Vocabulary) -> None:
    cut = ast.TupleCompare(
        (Name("net_sales_12m"), Name("first_order_on"), Name("recency_days")),
        (Literal(Decimal("182340.0000")), Literal(date(2020, 3, 1)), Literal(None)),
        (True, False, False),
    )
    assert say(cut, vocabulary, "zh-Hans") == (
        "按 近12个月净销售额（从大到小）、首次购买日（从早到晚）、距上次购买天数（从小到大） 依次排序，"
        "名次不在（¥182,340.00、2020年3月1日、无数据）之后"
    )
    choice = ast.If(((parse("is_member"), Literal(0.25)), (cut, Literal(2))), Literal(0))
    assert say(choice, vocabulary, "en") == (
        "if (member) then 0.25; if (sorted by net sales, 12 months (largest first), then first purchase"
        " (earliest first), then days since last purchase (smallest first), at or before"
        " (¥182,340.00, 2020-03-01, missing)) then 2; otherwise 0"
    )
    assert say(ast.Compare(">", choice, Literal(1)), vocabulary, "en").endswith("otherwise 0) > 1")


@pytest.mark.parametrize("lang", ["zh-Hans", "zh-Hant", "en"])
def test_grouping_is_never_lost_in_words(lang: Lang, vocabulary: Vocabulary) -> None:
    pairs = [
        ("is_member or overdue and overdue", "(is_member or overdue) and overdue"),
        ("not is_member and overdue", "not (is_member and overdue)"),
        ("is_member and overdue via referred_by", "(is_member and overdue) via referred_by"),
        ("is not value-pyramid:A via referred_by", "not (is value-pyramid:A via referred_by)"),
        ("not overdue for 7 days", "not overdue and overdue for 7 days"),
        ("recency_days - 1 - 2 > 0", "recency_days - (1 - 2) > 0"),
        ("recency_days * 2 + 1 > 0", "recency_days * (2 + 1) > 0"),
        (
            "not in (value-pyramid:A, nothing:x) and overdue",
            "not (in (value-pyramid:A, nothing:x) and overdue)",
        ),
    ]
    for one, other in pairs:
        assert say(parse(one), vocabulary, lang) != say(parse(other), vocabulary, lang)


def test_every_sentence_stands_in_all_three_languages() -> None:
    for group, sentences in entries("language").items():
        for key, sentence in sentences.items():
            assert isinstance(key, str) and set(sentence) == {"zh-Hans", "zh-Hant", "en"}, (group, key)
