"""What holds for every condition, not only for the examples."""

import operator
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.language import ast
from keguan.language.checker import check
from keguan.language.evaluate import evaluate
from keguan.language.families import family_name
from keguan.language.lexer import KEYWORDS, UNREADABLE
from keguan.language.lower import expand_held_for, substitute
from keguan.language.parser import parse
from keguan.language.units import SPELLINGS
from keguan.language.vocabulary import Vocabulary
from keguan.language.words import say
from keguan.language.writer import write

Tree = st.SearchStrategy[Any]

# Every tree a user can write

_scheme = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4}){0,2}", fullmatch=True)
_dimension = (
    st.none() | st.from_regex(r"[a-z][a-z0-9]{0,4}([_-][a-z0-9]{1,4})?", fullmatch=True) | st.just("标签")
)
_code = st.from_regex(r"[A-Za-z0-9]{1,4}([-_/][A-Za-z0-9]{1,4}){0,2}", fullmatch=True) | st.sampled_from(
    ["老客户", "华东-2"]
)
_refs = st.builds(ast.ClassRef, _scheme, _code, _dimension)
_name_text = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda n: n not in KEYWORDS)
_names = st.builds(ast.Name, _name_text | st.sampled_from(["min", "days", "order"]))
_values = st.text(min_size=1, max_size=6).filter(lambda t: not UNREADABLE.search(t))
_families = st.builds(
    lambda head, values: ast.Name(family_name(head, tuple(values))),
    st.from_regex(r"[a-z][a-z0-9]{0,4}_[a-z0-9_]{0,4}", fullmatch=True),
    st.lists(_values | st.sampled_from(["vip", "老客户", "a.b-c"]), min_size=1, max_size=3),
)
_whole = st.integers(-(10**18) + 1, 10**18 - 1)
_decimals = st.decimals(-(10**17), 10**17, places=8, allow_nan=False)
_numbers = _whole | _decimals
_texts = st.text(max_size=8).filter(lambda t: not UNREADABLE.search(t))
_literals = st.one_of(
    st.builds(ast.Literal, _numbers),
    st.builds(ast.Literal, _numbers, st.sampled_from([*SPELLINGS, "money"])),
    st.builds(ast.Literal, st.decimals(-99, 99, places=8), st.just("share")),
    st.builds(ast.Literal, st.booleans() | st.dates() | _texts),
)
_amounts = st.builds(ast.Literal, _whole.filter(lambda n: n >= 0), st.sampled_from(["days", "months", None]))


def _several(inner: Tree, least: int = 2) -> Tree:
    return st.lists(inner, min_size=least, max_size=3).map(tuple)


def _bigger(inner: Tree) -> Tree:
    return st.one_of(
        st.builds(ast.And, _several(inner)),
        st.builds(ast.Or, _several(inner)),
        st.builds(ast.Not, inner),
        st.builds(ast.Via, inner, _names),
        st.builds(ast.HeldFor, inner, _amounts),
        st.builds(ast.Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), inner, inner),
        st.builds(ast.Between, inner, inner, inner),
        st.builds(ast.OneOfValues, inner, _several(_literals, 1)),
        st.builds(ast.IsMissing, inner),
        st.builds(ast.Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(ast.Call, st.sampled_from(["min", "max", "abs", "round", "coalesce"]), _several(inner, 1)),
    )


_leaves = st.one_of(_literals, _names, _families, st.builds(ast.ClassTest, _several(_refs, 1)))
TREES: Tree = st.recursive(_leaves, _bigger, max_leaves=12)


@given(TREES)
def test_what_is_written_is_read_as_the_same_tree(tree: ast.Node) -> None:
    written = write(tree)
    read = parse(written)
    assert read == tree
    assert write(read) == written


@given(TREES)
def test_every_tree_can_be_checked_and_said_and_rewritten(tree: ast.Node) -> None:
    vocabulary = Vocabulary({})
    for problem in check(tree, vocabulary):
        assert all(problem.render(lang) for lang in LANGUAGES)
    assert all(say(tree, vocabulary, lang) for lang in LANGUAGES)
    assert substitute(tree, lambda n: None) is tree


