"""season_share_24m: how much of two years' orders falls into the same three months of both."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keguan.engine.measures.resolve import closure, find
from keguan.language.evaluate import evaluate

NAME = "season_share_24m"


def share(quarters: list[int]) -> object:
    """The measure for orders per quarter, the newest first."""
    measure = find(NAME)
    assert measure is not None
    counts = {f"n_orders_{3 * n}m": sum(quarters[:n]) for n in range(1, 9)}
    return evaluate(measure.expression(), counts)


@pytest.mark.parametrize(
    ("quarters", "expected"),
    [
        ([0, 3, 0, 0, 0, 3, 0, 0], 1.0),
        ([1, 3, 0, 0, 0, 4, 0, 0], 7 / 8),
        ([0, 6, 0, 0, 0, 0, 0, 0], 0.0),
        ([1, 1, 1, 1, 1, 1, 1, 1], 0.25),
        ([0, 0, 0, 2, 0, 0, 0, 1], 1.0),
        ([8, 1, 0, 0, 0, 1, 0, 0], 0.2),
    ],
)
def test_a_season_is_the_same_quarter_of_both_years(quarters: list[int], expected: float) -> None:
    assert share(quarters) == pytest.approx(expected)


def test_without_orders_in_two_years_there_is_no_share() -> None:
    assert share([0] * 8) is None


@given(st.lists(st.integers(0, 50), min_size=8, max_size=8).filter(any))
def test_it_is_the_largest_pair_of_quarters_over_all_orders(quarters: list[int]) -> None:
    pairs = [a + b for a, b in zip(quarters[:4], quarters[4:], strict=True) if a and b]
    assert share(quarters) == pytest.approx(max(pairs, default=0) / sum(quarters))


def test_it_is_gathered_from_the_orders_table_alone() -> None:
    measures = closure([NAME])
    assert measures[-1].name == NAME
    assert {m.name for m in measures[:-1]} == {f"n_orders_{3 * n}m" for n in range(1, 9)}
