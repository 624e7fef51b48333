"""`keguan fit` and `keguan predict` on leads: learned, judged by later ones, told of open ones with what moves them."""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow.csv
import pytest

from tests.runs.test_lead_models import table

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def leads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target: Path = tmp_path_factory.mktemp("leads") / "leads.csv"
    pyarrow.csv.write_csv(table(), target)
    return target


def _fit(typed, leads, tmp_path, lang):
    words = ("--model", "lead-conversion", "--currency", "CNY", "--out", tmp_path / "m", "--lang", lang)
    return typed("fit", leads, *words)


def test_leads_are_fitted_judged_and_open_ones_told(typed, leads, tmp_path):
    said = _fit(typed, leads, tmp_path, "en")
    assert said.code == 0, said.err
    assert "AUC" in said.out and "Not used: Ability" in said.out and "Need confirmed" in said.out
    page = (tmp_path / "m" / "report.html").read_text(encoding="utf-8")
    for section in ("learned", "reliability", "factors"):
        assert f'id="{section}"' in page
    assert page.count('<svg class="chart"') == 1 and "<script" not in page
    scored = typed(
        "predict", tmp_path / "m", leads, "--currency", "CNY", "--out", tmp_path / "s.csv", "--json"
    )
    assert scored.code == 0, scored.err
    with (tmp_path / "s.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == scored.json["rows"] == table()["closed_at"].null_count
    assert all(0 < float(r["p_conversion"]) < 1 and ": " in r["factor_1"] for r in rows)
    assert all(abs(float(r["effect_1"])) >= abs(float(r["effect_2"])) for r in rows)


@pytest.mark.parametrize(("lang", "words"), [("zh-Hans", "学习了"), ("zh-Hant", "學習了")])
def test_the_page_of_leads_speaks_the_chosen_language(typed, leads, tmp_path, lang, words):
    _fit(typed, leads, tmp_path, lang)
    assert words in (tmp_path / "m" / "report.html").read_text(encoding="utf-8")


def test_leads_are_asked_for_alone_and_need_their_table(typed, leads, shop, tmp_path):
    both = typed(
        "fit",
        leads,
        "--model",
        "lead-conversion",
        "--model",
        "rhythm",
        "--currency",
        "CNY",
        "--out",
        tmp_path / "m",
    )
    assert both.code == 1 and "KG772" in both.err
    none = typed(
        "fit", shop / "orders.csv", "--model", "lead-conversion", "--currency", "GBP", "--out", tmp_path / "m"
    )
    assert none.code == 1 and "KG864" in none.err
