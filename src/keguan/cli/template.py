"""The workbook of a new book: a sheet per table with heads that are understood, one example row each, and notes."""

from __future__ import annotations

from pathlib import Path

from keguan.core.languages import Lang
from keguan.core.texts import entries, text
from keguan.engine.tables import logical_tables

TABLES: dict[str, tuple[str, ...]] = {
    "orders": ("customer_id", "ordered_at", "amount", "order_id", "status", "cost", "channel"),
    "customers": ("customer_id", "name", "party_kind", "sector", "region", "registered_on", "owner"),
    "order_lines": ("customer_id", "ordered_at", "order_id", "product", "quantity", "unit_price"),
}
"""The tables most businesses begin with and the fields worth having; every other field is understood as well."""


def write_workbook(path: Path, lang: Lang) -> None:
    """Write the template in `lang`."""
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        head = book.add_format({"bold": True, "bottom": 1, "bg_color": "#e6e2d9"})
        needed = book.add_format({"bold": True, "bottom": 1, "bg_color": "#e6e2d9", "font_color": "#b3392f"})
        example = book.add_format({"font_color": "#6b675e"})
        for name, fields in TABLES.items():
            table = logical_tables()[name]
            sheet = book.add_worksheet(table.labels[lang])
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(fields) - 1, 18)
            for place, field in enumerate(fields):
                known = table.fields[field]
                sheet.write_string(0, place, known.labels[lang], needed if known.required else head)
                sheet.write_string(1, place, _example(name, field, lang), example)
        _write_notes(book.add_worksheet(text("cli.init.notes_sheet", lang)), lang)


def _write_notes(sheet: object, lang: Lang) -> None:
    write = sheet.write_string  # type: ignore[attr-defined]  # xlsxwriter has no types
    sheet.set_column(0, 0, 110)  # type: ignore[attr-defined]
    for line, note in enumerate(entries("cli")["init"]["notes"]):
        write(line, 0, note[lang])


def _example(table: str, field: str, lang: Lang) -> str:
    found: str = entries("cli")["init"]["examples"][table][field][lang]
    return found
