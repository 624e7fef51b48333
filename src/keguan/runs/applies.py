"""Whether a scheme is meant for a subject and an industry at all, and how it is refused when it is not."""

from __future__ import annotations

from keguan.core.errors import Problem
from keguan.core.languages import LANGUAGES
from keguan.core.spoken import Spoken
from keguan.runs.request import Skipped
from keguan.schemes.document import Scheme
from keguan.schemes.profile import Profile

_CODES = {
    "subject": "KG513",
    "profile": "KG510",
    "not-in-profile": "KG514",
    "parameter": "KG512",
    "missing-input": "KG511",
    "depends": "KG511",
    "too-little-data": "KG760",
    "other-type": "KG661",
    "extra": "KG801",
    "closed": "KG466",
}


def why_not(scheme: Scheme, subject: str, profile: Profile | None) -> Skipped | None:
    """The reason a scheme is set aside before its data are looked at; None when it applies."""
    if subject not in scheme.subjects:
        return Skipped(scheme.id, "subject", scheme.subjects, scheme.labels)
    if scheme.profiles and (profile is None or profile.id not in scheme.profiles):
        return Skipped(scheme.id, "profile", scheme.profiles, scheme.labels)
    reason = profile.why_off(scheme.id) if profile is not None else None
    if profile is not None and reason is not None:
        return Skipped(scheme.id, "not-in-profile", (profile.id,), scheme.labels, reason=reason)
    return None


def refusal(skipped: Skipped, subject: str) -> Problem:
    """The problem a user is told when a scheme asked for by name cannot run."""
    lacks = ", ".join(skipped.lacks)
    values = {
        "scheme": skipped.name,
        "lacks": lacks,
        "profiles": lacks,
        "subject": subject,
        "subjects": lacks,
        "extra": lacks,
        "reason": Spoken.of(skipped.reason or dict.fromkeys(LANGUAGES, "")),
        "parameter": lacks,
    }
    return Problem(_CODES[skipped.why], values=values)
