"""Assigning by two classes: the number of the row and of the column make the number of the cell."""

from __future__ import annotations

from keguan.kinds.base import Assignment, Cuts, Outcome
from keguan.kinds.grid.spec import Grid, Side
from keguan.language import ast


def assign(spec: Grid, cuts: Cuts) -> Assignment:
    """Each scheme is asked once per class and not once per cell. Who has no class in one of them has none here."""
    cells = list(spec.cells())
    across = ast.Literal(len(spec.columns.codes))
    row, column = _number(spec.rows), _number(spec.columns)
    inside = ast.Arithmetic("+", ast.Arithmetic("*", row, across), column)
    known = ast.both(*(side.test(*side.codes) for side in (spec.rows, spec.columns)))
    index = ast.If(((ast.Not(known), ast.Literal(len(cells))),), inside)
    outcomes = [Outcome(code, "classified", "cell", "/".join(cell)) for cell, code in cells]
    return Assignment(index, (*outcomes, Outcome(None, "unclassified", "no-cell")))


def _number(side: Side) -> ast.Node:
    """The place of a subject's class among the codes of a side."""
    *first, last = range(len(side.codes))
    branches = tuple((side.test(side.codes[i]), ast.Literal(i)) for i in first)
    return ast.If(branches, ast.Literal(last)) if branches else ast.Literal(last)
