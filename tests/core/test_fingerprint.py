"""Equal content gives equal fingerprints, whatever the layout; different content gives different ones."""

import hashlib
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from keguan.core.fingerprint import canonical_json, of_file, of_json, of_table

_VALUES: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "text": (pa.string(), st.text(max_size=6)),
    "whole": (pa.int64(), st.integers(-(10**12), 10**12)),
    "money": (pa.decimal128(18, 4), st.decimals(-(10**10), 10**10, places=4)),
    "day": (pa.date32(), st.dates(date(1990, 1, 1), date(2030, 1, 1))),
    "flag": (pa.bool_(), st.booleans()),
    "double": (pa.float64(), st.floats(allow_nan=False, allow_infinity=False)),
}


@st.composite
def tables(draw: Any) -> pa.Table:
    rows = draw(st.integers(0, 12))
    names = draw(st.lists(st.sampled_from(sorted(_VALUES)), min_size=1, unique=True))
    columns = {}
    for name in names:
        kind, values = _VALUES[name]
        columns[name] = pa.array(draw(st.lists(st.none() | values, min_size=rows, max_size=rows)), kind)
    return pa.table(columns)


def _in_chunks(table: pa.Table, at: int) -> pa.Table:
    return pa.concat_tables([table.slice(0, at), table.slice(at)])


@given(tables(), st.integers(0, 12))
def test_chunks_slices_dictionaries_and_text_width_do_not_matter(table: pa.Table, at: int) -> None:
    mark = of_table(table)
    assert of_table(_in_chunks(table, at)) == mark
    assert of_table(pa.concat_tables([table, table]).slice(table.num_rows)) == mark
    encoded = pa.table({n: table[n].combine_chunks().dictionary_encode() for n in table.column_names})
    assert of_table(encoded) == mark
    assert of_table(_in_chunks(encoded, at).unify_dictionaries()) == mark
    wide = {n: c.cast(pa.large_string()) if pa.types.is_string(c.type) else c for n, c in _columns(table)}
    assert of_table(pa.table(wide)) == mark


def _columns(table: pa.Table) -> list[tuple[str, pa.ChunkedArray]]:
    return list(zip(table.column_names, table.columns, strict=True))


@given(tables(), st.data())
def test_any_changed_value_changes_the_fingerprint(table: pa.Table, data: st.DataObject) -> None:
    if table.num_rows == 0:
        return
    name = data.draw(st.sampled_from(table.column_names))
    row = data.draw(st.integers(0, table.num_rows - 1))
    kind, values = _VALUES[name]
    old = table[name].to_pylist()
    new = data.draw((st.none() | values).filter(lambda v: v != old[row]))
    changed = table.set_column(
        table.column_names.index(name), name, pa.array([*old[:row], new, *old[row + 1 :]], kind)
    )
    assert of_table(changed) != of_table(table)


def test_the_width_of_a_number_and_the_scale_of_a_decimal_do_not_matter() -> None:
    def one(values: list[Any], kind: pa.DataType) -> str:
        return of_table(pa.table({"x": pa.array(values, kind)}))

    assert one([1, None], pa.int16()) == one([1, None], pa.int64())
    amounts = [Decimal("1.50"), None, Decimal("-20.00")]
    assert one(amounts, pa.decimal128(10, 2)) == one(amounts, pa.decimal128(38, 4))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": ["ab", "c"]}, {"a": ["a", "bc"]}),
        ({"a": ["", None]}, {"a": [None, ""]}),
        ({"a": [], "b": []}, {"ab": []}),
        ({"a": ["x"]}, {"b": ["x"]}),
        ({"a": ["x"], "b": ["y"]}, {"b": ["y"], "a": ["x"]}),
        ({"a": ["x", "y"]}, {"a": ["y", "x"]}),
        ({"a": ["x"]}, {"a": ["x", None]}),
        ({"a\0": [""]}, {"a": ["\0"]}),
    ],
)
def test_what_only_looks_alike_differs(one: dict[str, list[Any]], other: dict[str, list[Any]]) -> None:
    def mark(columns: dict[str, list[Any]]) -> str:
        return of_table(pa.table({n: pa.array(v, pa.string()) for n, v in columns.items()}))

    assert mark(one) != mark(other)


def test_a_table_without_chunks_equals_one_without_rows() -> None:
    empty = pa.table({"a": pa.chunked_array([], pa.string())})
    assert of_table(empty) == of_table(pa.table({"a": pa.array([], pa.string())}))


def test_the_fingerprint_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    content = "客官\r\n".encode() * 100_000
    (tmp_path / "x").write_bytes(content)
    assert of_file(tmp_path / "x") == "sha256:" + hashlib.sha256(content).hexdigest()


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@given(_JSON)
def test_the_order_of_keys_does_not_matter_to_json(value: Any) -> None:
    def turned(one: Any) -> Any:
        if isinstance(one, dict):
            return {k: turned(v) for k, v in reversed(one.items())}
        return [turned(v) for v in one] if isinstance(one, list) else one

    assert canonical_json(turned(value)) == canonical_json(value)
    assert of_json(turned(value)) == of_json(value)
