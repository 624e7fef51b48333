"""Scores 1..n of a measure by quantiles, shared by the kinds that score: equal values always get equal scores.

The score is 1 plus the number of cut values strictly worse than the value; cut i is the value at position ⌈n·i/bins⌉ from
the worst end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from keguan.core.document import Reader
from keguan.engine.aggregates import Quantiles, QuantilesAnswer
from keguan.kinds.base import Mark, Scale
from keguan.kinds.values import from_json, to_json
from keguan.language import ast


@dataclass(frozen=True)
class Score:
    """A measure to be scored; `low_is_good` turns the direction, so that 1 is always the worst."""

    name: str
    measure: str
    bins: int
    low_is_good: bool


def read_score(reader: Reader, name_key: str, bins: int) -> Score:
    """One entry of a list of scores."""
    measure = reader.text("measure")
    good = reader.choice("good", ("high", "low"), "high")
    own = reader.whole("bins", bins)
    if not 2 <= own <= 10:
        reader.report("KG404", reader.place_of("bins"), expected="2…10", found=own)
        own = bins
    return Score(reader.text(name_key, measure).lower(), measure, own, good == "low")


def request(score: Score, population: ast.Node) -> Quantiles:
    """The cut values of a score, from the worst end."""
    shares = tuple(Decimal(i) / score.bins for i in range(1, score.bins))
    return Quantiles(score.measure, shares, population, descending=score.low_is_good)


def record(score: Score, answer: QuantilesAnswer, subject: str) -> dict[str, Any]:
    """A score's cuts, worst first."""
    return {
        "measure": score.measure,
        "good": "low" if score.low_is_good else "high",
        "cuts": [to_json(v, score.measure, subject) for v in answer.values],
    }


def expression(score: Score, entry: dict[str, Any], subject: str) -> ast.Node:
    """The score as a whole number; a value nobody had when the cuts were fitted falls where it belongs."""
    measure = ast.Name(score.measure)
    branches = [
        (
            ast.Compare(
                "<" if score.low_is_good else ">",
                measure,
                from_json(score.measure, cut, subject),
            ),
            ast.Literal(i + 1),
        )
        for i, cut in reversed(list(enumerate(entry["cuts"], start=1)))
        if cut is not None
    ]
    return ast.If(tuple(branches), ast.Literal(1)) if branches else ast.Literal(1)


def scale(score: Score, entry: dict[str, Any], subject: str) -> Scale:
    """The measure with the value beyond which each score begins, the worst end first. Where several scores begin at one
    value, because very many have it, only the highest of them can be reached and stands there."""
    cuts = [from_json(score.measure, cut, subject).value for cut in entry["cuts"] if cut is not None]
    begins = {cut: str(i) for i, cut in enumerate(cuts, start=2)}
    marks = tuple(Mark(code, cut, included=False) for cut, code in begins.items())
    return Scale(score.measure, marks, "1", descending=not score.low_is_good)


def answers_only(answers: Sequence[object]) -> list[QuantilesAnswer]:
    """The answers, all of them quantiles."""
    found = [a for a in answers if isinstance(a, QuantilesAnswer)]
    if len(found) != len(answers):
        raise TypeError("scores ask for quantiles only")
    return found
