"""The PDF: read again, it holds Chinese text, page numbers, and fetches nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from pypdf import PdfReader

from keguan.insight.findings import findings
from keguan.insight.overview import Overview
from keguan.reports import write_report
from keguan.reports.html.page import render_html
from keguan.reports.sentences import plain_sentence
from keguan.reports.words import Words


@pytest.mark.slow
@pytest.mark.filterwarnings("default::DeprecationWarning")
def test_a_pdf_holds_the_findings_in_chinese(run_dir: Path, view: Overview, tmp_path: Path) -> None:
    reader = PdfReader(write_report(run_dir, tmp_path / "r.pdf", "zh-Hans"))
    text = "".join(page.extract_text() for page in reader.pages)
    flat = "".join(text.split())
    for finding in findings(view)[:5]:
        assert "".join(plain_sentence(finding, Words("zh-Hans", "CNY")).split()) in flat
    assert 6 <= len(reader.pages) <= 30
    assert f"1 / {len(reader.pages)}" in text
    fonts = {f for page in reader.pages for f in page["/Resources"].get("/Font", {})}
    assert fonts


@pytest.mark.slow
def test_paper_leaves_out_what_only_a_screen_can_do(view: Overview) -> None:
    page = render_html(view, "zh-Hans", paper=True)
    assert "<button" not in page and "<input" not in page and "<details" not in page
    assert 'fill="var(' not in page
    assert "每个数字怎样算出" in page
