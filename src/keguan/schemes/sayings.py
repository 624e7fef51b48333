"""What stands in a scheme document, in words: keys by name, conditions read out, measures by label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from keguan.core.errors import KeguanError
from keguan.core.languages import Lang
from keguan.core.texts import entries, text
from keguan.language import ast
from keguan.language.parser import parse
from keguan.language.words import say
from keguan.schemes.conditions import CONDITION_KEYS
from keguan.schemes.measures import measure
from keguan.schemes.vocabulary import vocabulary

_NAMED = frozenset({"measure", "measures", "tie_order", "field", "note"})
"""Keys whose values are names of measures or attributes."""


def key_name(key: str, lang: Lang) -> str:
    """What a key of a document is called; the key itself where it has no name."""
    known = entries("comparison")["keys"]
    return str(known[key][lang]) if key in known else key


def said(value: Any, key: str | None, lang: Lang, subject: str) -> str:
    """A value under a key: lists and mappings with all that is in them, labels in the language."""
    if isinstance(value, ast.Literal):
        return say(value, vocabulary(subject), lang)
    if isinstance(value, Mapping) and lang in value:
        return str(value[lang])
    if isinstance(value, Mapping):
        inner = (f"{key_name(k, lang)} {said(v, k, lang, subject)}" for k, v in value.items())
        return text("core.list_separator", lang).join(inner)
    if isinstance(value, (list, tuple)):
        return text("core.list_separator", lang).join(said(v, key, lang, subject) for v in value)
    if value is None:
        return text("comparison.nothing", lang)
    if isinstance(value, bool):
        return text(f"core.{'yes' if value else 'no'}", lang)
    if key in _NAMED:
        return _measured(str(value), lang, subject)
    node = condition(value) if key in CONDITION_KEYS else None
    if node is not None:
        return text("comparison.condition", lang, said=say(node, vocabulary(subject), lang))
    return str(value)


def condition(written: Any) -> ast.Node | None:
    """The tree of a condition; None where it cannot be read."""
    try:
        return parse(written) if isinstance(written, str) else None
    except KeguanError:
        return None


def _measured(written: str, lang: Lang, subject: str) -> str:
    """`net_sales_12m desc` as people call it."""
    name, _, direction = written.partition(" ")
    found = measure(name, subject)
    label = found.label(lang) if found is not None else name
    return text(f"comparison.{direction}", lang, name=label) if direction in ("desc", "asc") else label
