"""Words that several schemes use for different things: which classes carry them and how to tell them apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from keguan.core.yaml import load_plain


@dataclass(frozen=True)
class Overloaded:
    """One word with the classes (`scheme:class`) that carry it and a note on the difference, both in three languages."""

    word: Mapping[str, str] = field(hash=False)
    classes: tuple[str, ...]
    note: Mapping[str, str] = field(hash=False)

    def among(self, schemes: frozenset[str]) -> tuple[str, ...]:
        """Its classes in some schemes; none unless at least two schemes use the word."""
        found = tuple(c for c in self.classes if scheme_of(c) in schemes)
        return found if len({scheme_of(c) for c in found}) > 1 else ()


def scheme_of(reference: str) -> str:
    """The scheme of `store-common-seven.kind:ordinary`."""
    return reference.partition(":")[0].partition(".")[0]


@cache
def overloaded_words() -> tuple[Overloaded, ...]:
    """All such words in the order of `catalogue/glossary/overloaded.yaml`."""
    source = files("keguan").joinpath("catalogue", "glossary", "overloaded.yaml")
    written = load_plain(source.read_text(encoding="utf-8"))
    return tuple(Overloaded(w["word"], tuple(w["classes"]), w["note"]) for w in written)
