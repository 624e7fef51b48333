"""Tables as plain files for programs and for people: CSV that a spreadsheet opens without harm."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

EXCEL_ROWS = 1_048_575
"""Rows of data an Excel sheet holds under its head."""


def write_csv(table: pa.Table, path: Path, *, for_people: bool) -> None:
    """For people with a byte order mark, so that Excel reads Chinese, and with nothing that Excel takes for a formula."""
    import pyarrow.csv as csv

    with path.open("wb") as stream:
        if for_people:
            stream.write("\ufeff".encode())
        csv.write_csv(_harmless(table) if for_people else _as_text(table), stream)


def _as_text(table: pa.Table) -> pa.Table:
    """Dictionary columns as plain text; everything else is written as it is."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        if pa.types.is_dictionary(field.type):
            table = table.set_column(place, field.name, table[field.name].cast(field.type.value_type))
    return table


def _harmless(table: pa.Table) -> pa.Table:
    """Texts that a spreadsheet would run as a formula get a leading apostrophe."""
    import pyarrow as pa
    import pyarrow.compute as pc

    table = _as_text(table)
    for place, field in enumerate(table.schema):
        if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
            column = table[field.name]
            risky = pc.match_substring_regex(column, r"^[=+\-@\t\r]")
            marked = pc.binary_join_element_wise(
                pa.scalar("'", field.type), column, pa.scalar("", field.type)
            )
            table = table.set_column(place, field.name, pc.if_else(risky, marked, column))
    return table
