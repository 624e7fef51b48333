"""What a whole run must be read with: coded facts with their values, kept in `run.json` and said wherever the run is shown.

The notices of a single scheme stand in its document. Both have their sentences in `locale/notices.yaml`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from keguan.core.languages import LANGUAGES
from keguan.core.texts import text
from keguan.kinds.values import to_json
from keguan.runs.plan import Plan
from keguan.schemes.catalogue import builtin, builtin_ids
from keguan.schemes.document import Parameter, Scheme
from keguan.schemes.likeness import made_from
from keguan.schemes.loader import load_scheme
from keguan.schemes.overloaded import overloaded_words
from keguan.schemes.rfm import rests_on_rfm_alone

Notice = dict[str, Any]


def run_notices(plan: Plan, leading: str | None) -> list[Notice]:
    """Every notice on the run, in a fixed order: `code` and the `values` of its sentence."""
    return [{"code": code, "values": values} for rule in _RULES for code, values in rule(plan, leading)]


Found = Iterator[tuple[str, dict[str, Any]]]


def _leading(plan: Plan, leading: str | None) -> Found:
    """One scheme leads; where several ran it is said which, and whether somebody chose it."""
    lead = next((s for s in plan.schemes if s.id == leading), None)
    if lead is not None and len(plan.schemes) > 1:
        chosen = plan.request.leading == leading
        yield "leading-chosen" if chosen else "leading-default", {"scheme": dict(lead.labels)}


def _words(plan: Plan, leading: str | None) -> Found:
    """Words that several of the schemes use for different things; `told` says which classes carry each, and the difference."""
    ran = frozenset(s.id for s in plan.schemes)
    shared = [(one, one.among(ran)) for one in overloaded_words() if one.among(ran)]
    if shared:
        words = [{la: text("notices.word", la, word=one.word[la]) for la in LANGUAGES} for one, _ in shared]
        told = [{"word": dict(one.word), "classes": list(c), "note": dict(one.note)} for one, c in shared]
        yield "overloaded-words", {"words": words, "told": told}


def _rfm_alone(plan: Plan, leading: str | None) -> Found:
    """Customers chosen by RFM and nothing else."""
    for scheme in plan.schemes:
        if rests_on_rfm_alone(scheme):
            yield "rfm-alone", {"scheme": dict(scheme.labels)}


def _numbers(plan: Plan, leading: str | None) -> Found:
    """Numbers that a profile or the business set where the scheme has one of its own."""
    for scheme in plan.schemes:
        changed = [p for p in scheme.parameters if p.source in ("profile", "request")]
        own = {p.name: p for p in _as_written(scheme).parameters} if changed else {}
        for one in changed:
            was = own[one.name]
            if was.value is not None and was.value != one.value:
                values = {"scheme": dict(scheme.labels), "name": dict(one.labels) or one.name}
                yield (
                    "changed-number",
                    {**values, "value": _amount(one), "was": _amount(was), "given": was.given or "–"},
                )


def _amount(parameter: Parameter) -> str:
    value = parameter.value
    return "–" if value is None else f"{to_json(value.value)}"


def _as_written(scheme: Scheme) -> Scheme:
    return load_scheme(scheme.source, scheme.file, subject=scheme.subject)


def _own_versions(plan: Plan, leading: str | None) -> Found:
    """A built-in scheme replaced by the business's own document of the same name; deadlines that fell away by name."""
    for scheme in plan.schemes:
        if scheme.id not in builtin_ids():
            continue
        built_in = builtin(scheme.id)
        if scheme.file == built_in.file or scheme.source == built_in.text():
            continue
        ours = load_scheme(built_in.text(), scheme.id, subject=scheme.subject)
        written_out = ours.pattern is not None and scheme.pattern is None
        if written_out:  # and so different in every business
            same = made_from(built_in.text(), scheme.source, scheme.file)
        else:
            same = _as_written(scheme).meaning == ours.meaning
        if not same:
            yield "own-version", {"scheme": dict(scheme.labels), "id": scheme.id}
        kept = _deadlines(scheme)
        for code in sorted(_deadlines(ours) - kept):
            yield "deadline-off", {"scheme": dict(scheme.labels), "class": code}


def _deadlines(scheme: Scheme) -> set[str]:
    """Classes with a window after which they lapse."""
    if scheme.kind != "deadline":
        return set()
    return {c.code for d in scheme.dimensions for c in d.spec.classes if c.window is not None}


_RULES: tuple[Callable[[Plan, str | None], Found], ...] = (
    _leading,
    _words,
    _rfm_alone,
    _numbers,
    _own_versions,
)
