"""`keguan init`: a book, which is a folder with settings and a template workbook to fill."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from keguan.cli import options
from keguan.cli.screen import Screen
from keguan.core.errors import Place, fail


def run(
    folder: Annotated[Path, typer.Argument(metavar="DIR")],
    currency: Annotated[str, typer.Option("--currency", metavar="CNY")] = "CNY",
    tz: Annotated[str, typer.Option("--tz", metavar="Asia/Shanghai")] = "Asia/Shanghai",
    profile: options.ProfileWish = None,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Make a book. An existing one is never touched."""
    from keguan.book.settings import SETTINGS_FILE
    from keguan.cli.template import write_workbook
    from keguan.schemes.catalogue import find_profile

    screen = Screen(lang, quiet, as_json)
    settings = folder / SETTINGS_FILE
    if settings.exists():
        raise fail("KG614", Place(str(settings)))
    if profile is not None:
        find_profile(profile)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    workbook = folder / f"{screen.words('init.workbook')}.xlsx"
    write_workbook(workbook, screen.lang)
    settings.write_text(
        screen.words(
            "init.settings", currency=_quoted(currency), timezone=_quoted(tz), profile=_quoted(profile or "")
        ),
        encoding="utf-8",
    )
    screen.data(
        {
            "book": str(folder),
            "settings": str(settings),
            "template": str(workbook),
            "data": str(folder / "data"),
        }
    )
    screen.answer(screen.words("init.made", template=workbook.name))
    screen.answer(screen.words("init.next", folder=str(folder)))
    screen.answer(screen.words("written", where=str(folder)))


def _quoted(value: str) -> str:
    """A TOML string."""
    import json

    return json.dumps(value, ensure_ascii=False)
