"""From names such as `net_sales_12m` to measures with their window, in an order in which each can be computed."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from keguan.core.calendar import is_window
from keguan.engine.measures.definition import Computed, Definition, Fitted, Gathered, catalogue
from keguan.language import ast
from keguan.language.families import family_name, family_parts
from keguan.language.lower import substitute
from keguan.language.vocabulary import Term

_WINDOW_TEXT = {
    "total": {"zh-Hans": "累计", "zh-Hant": "累計", "en": "all time"},
    "": {"zh-Hans": "近{n}个月", "zh-Hant": "近{n}個月", "en": "last {n} months"},
    "prev": {"zh-Hans": "前{n}个月", "zh-Hant": "前{n}個月", "en": "the {n} months before"},
    "full": {"zh-Hans": "近{n}个完整月", "zh-Hant": "近{n}個完整月", "en": "last {n} full months"},
}


@dataclass(frozen=True)
class Measure:
    """One resolved measure: its full name, its definition, and where it is of a family its window and values."""

    name: str
    definition: Definition
    window: str | None = None
    values: tuple[str, ...] = ()

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the measures this one is computed from, with the window carried over inside a family."""
        source = self.definition.source
        return (
            source.reads and tuple(self._inner(n) for n in source.reads)
            if isinstance(source, (Computed, Fitted))
            else ()
        )

    @property
    def optional(self) -> tuple[str, ...]:
        """The names among `reads` it can do without."""
        source = self.definition.source
        return tuple(self._inner(n) for n in source.optional) if isinstance(source, Computed) else ()

    @property
    def where(self) -> ast.Node:
        """Which rows of its table count (gathered measures only)."""
        source = self.definition.source
        if not isinstance(source, Gathered):
            raise TypeError(f"{self.name} is not gathered from a table")
        if source.parameter is None or not self.values:
            return source.where
        listed = ast.OneOfValues(ast.Name(source.parameter), tuple(map(ast.Literal, self.values)))
        return ast.both(source.where, listed)

    def _inner(self, name: str) -> str:
        """The full name of a measure this one reads: what it says of window and values goes down to families of its own."""
        family = catalogue(self.definition.subject).get(name)
        if family is None:
            return name
        return named(
            name, *(self.values if family.parameter else ()), window=self.window if family.windowed else None
        )

    def expression(self) -> ast.Node:
        """The computed value as a tree over full measure names (`value` measures only)."""
        source = self.definition.source
        if not isinstance(source, Computed) or source.expression is None:
            raise TypeError(f"{self.name} has no expression")
        full = dict(zip(source.reads, self.reads, strict=True))
        return substitute(
            source.expression,
            lambda n: ast.Name(full.get(n.name, n.name)) if isinstance(n, ast.Name) else None,
        )

    def label(self, lang: str) -> str:
        """What people call it, with its window."""
        base = self.definition.labels[lang]
        if self.values:
            listed = ", ".join(self.values) if lang == "en" else "、".join(self.values)
            base = f"{base} ({listed})" if lang == "en" else f"{base}（{listed}）"
        if self.window is None:
            return base
        kind, _, span = self.window.rpartition("_")
        words = _WINDOW_TEXT["total" if self.window == "total" else kind][lang].format(
            n=span.removesuffix("m")
        )
        return f"{base} ({words})" if lang == "en" else f"{words}{base}"

    def term(self) -> Term:
        """The measure as a name of the conditions language."""
        kind = "number" if self.definition.type == "days" else self.definition.type
        labels = {lang: self.label(lang) for lang in self.definition.labels}
        return Term(self.name, kind, self.definition.unit, labels)


def named(family: str, *values: str, window: str | None = None) -> str:
    """The name of a member of a family: `n_cues_24m:loud+wide-gestures`.

    >>> named("n_cues", "loud", "1+1", window="24m")
    'n_cues_24m:loud+1%2B1'
    """
    return family_name(f"{family}_{window}" if window else family, values)


@lru_cache(maxsize=4096)
def find(name: str, subject: str = "customer") -> Measure | None:
    """The measure called `name`, or None when there is no such measure."""
    head, values = family_parts(name)
    definitions = catalogue(subject)
    exact = definitions.get(head)
    if exact is not None and not exact.windowed:
        return Measure(name, exact, None, values) if _takes(exact, values) else None
    match = re.fullmatch(r"(.+?)_((?:prev_|full_)?[0-9]+m|total)", head)
    if match and is_window(match[2]):
        family = definitions.get(match[1])
        if family is not None and family.windowed and _takes(family, values):
            return Measure(name, family, match[2], values)
    return None


def _takes(family: Definition, values: tuple[str, ...]) -> bool:
    """Whether a family with a parameter is given values, and any other none; values that say nothing are none."""
    return all(values) and bool(values) == (family.parameter is not None)


def closure(
    names: Iterable[str], subject: str = "customer", answers: Callable[[str], bool] | None = None
) -> list[Measure]:
    """The named measures and all they are computed from, each after what it reads. Unknown names are passed over:
    they are attributes, and whoever plans a run has checked them. `answers` says what the data can answer; what a measure
    can do without and they cannot answer is left out."""
    ordered: dict[str, Measure] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        measure = find(name, subject)
        if measure is None or name in ordered:
            return
        if name in path:
            raise ValueError(f"measures in a circle: {' → '.join([*path, name])}")
        for inner in measure.reads:
            if answers is None or inner not in measure.optional or answers(inner):
                visit(inner, (*path, name))
        ordered[name] = measure

    for name in names:
        visit(name, ())
    return list(ordered.values())


Pass = tuple[str, tuple[str, ...]]
"""One aggregate pass: a fact table and the columns that name the subject there (none: those of the subject)."""


def passes(measures: Iterable[Measure]) -> dict[Pass, list[Measure]]:
    """Gathered measures by the pass they take part in."""
    found: dict[Pass, list[Measure]] = {}
    for measure in measures:
        source = measure.definition.source
        if isinstance(source, Gathered):
            found.setdefault((source.table, source.keys), []).append(measure)
    return found


def lacking(name: str, subject: str, tables: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """What `tables` (with the columns known of each) lack for a measure, as `table` or `table.column`."""
    measure = find(name, subject)
    if measure is None:
        return (name,)
    source = measure.definition.source
    if isinstance(source, Gathered):
        if source.table not in tables:
            return (source.table,)
        return tuple(f"{source.table}.{f}" for f in measure.definition.needs if f not in tables[source.table])
    gaps = {inner: lacking(inner, subject, tables) for inner in measure.reads}
    if isinstance(source, Computed) and source.joins:
        return () if not all(gaps.values()) else min(gaps.values(), key=len)
    found = (lack for inner, gap in gaps.items() if inner not in measure.optional for lack in gap)
    return tuple(dict.fromkeys(found))
