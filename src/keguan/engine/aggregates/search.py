"""Finding the subjects at given ranks without sorting everybody; all ranks of all schemes share each statement.

A histogram over coarse monotone buckets finds the bucket of a rank, the values inside it find the value, and the few rows
that share the value are fetched and put in order by the remaining keys. Only where very many share a value does the search
go on key by key.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlglot import exp

from keguan.engine.aggregates.histogram import Bin, Histograms, Question, locate, read_value, sort_bins
from keguan.engine.aggregates.requests import Key
from keguan.engine.compile import column, condition
from keguan.language import ast

FETCH_LIMIT = 10_000


@dataclass
class Search:
    """One open search: the `rank`-th row (1-based) of those in `where`, in the order of `keys` not yet decided."""

    keys: Sequence[Key]
    rank: int
    where: ast.Node
    found: list[ast.Value] = field(default_factory=list)
    tied: int = 0
    group: int = 0

    @property
    def key(self) -> Key:
        """The key to be decided next."""
        return self.keys[len(self.found)]

    @property
    def rest(self) -> Sequence[Key]:
        """The keys still open."""
        return self.keys[len(self.found) :]

    @property
    def question(self) -> Question:
        """What to ask a histogram about the next key."""
        return self.key.name, self.where

    def settle(self, value: ast.Value, before: int, count: int) -> None:
        """The next key is decided: `before` rows come earlier, `count` rows share the value."""
        if not self.found and self.rank - before < count:
            self.tied = count
        name = ast.Name(self.key.name)
        same = ast.IsMissing(name) if value is None else ast.Compare("=", name, ast.Literal(value))
        self.where = ast.both(self.where, same)
        self.rank -= before
        self.group = count
        self.found.append(value)


def first_questions(histograms: Histograms, searches: Sequence[Search]) -> list[Question]:
    """What the first round of these searches will ask of coarse histograms."""
    return [s.question for s in searches if histograms.types[s.key.name] != "text"]


def run_searches(histograms: Histograms, searches: Sequence[Search]) -> None:
    """Bring every search to its end, all of them together in each round."""
    while open_searches := [s for s in searches if s.rest]:
        fetched = [s for s in open_searches if s.found and s.group <= FETCH_LIMIT]
        _fetch(histograms, fetched)
        others = [s for s in open_searches if not (s.found and s.group <= FETCH_LIMIT)]
        for search in others:
            if histograms.types[search.key.name] == "text":
                _settle_text(histograms, search)
        _settle_values(histograms, [s for s in others if s.rest and histograms.types[s.key.name] != "text"])


def _settle_values(histograms: Histograms, searches: Sequence[Search]) -> None:
    questions = list(dict.fromkeys(s.question for s in searches))
    coarse = dict(zip(questions, histograms.coarse(questions), strict=True))
    inside: list[tuple[Search, Bin, int]] = []
    for search in searches:
        bins = sort_bins(coarse[search.question], descending=search.key.descending)
        one, before = locate(bins, search.rank)
        if one.value is None or histograms.is_exact(search.key.name):
            search.settle(one.value, before, one.count)
        else:
            inside.append((search, one, before))
    _settle_inside(histograms, inside)


def _settle_inside(histograms: Histograms, inside: Sequence[tuple[Search, Bin, int]]) -> None:
    buckets: dict[Question, set[int]] = {}
    for search, bucket, _ in inside:
        buckets.setdefault(search.question, set()).add(bucket.value)
    asked = [(name, where, tuple(sorted(found))) for (name, where), found in buckets.items()]
    values = dict(zip(buckets, histograms.fine(asked), strict=True))
    for search, bucket, before in inside:
        own = (b for b in values[search.question] if b.bucket == bucket.value)
        value, into = locate(sort_bins(own, descending=search.key.descending), search.rank - before)
        search.settle(value.value, before + into, value.count)


def _fetch(histograms: Histograms, searches: Sequence[Search]) -> None:
    """The rows that share the decided keys, all in one statement; put in order here, for they are few."""
    if not searches:
        return
    shown = list(dict.fromkeys(k.name for s in searches for k in s.rest))
    tests = [condition(s.where, histograms.columns) for s in searches]
    query = (
        exp.select(
            *[exp.alias_(test.copy(), f"in{i}") for i, test in enumerate(tests)],
            *[exp.alias_(exp.cast(column(n), "VARCHAR"), f"k{i}") for i, n in enumerate(shown)],
        )
        .from_(exp.to_table(histograms.table, quoted=True))
        .where(exp.or_(*tests))
    )
    fetched = histograms.engine.rows(query)
    for place, search in enumerate(searches):
        keys = [(shown.index(k.name) + len(searches), histograms.types[k.name]) for k in search.rest]
        rows = [tuple(read_value(row[at], kind) for at, kind in keys) for row in fetched if row[place]]
        search.found += _ordered(rows, search.rest)[search.rank - 1]


def _ordered(rows: list[tuple[Any, ...]], keys: Sequence[Key]) -> list[tuple[Any, ...]]:
    """Rows by their keys, the last key first, so that each sort keeps the later ones' order; missing values last."""
    for place, key in reversed(list(enumerate(keys))):
        known = [r for r in rows if r[place] is not None]
        missing = [r for r in rows if r[place] is None]
        known.sort(key=lambda r: _comparable(r[place]), reverse=key.descending)
        rows = known + missing
    return rows


def _comparable(value: Any) -> Any:
    """Text compares by its bytes, as both engines do."""
    return value.encode() if isinstance(value, str) else value


def _settle_text(histograms: Histograms, search: Search) -> None:
    """Very many share everything up to a text: the engine picks the row, then counts who comes before and who shares it."""
    name = column(search.key.name)
    rows = (
        exp.select()
        .from_(exp.to_table(histograms.table, quoted=True))
        .where(condition(search.where, histograms.columns))
    )
    ordered = exp.Ordered(this=name, desc=search.key.descending, nulls_first=False)
    picked = rows.select(name).order_by(ordered).limit(1).offset(search.rank - 1)
    [(value,)] = histograms.engine.rows(picked)
    found = None if value is None else str(value)
    upto = ast.TupleCompare((ast.Name(search.key.name),), (ast.Literal(found),), (search.key.descending,))
    here = ast.IsMissing(upto.left[0]) if found is None else ast.Compare("=", *upto.left, *upto.right)
    counts = [
        exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=condition(c)))
        for c in (upto, here)
    ]
    [(reached, same)] = histograms.engine.rows(rows.select(*counts))
    search.settle(found, int(str(reached)) - int(str(same)), int(str(same)))
