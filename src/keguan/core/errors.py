"""Errors as part of the product: code, place, what was expected, what to do, in three languages.

The sentences of a code stand in `locale/errors_<area>.yaml` as `KGnnn.what` and `KGnnn.do`. Areas by first digit:
1 reading files, 2 columns and cleaning, 3 conditions language, 4 schemes, 5 measures and runs, 6 requests and books,
7 reports, 8 engines and models, 9 ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from keguan.core.languages import Lang
from keguan.core.texts import text

_AREAS = {
    "1": "reading",
    "2": "cleaning",
    "3": "language",
    "4": "schemes",
    "5": "runs",
    "6": "requests",
    "7": "reports",
    "8": "engines",
    "9": "internal",
}


@dataclass(frozen=True)
class Place:
    """Where a problem sits: a file (as the user named it), a 1-based line and column, a field."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        numbers = ":".join(str(n) for n in (self.line, self.column) if n is not None)
        parts = [p for p in (self.file, numbers) if p]
        spot = ":".join(parts)
        return f"{spot} [{self.field}]" if self.field and spot else (spot or self.field or "")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input or a request."""

    code: str
    place: Place = Place()
    values: dict[str, Any] = field(default_factory=dict, hash=False)

    def what(self, lang: Lang) -> str:
        """What happened and what was expected."""
        return text(f"errors_{_AREAS[self.code[2]]}.{self.code}.what", lang, **self.values)

    def do(self, lang: Lang) -> str:
        """What the user can do about it."""
        return text(f"errors_{_AREAS[self.code[2]]}.{self.code}.do", lang, **self.values)

    def render(self, lang: Lang) -> str:
        """One line: code, place, what, and what to do."""
        place = f"{self.place}: " if str(self.place) else ""
        between = " " if lang == "en" else ""
        return f"{self.code} {place}{self.what(lang)}{between}{self.do(lang)}".rstrip()

    def as_dict(self, lang: Lang) -> dict[str, Any]:
        """The problem for `--json`."""
        return {
            "code": self.code,
            "place": str(self.place),
            "what": self.what(lang),
            "do": self.do(lang),
            "values": {k: str(v) for k, v in self.values.items()},
        }


class KeguanError(Exception):
    """The input or the request is wrong; carries every problem found, never only the first."""

    exit_code = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__(self.render("en"))

    def render(self, lang: Lang) -> str:
        """All problems, one line each."""
        return "\n".join(p.render(lang) for p in self.problems)


def fail(code: str, place: Place | None = None, /, **values: object) -> KeguanError:
    """A `KeguanError` with one problem, ready to be raised: `raise fail("KG101", Place(file=name), …)`."""
    return KeguanError(Problem(code, place or Place(), dict(values)))
