"""What is measured is shown and never assumed: effort beside value, satisfaction by who is asked."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from keguan.book.run import Run
from tests.guardrails.conftest import Classified, Type, assigned, orders, write

pytestmark = pytest.mark.slow  # whole runs through commands and reports; what they rest on has quick tests


def report(typed: Type, run: Path, lang: str = "en") -> str:
    out = run.parent / f"{run.name}-{lang}.html"
    assert typed("report", run, "--out", out, "--lang", lang).code == 0
    return out.read_text(encoding="utf-8")


def section(page: str, name: str) -> str:
    return page[page.index(f'id="{name}"') :].partition("</section>")[0]


@pytest.mark.row("gr-limited-resources", "con-5", "an-resource-mix")
def test_hours_and_cost_of_each_class_stand_beside_its_value(
    typed: Type, shop: Path, classified: Classified
) -> None:
    run = classified(shop, "--scheme", "value-pyramid")
    found = Run(run).resources()
    assert found is not None
    by_class = {c.code: c for c in found.classes}
    # c00 alone is A: 600 minutes and 9,000 of service; c39 in D: 30 minutes and 10.
    assert (by_class["A"].heads, by_class["A"].minutes, by_class["A"].cost) == (1, 600, 9000)
    assert (by_class["D"].minutes, by_class["D"].cost) == (30, 10)
    assert (
        by_class["A"].minutes_share == Decimal(600) / 630 and by_class["A"].cost_share == Decimal(9000) / 9010
    )
    assert by_class["A"].value == 200_000 and by_class["A"].value_share is not None
    text = section(report(typed, run), "resources")
    for figure in ("10.0", "9,000.00", "95.2%", "99.9%", "200,000.00"):
        assert figure in text
    assert "measured, not assumed" in text


def test_without_time_and_cost_nothing_is_made_up(
    typed: Type, classified: Classified, tmp_path: Path
) -> None:
    run = classified(write(tmp_path / "data", orders=orders()), "--scheme", "value-pyramid")
    assert Run(run).resources() is None and 'id="resources"' not in report(typed, run)


def rated(folder: Path, *ratings: tuple[str, str, int]) -> Path:
    rows = "".join(f"{who},{role},{score},2026-05-02\n" for who, role, score in ratings)
    people = "customer_id,name,relation\nc00,甲,external\nc01,乙,external\nin,丙,internal\n"
    return write(
        folder, orders=orders(), customers=people, ratings="customer_id,role,score,rated_at\n" + rows
    )


@pytest.mark.row("gr-final-first", "con-11", "an-satisfaction")
def test_the_headline_follows_final_users_however_content_the_others_are(
    typed: Type, classified: Classified, tmp_path: Path
) -> None:
    data = rated(
        tmp_path / "data", ("c00", "user", 40), ("c00", "intermediate", 95), ("c01", "indirect-user", 40),
        ("in", "internal", 100), ("c01", "purchaser", 90),
    )  # fmt: skip
    run = classified(data, "--scheme", "value-pyramid")
    found = Run(run).satisfaction()
    assert found is not None
    assert (found.headline, found.verdict, found.scale) == (40, "poor", 100)
    assert {r.role: (r.mean, r.verdict) for r in found.roles} == {
        "user": (40, "poor"), "indirect-user": (40, "poor"), "intermediate": (95, "good"), "internal": (100, "good"),
        "purchaser": (90, "good"),
    }  # fmt: skip
    assert found.missing == () and found.at_risk == 2
    for lang, bad, apart in (
        ("en", "Overall: 40.0 of 100, dissatisfied", "apart"),
        ("zh-Hans", "总的满意程度：40.0（满分 100），不满意", "单独列出"),
        ("zh-Hant", "總的滿意程度：40.0（滿分 100），不滿意", "單獨列出"),
    ):
        text = section(report(typed, run, lang), "satisfaction")
        assert bad in text and text.count(apart) == 3 + (lang == "en")  # the introduction says it too


def cells(typed: Type, run: Path, sheet: str) -> list[tuple[object, ...]]:
    from openpyxl import load_workbook

    out = run.parent / f"{run.name}.xlsx"
    assert typed("report", run, "--out", out, "--lang", "en").code == 0
    return [row for row in load_workbook(out, read_only=True)[sheet].iter_rows(values_only=True) if any(row)]


@pytest.mark.row("gr-final-first", "con-5")
def test_the_workbook_says_the_same(typed: Type, classified: Classified, shop: Path, tmp_path: Path) -> None:
    data = rated(tmp_path / "data", ("c00", "user", 40), ("c00", "intermediate", 95))
    found = cells(typed, classified(data, "--scheme", "value-pyramid", name="rated"), "Satisfaction")
    assert found[0][0] == "Overall: 40.0 of 100, dissatisfied; final users decide"
    assert ("intermediate customer", 1, 95, "satisfied", "apart") in found
    effort = cells(
        typed, classified(shop, "--scheme", "value-pyramid", name="effort"), "Effort against value"
    )
    (best,) = [row for row in effort if str(row[0]).startswith("A")]
    assert best[1:3] == (1, 200_000) and (best[4], best[6]) == (10, 9000)


@pytest.mark.row("gr-both-roles")
@pytest.mark.parametrize(
    ("role", "lacks"), [("purchaser", "user"), ("user", "purchaser"), ("intermediate", "purchaser")]
)
def test_who_was_not_asked_is_named(
    typed: Type, classified: Classified, tmp_path: Path, role: str, lacks: str
) -> None:
    run = classified(rated(tmp_path / "data", ("c00", role, 5)), "--scheme", "value-pyramid")
    found = Run(run).satisfaction()
    assert found is not None and lacks in found.missing and role not in found.missing
    text = section(report(typed, run), "satisfaction")
    assert f"Missing: {lacks}" in text
    assert ("not known, since no final user was asked" in text) == (role != "user")


def test_indirect_users_are_users(classified: Classified, tmp_path: Path) -> None:
    run = classified(rated(tmp_path / "data", ("c00", "indirect-user", 2)), "--scheme", "value-pyramid")
    found = Run(run).satisfaction()
    assert found is not None and found.missing == ("purchaser",) and found.verdict == "poor"


@pytest.mark.row("gr-internal-seen")
def test_insiders_appear_in_the_results_even_without_orders(
    typed: Type, classified: Classified, tmp_path: Path
) -> None:
    data = rated(tmp_path / "data", ("in", "internal", 4))
    run = classified(data, "--scheme", "source-internal-external", "--scheme", "value-pyramid")
    row = assigned(run)["in"]
    assert (row["source-internal-external"], row["source-internal-external.status"]) == (
        "internal",
        "classified",
    )
    counts = {c["code"]: c["count"] for c in Run(run).counts("source-internal-external")}
    assert counts["internal"] == 1 and counts["external"] == 40
    page = report(typed, run)
    assert "Internal customer" in section(page, "scheme-source-internal-external")
    assert "internal customer" in section(page, "satisfaction")
