"""Places in braces of a document whose dimensions stand in the data (`n_tags:{values}`, `{eligibility}`), in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from keguan.core.languages import LANGUAGES
from keguan.engine.tables import LogicalTable, logical_tables
from keguan.language.vocabulary import Term, Vocabulary
from keguan.schemes.document import Scheme
from keguan.schemes.measures import definitions
from keguan.schemes.sayings import Words
from keguan.schemes.vocabulary import Layered

HERE = {
    "zh-Hans": "{label}（这一问）",
    "zh-Hant": "{label}（這一問）",
    "en": "{label} (of this question)",
}
HOLDS = {
    "zh-Hans": "符合“{table}”表里“{label}”一列写的条件",
    "zh-Hant": "符合「{table}」表裡「{label}」一欄寫的條件",
    "en": "what the column {label} of the table {table} says holds",
}
_FAMILY = re.compile(r"\b([a-z_]+):\{[a-z]+\}")
_PLACE = re.compile(r"\{([a-z_]+)\}")


def in_words(content: Mapping[str, Any], scheme: Scheme, words: Words) -> tuple[dict[str, Any], Words]:
    """The document with a name for each place, and the words that say what those names mean."""
    if scheme.pattern is None:
        return dict(content), words
    own: dict[str, Term] = {}
    table = logical_tables()[scheme.pattern.partition(".")[0]]
    named: dict[str, Any] = _named(content, table, scheme.subject, own)
    known = Vocabulary(Layered(own, words.known.terms), words.known.schemes)
    return named, replace(words, known=known)


def _named(value: Any, table: LogicalTable, subject: str, own: dict[str, Term]) -> Any:
    if isinstance(value, Mapping):
        return {k: _named(v, table, subject, own) for k, v in value.items()}
    if isinstance(value, list):
        return [_named(v, table, subject, own) for v in value]
    if not isinstance(value, str):
        return value

    def family(match: re.Match[str]) -> str:
        definition = definitions(subject)[match[1]]
        labels = {lang: HERE[lang].format(label=definition.labels[lang]) for lang in LANGUAGES}
        own[match[1]] = Term(match[1], definition.type, labels=labels)
        return match[1]

    def condition(match: re.Match[str]) -> str:
        if match[1] not in table.fields:
            return match[0]
        column = table.fields[match[1]].labels
        labels = {
            lang: HOLDS[lang].format(table=table.labels[lang], label=column[lang]) for lang in LANGUAGES
        }
        own[match[1]] = Term(match[1], "flag", labels=labels)
        return match[1]

    return _PLACE.sub(condition, _FAMILY.sub(family, value))
