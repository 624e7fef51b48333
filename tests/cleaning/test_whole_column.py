"""What only one cell far down a file shows is found: currency marks, decimal marks, forms of ids, lines of rejected rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlwt

from keguan.core.errors import KeguanError
from keguan.engine.intake import intake
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.parts import PartStore
from keguan.engine.intake.pipeline import Intake
from keguan.engine.intake.raw import RawTable
from keguan.engine.intake.readers import Workdir, find_sources, read
from keguan.engine.intake.readers.epoch import date_system
from tests.cleaning.conftest import Clean, raw_table, rows_of

HEAD = ["customer_id", "order_date", "amount", "order_id"]
FAR = 10_050  # rows before the telling one: more than a sample holds


def far(amounts: str, *last: str, customer: str = "c") -> RawTable:
    """Many rows with one amount, then rows with other amounts."""
    rows = [[f"{customer}{n % 50}", "2024-01-01", amounts, f"o{n}"] for n in range(FAR)]
    return raw_table(HEAD, [*rows, *(["z", "2024-01-02", a, f"x{n}"] for n, a in enumerate(last))])


@pytest.mark.slow
def test_a_currency_mark_far_down_is_refused_or_converted(clean: Clean) -> None:
    with pytest.raises(KeguanError, match=r"KG230.*CNY, USD"):
        clean(far("¥1.50", "$2.00"))
    rates = {("USD", "2020-01-01"): "7"}
    result = clean(far("¥1.50", "$2.00"), currency="CNY", rates=rates)
    assert result.inspection.totals["net"] == FAR * Decimal("1.50") + 14
    assert clean(far("1.50", "$2.00")).currency == "USD"


def test_a_decimal_comma_far_down_leaves_its_row_out(clean: Clean) -> None:
    result = clean(far("1.50", "12,5"))
    (source,) = result.inspection.sources
    assert {reason: tally.rows for reason, tally in source.rejected.items()} == {"bad-amount": 1}
    assert result.rejected.to_pylist()[0]["line"] == FAR + 2


@pytest.mark.parametrize(
    ("filler", "last", "net"), [("7", ["1.234,50", "1.000"], "2234.50"), ("7", ["12.5", "1,000"], "1012.5")]
)
def test_marks_far_down_decide_where_the_first_rows_have_none(
    clean: Clean, filler: str, last: Sequence[str], net: str
) -> None:
    assert clean(far(filler, *last)).inspection.totals["net"] == 7 * FAR + Decimal(net)


def test_a_fraction_that_could_be_a_group_is_asked_wherever_it_stands(clean: Clean) -> None:
    with pytest.raises(KeguanError, match=r"KG213.*1\.234.*--decimal-mark"):
        clean(far("7", "1.234"))
    assert clean(far("7", "1.234"), decimal_mark="dot").inspection.totals["net"] == 7 * FAR + Decimal("1.234")
    assert clean(far("7", "1.234"), decimal_mark="comma").inspection.totals["net"] == 7 * FAR + 1234


def test_a_column_that_writes_both_marks_is_asked(clean: Clean) -> None:
    rows = [["a", "2024-01-01", amount, str(n)] for n, amount in enumerate(["1.50", "2,50", "1.234", "3.25"])]
    with pytest.raises(KeguanError, match="KG214"):
        clean(raw_table(HEAD, rows))
    result = clean(raw_table(HEAD, rows), decimal_mark="dot")
    assert result.inspection.sources[0].rejected["bad-amount"].rows == 1


def test_a_leading_nought_is_no_group_of_three(clean: Clean) -> None:
    rows = [["a", "2024-01-01", amount, str(n)] for n, amount in enumerate([*["1,50"] * 200, "0.123"])]
    assert set(clean(raw_table(HEAD, rows)).inspection.sources[0].rejected) == {"bad-amount"}


def test_id_forms_far_down_are_made_one_and_reported(clean: Clean) -> None:
    rows = [[str(10_000 + n % 50), "2024-01-01", "1.50", f"o{n}"] for n in range(FAR)]
    odd = [["10007.0", "2024-01-02", "1.50", "x1"], ['="10008"', "2024-01-02", "1.50", "x2"]]
    result = clean(raw_table(HEAD, [*rows, *odd]))
    assert result.inspection.found("number-ids-merged")[0].values == {"rows": 1, "example": "10007.0"}
    assert result.inspection.totals["customers"] == 50


def read_file(path: Path, home: Path) -> Intake:
    """The intake of one file."""
    with Workdir() as work:
        raws = read(find_sources([path])[0], IntakeOptions(), work)
        return intake(raws, IntakeOptions(), PartStore(home / "parts"))


def test_rejected_rows_have_their_line_in_a_file_read_by_several_threads(tmp_path: Path) -> None:
    path = tmp_path / "orders.csv"
    with path.open("w", encoding="utf-8") as out:
        out.write("customer_id,order_date,order_id,amount\n")
        out.writelines(
            f"{'' if n % 997 == 0 else f'client-number-{n % 999:05}'},2024-01-{1 + n % 28:02},order-{n:09},{n % 777}.25\n"
            for n in range(120_000)
        )
    rejected = read_file(path, tmp_path).rejected.to_pylist()
    assert [row["line"] for row in rejected] == [n + 2 for n in range(0, 120_000, 997)]
    assert all(f'"order-{row["line"] - 2:09}"' in row["row"] for row in rejected)


def test_the_same_data_in_another_folder_give_the_same_bytes(tmp_path: Path) -> None:
    found = []
    for home in (tmp_path / "here", tmp_path / "there" / "deeper"):
        home.mkdir(parents=True)
        (home / "orders.csv").write_text("customer_id,order_date,amount\na,2024-01-01,5\n,2024-01-01,6\n")
        result = read_file(home / "orders.csv", home)
        found.append(
            (result.inspection.as_dict(), result.rejected.to_pylist(), [p.as_record() for p in result.parts])
        )
    assert found[0] == found[1]
    assert str(tmp_path) not in str(found)


_HEADERS, _DAY = ["customer_id", "order_date", "amount"], 45356  # 2024-03-05, counted from 1900


def _as_xlsx(path: Path, cell: object, is_1904: bool) -> None:
    book = openpyxl.Workbook()
    if is_1904:
        book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(_HEADERS)
    book.active.append(["a", cell, 10])
    book.save(path)


def _as_xls(path: Path, cell: object, is_1904: bool) -> None:
    book = xlwt.Workbook()
    book.dates_1904 = is_1904
    sheet = book.add_sheet("orders")
    shape = xlwt.easyxf(num_format_str="yyyy-mm-dd" if isinstance(cell, date) else "0")
    for place, header in enumerate(_HEADERS):
        sheet.write(0, place, header)
    for place, value in enumerate(["a", cell, 10]):
        sheet.write(1, place, value, shape if place == 1 else xlwt.Style.default_style)
    book.save(str(path))


@pytest.mark.slow
@pytest.mark.parametrize("written", [_as_xlsx, _as_xls])
@pytest.mark.parametrize("is_1904", [False, True])
def test_bare_numbers_count_from_the_year_the_workbook_says(
    tmp_path: Path, written: Any, is_1904: bool
) -> None:
    path = tmp_path / f"orders.{written.__name__.removeprefix('_as_')}"
    written(path, _DAY - 1462 if is_1904 else _DAY, is_1904)
    result = read_file(path, tmp_path)
    assert rows_of(result, "orders")[0]["ordered_on"] == date(2024, 3, 5)
    assert result.inspection.found("excel-serials")[0].values["system"] == ("1904" if is_1904 else "1900")


@pytest.mark.slow
@pytest.mark.parametrize("written", [_as_xlsx, _as_xls])
@pytest.mark.parametrize("is_1904", [False, True])
def test_cells_formatted_as_dates_are_what_the_sheet_shows(
    tmp_path: Path, written: Any, is_1904: bool
) -> None:
    path = tmp_path / f"orders.{written.__name__.removeprefix('_as_')}"
    written(path, date(2024, 3, 5), is_1904)
    assert rows_of(read_file(path, tmp_path), "orders")[0]["ordered_on"] == date(2024, 3, 5)


@pytest.mark.slow
def test_a_workbook_cut_off_anywhere_counts_from_one_year_or_the_other(tmp_path: Path) -> None:
    _as_xls(tmp_path / "whole.xls", _DAY, True)
    whole, cut = (tmp_path / "whole.xls").read_bytes(), tmp_path / "cut.xls"
    told = set()
    for length in [*range(0, 600, 7), *range(600, len(whole) + 1, 97), len(whole)]:
        cut.write_bytes(whole[:length])
        told.add(date_system(cut))
    assert told == {1900, 1904}
    cut.write_bytes(whole[:1000] + b"\x01\x00\x00\x00" * (len(whole) // 4))  # every link the same: a circle
    assert date_system(cut) == 1900


def test_inspection_tells_which_tables_and_fields_are_there(clean: Clean) -> None:
    lines = raw_table(
        ["customer_id", "order_date", "order_id", "sku", "quantity", "unit price"],
        [["a", "2024-01-01", "1", "p1", "2", "5"]],
    )
    customers = raw_table(
        ["客户编号", "客户名称", "VIP Points"], [["a", "甲公司", "7"]], name="客户", table="customers"
    )
    assert clean(lines, customers).inspection.tables() == {
        "customers": ("customer_id", "name", "vip_points"),
        "order_lines": (
            "customer_id",
            "ordered_at",
            "order_id",
            "product",
            "quantity",
            "unit_price",
            "amount",
        ),
        "orders": ("customer_id", "ordered_at", "order_id", "amount"),
    }