_SOUP = (
    "a is not in ( ) , and or between for via missing x:y 5 天 20% ¥3 = <> \" ' “ ” - * 2026-1-1 true min 。"
)


@given(st.text(max_size=60) | st.lists(st.sampled_from(_SOUP.split()), max_size=20).map(" ".join))
def test_any_text_is_a_tree_or_an_error_with_a_place(text: str) -> None:
    try:
        tree = parse(text)
    except KeguanError as error:
        assert error.problems
        for problem in error.problems:
            assert problem.code.startswith("KG3") and problem.place.line and problem.place.column
            assert all(problem.render(lang) for lang in LANGUAGES)
    else:
        assert parse(write(tree)) == tree


# What the checker passes can be evaluated

_KNOWN = "net_sales_12m recency_days frequency_12m gross_margin_12m first_order_on region overdue is_member"
_known = st.sampled_from(_KNOWN.split(" ")).map(ast.Name)
_plain = st.builds(
    ast.Literal, st.integers(-9, 9) | st.just(Decimal("0.5")) | st.sampled_from(["east", True])
)
_dates = st.builds(ast.Literal, st.dates(date(2020, 1, 1), date(2026, 12, 31)))


def _likely_sound(inner: Tree) -> Tree:
    held = st.builds(ast.HeldFor, st.just(ast.Name("overdue")), st.just(ast.Literal(7, "days")))
    return st.one_of(
        held,
        st.builds(ast.And, _several(inner)),
        st.builds(ast.Not, inner),
        st.builds(ast.Compare, st.sampled_from(["=", "<", ">="]), inner, inner),
        st.builds(ast.Between, inner, inner, inner),
        st.builds(ast.IsMissing, inner),
        st.builds(ast.Arithmetic, st.sampled_from("+-*/"), inner, inner),
        st.builds(ast.Call, st.sampled_from(["min", "max", "coalesce"]), _several(inner)),
        st.builds(ast.Call, st.sampled_from(["abs", "round"]), _several(inner, 1)),
    )


_VALUES = st.fixed_dictionaries(
    {
        "net_sales_12m": st.none() | st.decimals(-1000, 10**9, places=4),
        "recency_days": st.none() | st.integers(0, 5000),
        "frequency_12m": st.none() | st.integers(0, 100),
        "gross_margin_12m": st.none() | st.floats(-1, 1),
        "first_order_on": st.none() | st.dates(date(2015, 1, 1), date(2026, 12, 31)),
        "region": st.none() | st.sampled_from(["east", "south"]),
        "overdue": st.none() | st.booleans(),
        "overdue_days": st.none() | st.integers(0, 99),
        "is_member": st.none() | st.booleans(),
    }
)


@given(st.recursive(_known | _plain | _dates, _likely_sound, max_leaves=5), _VALUES)
def test_what_the_checker_passes_never_fails_to_evaluate(
    vocabulary: Vocabulary, tree: ast.Node, values: dict[str, ast.Value]
) -> None:
    assume(not check(tree, vocabulary, expect="value"))
    evaluate(expand_held_for(tree, vocabulary), values)


# Evaluation is what a naive reader would compute: truth as 0, 1/2, 1

_flag_names = ["p", "q", "r"]
_count_names = ["k", "m", "n"]
_VALUATIONS = st.fixed_dictionaries(
    dict.fromkeys(_flag_names, st.none() | st.booleans())
    | dict.fromkeys(_count_names, st.none() | st.integers(-5, 5))
)
_counts: Tree = st.recursive(
    st.sampled_from(_count_names).map(ast.Name) | st.builds(ast.Literal, st.integers(-5, 5)),
    lambda inner: st.one_of(
        st.builds(ast.Arithmetic, st.sampled_from("+-*"), inner, inner),
        st.builds(ast.Call, st.sampled_from(["min", "max", "coalesce"]), _several(inner)),
        st.builds(ast.Call, st.just("abs"), _several(inner, 1).map(lambda a: a[:1])),
    ),
    max_leaves=4,
)
_tests = st.one_of(
    st.sampled_from(_flag_names).map(ast.Name),
    st.builds(ast.Compare, st.sampled_from(["=", "!=", "<", "<=", ">", ">="]), _counts, _counts),
    st.builds(ast.Between, _counts, _counts, _counts),
    st.builds(ast.IsMissing, _counts),
    st.builds(ast.OneOfValues, _counts, _several(st.builds(ast.Literal, st.integers(-5, 5)), 1)),
)
CONDITIONS: Tree = st.recursive(
    _tests,
    lambda inner: st.one_of(
        st.builds(ast.And, _several(inner)), st.builds(ast.Or, _several(inner)), st.builds(ast.Not, inner)
    ),
    max_leaves=8,
)


