"""Two runs compared, for people: how many moved between which classes, and by name who did."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from keguan.engine.subjects import SUBJECTS

if TYPE_CHECKING:
    from keguan.cli.screen import Screen
    from keguan.runs.diff import Diff
    from keguan.runs.run import Run

SHOWN = 20
"""How many of those who moved are named on a terminal; JSON and the exported file have all."""


def show_diff(screen: Screen, found: Diff) -> None:
    """Print a comparison; as JSON with every subject that moved."""
    moves = found.moves.to_pylist() if screen.as_json else found.moves.slice(0, SHOWN).to_pylist()
    rules = {name: one.sentences(screen.lang)[1:] for name, one in found.changed_rules().items()}
    screen.data({**found.as_dict(), "moves": moves, "changed_rules": rules})
    old, new = found.as_dict()["as_of"]
    screen.answer(
        screen.words(
            "diff.head",
            old=old,
            new=new,
            moved=f"{found.moved:,}",
            arrived=f"{found.arrived:,}",
            left=f"{found.left:,}",
        )
    )
    if found.changed_meaning:
        screen.answer(screen.words("diff.meaning", schemes=screen.joined(found.changed_meaning)))
        for name, sentences in rules.items():
            for said in sentences:
                screen.answer(f"· {name}{screen.words('colon')}{said}")
    _show_transitions(screen, found)
    _show_names(screen, found, moves)


def _show_transitions(screen: Screen, found: Diff) -> None:
    changed = [t for t in found.transitions if t.before != t.after]
    if not changed:
        return
    names = _class_names(found.new, screen) | _class_names(found.old, screen)
    rows = [
        (
            t.scheme if t.dimension is None else f"{t.scheme}.{t.dimension}",
            _name(names, t.scheme, t.dimension, t.before, screen),
            _name(names, t.scheme, t.dimension, t.after, screen),
            f"{t.count:,}",
        )
        for t in changed
    ]
    heads = [screen.words(f"diff.{head}") for head in ("scheme", "before", "after", "count")]
    screen.answer()
    screen.table(heads, rows, right=(3,))


def _show_names(screen: Screen, found: Diff, moves: list[dict[str, Any]]) -> None:
    if not moves:
        return
    keys = SUBJECTS[found.new.subject].keys
    heads = [*keys, *(screen.words(f"diff.{head}") for head in ("scheme", "before", "after"))]
    names = _class_names(found.new, screen) | _class_names(found.old, screen)
    rows = [
        (
            *(m[k] for k in keys),
            m["scheme"],
            _name(names, m["scheme"], m["dimension"], m["before"], screen),
            _name(names, m["scheme"], m["dimension"], m["after"], screen),
        )
        for m in moves
    ]
    screen.heading(screen.words("diff.names"))
    screen.table(heads, rows)
    if found.moves.num_rows > len(moves):
        screen.remark(screen.words("diff.more", n=f"{found.moves.num_rows - len(moves):,}"))


Names = dict[tuple[str, str | None, str], str]


def _class_names(run: Run, screen: Screen) -> Names:
    """`C · 普通客户` by scheme, dimension and code."""
    names: Names = {}
    for entry in run.record["schemes"]:
        for row in entry["classes"]:
            label = row["labels"][screen.lang]
            shown = label if label == row["code"] else f"{row['code']} · {label}"
            names[entry["id"], entry["dimension"], row["code"]] = shown
    return names


def _name(names: Names, scheme: str, dimension: str | None, code: str | None, screen: Screen) -> str:
    return screen.words("diff.no_class") if code is None else names.get((scheme, dimension, code), code)
