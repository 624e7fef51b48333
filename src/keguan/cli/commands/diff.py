"""`keguan diff`: two runs compared, who moved between which classes; or two versions of a scheme, in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from keguan.cli import options
from keguan.cli.movement import show_diff
from keguan.cli.screen import Screen

if TYPE_CHECKING:
    from keguan.schemes.document import Scheme


def run(
    old: Annotated[str, typer.Argument(metavar="DIR1|SCHEME1")],
    new: Annotated[str, typer.Argument(metavar="DIR2|SCHEME2")],
    book: Annotated[Path, typer.Option("--book", metavar="DIR")] = Path(),
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Show what changed from the first run, or version of a scheme, to the second."""
    screen = Screen(lang, quiet, as_json)
    if Path(old).is_dir() or Path(new).is_dir():
        from keguan.runs.diff import diff
        from keguan.runs.run import Run

        show_diff(screen, diff(Run(old), Run(new)))
    else:
        _compare(screen, _scheme(old, book), _scheme(new, book, own=old == new))


def _scheme(wish: str, book: Path, *, own: bool = False) -> Scheme:
    """A scheme by its id, built-in or in the folder `schemes` of the book, or the one in a file. Of an id that is in both,
    the built-in one, or the book's `own`."""
    from keguan.schemes import catalogue
    from keguan.schemes.loader import load_scheme

    folders = [book / "schemes"] if (book / "schemes").is_dir() else []
    written = [s for s in catalogue.user_schemes(folders) if s.id == wish]
    if len(written) == 1 and wish in catalogue.builtin_ids():
        source = written[0] if own else catalogue.builtin(wish)
    else:
        source = catalogue.find(wish, folders)
    return load_scheme(source.text(), source.file)


def _compare(screen: Screen, old: Scheme, new: Scheme) -> None:
    from keguan.schemes.comparison import compare

    found = compare(old, new)
    verdict, *sentences = found.sentences(screen.lang)
    screen.data(
        {
            "old": {"scheme": old.id, "version": old.version, "meaning": old.meaning},
            "new": {"scheme": new.id, "version": new.version, "meaning": new.meaning},
            "moves": found.moves,
            "changes": [
                {"what": c.sentence_key, "moves": c.moves, "sentence": said}
                for c, said in zip(found.changes, sentences, strict=True)
            ],
        }
    )
    for side in (old, new):
        screen.answer(f"{side.labels[screen.lang]}  {side.id} ({side.version})  {side.file}")
    screen.answer()
    screen.answer(verdict)
    for said in sentences:
        screen.answer(f"· {said}")
