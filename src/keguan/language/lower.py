"""Rewriting trees into simpler trees, before an engine or the evaluator sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

from keguan.core.errors import fail
from keguan.language import ast
from keguan.language.vocabulary import Vocabulary
from keguan.language.writer import shown

Rewrite = Callable[[ast.Node], ast.Node | None]


def substitute(node: ast.Node, rewrite: Rewrite) -> ast.Node:
    """`node` with every part replaced that `rewrite` answers for, outside in; None leaves it as it is.

    A replacement is final: it is not looked into again. Untouched parts stay the same objects. The caller
    sees to it that a part is replaced by one that may stand there (`Via.link` stays a `Name`).
    """
    replaced = rewrite(node)
    if replaced is not None:
        return replaced
    changes: dict[str, Any] = {}
    for spec in fields(node):
        old = getattr(node, spec.name)
        new = _within(old, rewrite)
        if new is not old:
            changes[spec.name] = new
    return replace(node, **changes) if changes else node


def _within(value: Any, rewrite: Rewrite) -> Any:
    if isinstance(value, ast.Node):
        return substitute(value, rewrite)
    if isinstance(value, tuple):
        items = tuple(_within(item, rewrite) for item in value)
        return value if all(a is b for a, b in zip(items, value, strict=True)) else items
    return value


def decided(node: ast.Node) -> ast.Node:
    """`node` without the parts of `and`, `or` and `not` that a constant `true` or `false` has decided."""
    match node:
        case ast.And(operands):
            parts = [decided(o) for o in operands]
            return ast.FALSE if ast.FALSE in parts else ast.both(*parts)
        case ast.Or(operands):
            parts = [decided(o) for o in operands]
            return ast.TRUE if ast.TRUE in parts else ast.either(*parts)
        case ast.Not(operand):
            inner = decided(operand)
            constant = isinstance(inner, ast.Literal) and isinstance(inner.value, bool)
            return ast.Literal(inner == ast.FALSE) if constant else ast.Not(inner)
    return node


def expand_held_for(node: ast.Node, vocabulary: Vocabulary) -> ast.Node:
    """`overdue for 7 days` as `overdue and overdue_days >= 7 days`; KG350 where nothing tells the days."""

    def expanded(part: ast.Node) -> ast.Node | None:
        if not isinstance(part, ast.HeldFor):
            return None
        term = vocabulary.terms.get(part.state.name) if isinstance(part.state, ast.Name) else None
        if term is None or term.since is None:
            raise fail("KG350", part=shown(part.state))
        return ast.both(part.state, ast.Compare(">=", ast.Name(term.since), part.duration))

    return substitute(node, expanded)
