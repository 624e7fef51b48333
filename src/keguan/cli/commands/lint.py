"""`keguan lint`: what is wrong or doubtful in scheme documents, and which of the cases beside them do not come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from keguan.cli import options
from keguan.cli.screen import Screen
from keguan.core.errors import KeguanError

if TYPE_CHECKING:
    from keguan.schemes.catalogue import Source
    from keguan.schemes.linter import Finding


def run(
    files: Annotated[list[str], typer.Argument(metavar="FILE…")],
    lang: options.LangWish = None,
    quiet: options.Quiet = False,
    as_json: options.AsJson = False,
) -> None:
    """Check schemes, cases, profiles and playbooks; leaves with 1 when one of them has an error."""
    from keguan.schemes.catalogue import find

    screen = Screen(lang, quiet, as_json)
    sources = [find(name) for name in files]
    found = {s.file: _findings(s) for s in sources}
    broken = {s.file: _broken_cases(s) for s in sources if not any(_is_error(f) for f in found[s.file])}
    everything = [f for findings in found.values() for f in findings]
    screen.data(
        {
            file: {"findings": [f.as_dict(screen.lang) for f in findings], "cases": broken.get(file, [])}
            for file, findings in found.items()
        }
    )
    for finding in everything:
        screen.answer(f"{screen.words(f'lint.{finding.severity}')} {finding.render(screen.lang)}")
    failures = [line for lines in broken.values() for line in lines]
    for line in failures:
        screen.answer(f"{screen.words('lint.case')} {line}")
    errors = sum(map(_is_error, everything)) + len(failures)
    warnings = sum(not _is_error(f) for f in everything)
    screen.answer(screen.words("lint.done", files=len(found), errors=errors, warnings=warnings))
    if errors:
        raise typer.Exit(1)


def _findings(source: Source) -> list[Finding]:
    """What is wrong with a document, whichever kind it says it is by its first words; a scheme when it says nothing."""
    from keguan.playbooks.library import strangers as unknown_classes
    from keguan.playbooks.loader import load_playbook
    from keguan.schemes.cases import load_cases
    from keguan.schemes.catalogue import strangers
    from keguan.schemes.linter import lint, of_problem
    from keguan.schemes.profile import load_profile

    text = source.text()
    kinds = ("profile", "playbook", "cases")
    said = next((k for k in kinds if any(line.startswith(f"{k}:") for line in text.splitlines())), None)
    if said is None:
        return lint(text, file=source.file)
    try:
        if said == "profile":
            problems = strangers(load_profile(text, source.file))
        elif said == "playbook":
            problems = list(unknown_classes(load_playbook(text, source.file)))
        else:
            load_cases(text, source.file)
            problems = []
    except KeguanError as wrong:
        problems = list(wrong.problems)
    return [of_problem(p) for p in problems]


def _is_error(finding: Finding) -> bool:
    return finding.severity == "error"


def _broken_cases(scheme: Source) -> list[str]:
    """What does not come out of the cases beside a scheme document; nothing where there are none."""
    from keguan.runs.cases import run_cases
    from keguan.schemes.catalogue import cases_of

    cases = cases_of(scheme)
    return [str(m) for m in run_cases(scheme, cases)] if cases else []
