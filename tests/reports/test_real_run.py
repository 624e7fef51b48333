"""A report of a run the engine made itself, from a file to the page."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from openpyxl import load_workbook

import keguan as kg


@pytest.fixture(scope="module")
def run_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    random.seed(11)
    lines = ["客户编号,下单日期,实付金额"]
    for i in range(260):
        for _ in range(1 + int(random.paretovariate(1.2))):
            day = date(2026, 6, 30) - timedelta(days=random.randrange(700))
            lines.append(f"C{i:04d},{day},{random.lognormvariate(6, 1):.2f}")
    lines.append(",2026-05-01,10.00")
    (folder / "orders.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    book = kg.open(orders=folder / "orders.csv", currency="CNY")
    book.classify(as_of="2026-06-30", purpose="决定谁配备客户经理", out=folder / "run")
    return folder / "run"


@pytest.mark.slow
def test_every_scheme_of_a_real_run_is_in_the_page_and_the_workbook(run_dir: Path, tmp_path: Path) -> None:
    from keguan.insight.folder import RunFolder
    from keguan.reports import write_report

    page = write_report(run_dir, tmp_path / "r.html", "zh-Hans").read_text(encoding="utf-8")
    sheets = load_workbook(write_report(run_dir, tmp_path / "r.xlsx", "zh-Hans")).sheetnames
    with RunFolder(run_dir) as folder:
        schemes = folder.record.schemes
    assert len(schemes) >= 12
    for scheme in schemes:
        assert scheme.labels["zh-Hans"] in page
        assert f'id="scheme-{scheme.column}"' in page or scheme.id == "value-pyramid"
    assert len(sheets) == len(schemes) + 8
    assert "没有客户" in page and "rejected.csv" in page
