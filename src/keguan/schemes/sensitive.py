"""Attributes that are nobody's business unless opened: what people believe, how they are, their health."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from keguan.core.yaml import load_plain


@cache
def _listed() -> frozenset[str]:
    source = files("keguan").joinpath("catalogue", "lint", "sensitive.yaml")
    return frozenset(load_plain(source.read_text(encoding="utf-8"))["restricted"])


def restricted(attribute: str) -> bool:
    """Whether an attribute is read only where a business has opened it.

    >>> restricted("belief"), restricted("region")
    (True, False)
    """
    return attribute in _listed()
