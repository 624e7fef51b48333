"""The little SQL that cleaning needs: a safe connection and literals; names are ours or made safe before they come here."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import duckdb

_NAME = re.compile(r"[a-z_][a-z0-9_]*")
_MOST_MEMORY = 4 << 30
BLANKS = ("", "null", "none", "nan", "nat", "n/a", "#n/a", "-", "--", "—", "无", "無", "空")
SPACES = " \t\r\n\u00a0\u3000\ufeff\u200b"
_NOTHING = f"(?i)^[{SPACES}]*(?:{'|'.join(BLANKS)})[{SPACES}]*$|^[{SPACES}]+|[{SPACES}]+$"
_EDGE = f"^[{SPACES}]|[{SPACES}]$"
_ODD = f"(?i)^(?:{'|'.join(BLANKS)})$|{_EDGE}"


def _memory() -> int:
    """Bytes cleaning may hold before it spills: most of a small machine, never more than 4 GB of a large one."""
    pages = os.sysconf("SC_PHYS_PAGES") if hasattr(os, "sysconf") else 0
    there = pages * os.sysconf("SC_PAGE_SIZE") if pages > 0 else _MOST_MEMORY
    return min(_MOST_MEMORY, there * 7 // 10)


def connect(spill: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database that never reaches for the network and spills to `spill` instead of failing."""
    import duckdb

    return duckdb.connect(
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "temp_directory": str(spill),
            "memory_limit": f"{_memory() >> 20}MiB",
            "preserve_insertion_order": "true",
            # Lists of constants as hash joins would cost every row and lose the order that numbers records; looking for
            # common parts of expressions takes quadratic time in wide tables and computes what no row needs; and what
            # statistics say of nulls would be written into Parquet schemas, so that equal content had unequal bytes.
            "disabled_optimizers": "in_clause,common_subexpressions,statistics_propagation",
        }
    )


def name(word: str) -> str:
    """`word` as a quoted identifier; `ValueError` unless it is a plain lower-case name."""
    if not _NAME.fullmatch(word):
        raise ValueError(f"not a safe column name: {word!r}")
    return f'"{word}"'


def text(value: str) -> str:
    """`value` as a string literal: DuckDB knows no escape in it but the doubled quote."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """Several string literals, comma-separated."""
    return ", ".join(text(value) for value in values)


def first(*steps: str) -> str:
    """The first of several expressions that is not null; the later ones are computed only for rows that need them.

    That holds because `connect` keeps DuckDB from computing common parts of expressions up front.
    """
    return f"coalesce({', '.join(steps)})" if len(steps) > 1 else steps[0]


def parquet(path: Path) -> str:
    """A Parquet file as a relation."""
    return f"read_parquet({text(str(path))})"


def trimmed(column: str) -> str:
    """A text column without the spaces of any script around it; cells without any are not touched."""
    around = f"regexp_matches({column}, {text(_EDGE)})"
    return f"CASE WHEN {around} THEN trim({column}, {text(SPACES)}) ELSE {column} END"


def plain(column: str) -> str:
    """Whether a text cell is surely neither blank, a word for nothing, wrapped, nor with spaces around it: cheap to ask.

    It is ASCII, long enough, and begins and ends with a visible character; whatever is not, is looked at closely.
    """
    begins = f"{column} > '(' AND {column} < '~' AND NOT starts_with({column}, '=')"
    return f"strlen({column}) > 4 AND {begins} AND right({column}, 1) > ' ' AND strlen({column}) = length({column})"


def present(column: str) -> str:
    """A text column without surrounding spaces; null where the cell is blank or holds a word for nothing."""
    return f"CASE WHEN {plain(column)} THEN {column} {careful(column)} END"


def careful(column: str) -> str:
    """The arms of `present` for cells that are not `plain`."""
    nothing = f"nullif(regexp_replace({column}, {text(_NOTHING)}, '', 'g'), '')"
    return f"WHEN regexp_matches({column}, {text(_ODD)}) THEN {nothing} ELSE {column}"
