"""How satisfied people are, by role: final users make the headline, everybody else stands apart, and who was not asked is
named.

The scale is not in the data: it is the smallest of 5, 10 and 100 that holds every mean. From 80 % of it on we call people
satisfied, below 60 % dissatisfied; both are ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from keguan.insight.folder import RunFolder, quoted

Verdict = Literal["good", "fair", "poor", "unknown"]
FINAL = ("user", "direct-user", "indirect-user")
OTHERS = ("purchaser", "intermediate", "internal")
ASKED = ("purchaser", "user")
"""Both the one who pays and the one who uses must be asked."""
SCALES = (Decimal(5), Decimal(10), Decimal(100))
_GOOD, _FAIR = Decimal("0.8"), Decimal("0.6")


@dataclass(frozen=True)
class RoleScore:
    """One role: how many ratings, their mean, and what it means on the scale."""

    role: str
    ratings: int
    mean: Decimal
    verdict: Verdict


@dataclass(frozen=True)
class Satisfaction:
    """`headline` is the mean of final users and `verdict` theirs alone: where they were not asked it is unknown, however
    content others are. `missing` are roles nobody rated for; `at_risk` counts customers whose users are dissatisfied
    although others there are not."""

    scale: Decimal
    headline: Decimal | None
    verdict: Verdict
    roles: tuple[RoleScore, ...]
    missing: tuple[str, ...]
    at_risk: int


def satisfaction(folder: RunFolder) -> Satisfaction | None:
    """Satisfaction by role over everybody in the run; None where nobody was rated."""
    columns = _columns(folder)
    figures = {role: _figures(folder, *names) for role, names in columns.items()}
    known = {role: (n, mean) for role, (n, mean) in figures.items() if n and mean is not None}
    if not known:
        return None
    scale = next(
        (s for s in SCALES if all(mean <= s for _, mean in known.values())), max(m for _, m in known.values())
    )
    roles = tuple(RoleScore(role, n, mean, _verdict(mean, scale)) for role, (n, mean) in known.items())
    final = [r for r in roles if r.role in FINAL]
    n_final = sum(r.ratings for r in final)
    headline = sum((r.mean * r.ratings for r in final), Decimal(0)) / n_final if n_final else None
    asked = {"user" if r.role in FINAL else r.role for r in roles}
    missing = tuple(role for role in ASKED if role not in asked)
    verdict = "unknown" if headline is None else _verdict(headline, scale)
    return Satisfaction(scale, headline, verdict, roles, missing, _at_risk(folder, columns, scale))


def _columns(folder: RunFolder) -> dict[str, tuple[str, str]]:
    """Role → the columns of how many ratings and of their mean, in the first window the run knows."""
    found: dict[str, tuple[str, str]] = {}
    for name in folder.record.measures:
        family, _, role = name.partition(":")
        count = name.replace("mean_rating_", "n_ratings_", 1)
        if (
            role in (*FINAL, *OTHERS)
            and family.startswith("mean_rating_")
            and count in folder.columns
            and name in folder.columns
        ):
            found.setdefault(role, (count, name))
    return found


def _figures(folder: RunFolder, count: str, mean: str) -> tuple[int, Decimal | None]:
    n, total = folder.one(
        f"SELECT sum({quoted(count)})::BIGINT, sum({quoted(mean)} * {quoted(count)})::DOUBLE FROM run"
    )
    return int(n or 0), Decimal(repr(total)) / n if n and total is not None else None


def _verdict(mean: Decimal, scale: Decimal) -> Verdict:
    share = mean / scale
    return "good" if share >= _GOOD else "fair" if share >= _FAIR else "poor"


def _at_risk(folder: RunFolder, columns: dict[str, tuple[str, str]], scale: Decimal) -> int:
    users = [quoted(mean) for role, (_, mean) in columns.items() if role in FINAL]
    others = [quoted(mean) for role, (_, mean) in columns.items() if role not in FINAL]
    if not users or not others:
        return 0
    limit = float(scale * _FAIR)
    low, high = (
        " OR ".join(f"coalesce({c} {sign} ?, false)" for c in group)
        for sign, group in (("<", users), (">=", others))
    )
    [n] = folder.one(
        f"SELECT count(*) FILTER (({low}) AND ({high})) FROM run", [limit] * (len(users) + len(others))
    )
    return int(n)
