"""Findings: the most important first, each with everything its sentence needs in every language."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from keguan.core.languages import LANGUAGES
from keguan.core.texts import entries
from keguan.insight.concentration import Verdict
from keguan.insight.findings import Finding, findings
from keguan.insight.folder import RunFolder
from keguan.insight.overview import Overview, overview
from keguan.insight.rfm import RfmCell
from keguan.reports.sentences import plain_sentence
from keguan.reports.words import Words
from tests.fixtures.run_folder import make_run_folder


def test_most_important_comes_first(view: Overview) -> None:
    found = findings(view)
    assert found[0].code.startswith("concentration-")
    assert [f.importance for f in found] == sorted((f.importance for f in found), reverse=True)


def test_every_finding_is_a_sentence_in_three_languages(view: Overview) -> None:
    for lang in LANGUAGES:
        for finding in findings(view):
            sentence = plain_sentence(finding, Words(lang, "CNY"))
            assert "{" not in sentence and len(sentence) > 8


def test_the_fixture_shows_nearly_every_finding(view: Overview) -> None:
    shown = {f.code for f in findings(view)}
    assert {
        "top-tier",
        "low-tier",
        "slipping",
        "lost",
        "boundary",
        "overlap",
        "unclassified",
        "rejected",
    } <= shown
    assert {"below-zero", "ties", "left-out", "skipped"} <= shown


@pytest.mark.parametrize(
    ("share", "verdict"),
    [("0.91", "steeper"), ("0.80", "as-the-rule"), ("0.60", "milder"), ("0.30", "spread")],
)
def test_each_verdict_has_its_own_sentence(view: Overview, share: str, verdict: Verdict) -> None:
    assert view.concentration is not None
    changed = replace(
        view, concentration=replace(view.concentration, verdict=verdict, top20_share=Decimal(share))
    )
    sentences = {plain_sentence(findings(changed)[0], Words(lang, "CNY")) for lang in LANGUAGES}
    assert len(sentences) == 3 and all(f"{Decimal(share) * 100:.1f}%" in s for s in sentences)


def test_every_sentence_belongs_to_a_finding_the_rules_can_make() -> None:
    source = (Path(__file__).parents[2] / "src/keguan/insight/findings.py").read_text(encoding="utf-8")
    for code in entries("report")["findings"]:
        assert f'"{code}"' in source or code.startswith("concentration-"), code


def test_a_dominant_customer_is_named(view: Overview) -> None:
    assert view.concentration is not None
    changed = replace(view, concentration=replace(view.concentration, largest_share=Decimal("0.31")))
    assert any(f.code == "largest" for f in findings(changed))


@pytest.mark.parametrize("customers", [1, 2, 5, 40])
def test_small_bases_are_answered_with_a_caution(tmp_path: Path, customers: int) -> None:
    with RunFolder(make_run_folder(tmp_path / "run", customers=customers)) as folder:
        found = findings(overview(folder))
    assert found[0].code == "few"


def _with_frequency(view: Overview, scored_one: int, others: int, lowest: str) -> Overview:
    """`view` with an RFM grid of two cells: so many at frequency 1, so many at frequency 4."""
    assert view.rfm is not None
    cells = (
        RfmCell(1, 1, scored_one, None, Decimal(1)),
        RfmCell(5, 4, others, None, Decimal(5)),
    )
    r, f, m = view.rfm.scores
    cut = replace(f, cuts=(Decimal(lowest), *f.cuts[1:]))
    return replace(view, rfm=replace(view.rfm, cells=cells, scores=(r, cut, m)))


def test_a_base_that_mostly_sleeps_is_told_apart_from_a_lively_one(view: Overview) -> None:
    def dormant(changed: Overview) -> list[Finding]:
        return [f for f in findings(changed) if f.code == "dormant"]

    (found,) = dormant(_with_frequency(view, 61, 39, "0"))
    assert found.numbers["dormant_heads"] == 61 and found.numbers["n_score"] == 4
    assert found.numbers["dormant_share"] == Decimal("0.61")
    for lang in LANGUAGES:
        sentence = plain_sentence(found, Words(lang, "CNY"))
        assert "61.0%" in sentence and "--window" in sentence and "{" not in sentence
    assert not dormant(_with_frequency(view, 60, 40, "0"))
    assert not dormant(_with_frequency(view, 90, 10, "1"))  # they did buy, once each
    assert not dormant(_with_frequency(view, 90, 0, "0"))  # nobody stands apart from them
