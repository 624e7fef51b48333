"""Ids as written: spaces and spreadsheet wrappings off, number forms made one where the policy says so."""

from __future__ import annotations

import re

from keguan.engine.intake import sql
from keguan.engine.intake.sampling import Sample

_WRAPPED = re.compile(r"^(?:=\"(.*)\"|'(.+)|\"(.*)\")$")
NUMBER_FORM = r"[0-9]+[.]0+"


def sql_of(column: str, sample: Sample, merge: bool) -> str:
    """An id as text: trimmed, `="0123"` and `'0123` unwrapped, `17850.0` as `17850` when `merge`; null when blank."""
    base = sql.present(column)
    if any(_WRAPPED.match(value) for value in sample.values):
        base = f"nullif(regexp_replace({base}, '^(=\"|''|\")|\"$', '', 'g'), '')"
    if not merge or sample.type != "VARCHAR":
        return base
    bare = sql.trimmed(column)
    whole = f"contains({column}, '.0') AND regexp_full_match({bare}, {sql.text(NUMBER_FORM)})"
    return f"CASE WHEN {whole} THEN split_part({bare}, '.', 1) ELSE {base} END"
