"""A document under inspection: its tree, what could be loaded of it, and the names it may use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from keguan.core.document import Located
from keguan.core.errors import Place, Problem
from keguan.kinds.base import Kind
from keguan.language.vocabulary import Vocabulary
from keguan.schemes.document import Dimension, Scheme
from keguan.schemes.tree import list_of, mapping_of, text_of


@dataclass(frozen=True)
class Part:
    """One dimension: its part of the tree, and what was read of it (None when the document could not be loaded)."""

    tree: Located
    dimension: Dimension | None

    @property
    def classes(self) -> list[Located]:
        """The classes as written, mappings only."""
        return [c for c in list_of(mapping_of(self.tree).get("classes")) if mapping_of(c)]


@dataclass(frozen=True)
class Draft:
    """A document in force for one subject. `scheme` is None when it has problems; those stand in `problems`."""

    tree: Located
    subject: str
    kind: Kind | None
    scheme: Scheme | None
    problems: tuple[Problem, ...]
    vocabulary: Vocabulary

    def parts(self) -> Iterator[Part]:
        """The dimensions, one where none are written."""
        written = mapping_of(self.tree).get("dimensions")
        trees = [self.tree] if written is None else list_of(written)
        loaded = self.scheme.dimensions if self.scheme else ()
        for index, tree in enumerate(trees):
            yield Part(tree, loaded[index] if index < len(loaded) else None)

    def place(self, *path: str) -> Place:
        """Where a key stands; the nearest mapping around it when it is absent."""
        tree = self.tree
        for key in path:
            inner = mapping_of(tree)
            if key not in inner:
                return tree.place
            tree = inner[key]
        return tree.place

    def text(self, key: str) -> str:
        """A text at the top of the document; empty when absent."""
        return text_of(mapping_of(self.tree).get(key)) or ""
