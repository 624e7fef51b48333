"""Words about outward looks, by which nobody is classified; for the kind that weighs cues and for the linter."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Any

from keguan.core.yaml import load_plain


@cache
def _words() -> dict[str, Any]:
    source = files("keguan").joinpath("catalogue", "lint", "appearance.yaml")
    content: dict[str, Any] = load_plain(source.read_text(encoding="utf-8"))
    return content


def looks_in(text: str) -> list[str]:
    """The words about looks in a text or a code, in any of the languages.

    >>> looks_in("well-dressed"), looks_in("穿着讲究"), looks_in("loud")
    (['dressed', 'well-dressed'], ['穿着'], [])
    """
    lists = _words()
    joined = "-".join(re.findall(r"[a-z]+", text.lower()))
    found = [w for w in lists["words"] if f"-{w}-" in f"-{joined}-"]
    return found + [p for p in lists["parts"] if p in text]
