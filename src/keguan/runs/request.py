"""What is asked for: which subjects, which facts, which schemes, as of which day, for which purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from keguan.engine.intake.parts import Part
from keguan.schemes.document import Scheme


@dataclass(frozen=True)
class Skipped:
    """A scheme, or one dimension of it, that could not run: why (`missing-input`, `profile`, `parameter`, `depends`, `subject`,
    `not-in-profile`, `too-little-data`, `other-type`, `closed`; `too-many`, `bands`, `unfit`, `no-condition` for what data hold and a pattern
    does not take up), what it lacks, and the reason a profile gives."""

    id: str
    why: str
    lacks: tuple[str, ...]
    labels: Mapping[str, str] | None = field(default=None, hash=False)
    dimension: str | None = None
    reason: Mapping[str, str] | None = field(default=None, hash=False)

    @property
    def name(self) -> str:
        """How it is called: `rfm`, or `external-attributes.region` where only one dimension is set aside."""
        return self.id if self.dimension is None else f"{self.id}.{self.dimension}"


@dataclass(frozen=True)
class RunRequest:
    """Everything that decides the result of a run; two equal requests give the same bytes."""

    parts: Sequence[Part]
    schemes: Sequence[Scheme]
    as_of: date
    purpose: str
    subject: str = "customer"
    currency: str | None = None
    timezone: str | None = None
    window: str = "12m"
    profile: str | None = None
    event: Mapping[str, str] | None = field(default=None, hash=False)
    engine: str = "duckdb"
    as_of_given: bool = True
    leading: str | None = None
    memory: str | None = None
    threads: int | None = None
    refused: Sequence[Skipped] = ()
    notes: Mapping[str, Any] = field(default_factory=dict, hash=False)
