"""A small shop's vocabulary that the tests of the language share."""

import pytest

from keguan.language.vocabulary import SchemeTerm, Term, Vocabulary


def _labels(hans: str, hant: str, en: str) -> dict[str, str]:
    return {"zh-Hans": hans, "zh-Hant": hant, "en": en}


_TERMS = [
    Term(
        "net_sales_12m",
        "money",
        "money",
        _labels("近12个月净销售额", "近12個月淨銷售額", "net sales, 12 months"),
    ),
    Term(
        "recency_days",
        "number",
        "days",
        _labels("距上次购买天数", "距上次購買天數", "days since last purchase"),
    ),
    Term("tenure_months", "number", "months", _labels("合作月数", "合作月數", "months of relation")),
    Term(
        "frequency_12m", "number", "orders", _labels("近12个月订单数", "近12個月訂單數", "orders, 12 months")
    ),
    Term("gross_margin_12m", "number", "share", _labels("毛利率", "毛利率", "gross margin")),
    Term("growth", "number", "ratio", _labels("增长率", "成長率", "growth")),
    Term("satisfaction", "number", "score", _labels("满意度", "滿意度", "satisfaction")),
    Term("n_referrals", "number", "count", _labels("推荐客户数", "推薦客戶數", "customers referred")),
    Term("first_order_on", "date", None, _labels("首次购买日", "首次購買日", "first purchase")),
    Term("last_order_on", "date", None, _labels("末次购买日", "末次購買日", "last purchase")),
    Term("region", "text", None, _labels("地区", "地區", "region"), closed=("east", "south", "north")),
    Term("industry", "text", None, _labels("行业", "產業", "industry")),
    Term("referred_by", "text", None, _labels("推荐人", "推薦人", "referrer")),
    Term("overdue", "flag", None, _labels("已逾期", "已逾期", "overdue"), since="overdue_days"),
    Term("overdue_days", "number", "days", _labels("逾期天数", "逾期天數", "days overdue")),
    Term("is_member", "flag", None, _labels("是会员", "是會員", "member")),
]
_PYRAMID = {
    "A": _labels("VIP客户", "VIP客戶", "VIP customers"),
    "B": _labels("主要客户", "主要客戶", "major customers"),
    "545": _labels("545", "545", "545"),
}


@pytest.fixture(scope="session")
def vocabulary() -> Vocabulary:
    pyramid = SchemeTerm(
        "value-pyramid", _labels("客户金字塔", "客戶金字塔", "value pyramid"), {None: _PYRAMID}
    )
    external = SchemeTerm(
        "external-attributes",
        _labels("外部属性", "外部屬性", "external attributes"),
        {"region": {"east": _labels("华东", "華東", "East China")}, "size": {"large": {}}},
        {"region": _labels("地区", "地區", "region")},
    )
    return Vocabulary({t.name: t for t in _TERMS}, {s.id: s for s in (pyramid, external)})
