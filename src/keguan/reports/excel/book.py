"""A workbook being written: formats in the house's colours, sheet names that Excel accepts, and tables with sane widths."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any
from unicodedata import east_asian_width

import xlsxwriter

from keguan.reports.palette import LIGHT, text_on
from keguan.reports.words import Words

MOST_ROWS = 1_048_576
MOST_CHARACTERS = 32_767
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_CJK = {"zh-Hans": "Microsoft YaHei", "zh-Hant": "Microsoft JhengHei", "en": "Calibri"}
_HEADS = {
    "text": "head",
    "wrap": "head",
    "aside": "head_aside",
    "wrap_aside": "head_aside",
}  # numbers and days have their heads on the right
Cell = str | int | float | Decimal | date | None


@dataclass(frozen=True)
class Field:
    """A column of a sheet: its head, the format of its cells (`text`, `wrap` for long text, either `aside` where it follows a number, `count`, `money`, `share`, `number`, `day`), its width."""

    head: str
    format: str = "text"
    width: float | None = None


class Book:
    """An xlsxwriter workbook in constant memory: rows are written in order, sheet by sheet."""

    def __init__(self, path: Path, words: Words, as_of: date) -> None:
        options = {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        self.file = xlsxwriter.Workbook(str(path), options)
        # The day of the run instead of the clock: equal runs give equal workbooks.
        self.file.set_properties(
            {"title": words.t("title"), "created": datetime(as_of.year, as_of.month, as_of.day)}
        )
        self.words = words
        self._names: set[str] = set()
        self._colours: dict[str, Any] = {}
        base = {
            "font_name": _CJK[words.lang],
            "font_size": 10,
            "valign": "top",
            "font_color": LIGHT["ink"],
        }
        self._base = base
        money = words.figures.excel_money
        shapes: dict[str, dict[str, Any]] = {
            "text": {}, "wrap": {"text_wrap": True}, "count": {"num_format": "#,##0"}, "money": {"num_format": money},
            "share": {"num_format": "0.0%"}, "number": {"num_format": "#,##0.##"}, "day": {"num_format": "yyyy-mm-dd", "align": "right"},
            "title": {"bold": True, "font_size": 16}, "section": {"bold": True, "font_size": 12},
            "note": {"font_color": LIGHT["muted"]}, "aside": {"indent": 1},
            "number_of": {"font_color": LIGHT["muted"], "align": "right"}, "finding": {"text_wrap": True, "font_size": 11},
            "head": {"bold": True, "font_color": LIGHT["muted"], "bottom": 1, "bottom_color": LIGHT["edge"], "bg_color": LIGHT["paper"], "text_wrap": True, "valign": "vcenter"},
        }  # fmt: skip
        shapes["wrap_aside"] = {**shapes["wrap"], **shapes["aside"]}
        shapes["head_right"] = {**shapes["head"], "align": "right"}
        shapes["head_aside"] = {**shapes["head"], **shapes["aside"]}
        self.formats = {name: self.file.add_format({**base, **shape}) for name, shape in shapes.items()}

    def __enter__(self) -> Book:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()

    def sheet(self, name: str, *, one_page_wide: bool = True) -> Any:
        """A new sheet called `name`, shortened and made unique as Excel wants; printed as wide as a page or as it is."""
        clean = _FORBIDDEN.sub(" ", name.replace("/", "-")).strip()[:31] or "-"
        unique, number = clean, 2
        while unique.casefold() in self._names or unique.casefold() == "history":
            tail = f" {number}"
            unique, number = clean[: 31 - len(tail)] + tail, number + 1
        self._names.add(unique.casefold())
        sheet = self.file.add_worksheet(unique)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.set_footer("&L&A&C&P / &N")
        if one_page_wide:
            sheet.fit_to_pages(1, 0)
        return sheet

    def colour(self, colour: str) -> Any:
        """A cell format filled with a class's colour, its text readable on it."""
        if colour not in self._colours:
            self._colours[colour] = self.file.add_format(
                {**self._base, "bg_color": colour, "font_color": text_on(colour), "align": "center"}
            )
        return self._colours[colour]

    def put(self, sheet: Any, row: int, column: int, value: Cell, format_name: str = "text") -> None:
        """One cell: numbers and days as such, everything else as text, whatever it begins with."""
        shape = self.formats[format_name]
        if value is None:
            sheet.write_blank(row, column, None, shape)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), shape)
        elif isinstance(value, (int, float, Decimal)):
            sheet.write_number(row, column, float(value) if not isinstance(value, int) else value, shape)
        else:
            sheet.write_string(row, column, value[:MOST_CHARACTERS], shape)

    def heads(self, sheet: Any, row: int, fields: Sequence[Field], first: int = 0) -> None:
        """The head row of a table, and the widths of its columns."""
        for i, field in enumerate(fields, start=first):
            sheet.set_column(i, i, field.width or max(10.0, width_of(field.head) + 4))
            self.put(sheet, row, i, field.head, _HEADS.get(field.format, "head_right"))

    def table(
        self,
        sheet: Any,
        row: int,
        fields: Sequence[Field],
        rows: Iterable[Sequence[Cell]],
        *,
        only: bool = False,
    ) -> int:
        """A table from `row` on; returns the row after it. `only`: the sheet's one table, frozen and filtered."""
        self.heads(sheet, row, fields)
        at = row + 1
        shapes = [self.formats[field.format] for field in fields]
        number, string = sheet.write_number, sheet.write_string
        for cells in rows:
            for i, value in enumerate(cells):
                if (
                    value.__class__ is str
                ):  # the two commonest sorts without a detour: a large base has millions
                    string(at, i, value[:MOST_CHARACTERS], shapes[i])
                elif value.__class__ is int or value.__class__ is float:
                    number(at, i, value, shapes[i])
                elif value is not None:
                    self.put(sheet, at, i, value, fields[i].format)
            at += 1
        if only:
            sheet.freeze_panes(row + 1, 1)
            sheet.autofilter(row, 0, max(at - 1, row), len(fields) - 1)
            sheet.repeat_rows(row)
        return at


def room_for(texts: Iterable[str], least: float, most: float = 48) -> float:
    """The width of a column that shows the longest of some texts in full, within limits."""
    return min(most, max([least, *(width_of(text) + 2 for text in texts)]))


def width_of(text: str) -> float:
    """The width of a text in Excel's units, where a Chinese character takes two."""
    return sum(2.0 if east_asian_width(c) in "WF" else 1.0 for c in text)
