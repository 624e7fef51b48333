"""Which schemes a run takes: those asked for and those they ask about, or every scheme of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from keguan.core.errors import KeguanError
from keguan.kinds.base import asked_scheme
from keguan.runs.applies import refusal, why_not
from keguan.runs.found import Facts, WrittenOut, written_out
from keguan.runs.plan import needs
from keguan.runs.request import Skipped
from keguan.schemes import catalogue
from keguan.schemes.document import Scheme
from keguan.schemes.effective import DEFAULT_SUBJECT
from keguan.schemes.loader import load_scheme
from keguan.schemes.profile import Profile

FAMILIES = ("value", "leads", "relationship", "structure", "behaviour", "personality")


@dataclass
class Selection:
    """Schemes to run and schemes set aside before planning."""

    schemes: list[Scheme] = field(default_factory=list)
    refused: list[Skipped] = field(default_factory=list)


def select(
    asked: Sequence[str],
    *,
    subject: str,
    window: str | None,
    profile: Profile | None,
    folders: Sequence[Path] = (),
    parameters: Mapping[str, Mapping[str, Any]] | None = None,
    facts: Facts | None = None,
) -> Selection:
    """Load what was asked for, or everything. Asking for a scheme that does not apply is an error (KG510, KG513); in the
    whole catalogue such a scheme is set aside with its reason. `parameters` are a book's own numbers by scheme (KG425 where there is none of that id);
    `facts` are the data in which some schemes find their dimensions."""
    selection = Selection()
    for name in parameters or {}:
        catalogue.find(name, folders)
    waiting = list(asked) or [*catalogue.builtin_ids(), *(s.file for s in catalogue.user_schemes(folders))]
    seen: set[str] = set()
    while waiting:
        name = waiting.pop(0)
        if name in seen:
            continue
        source = catalogue.find(name, folders)
        if source.id in seen:
            continue
        seen.add(source.id)
        document = _written_out(source, (parameters or {}).get(source.id), facts)
        scheme = _load(source, document, subject, window, profile)
        reason = why_not(scheme, subject, profile)
        if reason is not None:
            if name in asked:
                raise KeguanError(refusal(reason, subject))
            selection.refused.append(reason)
            continue
        selection.schemes.append(scheme)
        selection.refused += [replace(s, labels=scheme.labels) for s in document.skipped]
        required, optional = needs(scheme)
        others = map(asked_scheme, (*required, *optional))
        waiting += [n for n in others if n is not None and n not in seen]
    if not asked:
        selection.schemes.sort(key=_place)
    return selection


def _written_out(
    source: catalogue.Source, parameters: Mapping[str, Any] | None, facts: Facts | None
) -> WrittenOut:
    if facts is None:
        return WrittenOut(source.text(), parameters or {})
    return written_out(source.text(), source.file, facts, parameters)


def _load(
    source: catalogue.Source,
    document: WrittenOut,
    subject: str,
    window: str | None,
    profile: Profile | None,
) -> Scheme:
    """The scheme for the subject; one that cannot classify it is loaded for its own, to be set aside."""
    text, wanted = document.text, None
    if subject != DEFAULT_SUBJECT and subject in load_scheme(text, source.file).subjects:
        wanted = subject
    return load_scheme(
        text, source.file, subject=wanted, window=window, profile=profile, parameters=document.parameters
    )


def _place(scheme: Scheme) -> tuple[int, str]:
    known = FAMILIES.index(scheme.family) if scheme.family in FAMILIES else len(FAMILIES)
    return known, scheme.id
