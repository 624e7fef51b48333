"""`keguan classify`: every customer's classes under every scheme the data allow, written to a folder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from keguan.cli import options
from keguan.cli.books import newest_day, open_book, remembered
from keguan.cli.movement import show_diff
from keguan.cli.options import Reading
from keguan.cli.screen import Screen
from keguan.cli.summary import show_run
from keguan.core.errors import Place, fail
from keguan.core.scratch import Scratch

if TYPE_CHECKING:
    from keguan.book.book import Book
    from keguan.book.run import Run


def run(
    inputs: options.Inputs,
    purpose: Annotated[str, typer.Option("--purpose", metavar="TEXT")],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR")] = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE")] = None,
    scheme: options.SchemeWish = None,
    subject: options.Subject = "customer",
    profile: options.ProfileWish = None,
    reading: Reading = options.AS_IT_IS,
    window: options.Window = None,
    leading: Annotated[str | None, typer.Option("--leading", metavar="ID")] = None,
    engine: options.EngineWish = "duckdb",
    cuts: Annotated[Path | None, typer.Option("--cuts", metavar="DIR")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run")] = False,
    against: Annotated[Path | None, typer.Option("--against", metavar="DIR")] = None,
    force: options.Force = False,
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Classify, show every distribution, and say where the result is."""
    screen = Screen(lang, quiet, as_json)
    wish = Wish(purpose, as_of, tuple(scheme or ()), subject, profile, window, leading, engine, cuts)
    _check(screen, out, dry_run, against)
    with Scratch() as scratch:
        target = scratch / "run" if out is None or dry_run else out
        with screen.progress() as tell, open_book(inputs, reading, tell) as book:
            result = _make(book, wish.completed(inputs), target, force)
        if dry_run:
            _show_dry_run(screen, result, against)
        else:
            show_run(screen, result)
            screen.answer()
            screen.answer(screen.words("written", where=str(out)))


@dataclass(frozen=True)
class Wish:
    """What kind of run was asked for."""

    purpose: str
    as_of: str | None
    schemes: tuple[str, ...]
    subject: str
    profile: str | None
    window: str | None
    leading: str | None
    engine: str
    cuts: Path | None

    def completed(self, inputs: list[str]) -> Wish:
        """The wish with what the book remembers where nothing was said."""
        settings = remembered(inputs)
        if settings is None:
            return self
        return replace(self, schemes=self.schemes or settings.schemes, window=self.window or settings.window)


def _check(screen: Screen, out: Path | None, dry_run: bool, against: Path | None) -> None:
    """Options that need each other: a usage error otherwise."""
    if out is None and not dry_run:
        raise typer.BadParameter(screen.words("usage.out_or_dry_run"))
    if against is not None and not dry_run:
        raise typer.BadParameter(screen.words("usage.against_dry_run"))


def _make(book: Book, wish: Wish, out: Path, force: bool) -> Run:
    if wish.cuts is not None:
        return _assign(book, wish, out, force)
    more: dict[str, Any] = {"subject": wish.subject, "profile": wish.profile, "engine": wish.engine}
    if wish.window is not None:
        more["window"] = wish.window
    if wish.leading is not None:
        more["leading"] = wish.leading
    return book.classify(
        *wish.schemes,
        as_of=newest_day(book, wish.as_of),
        as_of_given=wish.as_of is not None,
        purpose=wish.purpose,
        out=out,
        force=force,
        **more,
    )


def _assign(book: Book, wish: Wish, out: Path, force: bool) -> Run:
    """Classify with the cuts of an earlier run: of its chosen schemes, or of all."""
    from keguan.runs.run import Run as Kept

    assert wish.cuts is not None
    kept = Kept(wish.cuts)
    unknown = [s for s in wish.schemes if s not in kept.scheme_ids]
    if unknown:
        known = ", ".join(kept.scheme_ids)
        raise fail("KG609", Place(str(wish.cuts)), schemes=", ".join(unknown), known=known)
    records = [kept.cuts(s.id) for s in kept.schemes if not wish.schemes or s.id in wish.schemes]
    return book.assign(
        records, purpose=wish.purpose, out=out, force=force, as_of=wish.as_of, engine=wish.engine
    )


def _show_dry_run(screen: Screen, result: Run, against: Path | None) -> None:
    if against is None:
        show_run(screen, result)
    else:
        from keguan.runs.diff import diff
        from keguan.runs.run import Run as Kept

        show_diff(screen, diff(Kept(against), result))
    screen.answer()
    screen.answer(screen.words("nothing_written"))
