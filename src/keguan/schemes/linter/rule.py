"""What every rule is; its docstring is the English summary people read, all sentences stand in `locale/lint.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from keguan.core.errors import Place
from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.schemes.linter.draft import Draft
from keguan.schemes.linter.finding import Finding, Severity


class Rule:
    """A rule: `id` names it and its texts, `covers` the problems of reading that belong to it."""

    id: ClassVar[str]
    severity: ClassVar[Severity] = "error"
    covers: ClassVar[tuple[str, ...]] = ()

    def check(self, draft: Draft) -> Iterator[Finding]:
        """What is wrong beyond the problems of reading."""
        return iter(())

    def finding(self, place: Place, message: str = "what", **values: object) -> Finding:
        """One finding of this rule."""
        return Finding(self.id, self.severity, place, message, values)

    def summary(self, lang: Lang) -> str:
        """What the rule asks for."""
        return text(f"lint.{self.id}.summary", lang)
