"""Every kind by name. Adding one: a folder here, one line below."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from keguan.kinds.base import Kind

_FOLDERS: dict[str, str] = {
    "rank_share": "keguan.kinds.rank_share",
    "value_share": "keguan.kinds.value_share",
    "bands": "keguan.kinds.bands",
    "scores": "keguan.kinds.scores",
    "weighted": "keguan.kinds.weighted",
    "rules": "keguan.kinds.rules",
    "attribute": "keguan.kinds.attribute",
    "cues": "keguan.kinds.cues",
    "deadline": "keguan.kinds.deadline",
    "grid": "keguan.kinds.grid",
    "clusters": "keguan.kinds.clusters",
}


def kind_names() -> tuple[str, ...]:
    """Names of all kinds."""
    return tuple(_FOLDERS)


@cache
def kind(name: str) -> Kind:
    """The kind called `name`; `KeyError` when there is none."""
    found: Kind = import_module(_FOLDERS[name]).KIND
    return found
