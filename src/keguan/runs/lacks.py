"""Which schemes fit the data, in words: what they are about, and those that could not be computed by what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from keguan.core.languages import Lang
from keguan.core.texts import entries, text
from keguan.engine.tables import logical_tables

_ORDER = (
    "missing-input", "other-type", "parameter", "bands", "no-condition", "closed", "too-little-data", "unfit", "too-many", "extra",
    "depends", "subject", "profile", "not-in-profile",
)  # fmt: skip
_EACH = frozenset(
    {"other-type", "parameter", "bands", "no-condition", "closed", "too-little-data", "unfit", "too-many"}
)
"""Reasons that gather schemes whatever they lack; what that is stands behind each of them."""


class Waiting(Protocol):
    """A scheme that could not be computed, as a plan or a run's record knows it."""

    @property
    def why(self) -> str:
        """The reason's code."""

    @property
    def lacks(self) -> tuple[str, ...]:
        """Names of what is missing: `table`, `table.field`, or whatever the reason is about."""

    @property
    def reason(self) -> Mapping[str, str] | None:
        """What a profile says against the scheme, by language."""


W = TypeVar("W", bound=Waiting)


@dataclass(frozen=True)
class Gap(Generic[W]):
    """Something missing, in words, and who waits for it: each with what exactly it lacks, where the head does not say."""

    head: str
    waiting: tuple[tuple[W, str], ...]

    def said(self, name: Callable[[W], str], lang: Lang) -> list[str]:
        """Each of the schemes with what it lacks; `name` says what to call it."""
        return [
            text("lacks.with", lang, scheme=name(one), names=lack) if lack else name(one)
            for one, lack in self.waiting
        ]


def gaps(skipped: Iterable[W], lang: Lang) -> list[Gap[W]]:
    """One gap per missing table, per table with missing columns, and per other reason; the longest first within a reason."""
    groups: dict[tuple[str, ...], list[W]] = {}
    for one in skipped:
        groups.setdefault(_key(one), []).append(one)
    ranked = sorted(groups.items(), key=lambda g: (_rank(g[0][0]), -len(g[1]), g[0]))
    return [
        Gap(_head(key, lang), tuple((one, _behind(key, one, lang)) for one in own)) for key, own in ranked
    ]


def in_a_row(schemes: Iterable[str], lang: Lang) -> str:
    """Names of schemes as one sentence; they have commas of their own."""
    return text("lacks.between", lang).join(schemes)


def family_in_words(family: str, lang: Lang) -> str:
    """What the schemes of a family are about; the family itself where it is a business's own."""
    return text(f"core.families.{family}", lang) if family in entries("core")["families"] else family


def _key(one: Waiting) -> tuple[str, ...]:
    """What gathers: the reason, the form of what is missing, and its names."""
    if one.why == "missing-input":
        tables = tuple(dict.fromkeys(lack.partition(".")[0] for lack in one.lacks))
        if all(t in logical_tables() for t in tables):
            return (one.why, "columns" if any(map(_is_column, one.lacks)) else "table", *tables)
    return (one.why, "", *(() if one.why in _EACH else one.lacks))


def _is_column(lack: str) -> bool:
    """Whether a column is missing from a table that may be there; without a column it requires there is no table."""
    table, _, name = lack.partition(".")
    field = logical_tables()[table].fields.get(name)
    return bool(name) and not (field is not None and field.required)


def _rank(why: str) -> int:
    return _ORDER.index(why) if why in _ORDER else len(_ORDER)


def _head(key: Sequence[str], lang: Lang) -> str:
    why, form, *names = key
    if form:
        return text(f"lacks.{form}", lang, names=_listed([_table(n, lang) for n in names], lang))
    codes = _listed(names, lang)
    if why == "subject":
        names = [text(f"lacks.subjects.{n}", lang) if n in entries("lacks")["subjects"] else n for n in names]
    if why == "missing-input":
        names = [_known_field(n, lang) for n in names]
    known = why in entries("lacks")
    return text(f"lacks.{why if known else 'other'}", lang, names=_listed(names, lang), codes=codes, why=why)


def _behind(key: Sequence[str], one: Waiting, lang: Lang) -> str:
    if key[1] == "columns":
        return _listed([_field(lack, lang) for lack in one.lacks], lang)
    if one.why == "not-in-profile":
        return (one.reason or {}).get(lang, "")
    return _listed(list(one.lacks), lang) if one.why in _EACH else ""


def _table(name: str, lang: Lang) -> str:
    return text("lacks.named", lang, label=logical_tables()[name].labels[lang], name=name)


def _field(lack: str, lang: Lang) -> str:
    """`行业 sector`; a column that is no field of ours by its name alone."""
    table, _, name = lack.partition(".")
    known = logical_tables()[table].fields.get(name)
    return text("lacks.field", lang, label=known.labels[lang], name=name) if known else name or lack


def _known_field(name: str, lang: Lang) -> str:
    """A field that no table tells, such as the key of the subjects, by the label it has wherever it stands."""
    table = next((t.name for t in logical_tables().values() if name in t.fields), None)
    return name if table is None else _field(f"{table}.{name}", lang)


def _listed(names: Sequence[str], lang: Lang) -> str:
    return text("core.list_separator", lang).join(names)
