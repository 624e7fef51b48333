"""From names such as `net_sales_12m` to measures with their window, in an order in which each can be computed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from keguan.core.calendar import is_window
from keguan.engine.measures.definition import Computed, Definition, Fitted, Gathered, catalogue
from keguan.language import ast
from keguan.language.vocabulary import Term

_WINDOW_TEXT = {
    "total": {"zh-Hans": "累计", "zh-Hant": "累計", "en": "all time"},
    "": {"zh-Hans": "近{n}个月", "zh-Hant": "近{n}個月", "en": "last {n} months"},
    "prev": {"zh-Hans": "前{n}个月", "zh-Hant": "前{n}個月", "en": "the {n} months before"},
    "full": {"zh-Hans": "近{n}个完整月", "zh-Hant": "近{n}個完整月", "en": "last {n} full months"},
}


@dataclass(frozen=True)
class Measure:
    """One resolved measure: its full name, its definition, its window where the family has one."""

    name: str
    definition: Definition
    window: str | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the measures this one is computed from, with the window carried over inside a family."""
        source = self.definition.source
        return (
            source.reads and tuple(self._inner(n) for n in source.reads)
            if isinstance(source, (Computed, Fitted))
            else ()
        )

    def _inner(self, name: str) -> str:
        family = catalogue(self.definition.subject).get(name)
        return f"{name}_{self.window}" if family and family.windowed and self.window else name

    def expression(self) -> ast.Node:
        """The computed value as a tree over full measure names (`value` measures only)."""
        source = self.definition.source
        if not isinstance(source, Computed) or source.expression is None:
            raise TypeError(f"{self.name} has no expression")
        return _rename(source.expression, dict(zip(source.reads, self.reads, strict=True)))

    def label(self, lang: str) -> str:
        """What people call it, with its window."""
        base = self.definition.labels[lang]
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


def _rename(node: ast.Node, names: Mapping[str, str]) -> ast.Node:
    if isinstance(node, ast.Name):
        return ast.Name(names.get(node.name, node.name))
    if isinstance(node, ast.Arithmetic):
        return ast.Arithmetic(node.op, _rename(node.left, names), _rename(node.right, names))
    if isinstance(node, ast.Call):
        return ast.Call(node.function, tuple(_rename(a, names) for a in node.arguments))
    return node


@lru_cache(maxsize=4096)
def find(name: str, subject: str = "customer") -> Measure | None:
    """The measure called `name`, or None when there is no such measure."""
    definitions = catalogue(subject)
    exact = definitions.get(name)
    if exact is not None and not exact.windowed:
        return Measure(name, exact)
    match = re.fullmatch(r"(.+?)_((?:prev_|full_)?[0-9]+m|total)", name)
    if match and is_window(match[2]):
        family = definitions.get(match[1])
        if family is not None and family.windowed:
            return Measure(name, family, match[2])
    return None


def closure(names: Iterable[str], subject: str = "customer") -> list[Measure]:
    """The named measures and all they are computed from, each after what it reads. Unknown names are passed over:
    they are attributes, and whoever plans a run has checked them."""
    ordered: dict[str, Measure] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        measure = find(name, subject)
        if measure is None or name in ordered:
            return
        if name in path:
            raise ValueError(f"measures in a circle: {' → '.join([*path, name])}")
        for inner in measure.reads:
            visit(inner, (*path, name))
        ordered[name] = measure

    for name in names:
        visit(name, ())
    return list(ordered.values())


def tables_of(measures: Iterable[Measure]) -> dict[str, list[Measure]]:
    """Gathered measures by the fact table they read: one aggregate pass each."""
    by_table: dict[str, list[Measure]] = {}
    for measure in measures:
        source = measure.definition.source
        if isinstance(source, Gathered):
            by_table.setdefault(source.table, []).append(measure)
    return by_table
