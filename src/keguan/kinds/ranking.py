"""Total orders and cuts in them, shared by the kinds that rank: the tuple of the last subject above a line is the cut."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from keguan.core.document import Reader
from keguan.engine.aggregates import CutAnswer, Key
from keguan.kinds.base import (
    Assignment,
    Cuts,
    Inputs,
    Mark,
    Outcome,
    Scale,
    Setting,
    decide,
)
from keguan.kinds.values import from_json, to_json
from keguan.language import ast

DEFAULT_TIES = ("gross_profit_{window} desc", "first_order_on asc")


@dataclass(frozen=True)
class RankedClass:
    """A class and the cumulative share it reaches down to; None for the rest."""

    code: str
    up_to: Decimal | None


@dataclass(frozen=True)
class Ranking:
    """A measure to rank by, how ties are broken, and the classes from high to low, the rest last."""

    measure: str
    ties: str
    tie_order: tuple[Key, ...]
    classes: tuple[RankedClass, ...]
    at_least_one: bool
    subject: str


def read_ranking(reader: Reader) -> Ranking:
    """The keys every ranking kind shares."""
    classes = tuple(_read_class(c) for c in reader.items("classes"))
    for index, one in enumerate(classes):
        if (one.up_to is None) != (index == len(classes) - 1):
            reader.report("KG410", reader.place_of("classes"), code=one.code)
    return Ranking(
        measure=reader.text("measure"),
        ties=reader.choice("ties", ("exact", "together"), "exact"),
        tie_order=tuple(_read_key(reader, t) for t in _ties(reader)),
        classes=classes,
        at_least_one=reader.flag("at_least_one", True),
        subject=reader.text("subject", "customer"),
    )


def _ties(reader: Reader) -> list[str]:
    """The written order for ties, or profit in the scheme's own window and then the earlier first purchase."""
    window = reader.context.get("window", "12m")
    return reader.texts("tie_order", None) or [t.format(window=window) for t in DEFAULT_TIES]


def _read_class(reader: Reader) -> RankedClass:
    rest = reader.flag("rest", False)
    return RankedClass(reader.text("code"), None if rest else reader.share("up_to"))


def _read_key(reader: Reader, written: str) -> Key:
    name, _, direction = written.partition(" ")
    if direction not in ("asc", "desc"):
        reader.report(
            "KG404",
            reader.place_of("tie_order"),
            expected="<name> asc | desc",
            found=written,
        )
    return Key(name, direction == "desc")


def inputs(spec: Ranking) -> Inputs:
    """The measure must be there; what breaks ties may be."""
    return Inputs(
        (spec.measure,),
        tuple(k.name for k in spec.tie_order) if spec.ties == "exact" else (),
    )


def order(spec: Ranking, setting: Setting) -> tuple[Key, ...]:
    """The order in use: the measure, then whatever breaks ties and is known, then the subject's own keys."""
    first = Key(spec.measure, True)
    if spec.ties == "together":
        return (first,)
    known = [k for k in spec.tie_order if k.name in setting.available]
    return (first, *known, *(Key(k, False) for k in setting.keys))


def shares(spec: Ranking) -> tuple[Decimal, ...]:
    """The cumulative shares, without the rest."""
    return tuple(c.up_to for c in spec.classes if c.up_to is not None)


def eligible(spec: Ranking) -> ast.Node:
    """Only what brings something takes a place above the rest."""
    return ast.Compare(">", ast.Name(spec.measure), ast.Literal(0))


def cuts_of(spec: Ranking, keys: Sequence[Key], answer: CutAnswer) -> Cuts:
    """The record: order, one tuple per class, head counts, and how many subjects hang on a tie."""
    entries: list[dict[str, Any]] = []
    before = 0
    for one, position, cut in zip(spec.classes, answer.positions, answer.cuts, strict=False):
        values = None if cut is None or position == before else _written(spec, keys, cut)
        entries.append({"class": one.code, "from": values, "count": position - before})
        before = position
    return {
        "measure": spec.measure,
        "order": [f"{k.name} {'desc' if k.descending else 'asc'}" for k in keys],
        "population": answer.n,
        "cuts": entries,
        "ties_at_cut": sum(answer.tied),
    }


def _written(spec: Ranking, keys: Sequence[Key], cut: Sequence[ast.Value]) -> list[Any]:
    return [to_json(v, k.name, spec.subject) for k, v in zip(keys, cut, strict=True)]


def assign(spec: Ranking, cuts: Cuts) -> Assignment:
    """From the top: at or above the tuple of a class is that class; nothing positive is the rest, with its reason."""
    keys = [k.rpartition(" ") for k in cuts["order"]]
    rest = spec.classes[-1].code
    names = tuple(ast.Name(name) for name, _, _ in keys)
    branches: list[tuple[ast.Node, Outcome]] = [
        (ast.Not(eligible(spec)), Outcome(rest, "classified", "nothing-positive"))
    ]
    for entry in cuts["cuts"]:
        if entry["from"] is None:
            continue
        bounds = tuple(from_json(n.name, v, spec.subject) for n, v in zip(names, entry["from"], strict=True))
        test = ast.TupleCompare(names, bounds, tuple(d == "desc" for _, _, d in keys))
        branches.append((test, Outcome(entry["class"], "classified", "above-cut")))
    return decide(branches, Outcome(rest, "classified", "rest"))


def scales(spec: Ranking, cuts: Cuts) -> Sequence[Scale]:
    """One scale: the measure with the value at which each class begins."""
    marks = tuple(
        Mark(e["class"], from_json(spec.measure, e["from"][0], spec.subject).value)
        for e in reversed(cuts["cuts"])
        if e["from"] is not None
    )
    return (Scale(spec.measure, marks, spec.classes[-1].code),)
