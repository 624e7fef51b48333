"""Named aggregates equal a naive sort, however heavy the ties and however large the groups that share a value."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from functools import cmp_to_key
from math import ceil
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keguan.engine.aggregates import CutsByHeads, CutsByValue, Key, Quantiles, Tally, search
from keguan.engine.aggregates.answers import answer, heads
from keguan.engine.backends.duckdb import DuckDBEngine
from keguan.language import ast

Filled = Callable[[pa.Table], str]
Row = dict[str, Any]

_TYPES = {
    "money": pa.decimal128(18, 4),
    "double": pa.float64(),
    "whole": pa.int64(),
    "day": pa.date32(),
    "text": pa.string(),
    "id": pa.string(),
}
_KEYS = ["money", "double", "whole", "day", "text"]
_FEW: dict[str, st.SearchStrategy[Any]] = {
    "money": st.sampled_from(
        [Decimal("-5.5"), Decimal(0), Decimal("0.0001"), Decimal("100.00"), Decimal("100.01")]
    )
    | st.decimals(-(10**8), 10**8, places=4),
    "double": st.sampled_from([-1.5, 0.0, 0.25, 0.1, 1e9]) | st.floats(-1e6, 1e6),
    "whole": st.integers(-2, 3),
    "day": st.sampled_from([date(2020, 2, 29), date(2026, 6, 30), date(1969, 12, 31)]),
    "text": st.sampled_from(["", "a", "B", "客", "é", "z"]),
}
ROWS = st.lists(st.fixed_dictionaries({n: st.none() | v for n, v in _FEW.items()}), max_size=30)
SHARES = st.lists(st.integers(0, 60).map(lambda n: Decimal(n) / 60), min_size=1, max_size=4).map(
    lambda s: tuple(sorted(s))
)
ORDERS = st.lists(
    st.builds(Key, st.sampled_from(_KEYS), st.booleans()), min_size=1, max_size=3, unique_by=lambda k: k.name
)
WHERES = st.sampled_from([ast.TRUE, ast.Compare(">=", ast.Name("whole"), ast.Literal(0))])


def _table(rows: Sequence[Row]) -> pa.Table:
    named = [{**r, "id": f"客{i:03}"} for i, r in enumerate(rows)]
    return pa.table({n: pa.array([r[n] for r in named], t) for n, t in _TYPES.items()})


def _ranked(rows: Sequence[Row], order: Sequence[Key]) -> list[Row]:
    def before(one: Row, other: Row) -> int:
        for key in order:
            a, b = one[key.name], other[key.name]
            if a == b:
                continue
            if a is None or b is None:
                return 1 if a is None else -1
            return (1 if a < b else -1) if key.descending else (-1 if a < b else 1)
        return 0

    return sorted(rows, key=cmp_to_key(before))


def _in(rows: Sequence[Row], where: ast.Node) -> list[Row]:
    return [r for r in rows if where == ast.TRUE or (r["whole"] is not None and r["whole"] >= 0)]


def _rounded(n: int, share: Decimal) -> int:
    """n × share half up, the share taken for the sixtieth it stands for."""
    return int(n * Fraction(share).limit_denominator(1000) + Fraction(1, 2))


@pytest.fixture(params=[0, 3, 10_000], ids=["walk on", "fetch few", "fetch all"])
def fetch_limit(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """How large a tied group may be to be fetched: beyond it the search goes on key by key."""
    monkeypatch.setattr(search, "FETCH_LIMIT", request.param)
    return int(request.param)


def _positions(n: int, eligible: int, shares: Sequence[Decimal], at_least_one: bool) -> list[int]:
    found: list[int] = []
    for index, share in enumerate(shares):
        position = _rounded(n, share)
        if index == 0 and at_least_one and n:
            position = max(position, 1)
        found.append(min(max([position, *found[-1:]]), eligible))
    return found


def _tied(ranked: Sequence[Row], order: Sequence[Key], rank: int) -> int:
    first = ranked[rank - 1][order[0].name]
    same = [i for i, r in enumerate(ranked, start=1) if r[order[0].name] == first]
    return len(same) if rank < same[-1] else 0


@pytest.mark.usefixtures("fetch_limit")
@settings(max_examples=25)
@given(rows=ROWS, order=ORDERS, shares=SHARES, where=WHERES, at_least_one=st.booleans())
def test_cuts_by_heads_are_the_rows_at_the_rounded_ranks(
    engine: DuckDBEngine,
    filled: Filled,
    rows: list[Row],
    order: list[Key],
    shares: tuple[Decimal, ...],
    where: ast.Node,
    at_least_one: bool,
) -> None:
    keys = (*order, Key("id", False))
    table = filled(_table(rows))
    known = _ranked(_in(_table(rows).to_pylist(), where), keys)
    [found] = answer(engine, table, [CutsByHeads(keys, shares, where, ast.TRUE, at_least_one)])
    positions = _positions(len(known), len(known), shares, at_least_one)
    assert (found.n, found.n_eligible, found.positions) == (len(known), len(known), tuple(positions))
    for position, cut, tied in zip(positions, found.cuts, found.tied, strict=True):
        assert cut == (tuple(known[position - 1][k.name] for k in keys) if position else None)
        assert tied == (_tied(known, keys, position) if position else 0)


@pytest.mark.slow
@pytest.mark.usefixtures("fetch_limit")
@settings(max_examples=25)
@given(rows=ROWS, shares=SHARES, where=WHERES)
def test_cuts_by_value_go_on_while_those_before_make_less_than_the_share(
    engine: DuckDBEngine, filled: Filled, rows: list[Row], shares: tuple[Decimal, ...], where: ast.Node
) -> None:
    keys = (Key("money", True), Key("day", False), Key("id", False))
    eligible = ast.Compare(">", ast.Name("money"), ast.Literal(0))
    table = filled(_table(rows))
    known = _in(_table(rows).to_pylist(), where)
    above = _ranked([r for r in known if r["money"] is not None and r["money"] > 0], keys)
    [found] = answer(engine, table, [CutsByValue(keys, shares, where, eligible)])
    total = sum((r["money"] for r in above), Decimal(0))
    assert (found.n, found.n_eligible, found.total) == (len(known), len(above), total)
    for share, position, cut in zip(shares, found.positions, found.cuts, strict=True):
        target = Fraction(total) * Fraction(share).limit_denominator(1000)
        sums = [sum((Fraction(r["money"]) for r in above[:i]), Fraction(0)) for i in range(len(above))]
        assert position == sum(1 for before in sums if before < target)
        assert cut == (tuple(above[position - 1][k.name] for k in keys) if position else None)


@pytest.mark.usefixtures("fetch_limit")
@settings(max_examples=25)
@given(rows=ROWS, shares=SHARES, where=WHERES, descending=st.booleans(), name=st.sampled_from(_KEYS[:4]))
def test_quantiles_are_the_values_at_the_rounded_up_ranks(
    engine: DuckDBEngine,
    filled: Filled,
    rows: list[Row],
    shares: tuple[Decimal, ...],
    where: ast.Node,
    descending: bool,
    name: str,
) -> None:
    table = filled(_table(rows))
    values = sorted((r[name] for r in _in(rows, where) if r[name] is not None), reverse=descending)
    [found, middle] = answer(
        engine, table, [Quantiles(name, shares, where, descending), Quantiles(name, (), where, median=True)]
    )
    n = len(values)
    ranks = [max(ceil(n * Fraction(s).limit_denominator(1000)), 1) for s in shares]
    assert found.n == middle.n == n
    assert list(found.values) == ([values[r - 1] for r in ranks] if n else [None] * len(shares))
    if n == 0:
        assert middle.values == (None,)
    elif name != "day":
        low, high = sorted(values)[(n - 1) // 2], sorted(values)[n // 2]
        exact = (Fraction(low) + Fraction(high)) / 2
        assert abs(Fraction(middle.values[0]) - exact) <= abs(exact) * Fraction(1, 10**15)


@settings(max_examples=25)
@given(rows=ROWS, where=WHERES, bounds=st.lists(st.integers(-2, 3), max_size=3))
def test_a_tally_counts_what_holds(
    engine: DuckDBEngine, filled: Filled, rows: list[Row], where: ast.Node, bounds: list[int]
) -> None:
    conditions = tuple(ast.Compare("<", ast.Name("whole"), ast.Literal(b)) for b in bounds)
    [found] = answer(engine, filled(_table(rows)), [Tally(conditions, where)])
    known = _in(rows, where)
    assert found.n == len(known)
    assert found.counts == tuple(
        sum(r["whole"] is not None and r["whole"] < b for r in known) for b in bounds
    )


def test_many_requests_are_answered_together_in_their_order(engine: DuckDBEngine, filled: Filled) -> None:
    rows = [
        {"money": Decimal(i % 7), "whole": i, "double": i / 3, "day": None, "text": "x"} for i in range(50)
    ]
    table = filled(_table(rows))
    asked = [
        Quantiles("money", (Decimal("0.5"),)),
        Tally(()),
        CutsByHeads((Key("whole", True),), (Decimal("0.1"),)),
        CutsByValue((Key("money", True),), (Decimal("0.8"), Decimal("0.8")), eligible=ast.Compare(">", ast.Name("money"), ast.Literal(0))),
        Quantiles("money", (Decimal("0.5"),)),
    ]  # fmt: skip
    together = answer(engine, table, asked)
    assert together == [a for request in asked for a in answer(engine, table, [request])]
    assert together[0] == together[4]
    assert together[3].positions[0] == together[3].positions[1] > 0


def test_no_request_is_no_statement(engine: DuckDBEngine) -> None:
    assert answer(engine, "no such table", []) == []


@given(n=st.integers(0, 10**9), top=st.integers(0, 200), bottom=st.integers(1, 200))
def test_heads_are_rounded_half_up_whatever_the_share(n: int, top: int, bottom: int) -> None:
    share = Fraction(min(top, bottom), bottom)
    written = Decimal(share.numerator) / Decimal(share.denominator)
    assert heads(n, written) == int(n * share + Fraction(1, 2))


@pytest.mark.parametrize("bins", range(2, 11))
def test_quantile_ranks_are_exact_for_every_number_of_bins(
    engine: DuckDBEngine, filled: Filled, bins: int
) -> None:
    n = 9 * bins
    rows: list[Row] = [{**dict.fromkeys(_TYPES), "whole": i} for i in range(1, n + 1)]
    shares = tuple(Decimal(i) / bins for i in range(1, bins))
    [found] = answer(engine, filled(_table(rows)), [Quantiles("whole", shares)])
    assert found.values == tuple(9 * i for i in range(1, bins))


def test_a_text_key_that_repeats_does_not_lose_the_place_in_a_large_tie(
    engine: DuckDBEngine, filled: Filled, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "FETCH_LIMIT", 2)
    rows: list[Row] = [
        {**dict.fromkeys(_TYPES), "whole": 1, "text": "ab"[i // 6], "day": date(2026, 1, 1 + i % 6)}
        for i in range(12)
    ]
    keys = (Key("whole", True), Key("text", True), Key("day", False), Key("id", False))
    table = filled(_table(rows))
    shares = tuple(Decimal(i) / 12 for i in range(1, 13))
    [found] = answer(engine, table, [CutsByHeads(keys, shares)])
    ranked = _ranked(_table(rows).to_pylist(), keys)
    assert list(found.cuts) == [tuple(r[k.name] for k in keys) for r in ranked]


def test_half_is_up() -> None:
    assert [heads(n, Decimal("0.05")) for n in (9, 10, 29, 30, 31)] == [0, 1, 1, 2, 2]
    assert Decimal("2.5").quantize(Decimal(1), rounding=ROUND_HALF_UP) == heads(10, Decimal("0.25"))
