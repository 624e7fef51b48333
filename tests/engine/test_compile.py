"""What DuckDB computes for a tree is what `evaluate` says the tree means."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from math import isclose
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlglot import exp

from keguan.engine.backends.duckdb import DuckDBEngine
from keguan.engine.compile import columns_with, condition, literal, to_sql
from keguan.language import ast
from keguan.language.evaluate import evaluate, holds

Tree = st.SearchStrategy[Any]
Filled = Callable[[pa.Table], str]

_COLUMNS: dict[str, tuple[pa.DataType, list[Any]]] = {
    "money": (pa.decimal128(18, 4), [Decimal("-3.5"), Decimal(0), Decimal("0.0001"), Decimal("100.25")]),
    "spent": (pa.decimal128(18, 4), [Decimal(0), Decimal("2.5"), Decimal("-1"), Decimal("99999999.9999")]),
    "count": (pa.int64(), [0, 1, 2, 7]),
    "days": (pa.int32(), [-1, 0, 30, 365]),
    "rate": (pa.float64(), [0.0, 0.5, -1.25, 1e5]),
    "first": (pa.date32(), [date(2024, 2, 29), date(2025, 12, 31), date(2026, 6, 30), date(1999, 1, 1)]),
    "last": (pa.date32(), [date(2026, 6, 30), date(2026, 6, 29), date(2024, 2, 29), date(2000, 1, 1)]),
    "region": (pa.string(), ["east", "south", "华东", ""]),
    "name": (pa.string(), ["华东", "east", "o'brien", "é"]),
    "member": (pa.bool_(), [True, False, True, False]),
}
_ROWS = 40


def _rows() -> list[dict[str, Any]]:
    """Every column walks through its values and missing at its own pace, so that combinations differ."""
    rows = []
    for i in range(_ROWS):
        picks = {}
        for step, (name, (_, values)) in enumerate(_COLUMNS.items(), start=1):
            place = (i * (2 * step + 1) // 3 + i // 5 * step) % (len(values) + 1)
            picks[name] = values[place] if place < len(values) else None
        rows.append(picks)
    return rows


ROWS = _rows()
COLUMNS_OF_DAYS = columns_with([n for n, (t, _) in _COLUMNS.items() if t == pa.date32()])


def _name(*names: str) -> Tree:
    return st.sampled_from(names).map(ast.Name)


def _constant(values: Tree) -> Tree:
    return st.builds(ast.Literal, values)


_decimals = st.decimals(-1000, 1000, places=4) | st.sampled_from(
    [Decimal("0.1"), Decimal("1E+2"), Decimal("1E-9")]
)
_numbers: Tree = st.recursive(
    _name("money", "spent", "count", "days", "rate")
    | _constant(st.integers(-40, 400) | _decimals | st.floats(-9, 9)),
    lambda inner: st.one_of(
        st.builds(ast.Arithmetic, st.sampled_from("+-/"), inner, inner),
        st.builds(
            ast.Arithmetic,
            st.just("*"),
            inner,
            _constant(st.integers(-9, 9) | st.sampled_from([Decimal("0.5")])),
        ),
        st.builds(
            ast.Call,
            st.sampled_from(["min", "max", "coalesce"]),
            st.lists(inner, min_size=1, max_size=3).map(tuple),
        ),
        st.builds(ast.Call, st.sampled_from(["abs", "round"]), st.tuples(inner)),
        st.builds(ast.Arithmetic, st.just("-"), _name("first", "last"), _name("first", "last")),
    ),
    max_leaves=5,
)
_dates: Tree = st.one_of(
    _name("first", "last"),
    _constant(st.dates(date(1999, 1, 1), date(2027, 1, 1))),
    st.builds(
        ast.Arithmetic, st.sampled_from("+-"), _name("first", "last"), _constant(st.integers(-400, 400))
    ),
    st.builds(
        ast.Arithmetic, st.sampled_from("+-"), _name("first", "last"), _name("days", "count", "rate", "money")
    ),
    st.builds(ast.Arithmetic, st.just("+"), _name("days", "count"), _name("first", "last")),
    st.builds(
        ast.Call, st.sampled_from(["min", "max", "coalesce"]), st.tuples(_name("first"), _name("last"))
    ),
)
_texts: Tree = _name("region", "name") | _constant(st.sampled_from(["east", "华东", "", "o'brien", "z"]))
_flags: Tree = _name("member") | st.sampled_from([ast.TRUE, ast.FALSE])
_OPS = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])


def _tests_of(values: Tree) -> Tree:
    return st.one_of(
        st.builds(ast.Compare, _OPS, values, values),
        st.builds(ast.Between, values, values, values),
        st.builds(ast.IsMissing, values),
    )


_one_of: Tree = st.one_of(
    st.builds(
        ast.OneOfValues,
        _texts,
        st.lists(_constant(st.sampled_from(["east", "华东", "q"])), min_size=1).map(tuple),
    ),
    st.builds(ast.OneOfValues, _name("count"), st.lists(_constant(st.integers(0, 8)), min_size=1).map(tuple)),
)
_tests = st.one_of(_tests_of(_numbers), _tests_of(_dates), _tests_of(_texts), _one_of, _flags)
_conditions: Tree = st.recursive(
    _tests,
    lambda inner: st.one_of(
        st.builds(ast.Not, inner),
        st.builds(ast.And, st.lists(inner, min_size=2, max_size=3).map(tuple)),
        st.builds(ast.Or, st.lists(inner, min_size=2, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)


def _chosen(results: Tree) -> Tree:
    branches = st.lists(st.tuples(_conditions, results), min_size=1, max_size=3).map(tuple)
    return st.builds(ast.If, branches, results)


_KEYS = ["money", "count", "rate", "first", "region"]


@st.composite
def tuple_compares(draw: Any) -> ast.TupleCompare:
    names = draw(st.lists(st.sampled_from(_KEYS), min_size=1, max_size=4, unique=True))
    cuts = [ast.Literal(draw(st.none() | st.sampled_from(_COLUMNS[n][1]))) for n in names]
    descending = draw(st.lists(st.booleans(), min_size=len(names), max_size=len(names)))
    return ast.TupleCompare(tuple(map(ast.Name, names)), tuple(cuts), tuple(descending))


@pytest.fixture(scope="module")
def measured(filled: Filled) -> str:
    arrays = {n: pa.array([r[n] for r in ROWS], t) for n, (t, _) in _COLUMNS.items()}
    return filled(pa.table({"row": pa.array(range(_ROWS)), **arrays}))


def _computed(engine: DuckDBEngine, table: str, expression: exp.Expression) -> list[Any]:
    query = (
        exp.select(expression.as_("v"))
        .from_(exp.to_table(table, quoted=True))
        .order_by(exp.column("row", quoted=True))
    )
    return [row[0] for row in engine.rows(query)]


def _same(found: Any, expected: Any) -> bool:
    if found is None or expected is None or isinstance(expected, (bool, str, date)):
        return found == expected and type(found) is type(expected)
    if isinstance(found, float) or isinstance(expected, float):
        return isclose(float(found), float(expected), rel_tol=1e-12, abs_tol=1e-9)
    return Decimal(found) == Decimal(expected)


def _agree(engine: DuckDBEngine, table: str, tree: ast.Node) -> None:
    found = _computed(engine, table, to_sql(tree, COLUMNS_OF_DAYS))
    for row, value in zip(ROWS, found, strict=True):
        assert _same(value, evaluate(tree, row)), (row, value, evaluate(tree, row))


@given(tree=_conditions)
def test_conditions_have_the_same_three_truth_values(
    engine: DuckDBEngine, measured: str, tree: ast.Node
) -> None:
    _agree(engine, measured, tree)


@given(tree=_conditions)
def test_as_a_condition_unknown_does_not_hold(engine: DuckDBEngine, measured: str, tree: ast.Node) -> None:
    found = _computed(engine, measured, condition(tree, COLUMNS_OF_DAYS))
    assert found == [holds(tree, row) for row in ROWS]


@given(tree=_numbers)
def test_numbers_are_the_same(engine: DuckDBEngine, measured: str, tree: ast.Node) -> None:
    _agree(engine, measured, tree)


@given(tree=_dates | _texts)
def test_days_and_texts_are_the_same(engine: DuckDBEngine, measured: str, tree: ast.Node) -> None:
    _agree(engine, measured, tree)


@given(tree=_chosen(_constant(st.integers(0, 9))) | _chosen(_numbers))
def test_the_first_branch_that_holds_wins(engine: DuckDBEngine, measured: str, tree: ast.Node) -> None:
    _agree(engine, measured, tree)


@given(tree=tuple_compares())
def test_places_in_a_total_order_are_the_same(
    engine: DuckDBEngine, measured: str, tree: ast.TupleCompare
) -> None:
    _agree(engine, measured, tree)


@given(tree=_texts | _name("count", "first", "member"))
def test_anything_can_be_folded(engine: DuckDBEngine, measured: str, tree: ast.Node) -> None:
    _agree(engine, measured, ast.Folded(tree))


def _sorts_before(row: dict[str, Any], tree: ast.TupleCompare) -> bool:
    """Whether a row comes no later than the cut, by comparing one key after the other."""
    for name, cut, descending in zip(tree.left, tree.right, tree.descending, strict=True):
        assert isinstance(name, ast.Name)
        mine, theirs = row[name.name], cut.value
        if mine == theirs:
            continue
        if mine is None or theirs is None:
            return theirs is None
        return bool(mine > theirs) is descending
    return True


@given(tree=tuple_compares())
def test_a_place_in_a_total_order_is_what_comparing_key_by_key_says(tree: ast.TupleCompare) -> None:
    assert [evaluate(tree, row) for row in ROWS] == [_sorts_before(row, tree) for row in ROWS]


@pytest.mark.parametrize(
    "value",
    [
        True, False, 0, -7, 10**17, Decimal("0.10"), Decimal("-1234.5678"), Decimal("1E+3"), Decimal("1E-20"),
        Decimal(0), Decimal(1) / 3, 0.1, -1e300, 5e-324, date(2026, 2, 28), "", "o'brien", "客官", "a\\b\"c", "%s; --",
    ],
)  # fmt: skip
def test_a_constant_comes_back_as_it_was(engine: DuckDBEngine, measured: str, value: ast.Value) -> None:
    found = _computed(engine, measured, literal(value))[0]
    assert found == value
    assert isinstance(found, type(value))


def test_a_name_that_looks_like_sql_stays_a_name(engine: DuckDBEngine, filled: Filled) -> None:
    odd = 'a" FROM t; DROP TABLE t; --'
    table = filled(pa.table({"row": [0], odd: [5]}))
    assert _computed(engine, table, to_sql(ast.Compare("=", ast.Name(odd), ast.Literal(5)))) == [True]


@pytest.mark.parametrize(
    "divisor", [ast.Literal(0), ast.Literal(Decimal("0.0")), ast.Literal(0.0), ast.Name("zero")]
)
def test_division_by_zero_is_missing(engine: DuckDBEngine, filled: Filled, divisor: ast.Node) -> None:
    table = filled(pa.table({"row": [0], "x": [3], "zero": [0]}))
    assert _computed(engine, table, to_sql(ast.Arithmetic("/", ast.Name("x"), divisor))) == [None]


def test_texts_are_folded_as_in_python(engine: DuckDBEngine, filled: Filled) -> None:
    every = "".join(map(chr, [*range(1, 0x2FF), *range(0x2000, 0x2100), 0x3000, *range(0xFF00, 0xFFF0)]))
    values = [None, "", "Ｂ２Ｂ　客戶", "End - User", "individual", every, *(f"客{c}户" for c in every)]
    table = filled(pa.table({"row": range(len(values)), "said": values}))
    found = _computed(engine, table, to_sql(ast.Folded(ast.Name("said"))))
    assert found == [evaluate(ast.Folded(ast.Name("said")), {"said": v}) for v in values]
    assert found[2:5] == ["b2b客戶", "enduser", "individual"]


def test_what_must_be_resolved_first_is_refused() -> None:
    with pytest.raises(TypeError, match="ClassTest"):
        to_sql(ast.ClassTest((ast.ClassRef("rfm", "champion"),)))
