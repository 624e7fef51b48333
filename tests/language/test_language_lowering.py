"""Rewriting trees, and the meaning of what comes out."""

from datetime import date
from decimal import Decimal

import pytest

from keguan.core.errors import KeguanError
from keguan.language import ast
from keguan.language.ast import Literal, Name
from keguan.language.evaluate import Unevaluable, evaluate, holds
from keguan.language.lower import decided, expand_held_for, substitute
from keguan.language.parser import parse
from keguan.language.vocabulary import Vocabulary
from keguan.language.writer import write


def test_substitution_replaces_from_the_outside_and_keeps_the_rest() -> None:
    tree = parse("a > 1 and (b > 2 or not a > 3)")
    doubled = substitute(tree, lambda n: parse("a + a") if n == Name("a") else None)
    assert write(doubled) == "a + a > 1 and (b > 2 or not (a + a > 3))"
    assert substitute(tree, lambda n: None) is tree
    assert isinstance(tree, ast.And) and isinstance(doubled, ast.And)
    changed = substitute(tree, lambda n: Literal(9) if n == Literal(1) else None)
    assert isinstance(changed, ast.And) and changed.operands[1] is tree.operands[1]


def test_substitution_reaches_the_branches_of_a_choice() -> None:
    choice = ast.If(((parse("a > 1"), Name("a")),), Name("b"))
    expected = ast.If(((parse("c > 1"), Name("c")),), Name("b"))
    assert substitute(choice, lambda n: Name("c") if n == Name("a") else None) == expected


def test_a_state_held_for_days_becomes_its_companion_measure(vocabulary: Vocabulary) -> None:
    tree = expand_held_for(parse("is_member or not overdue for 7 days"), vocabulary)
    assert write(tree) == "is_member or not (overdue and overdue_days >= 7 days)"
    assert [holds(tree, {"overdue": True, "overdue_days": d, "is_member": False}) for d in (6, 7)] == [
        True,
        False,
    ]


def test_a_state_without_a_companion_cannot_be_expanded(vocabulary: Vocabulary) -> None:
    for text in ("is_member for 7 days", "(overdue and is_member) for 7 days", "nobody for 7 days"):
        with pytest.raises(KeguanError, match="KG350"):
            expand_held_for(parse(text), vocabulary)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("d - 30 days", date(2026, 1, 2)),
        ("30 + d", date(2026, 3, 3)),
        ("d - 2026-01-01", 31),
        ("d + 999999999", None),
        ("d - 999999999999999999", None),
        ("d + days / 2", date(2026, 2, 3)),
        ("days / 0", None),
        ("abs(-days / 4)", 1.25),
        ("round(days / 2)", 3.0),
        ("round(-2.5)", Decimal(-3)),
        ("round(999999999999999999 * 999999999999999999 * 999999999999999999) > 0", True),
        ("min(tenth, 1)", 0.1),
        ("tenth in (0.1, 5)", True),
        ("tenth = 0.1", True),
        ("max(days, missing_one)", 5),
        ("coalesce(missing_one, days)", 5),
        ("missing_one in (1, 2)", None),
        ("missing_one is missing", True),
    ],
)
def test_values_are_computed_without_surprises(text: str, value: ast.Value) -> None:
    assert evaluate(parse(text), {"d": date(2026, 2, 1), "days": 5, "tenth": 0.1}) == value


def test_what_must_be_lowered_before_is_never_guessed() -> None:
    for text in (
        "is value-pyramid:A",
        "overdue for 7 days",
        "overdue via referred_by",
        "5 - d",
        "d + d",
        "d * 2",
    ):
        with pytest.raises(Unevaluable):
            evaluate(parse(text), {"overdue": True, "d": date(2026, 2, 1)})


@pytest.mark.parametrize(
    ("sales", "recency", "inside"),
    [
        (6, 99, True),
        (5, 30, True),
        (5, 10, True),
        (5, 31, False),
        (4, 0, False),
        (5, None, False),
        (None, 0, False),
    ],
)
def test_a_cut_in_a_total_order_takes_in_what_sorts_no_later(
    sales: int | None, recency: int | None, inside: bool
) -> None:
    parts, cut = (Name("sales"), Name("recency")), (Literal(Decimal(5)), Literal(30))
    assert holds(ast.TupleCompare(parts, cut, (True, False)), {"sales": sales, "recency": recency}) is inside


def test_missing_values_sort_last_in_a_cut() -> None:
    cut = ast.TupleCompare((Name("sales"),), (Literal(None),), (True,))
    assert [holds(cut, {"sales": value}) for value in (5, 0.5, None)] == [True, True, True]


def test_a_choice_takes_the_first_branch_that_holds() -> None:
    choice = ast.If(((parse("x > 9"), Literal(9)), (parse("x > 5"), Literal(5))), Literal(0))
    assert [evaluate(choice, {"x": value}) for value in (10, 9, 5, None)] == [9, 5, 0, 0]


@pytest.mark.parametrize(
    ("written", "left"),
    [
        ("true and x > 1", "x > 1"),
        ("false and x > 1", "false"),
        ("true or x > 1", "true"),
        ("not true and x > 1 or x < 0", "x < 0"),
        ("not (x > 1 or false)", "not x > 1"),
        ("x > 1 and (y > 2 or not false)", "x > 1"),
    ],
)
def test_what_constants_decide_is_left_out(written: str, left: str) -> None:
    assert decided(parse(written)) == parse(left)
