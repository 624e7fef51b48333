"""Why a scheme did not take part, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from keguan.core.texts import entries

if TYPE_CHECKING:
    from keguan.cli.screen import Screen


def lack_in_words(screen: Screen, why: str, lacks: Sequence[str]) -> str:
    """`缺少 订单·成本（orders.cost）`; what is lacking is named as people and as files know it."""
    names = [_field(screen, lack) for lack in lacks] if why == "missing-input" else list(lacks)
    key = f"skipped.{why}"
    known = why in entries("cli")["skipped"]
    return screen.words(key if known else "skipped.other", lacks=screen.joined(names), why=why)


def _field(screen: Screen, lack: str) -> str:
    """`orders.cost` with its labels in front; other names as they are."""
    from keguan.engine.tables import logical_tables

    table, _, name = lack.partition(".")
    known = logical_tables().get(table)
    if known is None:
        return lack
    if name and name not in known.fields:
        return lack
    labels = [known.labels[screen.lang]] + ([known.fields[name].labels[screen.lang]] if name else [])
    return f"{screen.words('skipped.part').join(labels)} ({lack})"
