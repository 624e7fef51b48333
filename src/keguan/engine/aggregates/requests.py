"""The questions a kind may ask and the shape of their answers; no SQL, no engine."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from keguan.language import ast

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Key:
    """One column of a total order. Missing values sort last either way."""

    name: str
    descending: bool


@dataclass(frozen=True)
class CutsByHeads:
    """Where a ranking is cut after given shares of heads.

    Position of a share s among n subjects: n × s rounded half up in exact arithmetic, at least 1 for the first when
    `at_least_one`, never decreasing, never beyond the subjects for whom `eligible` holds (they must sort first).
    """

    order: tuple[Key, ...]
    shares: tuple[Decimal, ...]
    where: ast.Node = ast.TRUE
    eligible: ast.Node = ast.TRUE
    at_least_one: bool = True


@dataclass(frozen=True)
class CutsByValue:
    """Where a ranking is cut after given shares of the total of its first key.

    A subject lies above the cut of share s while the cumulative share *before* it is below s.
    """

    order: tuple[Key, ...]
    shares: tuple[Decimal, ...]
    where: ast.Node = ast.TRUE
    eligible: ast.Node = ast.TRUE


@dataclass(frozen=True)
class Quantiles:
    """Values of one measure at given shares of heads, counted from the lowest (or, `descending`, from the highest).

    The value at share s is the one at position ⌈n·s⌉ (at least 1). `median` averages the two middle values instead and
    takes no shares. Missing values are left out.
    """

    measure: str
    shares: tuple[Decimal, ...] = ()
    where: ast.Node = ast.TRUE
    descending: bool = False
    median: bool = False


@dataclass(frozen=True)
class Tally:
    """How many subjects satisfy each condition."""

    conditions: tuple[ast.Node, ...]
    where: ast.Node = ast.TRUE


@dataclass(frozen=True)
class Rows:
    """The values of some measures of everybody who has all of them, as doubles in ascending order; not whose they are."""

    measures: tuple[str, ...]
    where: ast.Node = ast.TRUE


Request = CutsByHeads | CutsByValue | Quantiles | Tally | Rows


@dataclass(frozen=True)
class CutAnswer:
    """`cuts[i]` is the tuple of the last subject above cut i (None: nobody is), `positions[i]` its rank.

    `tied[i]` counts the subjects whose first key equals the cut's while the cut runs through them.
    """

    n: int
    n_eligible: int
    total: Decimal | None
    positions: tuple[int, ...]
    cuts: tuple[tuple[ast.Value, ...] | None, ...]
    tied: tuple[int, ...]


@dataclass(frozen=True)
class QuantilesAnswer:
    """The values asked for; None everywhere when nobody has one."""

    n: int
    values: tuple[ast.Value, ...]


@dataclass(frozen=True)
class TallyAnswer:
    """Counts in the order of the conditions."""

    n: int
    counts: tuple[int, ...]


@dataclass(frozen=True)
class RowsAnswer:
    """One row per subject, one column per measure."""

    n: int
    values: NDArray[np.float64]


Answer = CutAnswer | QuantilesAnswer | TallyAnswer | RowsAnswer
