"""The three languages of the product and how a wish such as `zh_TW.UTF-8` becomes one of them."""

from __future__ import annotations

import locale
import os
from typing import Literal, get_args

Lang = Literal["zh-Hans", "zh-Hant", "en"]
LANGUAGES: tuple[Lang, ...] = get_args(Lang)

_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def resolve_language(wish: str | None) -> Lang:
    """The supported language nearest to a tag or locale name; English when nothing fits.

    >>> resolve_language("zh_TW.UTF-8"), resolve_language("zh-CN"), resolve_language("de")
    ('zh-Hant', 'zh-Hans', 'en')
    """
    tag = (wish or "").split(".")[0].replace("_", "-").lower()
    if tag.startswith(_TRADITIONAL):
        return "zh-Hant"
    if tag.startswith("zh"):
        return "zh-Hans"
    return "en"


def system_language() -> Lang:
    """The language of the user's system, read from the usual environment variables."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value and value.split(".")[0] not in ("C", "POSIX"):
            return resolve_language(value)
    return resolve_language(locale.getlocale()[0])


def check_language(tag: str) -> Lang:
    """`tag` itself when it is one of the three; `ValueError` otherwise."""
    if tag not in LANGUAGES:
        raise ValueError(f"{tag!r} is not one of {', '.join(LANGUAGES)}")
    return tag
