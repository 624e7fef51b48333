"""What a playbook says once it is read: instructions for classes, and where they are actionable, what to do when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from keguan.core.errors import Place

Labels = Mapping[str, str]
Origin = Literal["given", "ours", "own"]
EVERY_CLASS = "*"


@dataclass(frozen=True)
class Target:
    """Whom an instruction is for: one class of a scheme, every class of it (`*`), or with no scheme everybody."""

    scheme: str | None
    code: str = EVERY_CLASS

    def covers(self, scheme: str, code: str) -> bool:
        """Whether a class of a scheme is meant; what is for everybody is asked for by `Library.everyone`."""
        return self.scheme == scheme and self.code in (EVERY_CLASS, code)

    def __str__(self) -> str:
        return "everyone" if self.scheme is None else f"{self.scheme}:{self.code}"


@dataclass(frozen=True)
class Action:
    """The actionable part. Exactly one of three timings: a cadence, a window from a state's date, or named days.

    `every_days` counts from the last contact. `since` names a date measure from which `within_days` counts, with a
    warning after `warn_days`; where the run does not know it, the day of the run. `on` are festivals or `event`, prepared
    `lead_days` ahead. `needs` is a fact that must be on file first, `unless` one that makes the action needless. `given`
    names the numbers the source gives; all others are ours.
    """

    do: str
    channels: tuple[str, ...] = ()
    every_days: int | None = None
    since: str | None = None
    warn_days: int | None = None
    within_days: int | None = None
    on: tuple[str, ...] = ()
    lead_days: int = 0
    minutes: int = 5
    priority: str = "normal"
    needs: str | None = None
    unless: str | None = None
    given: tuple[str, ...] = ()


@dataclass(frozen=True)
class Instruction:
    """One line of a playbook. `courtesy` marks the floor of service that is the same for everybody."""

    id: str
    targets: tuple[Target, ...]
    kind: str
    text: Labels = field(hash=False)
    given: str | None = None
    ours: bool = False
    courtesy: bool = False
    service: str | None = None
    price: str | None = None
    who: str | None = None
    action: Action | None = None
    place: Place = field(default_factory=Place, compare=False)

    @property
    def origin(self) -> Origin:
        """Whether the sources give it, it is our proposal, or the business wrote it."""
        if self.ours:
            return "ours"
        return "given" if self.given else "own"

    @property
    def is_for_everyone(self) -> bool:
        """Whether it holds whatever the class."""
        return any(t.scheme is None for t in self.targets)


@dataclass(frozen=True)
class Playbook:
    """One set. `schemes` are those it speaks of; `off` and `accept` are a business's choices about other instructions, written
    at `places`."""

    id: str
    version: int
    labels: Labels = field(hash=False)
    schemes: tuple[str, ...]
    instructions: tuple[Instruction, ...]
    off: tuple[str, ...] = ()
    accept: tuple[str, ...] = ()
    places: Mapping[str, Place] = field(default_factory=dict, hash=False)
    file: str = ""
