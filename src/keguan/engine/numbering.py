"""Customers of orders as small whole numbers: to group and sort by a number costs a fraction of what text costs.

A part of orders carries the number beside the id, and a list of its customers lies beside the part. Numbers are places in
the sorted list and hold within one part; where several are read together, all get numbers of their common list.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

TABLE, KEY, NUMBER = "orders", "customer_id", "customer_no"


@dataclass(frozen=True)
class Numbered:
    """A fact table with a number on every row: the relation `rows` holds the table's columns and `number`, the relation
    `names` one row per number with the `key` it stands for; numbers go from 0 to below `count`, and `size` is how many rows there
    are."""

    rows: str
    names: str
    key: str
    number: str
    count: int
    size: int


def list_beside(part: Path) -> Path:
    """Where the list of a part's customers lies."""
    return part.with_suffix(".customers.parquet")


def listing(ids: str) -> str:
    """SQL: every different id in the relation `ids`, numbered from 0 in the order of the ids."""
    different = f'SELECT DISTINCT "{KEY}" FROM {ids} WHERE "{KEY}" IS NOT NULL'
    number = f'CAST(row_number() OVER (ORDER BY "{KEY}") - 1 AS INTEGER)'
    return f'SELECT "{KEY}", {number} AS "{NUMBER}" FROM ({different})'


def numbering(rows: str, listed: str) -> str:
    """SQL: the rows of a relation, each with the number its id has in the relation `listed`."""
    return f'SELECT r.*, l."{NUMBER}" FROM {rows} AS r LEFT JOIN {listed} AS l ON r."{KEY}" = l."{KEY}"'
