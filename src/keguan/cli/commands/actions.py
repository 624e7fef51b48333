"""`keguan actions`: what to do next, for whom, by when and why, as the playbooks say for the classes of a run."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keguan.cli import options
from keguan.cli.screen import Screen

if TYPE_CHECKING:
    from keguan.playbooks.actions import Actions

SHOWN = 20
"""How many actions a terminal lists; JSON and files have all."""
_COLUMNS = ("planned_on", "customer", "name", "deed", "minutes", "priority", "why")
_RIGHT = ("minutes",)


def run(
    folder: options.RunFolder,
    hours: Annotated[str | None, typer.Option("--hours", metavar="40")] = None,
    days: Annotated[int, typer.Option("--days", metavar="7")] = 7,
    owner: Annotated[str | None, typer.Option("--owner", metavar="NAME")] = None,
    scheme: options.SchemeWish = None,
    event: Annotated[list[str] | None, typer.Option("--event", metavar="YYYY-MM-DD")] = None,
    playbooks: Annotated[list[Path] | None, typer.Option("--playbooks", metavar="DIR")] = None,
    accept_ours: Annotated[bool, typer.Option("--accept-ours")] = False,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE.csv|.xlsx|.ics")] = None,
    force: options.Force = False,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """List the next actions of a run in order, within the hours there are, and write them to a file where one is named."""
    from keguan.playbooks.actions import plan_actions
    from keguan.playbooks.asks import Wish
    from keguan.playbooks.library import library
    from keguan.reports.actions import write_actions
    from keguan.runs.run import Run

    screen = Screen(lang, quiet, as_json)
    time = None if hours is None else _hours(hours)
    wish = Wish(time, days, owner, tuple(scheme or ()), tuple(_day(e) for e in event or ()))
    with screen.progress() as tell:
        tell("actions")
        found = plan_actions(Run(folder), library(playbooks or (), accept_ours=accept_ours), wish)
        if out is not None:
            write_actions(found, out, screen.lang, force=force)
    screen.data(_as_data(found, screen))
    _show(screen, found)
    if out is not None:
        screen.answer()
        screen.answer(screen.words("written", where=str(out)))


def _hours(said: str) -> Decimal:
    """The hours as typed. Raises KG650."""
    from keguan.core.errors import Place, fail
    from keguan.playbooks.keys import MOST_HOURS

    try:
        found = Decimal(said)
    except ArithmeticError:
        found = Decimal("NaN")
    if not found.is_finite():
        raise fail("KG650", Place(field="--hours"), found=said, most=MOST_HOURS)
    return found


def _day(said: str) -> date:
    """The day as typed. Raises KG652."""
    from keguan.core.errors import Place, fail

    try:
        return date.fromisoformat(said)
    except ValueError:
        raise fail("KG652", Place(field="--event"), found=said) from None


def _as_data(found: Actions, screen: Screen) -> dict[str, Any]:
    """Everything for programs: codes, the lines behind each action, the notices in words."""
    if not screen.as_json:
        return {}
    from keguan.playbooks.words import line_dict
    from keguan.reports.actions import notices

    asks = [{"scheme": a.column, "class": a.code, **line_dict(a.line, screen.lang)} for a in found.asks]
    return {
        "as_of": found.run.as_of,
        "until": found.until,
        "counts": {s: vars(c) for s, c in found.counts.items()},
        "opted_out": found.opted_out,
        "notices": notices(found, screen.lang),
        "asks": asks,
        "actions": found.table.to_pylist(),
    }


def _show(screen: Screen, found: Actions) -> None:
    if screen.as_json:
        return
    from keguan.playbooks.words import say, table_for_people
    from keguan.reports.actions import notices

    lang = screen.lang
    screen.answer(
        f"{say('title', lang)} · {say('head', lang, since=found.run.as_of, until=found.until)}", style="bold"
    )
    counts = [
        (say(f"statuses.{s}", lang), f"{c.actions:,}", f"{c.subjects:,}", f"{c.minutes / 60:,.1f}")
        for s, c in found.counts.items()
        if c.actions
    ]
    if not counts:
        screen.answer(say("none", lang))
        return
    heads = ("status", "actions", "customers", "hours")
    screen.table([say(f"columns.{h}", lang) for h in heads], counts, right=(1, 2, 3))
    planned = found.only(("planned",))
    first = table_for_people(planned, lang).slice(0, SHOWN)
    shown = [n for n in _COLUMNS if say(f"columns.{n}", lang) in first.column_names]
    names = [say(f"columns.{n}", lang) for n in shown]
    screen.answer()
    right = [shown.index(n) for n in _RIGHT]
    screen.table(
        names, list(zip(*(map(_short, first[n].to_pylist()) for n in names), strict=True)), right=right
    )
    if planned.table.num_rows > SHOWN:
        screen.remark(say("more", lang, n=f"{planned.table.num_rows - SHOWN:,}"))
    for note in notices(found, lang):
        screen.remark(note)


def _short(cell: object) -> object:
    """A cell for the terminal: the first of several reasons, and how many more there are."""
    if not isinstance(cell, str) or " / " not in cell:
        return cell
    first, *more = cell.split(" / ")
    return f"{first} +{len(more)}"
