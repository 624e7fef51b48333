"""Assigning by cues: each class's share of its cues; the largest wins if it is large enough and far enough ahead.

Shares are compared as whole numbers: each count times what makes the numbers of cues alike.
"""

from __future__ import annotations

from decimal import Decimal
from math import lcm

from keguan.kinds.base import Assignment, Cuts, Outcome, decide
from keguan.kinds.cues.spec import CueClass, Cues
from keguan.language import ast


def assign(spec: Cues, cuts: Cuts) -> Assignment:
    """Who cannot be told is told why: nothing seen, too few cues for any class, or no clear lead."""
    minimum = ast.Literal(cuts["decide"]["minimum"])
    share, lead = (Decimal(cuts["decide"][k]) for k in ("share", "lead"))
    whole = lcm(*(len(c.cues) for c in spec.classes))
    counts = {c.code: _count(c) for c in spec.classes}
    parts = {
        c.code: ast.Arithmetic("*", counts[c.code], ast.Literal(whole // len(c.cues))) for c in spec.classes
    }

    def wins(code: str) -> ast.Node:
        ahead = (ast.Arithmetic("-", parts[code], other) for c, other in parts.items() if c != code)
        return ast.both(
            ast.Compare(">=", counts[code], minimum),
            ast.Compare(">=", parts[code], ast.Literal(share * whole)),
            *(ast.Compare(">=", gap, ast.Literal(lead * whole)) for gap in ahead),
        )

    found: list[tuple[ast.Node, Outcome]] = [
        (wins(c.code), Outcome(c.code, "classified", "cues")) for c in spec.classes
    ]
    enough = ast.either(*(ast.Compare(">=", n, minimum) for n in counts.values()))
    nothing = ast.Not(ast.either(*(c.holds for c in spec.all_cues)))
    found.append((nothing, Outcome(spec.undetermined, "classified", "nothing-seen")))
    found.append((ast.Not(enough), Outcome(spec.undetermined, "classified", "too-few-cues")))
    return decide(found, Outcome(spec.undetermined, "classified", "no-clear-lead"))


def _count(one: CueClass) -> ast.Node:
    """How many of a class's cues there are; seeing the same one again adds nothing."""
    total: ast.Node | None = None
    for cue in one.cues:
        holds = ast.If(((cue.holds, ast.Literal(1)),), ast.Literal(0))
        total = holds if total is None else ast.Arithmetic("+", total, holds)
    return total or ast.Literal(0)
