"""Tables of thousands of columns are read in seconds, or refused in words."""

from __future__ import annotations

from pathlib import Path

import pytest

from keguan.core.errors import KeguanError
from keguan.engine.intake import intake
from keguan.engine.intake.generic import MOST_ATTRIBUTES
from keguan.engine.intake.options import IntakeOptions
from keguan.engine.intake.parts import PartStore
from keguan.engine.intake.pipeline import Intake
from keguan.engine.intake.readers import Limits, Workdir, find_sources, read


def wide(path: Path, head: list[str], cells: list[str], columns: int, limits: Limits | None = None) -> Intake:
    """The intake of a file of three rows whose further columns are numbers."""
    rows = [[*head, *(f"x{n}" for n in range(columns))]]
    rows += [[f"{cells[0]}{n}", *cells[1:], *map(str, range(n, n + columns))] for n in range(3)]
    path.write_text("\n".join(",".join(row) for row in rows) + "\n", encoding="utf-8")
    with Workdir() as work:
        raws = read(find_sources([path])[0], IntakeOptions(), work, limits)
        return intake(raws, IntakeOptions(), PartStore(path.parent / "parts"))


ORDERS = (["customer_id", "order_date", "amount"], ["c", "2024-01-01", "12.5"])


def test_more_columns_than_the_limit_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(KeguanError, match=r"KG131.*KEGUAN_MAX_COLUMNS"):
        wide(tmp_path / "orders.csv", *ORDERS, columns=20_000)


def test_orders_among_a_thousand_columns_are_found(tmp_path: Path) -> None:
    result = wide(tmp_path / "orders.csv", *ORDERS, columns=1_000)
    assert (result.parts[0].table, result.parts[0].rows) == ("orders", 3)
    assert len(result.inspection.sources[0].unmapped) == 1_000


@pytest.mark.slow
def test_orders_among_twenty_thousand_columns_are_found_where_the_limit_is_raised(tmp_path: Path) -> None:
    result = wide(tmp_path / "orders.csv", *ORDERS, columns=20_000, limits=Limits(max_columns=30_000))
    assert (result.parts[0].table, result.parts[0].rows) == ("orders", 3)
    assert len(result.inspection.sources[0].unmapped) == 20_000


@pytest.mark.slow
def test_customers_keep_so_many_attributes_and_list_the_other_columns(tmp_path: Path) -> None:
    result = wide(
        tmp_path / "customers.csv", ["customer_id", "name"], ["c", "n"], columns=MOST_ATTRIBUTES + 100
    )
    (part,) = result.parts
    assert len(part.fields) == 2 + MOST_ATTRIBUTES
    assert len(result.inspection.sources[0].unmapped) == 100
