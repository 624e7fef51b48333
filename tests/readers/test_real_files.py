"""The readers on real files; run by `make proof`, which names their folder in KEGUAN_DATA."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.proof


@pytest.fixture
def data() -> Path:
    folder = os.environ.get("KEGUAN_DATA")
    if not folder or not Path(folder).is_dir():
        pytest.fail("set KEGUAN_DATA to the folder of the real files")
    return Path(folder)


def test_gbk_file(data: Path, see: Any) -> None:
    (seen,) = see(data / "chinese" / "GoodsOrder.csv")
    assert seen.raw.facts["encoding"] == "gb18030"
    assert (seen.headers, len(seen.rows), seen.rows[0]) == (["id", "Goods"], 4_681, ("1", "柑橘类水果"))


def test_chinese_workbook_with_three_sheets(data: Path, see: Any) -> None:
    orders, returns, staff = see(data / "chinese" / "superstore_zh.xls")
    assert (len(orders.rows), len(returns.rows), len(staff.rows)) == (10_000, 296, 6)
    names = [c.header for c in orders.raw.columns]
    assert {"订单 ID", "客户 ID", "销售额", "利润"} <= set(names)
    assert round(sum(row[names.index("销售额")] for row in orders.rows), 3) == 16_117_548.237
    assert len({row[names.index("订单 ID")] for row in orders.rows}) == 2_773
    assert orders.raw.columns[names.index("订单日期")].type == "date"
    assert all(type(row[0]) is int for row in orders.rows)


def test_compressed_list_with_mark_and_head_lines(data: Path, see: Any) -> None:
    (seen,) = see(data / "chinese" / "company_short_names_28W.txt.xz")
    assert seen.rows[0] == ("吖吖宝贝",)
    assert (len(seen.rows), seen.raw.facts["preamble_lines"], seen.raw.lines([1])) == (267_397, 3, [4])


def test_receivables(data: Path, see: Any) -> None:
    (path,) = (data / "receivables").glob("*.csv.gz")
    (seen,) = see(path)
    assert (len(seen.rows), len(seen.headers), seen.raw.table) == (2_586, 12, "invoices")
    assert seen.rows[0][2] == "11/26/2012"


def test_wholesaler(data: Path, see: Any) -> None:
    (seen,) = see(data / "online_retail" / "online_retail.csv.xz")
    assert len(seen.rows) == 541_909
    assert sum(row[6] is None for row in seen.rows) == 135_080
    assert seen.raw.bad_lines == ()


def test_columns_parted_by_blanks(data: Path, see: Any) -> None:
    (master,) = see(data / "cdnow" / "CDNOW_master.txt.gz")
    assert (master.headers, len(master.rows)) == (
        ["customer_id", "date", "number_of_cds", "dollar_value"],
        69_659,
    )
    assert f"{sum(float(row[3]) for row in master.rows):.2f}" == "2500315.63"
    (sample,) = see(data / "cdnow" / "CDNOW_sample.txt.gz")
    assert (len(sample.headers), len(sample.rows), sample.raw.facts["header_line"]) == (5, 6_919, 0)
