"""The words of a report in one language, with numbers set into sentences."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter

from keguan.core.languages import Lang
from keguan.core.texts import entries, text
from keguan.insight.record import Labels, MeasureRecord, label_of
from keguan.reports.figures import Figures
from keguan.reports.markup import Child, Markup, join


@dataclass(frozen=True)
class Words:
    """Sentences of `locale/report.yaml` in `lang`, and figures in the run's currency."""

    lang: Lang
    currency: str | None

    @cached_property
    def figures(self) -> Figures:
        """Numbers in this language."""
        return Figures(self.lang, self.currency)

    def t(self, key: str, /, **values: object) -> str:
        """The sentence `key` with its places filled."""
        return text(f"report.{key}", self.lang, **values)

    def has(self, key: str) -> bool:
        """Whether there is a sentence for `key`."""
        node: object = entries("report")
        for step in key.split("."):
            if not isinstance(node, dict) or step not in node:
                return False
            node = node[step]
        return True

    def known(self, group: str, code: str) -> str:
        """The words for a code of a group; the code itself where it has none (a newer run may know more)."""
        return self.t(f"{group}.{code}") if self.has(f"{group}.{code}") else code

    def rich(self, key: str, values: Mapping[str, Child]) -> Markup:
        """The sentence with markup set into its places."""
        parts: list[Child] = []
        for literal, name, _, _ in Formatter().parse(self.t(key)):
            parts.append(literal)
            if name is not None:
                parts.append(values[name])
        return join(parts)

    def label(self, labels: Labels | None, fallback: str) -> str:
        """A label in this language."""
        return label_of(labels, self.lang, fallback)

    def measure(self, name: str) -> str:
        """A measure's label, or that of a field of the customers or whatever else is classified; anything else is a column of
        the data, and is said as one."""
        from keguan.engine.measures.resolve import find
        from keguan.engine.subjects import SUBJECTS
        from keguan.engine.tables import logical_table

        for subject in SUBJECTS.values():
            found = find(name, subject.name)
            if found is not None:
                return found.label(self.lang)
            field = logical_table(subject.listed_in).fields.get(name) if subject.listed_in else None
            if field is not None:
                return field.labels[self.lang]
        return self.t("words.column", name=name)

    def listed(self, items: list[str]) -> str:
        """Items as a list in a sentence."""
        return text("core.list_separator", self.lang).join(items)

    def value(self, measure: MeasureRecord | None, amount: object) -> str:
        """A measure's value as people write it."""
        from decimal import Decimal

        if amount is None or not isinstance(amount, (Decimal, int, float)):
            return self.figures.day(None if amount is None else str(amount))
        number = Decimal(str(amount))
        if measure is not None and (measure.type == "money" or measure.unit == "money"):
            return self.figures.money(number)
        if measure is not None and measure.unit == "share":
            return self.figures.share(number)
        written = self.figures.number(number)
        unit = measure.unit if measure is not None and measure.unit else ""
        return self.t(f"units.{unit}", n=written) if self.has(f"units.{unit}") else written
