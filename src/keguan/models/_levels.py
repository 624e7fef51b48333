"""Fields of any kind as levels: words, ranges of a number, or missing, each with how often it won and what that says.

A level's effect is a log-odds against the average, drawn towards nothing where few were seen. Knows no model and no lead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from keguan.core.errors import KeguanError, Place, Problem
from keguan.models._special import Floats, betaln

if TYPE_CHECKING:
    import pyarrow as pa

#: Rarer words share one level, which also stands for words not seen before.
RARE = 5
#: Ranges of a number, of about equally many each.
RANGES = 8
#: Strengths tried: a level counts as if this many of the average had been seen beside it.
STRENGTHS = 2.0 ** np.arange(1, 13)


@dataclass(frozen=True)
class Levels:
    """One field. `n` and `won` count level by level: missing first, then words (or ranges between `edges`), rare words last.

    `words` is None for a number; `strength` is how many average ones are set beside each level's own.
    """

    name: str
    words: tuple[str, ...] | None
    edges: tuple[float, ...]
    n: tuple[int, ...]
    won: tuple[int, ...]
    strength: float

    @classmethod
    def learn(cls, name: str, values: pa.Array, won: NDArray[np.bool_]) -> Levels:
        """From values and outcomes of the same rows."""
        words, edges = _words(values) if _is_text(values) else (None, _edges(_numbers(values)))
        empty = cls(name, words, edges, (), (), 1.0)
        at = empty.places(values)
        n = np.bincount(at, minlength=empty.size)
        winners = np.bincount(at[won], minlength=empty.size)
        counts, wins = (tuple(int(v) for v in c) for c in (n, winners))
        return cls(name, words, edges, counts, wins, _strength(n, winners))

    @property
    def size(self) -> int:
        """How many levels there are."""
        return len(self.edges) + 2 if self.words is None else len(self.words) + 2

    def places(self, values: pa.Array) -> NDArray[np.int64]:
        """The level of each value, counted from 0."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if self.words is None:
            numbers = _numbers(values)
            at = np.searchsorted(np.array(self.edges), numbers, side="right") + 1
            return np.where(np.isnan(numbers), 0, at)
        known = pc.index_in(values, value_set=pa.array(self.words, pa.string()))
        found = known.fill_null(len(self.words)).to_numpy(zero_copy_only=False).astype(np.int64) + 1
        return np.where(values.is_null().to_numpy(zero_copy_only=False), 0, found)

    @cached_property
    def effects(self) -> Floats:
        """Log-odds of each level against the average, shape (size,); 0 where nobody was seen."""
        n, won = np.array(self.n, dtype=np.float64), np.array(self.won, dtype=np.float64)
        p = won.sum() / n.sum()
        result: Floats = (
            np.log(won + self.strength * p)
            - np.log(n - won + self.strength * (1 - p))
            - (np.log(p) - np.log1p(-p))
        )
        return result

    @cached_property
    def labels(self) -> NDArray[np.object_]:
        """What each level is called: the word, `[low, high)` of a range, `?` where missing, `…` for rare words, shape (size,)."""
        if self.words is not None:
            return np.array(["?", *self.words, "…"], dtype=object)
        ends = ["-∞", *(f"{e:.6g}" for e in self.edges), "∞"]
        return np.array(["?", *(f"[{a}, {b})" for a, b in pairwise(ends))], dtype=object)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "name": self.name,
            "words": None if self.words is None else list(self.words),
            "edges": list(self.edges),
            "n": list(self.n),
            "won": list(self.won),
            "strength": self.strength,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Levels:
        """What `to_dict` wrote; a damaged record raises KeyError, TypeError or ValueError."""
        words = None if data["words"] is None else tuple(str(w) for w in data["words"])
        edges = tuple(float(e) for e in data["edges"])
        n, won = (tuple(int(v) for v in data[k]) for k in ("n", "won"))
        found = cls(str(data["name"]), words, edges, n, won, float(data["strength"]))
        if not len(n) == len(won) == found.size or not 0 < sum(won) < sum(n) or found.strength <= 0:
            raise ValueError(f"levels of {found.name}")
        return found


def columns(fields: Mapping[str, Any], rows: int | None = None) -> dict[str, pa.Array]:
    """Every field as Arrow words or numbers of equal length: truth values become words, NaN and null are missing.

    Raises KG781 for what is neither words, numbers nor truth values, or has another length.
    """
    found: dict[str, pa.Array] = {}
    problems: list[Problem] = []
    for name, values in fields.items():
        try:
            found[name] = _column(values)
        except (TypeError, ValueError) as wrong:
            problems.append(Problem("KG781", Place(field=name), {"found": str(wrong)}))
            continue
        rows = len(found[name]) if rows is None else rows
        if len(found[name]) != rows:
            lengths = f"{len(found[name])} ≠ {rows}"
            problems.append(Problem("KG781", Place(field=name), {"found": lengths}))
    if problems:
        raise KeguanError(problems)
    return found


def _column(values: Any) -> pa.Array:
    import pyarrow as pa

    array = values if isinstance(values, (pa.Array, pa.ChunkedArray)) else pa.array(values, from_pandas=True)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    kind = array.type
    if pa.types.is_boolean(kind) or pa.types.is_null(kind) or _is_text(array):
        return array.cast(pa.string())
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        return array.cast(pa.float64())
    raise TypeError(str(kind))


def by_content(table: Mapping[str, pa.Array], won: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The order of rows by outcome and then by their values, the same however they came; equal ones in any order."""
    import pyarrow.compute as pc

    ranks = (pc.rank(v, "ascending", tiebreaker="dense") if _is_text(v) else v for v in table.values())
    keys = [_numbers(v) for v in ranks]
    return np.lexsort([*keys, won]).astype(np.int64)


def _is_text(values: pa.Array) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(values.type) or pa.types.is_large_string(values.type))


def _numbers(values: pa.Array) -> Floats:
    numbers: Floats = values.to_numpy(zero_copy_only=False).astype(np.float64)
    return numbers


def _words(values: pa.Array) -> tuple[tuple[str, ...], tuple[float, ...]]:
    counted = values.drop_null().value_counts()
    often = counted.field("counts").to_numpy() >= RARE
    return tuple(sorted(counted.field("values").filter(often).to_pylist())), ()


def _edges(numbers: Floats) -> tuple[float, ...]:
    known = numbers[np.isfinite(numbers)]
    if not len(known):
        return ()
    inner = np.quantile(known, np.arange(1, RANGES) / RANGES, method="higher")
    return tuple(float(e) for e in np.unique(inner) if e > known.min())


def _strength(n: NDArray[np.int64], won: NDArray[np.int64]) -> float:
    """The strength under which the counts are most probable, levels differing as Beta(s p, s (1 − p)); least claim on a tie."""
    p = won.sum() / n.sum()
    a, b = STRENGTHS[:, None] * p, STRENGTHS[:, None] * (1 - p)
    likely = (betaln(a + won, b + n - won) - betaln(a, b)).sum(axis=1)
    return float(STRENGTHS[::-1][likely[::-1].argmax()])
