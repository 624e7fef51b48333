"""From the document as written to the document in force: changes, subject, window and single shares worked in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from keguan.core.calendar import is_window
from keguan.core.document import Located, as_share
from keguan.core.errors import Place, Problem
from keguan.engine.subjects import SUBJECTS
from keguan.schemes.measures import measure
from keguan.schemes.pattern import Pattern, read_pattern, with_sample
from keguan.schemes.tree import list_of, locate, map_texts, mapping_of, text_of, with_keys

DEFAULT_WINDOW = "12m"
DEFAULT_SUBJECT = "customer"
PROSE = frozenset(
    {
        "labels",
        "given",
        "default",
        "defaults",
        "references",
        "notices",
        "scheme",
        "family",
        "code",
        "profiles",
    }
)
"""Keys under which no measure is named."""
_NOTHING = Decimal("1e-20")


@dataclass(frozen=True)
class Effective:
    """The document in force: one subject, one window, cumulative shares. `pattern` says where in the data its dimensions
    are, where it does not list them itself; then it has one that stands for all."""

    tree: Located
    subject: str
    subjects: tuple[str, ...]
    window: str
    pattern: Pattern | None = None


def effective(
    tree: Located,
    problems: list[Problem],
    *,
    subject: str | None,
    window: str | None,
    changes: Mapping[str, Any] | None,
) -> Effective:
    """Works everything in, in this order; problems (KG417, KG418, KG420, KG429, KG465) are collected."""
    tree = _with_changes(tree, changes or {})
    pattern = read_pattern(tree, problems)
    if pattern is not None:
        tree = with_sample(tree, pattern)
    tree, subjects, chosen = _with_subject(tree, subject, "measure" in (changes or {}), problems)
    tree, in_force = _with_window(tree, window, chosen, problems)
    return Effective(_with_cumulative_shares(tree, problems), chosen, subjects, in_force, pattern)


def _with_changes(tree: Located, changes: Mapping[str, Any]) -> Located:
    old = mapping_of(tree)
    placed = {
        key: None if value is None else locate(value, old[key].place if key in old else tree.place)
        for key, value in changes.items()
    }
    return with_keys(tree, placed) if isinstance(tree.value, dict) else tree


def _with_subject(
    tree: Located, wanted: str | None, keeps_measure: bool, problems: list[Problem]
) -> tuple[Located, tuple[str, ...], str]:
    """One subject chosen; a mapping gives its measure too. Without a wish: customers where it can, else the first."""
    written = mapping_of(tree).get("subject")
    measures = mapping_of(written)
    single = text_of(written) or (DEFAULT_SUBJECT if written is None else None)
    subjects = tuple(measures) or ((single,) if single else ())
    if not subjects:
        place = written.place if written else tree.place
        problems.append(Problem("KG404", place, {"expected": "subject | {subject: measure}", "found": "?"}))
        return with_keys(tree, {"subject": None}), (DEFAULT_SUBJECT,), DEFAULT_SUBJECT
    chosen = wanted or (DEFAULT_SUBJECT if DEFAULT_SUBJECT in subjects else subjects[0])
    place = written.place if written else tree.place
    for name in subjects:
        if name not in SUBJECTS:
            problems.append(Problem("KG433", place, {"subject": name, "known": ", ".join(SUBJECTS)}))
    if chosen not in subjects:
        problems.append(Problem("KG417", place, {"subject": chosen, "known": ", ".join(subjects)}))
        chosen = subjects[0]
    replaced: dict[str, Located | None] = {"subject": Located(chosen, place)}
    if chosen in measures and not keeps_measure:
        replaced["measure"] = measures[chosen]
    where = mapping_of(mapping_of(mapping_of(tree).get("population")).get("where"))
    if where:
        replaced["population"] = with_keys(tree.value["population"], {"where": where.get(chosen)})
    return with_keys(tree, replaced), subjects, chosen


def _with_window(
    tree: Located, wanted: str | None, subject: str, problems: list[Problem]
) -> tuple[Located, str]:
    """Measures named after the document's window renamed to another one."""
    written = mapping_of(tree).get("window")
    old = text_of(written) or DEFAULT_WINDOW
    place = written.place if written else tree.place
    for name in filter(None, (old, wanted)):
        if not is_window(name):
            problems.append(Problem("KG429", place, {"window": name}))
            return tree, DEFAULT_WINDOW
    fixed = mapping_of(tree).get("fixed_window")
    if wanted is None or wanted == old or (fixed is not None and fixed.value is True):
        return tree, old

    def renamed(name: str, values: str, at: Place) -> str:
        new = f"{name.removesuffix(old)}{wanted}"
        if measure(new + values, subject) is not None:
            return new
        if measure(name + values, subject) is not None:
            problems.append(Problem("KG418", at, {"name": name, "window": wanted}))
        return name

    pattern = re.compile(rf"(?<![\w.:-])[a-z][a-z0-9_]*_{re.escape(old)}(?!\w)(?=(?P<family>:?))")

    def worked_in(text: str, at: Place) -> str:
        return pattern.sub(lambda m: renamed(m[0], ":any" if m["family"] else "", at), text)

    tree = map_texts(tree, worked_in, PROSE)
    return with_keys(tree, {"window": Located(wanted, place)}), wanted


def _with_cumulative_shares(tree: Located, problems: list[Problem]) -> Located:
    """Classes written with their own `share` get the cumulative `up_to` the kinds read, the last one the rest."""
    dimensions = mapping_of(tree).get("dimensions")
    if list_of(dimensions) and dimensions is not None:
        inner = [_with_cumulative_shares(d, problems) if mapping_of(d) else d for d in dimensions.value]
        tree = with_keys(tree, {"dimensions": Located(inner, dimensions.place)})
    classes = list_of(mapping_of(tree).get("classes"))
    if not any("share" in mapping_of(c) for c in classes):
        return tree
    place = mapping_of(tree)["classes"].place
    shares = [as_share(text_of(mapping_of(c).get("share"))) for c in classes]
    total = sum((s for s in shares if s is not None), Decimal(0))
    if None in shares or abs(total - 1) > _NOTHING:
        problems.append(Problem("KG420", place, {"total": f"{float(total):.6g}"}))
    cumulated = _cumulated(classes, [s or Decimal(0) for s in shares])
    return with_keys(tree, {"classes": Located(cumulated, place)})


def _cumulated(classes: list[Located], shares: list[Decimal]) -> list[Located]:
    result: list[Located] = []
    before = Decimal(0)
    for index, (one, share) in enumerate(zip(classes, shares, strict=True)):
        before = min(before + share, Decimal(1))
        bound = {"rest": Located(True, one.place)} if index == len(classes) - 1 else None
        up_to = Located(str(before), one.place)
        result.append(with_keys(one, {"share": None, **(bound or {"up_to": up_to})}))
    return result
