"""`keguan.toml`: what a book remembers about its sources, its mapping, its money and its schemes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from keguan.core.errors import KeguanError, Place, Problem
from keguan.engine.intake.options import IntakeOptions, Policies

SETTINGS_FILE = "keguan.toml"
_KEYS = {
    "sources",
    "columns",
    "reading",
    "policies",
    "rates",
    "currency",
    "timezone",
    "profile",
    "schemes",
    "window",
    "leading",
    "parameters",
}
_READING = {"encoding", "delimiter", "sheet", "date_order", "decimal_mark"}


@dataclass(frozen=True)
class Settings:
    """The settings of one book, paths resolved against its folder."""

    folder: Path
    inputs: list[Any]
    currency: str | None = None
    timezone: str | None = None
    profile: str | None = None
    window: str = "12m"
    leading: str | None = None
    schemes: tuple[str, ...] = ()
    columns: Mapping[tuple[str, str], str] = field(default_factory=dict)
    rates: Mapping[tuple[str, str], str] = field(default_factory=dict)
    reading: Mapping[str, Any] = field(default_factory=dict)
    policies: Policies = field(default_factory=Policies)
    parameters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    @property
    def scheme_folders(self) -> tuple[Path, ...]:
        """The book's own `schemes` and `profiles` folder, where there is one."""
        return (
            (self.folder,)
            if (self.folder / "schemes").is_dir() or (self.folder / "profiles").is_dir()
            else ()
        )

    def options(self, said: Mapping[str, Any]) -> IntakeOptions:
        """Intake options, whatever was `said` now laid over what the book remembers."""
        remembered: dict[str, Any] = {
            "columns": self.columns,
            "currency": self.currency,
            "timezone": self.timezone,
            "rates": self.rates,
            "policies": self.policies,
            **self.reading,
        }
        return IntakeOptions(**{**remembered, **said})


def read_settings(folder: Path) -> Settings:
    """The settings in a book's folder. Raises KG604 (not TOML), KG605 (unknown or wrong entries), all at once."""
    path = folder / SETTINGS_FILE
    place = Place(str(path))
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise KeguanError(Problem("KG604", place, {"detail": str(wrong)})) from None
    problems = [
        Problem("KG605", Place(str(path), field=k), {"key": k, "known": ", ".join(sorted(_KEYS))})
        for k in content.keys() - _KEYS
    ]
    problems += [
        Problem(
            "KG605", Place(str(path), field=f"reading.{k}"), {"key": k, "known": ", ".join(sorted(_READING))}
        )
        for k in _mapping(content, "reading").keys() - _READING
    ]
    policies = _policies(content, path, problems)
    if problems:
        raise KeguanError(problems)
    return Settings(
        folder=folder,
        inputs=_inputs(folder, _mapping(content, "sources")),
        currency=content.get("currency"),
        timezone=content.get("timezone"),
        profile=content.get("profile") or None,
        window=content.get("window", "12m"),
        leading=content.get("leading") or None,
        schemes=tuple(content.get("schemes", ())),
        columns={
            (t, f): str(h) for t, fields in _mapping(content, "columns").items() for f, h in fields.items()
        },
        rates={(c, d): str(r) for c, days in _mapping(content, "rates").items() for d, r in days.items()},
        reading=_mapping(content, "reading"),
        parameters={k: v for k, v in _mapping(content, "parameters").items() if isinstance(v, dict)},
        policies=policies,
    )


def _mapping(content: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = content.get(key, {})
    return found if isinstance(found, dict) else {}


def _inputs(folder: Path, sources: Mapping[str, Any]) -> list[Any]:
    """Tables named in `[sources]` relative to the book, or every file of its `data` folder."""
    if not sources:
        return [str(folder / "data")]
    return [
        {table: str(folder / str(where)) if "://" not in str(where) else where}
        for table, where in sources.items()
    ]


def _policies(content: Mapping[str, Any], path: Path, problems: list[Problem]) -> Policies:
    allowed = Policies.__dataclass_fields__
    given = _mapping(content, "policies")
    for key in given.keys() - allowed.keys():
        problems.append(
            Problem(
                "KG605", Place(str(path), field=f"policies.{key}"), {"key": key, "known": ", ".join(allowed)}
            )
        )
    return Policies(**{k: v for k, v in given.items() if k in allowed})
