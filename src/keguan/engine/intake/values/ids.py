"""Ids as written: spaces and spreadsheet wrappings off, number forms made one where the policy says so."""

from __future__ import annotations

from keguan.engine.intake import sql

NUMBER_FORM = "[0-9]+[.]0+"
_WRAPPED = '^(?:="(.*)"|\'(.+)|"(.*)")$'


def sql_of(column: str) -> str:
    """An id as text: trimmed, `="0123"` and `'0123` unwrapped; null when blank."""
    looked_at = f"CASE {sql.careful(column)} END"
    bare = f"nullif(regexp_replace({looked_at}, {sql.text(_WRAPPED)}, '\\1\\2\\3'), '')"
    return f"CASE WHEN {sql.plain(column)} THEN {column} ELSE {bare} END"


def number_form(column: str) -> str:
    """Whether an id is a whole number written as a fraction: `17850.0`."""
    return f"(contains({column}, '.0') AND regexp_full_match({column}, {sql.text(NUMBER_FORM)}))"


def merged(column: str) -> str:
    """An id with `17850.0` as `17850`."""
    return f"CASE WHEN {number_form(column)} THEN split_part({column}, '.', 1) ELSE {column} END"
