"""`keguan explain`: why one subject has each class, and how much more or less would change it."""

from __future__ import annotations

from typing import Annotated

import typer

from keguan.cli import options
from keguan.cli.screen import Screen


def run(
    folder: options.RunFolder,
    subject: Annotated[list[str], typer.Argument(metavar="KEY…")],
    scheme: options.SchemeWish = None,
    html: Annotated[bool, typer.Option("--html")] = False,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Explain the classes of one subject of a run as text, HTML or JSON."""
    from keguan.playbooks.advice import advice, as_data, spoken
    from keguan.playbooks.library import library
    from keguan.playbooks.words import say
    from keguan.runs.run import Run

    screen = Screen(lang, quiet, as_json)
    found = Run(folder).explain(subject, *(scheme or ()), lang=screen.lang)
    known = library()
    wanted = advice(known, [(v.scheme, v.code) for v in found.schemes])
    screen.data({**found.as_dict(screen.lang), "playbook": as_data(wanted, known, screen.lang)})
    if html:
        screen.answer(found.html(screen.lang))
        return
    head, *blocks = found.text(screen.lang).split("\n\n")
    screen.answer(head, style="bold")
    for block in blocks:
        title, _, rest = block.partition("\n")
        screen.heading(title)
        if rest:
            screen.answer(rest)
    titles = {v.scheme: f"{v.labels[screen.lang]} {v.code}" for v in found.schemes}
    parts = [(titles[one.scheme], one.lines) for one in wanted if one.lines]
    for title, lines in [*parts, (say("everyone", screen.lang), known.everyone)]:
        screen.heading(f"{say('title', screen.lang)} · {title}")
        for sentence in spoken(lines, screen.lang):
            screen.answer(f"  {sentence}")
