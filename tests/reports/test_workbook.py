"""The workbook: read again by another library, it holds the numbers, the charts, the filters, and no formula."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from openpyxl import Workbook, load_workbook

from keguan.core.languages import LANGUAGES, Lang
from keguan.insight.findings import findings
from keguan.insight.folder import RunFolder
from keguan.insight.overview import Overview, overview
from keguan.playbooks.library import library
from keguan.reports import write_report
from keguan.reports.excel.book import Book, width_of
from keguan.reports.excel.workbook import write_workbook
from keguan.reports.palette import class_colours
from keguan.reports.sentences import class_text, plain_sentence
from keguan.reports.words import Words
from tests.fixtures.run_folder import HOSTILE


@pytest.fixture(scope="module")
def book(run_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    return load_workbook(write_report(run_dir, tmp_path_factory.mktemp("excel") / "r.xlsx", "zh-Hans"))


def column(book: Workbook, sheet: str, head: str, head_row: int) -> list[Any]:
    rows = list(book[sheet].iter_rows(min_row=head_row, values_only=True))
    return [row[rows[0].index(head)] for row in rows[1:]]


def test_sheets_stand_in_reading_order(book: Workbook) -> None:
    schemes = [
        "客户金字塔",
        "80-20定律",
        "ABC分类法",
        "RFM消费行为",
        "消费三档",
        "普通与高价值",
        "忠诚四类",
        "合作年限",
        "大客户认定",
    ]
    assert book.sheetnames == [
        "摘要",
        "销售额集中度",
        *schemes,
        "客户",
        "分界点附近",
        "对策",
        "交叉",
        "数据质量",
        "来历",
    ]


def test_no_cell_is_a_formula_and_nasty_names_are_text(book: Workbook) -> None:
    kinds = {c.data_type for sheet in book for row in sheet.iter_rows() for c in row}
    assert kinds <= {"s", "n", "d"}
    assert set(HOSTILE) <= set(column(book, "客户", "名称", 2))


def test_every_customer_has_a_row_the_largest_first(book: Workbook, run_dir: Path) -> None:
    sales = column(book, "客户", "净销售额（近12个月）", 2)
    expected = pq.read_table(run_dir / "measures.parquet")["net_sales_12m"].to_pylist()
    assert sales == [float(v) for v in sorted(expected, reverse=True)]
    assert book["客户"].freeze_panes == "B3" and book["客户"].auto_filter.ref.startswith("A2:")


def test_class_sheets_hold_exact_amounts_with_the_currency(book: Workbook, view: Overview) -> None:
    assert view.leading is not None
    sheet = book["客户金字塔"]
    cells = [sheet.cell(row, 6) for row in range(4, 8)]
    assert [Decimal(str(c.value)) for c in cells] == [c.sales for c in view.leading.classes]
    assert all("¥" in c.number_format for c in cells)
    assert [sheet.cell(row, 5).number_format for row in range(4, 8)] == ["0.0%"] * 4


def test_class_colours_are_those_of_the_charts(book: Workbook, view: Overview) -> None:
    for found, name in zip(view.distributions, book.sheetnames[2:], strict=False):
        colours = class_colours(found.scheme.codes, ordered=found.scheme.is_ordered)
        for row, one in enumerate(found.classes, start=4):
            cell = book[name].cell(row, 1)
            assert cell.value == one.code
            assert cell.fill.fgColor.rgb[-6:].lower() == colours[one.code][1:]


def test_charts_are_native(book: Workbook) -> None:
    assert len(book["摘要"]._charts) == 1
    assert all(len(book[name]._charts) == 1 for name in book.sheetnames[2:11])


def test_crossings_list_every_pair(book: Workbook, view: Overview) -> None:
    assert len(column(book, "交叉", "人数", 1)) == sum(len(c.cells) for c in view.crossings)


def test_the_playbooks_stand_with_every_class_that_has_lines(book: Workbook, view: Overview) -> None:
    classes = column(book, "对策", "类别", 1)
    known = library()
    for found in view.distributions:
        for one in found.scheme.classes:
            n = len(known.of_class(found.scheme.id, one.code))
            name = f"{found.scheme.labels['zh-Hans']}: {class_text(found.scheme, one.code, Words('zh-Hans', None))}"
            assert classes.count(name) == n
    assert len(classes) > len(known.everyone) > 0


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_findings_are_in_every_language(run_dir: Path, view: Overview, tmp_path: Path, lang: Lang) -> None:
    sheet = load_workbook(write_report(run_dir, tmp_path / "r.xlsx", lang)).worksheets[0]
    text = {c.value for row in sheet.iter_rows() for c in row}
    assert {plain_sentence(f, Words(lang, "CNY")) for f in findings(view)} <= text


def test_what_does_not_fit_is_said(run_dir: Path, tmp_path: Path) -> None:
    with RunFolder(run_dir) as folder:
        write_workbook(folder, overview(folder), tmp_path / "r.xlsx", "zh-Hans", room=10)
    sheet = load_workbook(tmp_path / "r.xlsx")["客户"]
    assert sheet.max_row == 12
    assert "共 1,200 位客户" in sheet["A1"].value and "最高的 10 位" in sheet["A1"].value


@pytest.mark.slow
def test_equal_runs_give_equal_workbooks(run_dir: Path, tmp_path: Path) -> None:
    one, other = (write_report(run_dir, tmp_path / f"{n}.xlsx", "en").read_bytes() for n in "ab")
    assert one == other


def test_pages_on_paper_take_the_width_name_their_sheet_and_repeat_its_heads(book: Workbook) -> None:
    for sheet in book:
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert (sheet.oddFooter.left.text, sheet.oddFooter.center.text) == ("&A", "&P / &N")
        assert not sheet.sheet_properties.pageSetUpPr.fitToPage or sheet.page_setup.fitToHeight == 0
    wide = [s.title for s in book if not s.sheet_properties.pageSetUpPr.fitToPage]
    assert wide == ["客户"] and book["客户"].print_title_cols == "$A:$A"
    heads = {s.title: s.print_title_rows for s in book if s.print_title_rows}
    assert heads["客户"] == "$2:$2" and {heads[s] for s in ("分界点附近", "对策", "交叉")} == {"$1:$1"}


@pytest.mark.parametrize("sheet", ["客户", "交叉"])
def test_no_class_is_cut_off_by_the_column_beside_it(book: Workbook, sheet: str) -> None:
    widths = {
        number: shape.width
        for shape in book[sheet].column_dimensions.values()
        for number in range(shape.min, shape.max + 1)
    }
    cut = [
        cell.value
        for row in book[sheet].iter_rows(min_row=2)
        for cell in row[1:-1]
        if isinstance(cell.value, str) and not cell.alignment.wrap_text
        if width_of(cell.value) > widths[cell.column]
    ]
    assert cut == []


def test_sheet_names_are_always_accepted(tmp_path: Path, view: Overview) -> None:
    names = ["a/b:c*d?[e]", "x" * 40, "X" * 40, "x" * 40, "'quoted'", "", "History", "客户" * 20]
    with Book(tmp_path / "n.xlsx", Words("en", None), view.record.as_of) as book:
        for name in names:
            book.sheet(name)
    found = load_workbook(tmp_path / "n.xlsx").sheetnames
    assert len({n.casefold() for n in found}) == len(names) and all(len(n) <= 31 for n in found)


def test_chinese_characters_take_twice_the_room() -> None:
    assert width_of("客户ab") == 6
