"""From whatever a user has (files, frames, databases) to canonical, content-addressed Parquet parts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keguan.engine.intake.inspection import Inspection
    from keguan.engine.intake.options import IntakeOptions
    from keguan.engine.intake.parts import PartStore
    from keguan.engine.intake.pipeline import Intake
    from keguan.engine.intake.raw import RawTable

__all__ = ["inspect", "intake"]


def intake(
    raw_tables: Sequence[RawTable],
    options: IntakeOptions,
    store: PartStore,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Intake:
    """Clean raw tables into canonical parts of `store`; `progress(step, done, total)` is told how far it is.

    Raises `KeguanError` (KG2nn) with every question that only the user can answer.
    """
    from keguan.engine.intake.pipeline import run

    return run(raw_tables, options, store, progress)


def inspect(
    raw_tables: Sequence[RawTable],
    options: IntakeOptions,
    *,
    progress: Callable[[str, int, int], None] | None = None,
) -> Inspection:
    """What `intake` would find, without keeping any part."""
    from keguan.engine.intake.pipeline import run

    return run(raw_tables, options, None, progress).inspection
