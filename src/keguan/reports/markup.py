"""HTML that cannot be broken by data: every text is escaped, only what this module built counts as markup."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

_VOID = frozenset({"meta", "br", "col", "input", "link", "hr"})


class Markup(str):
    """Text that is markup already."""

    __slots__ = ()


Child = str | Markup | None | Iterable["Child"]


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """An element. `class_` writes `class`, `data_x` writes `data-x`; None and False leave an attribute out."""
    written = "".join(_attribute(k, v) for k, v in attributes.items() if v is not None and v is not False)
    if name in _VOID:
        return Markup(f"<{name}{written}>")
    return Markup(f"<{name}{written}>{join(children)}</{name}>")


def join(children: Iterable[Child]) -> Markup:
    """Children one after the other; texts escaped, None left out."""
    parts: list[str] = []
    for child in children:
        if isinstance(child, Markup):
            parts.append(str(child))
        elif isinstance(child, str):
            parts.append(escape(child))
        elif child is not None:
            parts.append(join(child))
    return Markup("".join(parts))


def _attribute(name: str, value: str | int | bool) -> str:
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{escape(str(value))}"'
