"""Every sentence a user reads, looked up by key in three languages; the sentences live in `locale/*.yaml`."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from keguan.core.languages import Lang
from keguan.core.yaml import load_plain


@cache
def _area(name: str) -> dict[str, Any]:
    source = files("keguan").joinpath("locale", f"{name}.yaml")
    content = load_plain(source.read_text(encoding="utf-8"))
    if not isinstance(content, dict):
        raise ValueError(f"locale/{name}.yaml must hold a mapping")
    return content


def areas() -> list[str]:
    """The names of all text files, sorted: one file per part of the product, so that no file is a hub."""
    folder = files("keguan").joinpath("locale")
    return sorted(f.name.removesuffix(".yaml") for f in folder.iterdir() if f.name.endswith(".yaml"))


def entries(area: str) -> dict[str, Any]:
    """All texts of one area: key (possibly nested) -> language -> sentence."""
    return dict(_area(area))


def text(key: str, lang: Lang, /, **values: object) -> str:
    """The sentence `area.key` in `lang`, its named places filled.

    >>> text("core.list_separator", "zh-Hans")
    '、'
    """
    area, *path = key.split(".")
    node: Any = _area(area)
    for step in path:
        node = node[step]
    sentence: str = node[lang]
    return sentence.format_map(values) if values else sentence
