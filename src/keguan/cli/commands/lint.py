"""`keguan lint`: what is wrong or doubtful in scheme documents, each finding with its place and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from keguan.cli import options
from keguan.cli.screen import Screen

if TYPE_CHECKING:
    from keguan.schemes.linter import Finding


def run(
    files: Annotated[list[str], typer.Argument(metavar="FILE…")],
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Check scheme documents; leaves with 1 when one of them has an error."""
    from keguan.schemes.catalogue import find
    from keguan.schemes.linter import lint

    screen = Screen(lang, quiet, as_json)
    found: dict[str, list[Finding]] = {}
    for name in files:
        source = find(name)
        found[source.file] = lint(source.text(), file=source.file)
    everything = [f for findings in found.values() for f in findings]
    screen.data({file: [f.as_dict(screen.lang) for f in findings] for file, findings in found.items()})
    for finding in everything:
        screen.answer(f"{screen.words(f'lint.{finding.severity}')} {finding.render(screen.lang)}")
    errors = sum(f.severity == "error" for f in everything)
    screen.answer(
        screen.words("lint.done", files=len(found), errors=errors, warnings=len(everything) - errors)
    )
    if errors:
        raise typer.Exit(1)
