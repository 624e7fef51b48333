"""Clusters have no scale; their names say in words what their centres are unlike the mean in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from keguan.core.languages import LANGUAGES, Lang
from keguan.core.texts import text
from keguan.engine.measures.resolve import find
from keguan.kinds.base import Cuts, Scale
from keguan.kinds.clusters.assign import name_of
from keguan.kinds.clusters.spec import ClusterScheme


def scales(spec: ClusterScheme, cuts: Cuts) -> Sequence[Scale]:
    """Nothing to draw."""
    return ()


def details(spec: ClusterScheme, cuts: Cuts) -> Mapping[str, Mapping[str, str]]:
    """Every name with its words."""
    names = (name_of(cuts, c["deviation"]) for c in cuts["clusters"])
    return {n: {lang: _said(n, lang) for lang in LANGUAGES} for n in names if n is not None}


def _said(name: str, lang: Lang) -> str:
    parts = []
    for part in name.split(" "):
        side, _, measure = part.partition(":")
        found = find(measure)
        parts.append(text(f"explain.cluster_{side}", lang, name=found.label(lang) if found else measure))
    return text("core.list_separator", lang).join(parts)