def _unless_missing(function: Callable[..., Any], *arguments: Any) -> Any:
    return None if None in arguments else function(*arguments)


def _truth(value: Any) -> float:
    return 0.5 if value is None else float(value)


_PYTHON = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt}
_PYTHON |= {">=": operator.ge, "+": operator.add, "-": operator.sub, "*": operator.mul}


def _reference(node: ast.Node, values: dict[str, Any]) -> Any:
    """Numbers as they are; truth as 0.0, 0.5 (unknown) and 1.0."""
    parts = [_reference(part, values) for part in ast.children(node)]
    known = [part for part in parts if part is not None]
    match node:
        case ast.Literal(value):
            return value
        case ast.Name(name):
            return _truth(values[name]) if name in _flag_names else values[name]
        case ast.Not():
            return 1.0 - parts[0]
        case ast.And() | ast.Or():
            return min(parts) if isinstance(node, ast.And) else max(parts)
        case ast.IsMissing():
            return _truth(parts[0] is None)
        case ast.Compare(op):
            return _truth(_unless_missing(_PYTHON[op], *parts))
        case ast.Between():
            middle, low, high = parts
            return min(
                _truth(_unless_missing(operator.le, *pair)) for pair in ((low, middle), (middle, high))
            )
        case ast.OneOfValues():
            return max(_truth(_unless_missing(operator.eq, parts[0], value)) for value in parts[1:])
        case ast.Arithmetic(op):
            return _unless_missing(_PYTHON[op], *parts)
    return _called(node.function, known) if known else None  # type: ignore[attr-defined]


def _called(function: str, known: list[Any]) -> Any:
    return {"min": min(known), "max": max(known), "abs": abs(known[0]), "coalesce": known[0]}[function]


@given(CONDITIONS, _VALUATIONS)
def test_evaluation_equals_a_naive_reference(tree: ast.Node, values: dict[str, Any]) -> None:
    expected = {0.0: False, 0.5: None, 1.0: True}[_reference(tree, values)]
    assert evaluate(tree, values) is expected


@pytest.mark.slow
@given(CONDITIONS, CONDITIONS, CONDITIONS, _VALUATIONS)
def test_three_valued_logic_keeps_its_laws(
    a: ast.Node, b: ast.Node, c: ast.Node, values: dict[str, Any]
) -> None:
    def same(one: ast.Node, other: ast.Node) -> None:
        assert evaluate(one, values) is evaluate(other, values)

    same(ast.Not(ast.Not(a)), a)
    same(ast.Not(ast.And((a, b))), ast.Or((ast.Not(a), ast.Not(b))))
    same(ast.Not(ast.Or((a, b))), ast.And((ast.Not(a), ast.Not(b))))
    same(ast.And((a, b)), ast.And((b, a)))
    same(ast.And((a, ast.Or((b, c)))), ast.Or((ast.And((a, b)), ast.And((a, c)))))
    same(ast.Or((a, ast.And((a, b)))), a)
    same(ast.both(a, b, ast.TRUE), ast.And((a, b)))
    same(ast.either(a, b, ast.FALSE), ast.Or((a, b)))


@given(_counts, _counts, _VALUATIONS)
def test_an_unknown_comparison_and_its_negation_are_both_unknown(
    left: ast.Node, right: ast.Node, values: dict[str, Any]
) -> None:
    smaller, not_smaller = ast.Compare("<", left, right), ast.Compare(">=", left, right)
    assert evaluate(ast.Not(smaller), values) is evaluate(not_smaller, values)
    either_missing = ast.Or((ast.IsMissing(left), ast.IsMissing(right)))
    assert (evaluate(smaller, values) is None) is (evaluate(either_missing, values) is True)
