"""One remark of the linter, in every language, and as a problem of the usual shape."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from keguan.core.errors import Place, Problem
from keguan.core.languages import Lang, check_language
from keguan.core.texts import text

Severity = Literal["error", "warning"]


class _Said(str):
    """A sentence that error texts show in the reader's own language: `{detail:en}`."""

    finding: Finding
    part: str

    def __format__(self, lang: str) -> str:
        return self.finding.said(self.part, check_language(lang)) if lang else str(self)


@dataclass(frozen=True)
class Finding:
    """What a rule found at a place. `problem` is set when it came up while reading the document.

    `message` names the sentence of the rule in `locale/lint.yaml`, filled with `values`.
    """

    rule: str
    severity: Severity
    place: Place
    message: str = "what"
    values: Mapping[str, object] = field(default_factory=dict, hash=False)
    problem: Problem | None = None

    def what(self, lang: Lang) -> str:
        """What is wrong."""
        return self.problem.what(lang) if self.problem else self.said(self.message, lang)

    def do(self, lang: Lang) -> str:
        """How to put it right."""
        return self.problem.do(lang) if self.problem else self.said("do", lang)

    def said(self, part: str, lang: Lang) -> str:
        """A sentence of the rule."""
        return text(f"lint.{self.rule}.{part}", lang, **self.values)

    def render(self, lang: Lang) -> str:
        """One line: rule, place, what, and what to do."""
        code = f"{self.problem.code} " if self.problem else ""
        return f"{self.rule}: {code}{self.place}: {self.what(lang)} {self.do(lang)}"

    def as_dict(self, lang: Lang) -> dict[str, Any]:
        """The finding for `--json`."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "code": self.as_problem().code,
            "place": str(self.place),
            "what": self.what(lang),
            "do": self.do(lang),
        }

    def as_problem(self) -> Problem:
        """The finding as a problem (KG450 unless reading the document already gave one)."""
        if self.problem is not None:
            return self.problem
        values: dict[str, object] = {"rule": self.rule}
        for name, part in (("detail", self.message), ("fix", "do")):
            said = _Said(part)
            said.finding, said.part = self, part
            values[name] = said
        return Problem("KG450", self.place, values)
