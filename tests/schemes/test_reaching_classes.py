"""Whether a class can be got: proofs of the linter against brute force."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keguan.language import ast
from keguan.language.evaluate import evaluate, holds
from keguan.language.parser import parse
from keguan.schemes.linter.reach import Range, can_hold


def free(name: str) -> Range:
    return Range()


def counts(name: str) -> Range:
    return Range(whole=True, never_negative=True, never_missing=True)


@pytest.mark.parametrize(
    ("goal", "before", "possible"),
    [
        ("x >= 5", [], True),
        ("x >= 5 and x < 5", [], False),
        ("x > 5 and x < 6", [], True),
        ("x >= 5", ["x >= 5"], False),
        ("x >= 5", ["x > 5"], True),
        ("x >= 5", ["x >= 3"], False),
        ("x >= 3", ["x >= 5"], True),
        ("x between 3 and 5", ["x >= 3 and y > 0", "x <= 5 and not y > 0"], True),
        ("x is missing", ["x >= 0", "x < 0"], True),
        ("x is missing and x > 3", [], False),
        ('r in ("a", "b")', ['r = "a"'], True),
        ('r in ("a", "b")', ['r = "a"', 'r = "b"'], False),
        ("d >= 2026-01-01", ["d > 2025-12-31"], False),
        ("a >= b", ["a < b"], True),
        ("a >= b", ["b <= a"], False),
        ("a > b and b > a", [], False),
        ("is s:x and is s:y", [], False),
        ("is s:x", ["in (s:x, s:y)"], False),
        ("is s:x", ["is t:x"], True),
        ("f and not f", [], False),
        ("f for 7 days", ["f"], False),
        ("x > 1 via l", [], True),
        ("true", ["x > 1", "not x > 1", "x is missing"], False),
    ],
)
def test_what_can_and_cannot_hold(goal: str, before: list[str], possible: bool) -> None:
    assert can_hold(parse(goal), [parse(b) for b in before], free) is possible


@pytest.mark.parametrize(
    ("goal", "before", "possible"),
    [
        ("n < 0", [], False),
        ("n > 4 and n < 5", [], False),
        ("n < 1", ["n = 0"], False),
        ("n is missing", [], False),
        ("true", ["n >= 0"], False),
        ("n > 0", ["n >= 1"], False),
    ],
)
def test_counts_are_whole_never_negative_never_missing(goal: str, before: list[str], possible: bool) -> None:
    assert can_hold(parse(goal), [parse(b) for b in before], counts) is possible


_ATOMS = st.builds(
    lambda name, op, value: ast.Compare(op, ast.Name(name), ast.Literal(value)),
    st.sampled_from("xyz"),
    st.sampled_from(["<", "<=", ">", ">=", "=", "!="]),
    st.integers(0, 3),
) | st.builds(lambda n: ast.IsMissing(ast.Name(n)), st.sampled_from("xyz"))
_CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: st.one_of(
        st.builds(ast.Not, inner),
        st.builds(lambda a, b: ast.And((a, b)), inner, inner),
        st.builds(lambda a, b: ast.Or((a, b)), inner, inner),
    ),
    max_leaves=5,
)


@given(_CONDITIONS, st.lists(_CONDITIONS, max_size=3))
def test_single_comparisons_are_decided_as_by_trying_everything(
    goal: ast.Node, before: list[ast.Node]
) -> None:
    values = [None, *[i / 2 for i in range(-2, 9)]]
    worlds = (dict(zip("xyz", w, strict=True)) for w in product(values, repeat=3))
    possible = any(holds(goal, w) and not any(evaluate(b, w) is True for b in before) for w in worlds)
    assert can_hold(goal, before, free) is possible
