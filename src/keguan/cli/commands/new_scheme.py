"""`keguan new-scheme`: the beginning of a scheme of one's own, complete and commented."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keguan.cli import options
from keguan.cli.screen import Screen
from keguan.core.errors import Place, fail


def run(
    name: Annotated[str, typer.Argument(metavar="ID")],
    kind: Annotated[str, typer.Option("--kind", metavar="KIND")],
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE")] = None,
    force: options.Force = False,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Write a new scheme document of a kind, by default `ID.yaml` here."""
    from keguan.schemes.authoring import new_scheme

    screen = Screen(lang, quiet, as_json)
    content = new_scheme(kind, name, screen.lang)
    target = out or Path(f"{name}.yaml")
    if target.exists() and not force:
        raise fail("KG611", Place(str(target)))
    target.write_text(content, encoding="utf-8")
    screen.data({"file": str(target), "scheme": name, "kind": kind})
    screen.answer(screen.words("new_scheme.next", file=str(target)))
    screen.answer(screen.words("written", where=str(target)))
