"""What the playbooks say about one subject's classes: the lines beside an explanation, and those owed to everybody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from keguan.core.languages import Lang
from keguan.playbooks.document import Instruction
from keguan.playbooks.library import Library
from keguan.playbooks.words import line_dict, line_text, say, timing


@dataclass(frozen=True)
class Advice:
    """The lines for one class, in reading order, accepted or not."""

    scheme: str
    code: str
    lines: tuple[Instruction, ...]

    def as_dict(self, lang: Lang) -> dict[str, Any]:
        """Plain data for JSON."""
        lines = [line_dict(line, lang) for line in self.lines]
        return {"scheme": self.scheme, "class": self.code, "instructions": lines}


def advice(library: Library, classes: Iterable[tuple[str, str | None]]) -> tuple[Advice, ...]:
    """The lines for each (scheme, class); a scheme that says nothing about a class is there with no lines."""
    known = ((scheme, code) for scheme, code in classes if code is not None)
    return tuple(
        Advice(scheme, code, library.of_class(scheme, code)) for scheme, code in dict.fromkeys(known)
    )


def spoken(lines: Iterable[Instruction], lang: Lang) -> list[str]:
    """One sentence per line: aspect, what to do, when, and the mark `given`, `ours` or `own`."""
    return [_sentence(line, lang) for line in lines]


def _sentence(line: Instruction, lang: Lang) -> str:
    when = f" · {timing(line.action, lang)}" if line.action else ""
    colon = ": " if lang == "en" else "："
    return f"{say(f'kinds.{line.kind}', lang)}{colon}{line_text(line, lang)}{when} [{say(f'origins.{line.origin}', lang)}]"


def as_data(found: Iterable[Advice], library: Library, lang: Lang) -> Mapping[str, Any]:
    """All advice and the lines for everybody as plain data."""
    return {
        "everyone": [line_dict(line, lang) for line in library.everyone],
        "classes": [one.as_dict(lang) for one in found],
    }
