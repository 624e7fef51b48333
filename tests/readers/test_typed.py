"""Parquet, frames and workbooks keep their types; a whole number is never `1.0`."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import xlwt
from pyarrow import parquet as pq

from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.readers import Workdir, find_sources, read

DAY, MOMENT = dt.date(2024, 3, 5), dt.datetime(2024, 3, 5, 8, 26)


def arrow_table() -> pa.Table:
    return pa.table(
        {
            "id": pa.array([1, 2], pa.int32()),
            "amount": pa.array([Decimal("1.50"), None], pa.decimal128(12, 2)),
            "day": pa.array([DAY, None]),
            "at": pa.array([MOMENT, None], pa.timestamp("ns")),
            "instant": pa.array([MOMENT, None], pa.timestamp("us", "Asia/Shanghai")),
            "flag": pa.array([True, None]),
            "name": pa.array(["甲", None]).dictionary_encode(),
            "tags": pa.array([["x", "y"], None]),
            "raw": pa.array([b"abc", b"\xff"]),
            "none": pa.array([None, None], pa.null()),
        }
    )


EXPECTED = [
    (1, Decimal("1.50"), DAY, MOMENT, "2024-03-05 08:26:00.000000+00:00", True, "甲", "[x, y]", "abc", None),
    (2, None, None, None, None, None, None, None, "\\xFF", None),
]
TYPES = ["number", "number", "date", "timestamp", "text", "flag", "text", "text", "text", "text"]


def test_parquet_keeps_its_types(tmp_path: Path, see: Any) -> None:
    pq.write_table(arrow_table(), tmp_path / "orders [x]*.parquet")
    (seen,) = see(tmp_path / "orders [x]*.parquet")
    assert (seen.rows, [c.type for c in seen.raw.columns], seen.records) == (EXPECTED, TYPES, [1, 2])


def test_arrow_file_keeps_its_types(tmp_path: Path, see: Any) -> None:
    with pa.ipc.new_file(tmp_path / "t.arrow", arrow_table().schema) as out:
        out.write_table(arrow_table())
    (seen,) = see(tmp_path / "t.arrow")
    assert (seen.rows, [c.type for c in seen.raw.columns]) == (EXPECTED, TYPES)


FRAMES = {
    "arrow": lambda t: t,
    "polars": pl.from_arrow,
    "stream": lambda t: pa.RecordBatchReader.from_batches(t.schema, t.to_batches()),
}


@pytest.mark.parametrize("make", FRAMES.values(), ids=FRAMES.keys())
def test_any_frame_is_a_table(see: Any, make: Any) -> None:
    table = arrow_table().select(["id", "amount", "day", "flag", "name"])
    (seen,) = see({"orders": make(table)})
    assert seen.raw.table == "orders"
    assert seen.rows == [(1, Decimal("1.50"), DAY, True, "甲"), (2, None, None, None, None)]
    assert [c.type for c in seen.raw.columns] == ["number", "number", "date", "flag", "text"]


def test_pandas_frame_is_a_table(see: Any) -> None:
    frame = pd.DataFrame(
        {"id": [1, 2], "name": ["a", None], "at": pd.to_datetime(["2024-03-05 08:26", None])}
    )
    (seen,) = see({"订单": frame})
    assert (seen.raw.table, seen.rows) == ("orders", [(1, "a", MOMENT), (2, None, None)])


def test_frame_can_be_attached_to_two_connections(see: Any, work: Workdir) -> None:
    from keguan.engine.intake.readers.typed import connect

    (source,) = find_sources({"orders": pa.table({"a": [1]})})
    (raw,) = read(source, IntakeOptions(), work)
    for _ in range(2):
        with connect() as con:
            assert con.execute(f"SELECT c0, record FROM {raw.attach(con)}").fetchall() == [(1, 1)]
            assert con.execute(f"SELECT c0, record FROM {raw.attach(con)}").fetchall() == [(1, 1)]


def test_damaged_parquet_and_arrow_are_errors(tmp_path: Path, refused: Any) -> None:
    pq.write_table(arrow_table(), tmp_path / "t.parquet")
    whole = (tmp_path / "t.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[: len(whole) // 2])
    assert refused(tmp_path / "cut.parquet") == "KG150"
    (tmp_path / "t.arrow").write_bytes(b"ARROW1\0\0" + b"x" * 100)
    assert refused(tmp_path / "t.arrow") == "KG150"


def workbook(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "订单"
    sheet["B2"] = "销售报表"
    sheet.merge_cells("B2:F2")
    for row, cells in enumerate(
        [
            ("客户 ID", "日期", "金额", "数量", "已付", None, "时间", "杂"),
            ("甲-1", DAY, 1.25, 3, True, None, dt.time(8, 30), 17850),
            (None,) * 8,
            ("乙-2", DAY, 2, 4, False, None, None, "x"),
        ],
        start=4,
    ):
        for column, cell in enumerate(cells, start=2):
            sheet.cell(row, column, cell)
    book.create_sheet("空")
    other = book.create_sheet("客户")
    other.append(["客户编号", "注册时间"])
    other.append(["甲-1", MOMENT])
    book.save(path)


def test_workbook_gives_every_sheet_with_types_and_lines(tmp_path: Path, see: Any) -> None:
    workbook(tmp_path / "shop.xlsx")
    orders, customers = see(tmp_path / "shop.xlsx")
    assert orders.headers == ["客户 ID", "日期", "金额", "数量", "已付", "时间", "杂"]
    assert orders.rows == [
        ("甲-1", DAY, 1.25, 3, True, "08:30:00", "17850"),
        ("乙-2", DAY, 2.0, 4, False, None, "x"),
    ]
    assert [c.type for c in orders.raw.columns] == [
        "text",
        "date",
        "number",
        "number",
        "flag",
        "text",
        "text",
    ]
    assert (orders.raw.table, orders.raw.facts["header_line"], orders.raw.lines([1, 2])) == (
        "orders",
        4,
        [5, 7],
    )
    assert (customers.raw.table, customers.rows) == ("customers", [("甲-1", MOMENT)])
    assert [type(row[3]) for row in orders.rows] == [int, int]


def test_sheet_can_be_chosen(tmp_path: Path, see: Any, refused: Any) -> None:
    workbook(tmp_path / "shop.xlsx")
    (seen,) = see(tmp_path / "shop.xlsx", sheet="客户")
    assert seen.rows == [("甲-1", MOMENT)]
    assert refused(tmp_path / "shop.xlsx", sheet="无") == "KG142"
    assert refused(tmp_path / "shop.xlsx", sheet="空") == "KG110"


@pytest.mark.slow
def test_given_table_holds_for_its_sheet_only(tmp_path: Path, see: Any, refused: Any) -> None:
    workbook(tmp_path / "shop.xlsx")
    assert see(f"invoices={tmp_path}/shop.xlsx", sheet="订单")[0].raw.table == "invoices"
    assert refused(f"invoices={tmp_path}/shop.xlsx") == "KG144"
    (seen,) = see(f"orders={tmp_path}/shop.xlsx")
    assert (seen.raw.table, seen.raw.facts["sheet"]) == ("orders", "订单")


def test_old_excel_is_read(tmp_path: Path, see: Any) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("orders")
    style = xlwt.easyxf(num_format_str="YYYY-MM-DD")
    for column, title in enumerate(("id", "day", "amount")):
        sheet.write(0, column, title)
    sheet.write(1, 0, 17850)
    sheet.write(1, 1, DAY, style)
    sheet.write(1, 2, 0.1)
    book.save(str(tmp_path / "t.xls"))
    (seen,) = see(tmp_path / "t.xls")
    assert seen.rows == [(17850, DAY, 0.1)]


def test_opendocument_is_read(tmp_path: Path, see: Any) -> None:
    import zipfile

    def cell(kind: str, value: str, shown: str) -> str:
        return f'<table:table-cell office:value-type="{kind}" {value}><text:p>{shown}</text:p></table:table-cell>'

    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    head = row(*(cell("string", "", title) for title in ("客户", "金额", "日期")))
    body = row(
        cell("string", "", "甲"),
        cell("float", 'office:value="3"', "3"),
        cell("date", 'office:date-value="2024-03-05"', "x"),
    )
    spaces = " ".join(
        f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0"?><office:document-content {spaces}><office:body><office:spreadsheet>'
        f'<table:table table:name="订单">{head}{body}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", content)
    (seen,) = see(tmp_path / "t.ods")
    assert seen.headers == ["客户", "金额", "日期"]
    assert seen.rows[0][:2] == ("甲", 3)
    assert seen.raw.table == "orders"
