"""Numbers of customers: places in the sorted list of ids, common to all parts that are read together, and seen by nobody."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sqlglot import parse_one

from keguan.engine.backends.duckdb import DuckDBEngine
from keguan.engine.backends.numbers import addressed
from keguan.engine.intake import sql
from keguan.engine.intake.orders import PURCHASE_KEYS
from keguan.engine.intake.parts import PartStore
from keguan.engine.intake.writing import write_numbered
from keguan.engine.measures.definition import Gathered, catalogue
from keguan.engine.measures.resolve import closure
from keguan.engine.measures.sql import keep_measures
from keguan.engine.numbering import Numbered, list_beside
from keguan.engine.subjects import SUBJECTS
from tests.fixtures.naive_measures import NAMES, Row, naive, orders_table

AS_OF = date(2026, 6, 30)


def _rows(*customers: str) -> list[Row]:
    made = [
        {"customer_id": c, "ordered_on": AS_OF - timedelta(days=37 * place), "amount": place + 1}
        for place, c in enumerate(customers)
    ]
    return [{**r, "cost": None, "kind": "sale", "status": "completed"} for r in made]


def _part(folder: Path, rows: list[Row], numbered: bool) -> Path:
    table = orders_table(rows)
    table = table.append_column("order_id", pa.array([f"O{i}" for i in range(len(rows))]))
    if not numbered:
        pq.write_table(table, folder / "plain.parquet")
        return folder / "plain.parquet"
    with sql.connect(folder) as con:
        con.register("given", table)
        return write_numbered(
            con, PartStore(folder), "orders", "SELECT * FROM given", "given", PURCHASE_KEYS, "t"
        ).path


def _numbers(engine: DuckDBEngine, found: Numbered) -> dict[str, set[int]]:
    pairs = engine.connection.execute(
        f'SELECT "{found.key}", "{found.number}" FROM "{found.rows}"'
    ).fetchall()
    return {key: {n for k, n in pairs if k == key} for key, _ in pairs}


def test_a_part_carries_places_in_the_sorted_list_that_lies_beside_it(tmp_path: Path) -> None:
    path = _part(tmp_path, _rows("客", "b", "a", "b", "C"), numbered=True)
    pairs = pq.read_table(path, columns=["customer_id", "customer_no"]).to_pylist()
    assert {r["customer_id"]: r["customer_no"] for r in pairs} == {"C": 0, "a": 1, "b": 2, "客": 3}
    listed = pq.read_table(list_beside(path)).to_pylist()
    assert [(r["customer_id"], r["customer_no"]) for r in listed] == [("C", 0), ("a", 1), ("b", 2), ("客", 3)]
    assert sorted(p.name for p in path.parent.iterdir()) == sorted([path.name, list_beside(path).name])


def test_who_has_no_id_has_no_number(tmp_path: Path) -> None:
    path = _part(tmp_path, [*_rows("a"), {**_rows("a")[0], "customer_id": None}], numbered=True)
    pairs = pq.read_table(path, columns=["customer_id", "customer_no"]).to_pylist()
    assert [(r["customer_id"], r["customer_no"]) for r in pairs] == [("a", 0), (None, None)]


def test_nothing_is_left_of_a_part_that_could_not_be_written(tmp_path: Path) -> None:
    def broken(path: Path) -> tuple[int, tuple[str, ...]]:
        list_beside(path).write_bytes(b"half")
        raise OSError("full")

    with pytest.raises(OSError, match="full"):
        PartStore(tmp_path).add("orders", broken, "t", list_beside)
    assert list((tmp_path / "orders").iterdir()) == []


@pytest.mark.parametrize("plain", [(), (1,), (0, 1, 2)])
def test_parts_read_together_get_common_numbers_and_the_same_measures(tmp_path: Path, plain: Any) -> None:
    shares = [_rows("b", "d", "b"), _rows("a", "b", "客", "b"), _rows("c", "客")]
    folders = [tmp_path / str(i) for i in range(3)]
    for folder in folders:
        folder.mkdir()
    parts = [_part(f, rows, i not in plain) for i, (f, rows) in enumerate(zip(folders, shares, strict=True))]
    engine = DuckDBEngine(threads=2)
    engine.attach("orders", parts)
    found = engine.numbered("orders", ("customer_id",))
    assert found is not None and found.count == 5
    assert _numbers(engine, found) == {"a": {0}, "b": {1}, "c": {2}, "d": {3}, "客": {4}}
    keep_measures(engine, "m", SUBJECTS["customer"], closure(NAMES), {}, AS_OF, {"orders": parts})
    measured = {r["customer_id"]: r for r in engine.connection.sql("FROM m").to_arrow_table().to_pylist()}
    engine.close()
    rows = [r for share in shares for r in share]
    assert set(measured) == {"a", "b", "c", "d", "客"}
    for customer, values in measured.items():
        expected = naive([r for r in rows if r["customer_id"] == customer], AS_OF)
        names = ("n_orders_12m", "net_sales_12m", "n_purchase_days", "median_interval_days", "last_order_on")
        assert {n: values[n] for n in names} == {n: expected[n] for n in names}


def test_other_tables_and_other_keys_have_no_numbers() -> None:
    engine = DuckDBEngine(threads=1)
    assert engine.numbered("order_lines", ("customer_id",)) is None
    assert engine.numbered("orders", ("customer_id", "line")) is None
    engine.close()


def _bits(count: int, size: int, memory: str = "1GB") -> int:
    """How many bits of a number address a group while a query with three aggregates runs."""
    engine = DuckDBEngine(threads=2, memory=memory)
    query = parse_one("SELECT n, count(*), min(d), CAST(sum(a) AS BIGINT) FROM t GROUP BY n", read="duckdb")
    by = Numbered("t", "names", "id", "n", count, size)
    setting = "SELECT current_setting('perfect_ht_threshold')"
    with addressed(engine.connection, query, by):
        [(inside,)] = engine.connection.execute(setting).fetchall()
    [(after,)] = engine.connection.execute(setting).fetchall()
    engine.close()
    assert int(after) == 12
    return int(inside)


def test_groups_are_addressed_where_rows_and_memory_allow() -> None:
    assert _bits(count=100_000, size=10_000_000) == 17
    assert _bits(count=100, size=10_000_000) == 12
    assert (
        _bits(count=100_000, size=200_000) == 12
    )  # three threads' places for every number are more than the rows
    assert _bits(count=10_000_000, size=10**9) == 12  # 1.7 GB
    assert _bits(count=10_000_000, size=10**9, memory="3GB") == 24


def test_days_are_listed_only_where_rows_are_numbered() -> None:
    engine = DuckDBEngine(threads=1)
    engine.connection.execute("CREATE TABLE orders (customer_id VARCHAR, ordered_on DATE)")
    listed = [
        (kind.keys, d.source)
        for kind in SUBJECTS.values()
        for d in catalogue(kind.name).values()
        if isinstance(d.source, Gathered) and d.type == "days"
    ]
    assert listed and all(engine.numbered(source.table, source.keys or keys) for keys, source in listed)
    engine.close()
