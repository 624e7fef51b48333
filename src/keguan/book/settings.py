"""`keguan.toml`: what a book remembers about its sources, its mapping, its money and its schemes."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from keguan.core.document import Located, Reader
from keguan.core.errors import KeguanError, Place, Problem
from keguan.engine.intake.options import IntakeOptions, Policies
from keguan.engine.intake.readers.sources import is_elsewhere
from keguan.schemes.tree import locate

SETTINGS_FILE = "keguan.toml"
DATABASE = "database"
"""The entry of `[sources]` that is no table: the address of the database that queries ask."""


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
    """The settings in a book's folder. Raises KG604 (not TOML), KG404 (a value of the wrong kind), KG405 (an entry nobody
    knows), all at once."""
    path = folder / SETTINGS_FILE
    place = Place(str(path))
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as wrong:
        raise KeguanError(Problem("KG604", place, {"detail": str(wrong)})) from None
    problems: list[Problem] = []
    reader = Reader(_located(content, place), problems)
    settings = Settings(
        folder=folder,
        inputs=_inputs(folder, _texts(reader, "sources")),
        currency=reader.text("currency", None),
        timezone=reader.text("timezone", None),
        profile=reader.text("profile", None) or None,
        window=reader.text("window", "12m"),
        leading=reader.text("leading", None) or None,
        schemes=tuple(reader.texts("schemes", None)),
        columns=_texts_by_two(reader, "columns"),
        rates=_texts_by_two(reader, "rates"),
        reading=_reading(reader),
        parameters=_parameters(reader),
        policies=_policies(reader.mapping("policies", None)),
    )
    reader.close()
    if problems:
        raise KeguanError(problems)
    return settings


def read_policies(given: Mapping[str, Any]) -> Policies:
    """Cleaning policies from plain words. Raises KG404 (no such choice), KG405 (no such policy)."""
    problems: list[Problem] = []
    found = _policies(Reader(_located(given, Place(field="policies")), problems))
    if problems:
        raise KeguanError(problems)
    return found


def _located(value: Any, place: Place) -> Located:
    """A value with the path of keys that leads to it."""
    if not isinstance(value, Mapping):
        return locate(value, place)
    path = f"{place.field}." if place.field else ""
    return Located({k: _located(v, replace(place, field=f"{path}{k}")) for k, v in value.items()}, place)


def _texts(reader: Reader, key: str) -> dict[str, str]:
    inner = reader.mapping(key, None)
    return {name: inner.text(name) for name in inner.keys()} if inner is not None else {}


def _texts_by_two(reader: Reader, key: str) -> dict[tuple[str, str], str]:
    outer = reader.mapping(key, None)
    names = outer.keys() if outer is not None else []
    return {(name, inner): text for name in names for inner, text in _texts(outer, name).items()}


def _inputs(folder: Path, sources: Mapping[str, str]) -> list[Any]:
    """Tables named in `[sources]` relative to the book, the database they ask first; or every file of the folder `data`."""
    database = [where for key, where in sources.items() if key == DATABASE]
    tables = [
        {table: where if is_elsewhere(where) else str(folder / where)}
        for table, where in sources.items()
        if table != DATABASE
    ]
    return [*database, *tables] or [str(folder / "data")]


def _reading(reader: Reader) -> dict[str, str]:
    inner = reader.mapping("reading", None)
    if inner is None:
        return {}
    read = {key: inner.text(key, None) for key in ("encoding", "delimiter", "sheet")}
    for key, choices in _choices(IntakeOptions).items():
        read[key] = inner.choice(key, choices, None)
    inner.close()
    return {key: value for key, value in read.items() if value is not None}


def _parameters(reader: Reader) -> dict[str, dict[str, Any]]:
    outer = reader.mapping("parameters", None)
    found: dict[str, dict[str, Any]] = {}
    for scheme in outer.keys() if outer is not None else []:
        inner = outer.mapping(scheme)
        found[scheme] = {name: _parameter(inner, name) for name in inner.keys()}
    return found


def _parameter(reader: Reader, name: str) -> Any:
    """A switch, a number with its unit, or one with the strictness of its bound: `{value = "5000 money", strict = true}`."""
    given = reader.raw(name)
    if isinstance(given, bool):
        return reader.flag(name)
    if not isinstance(given, Mapping):
        return reader.text(name)
    inner = reader.mapping(name)
    read = {"value": inner.text("value"), **({"strict": inner.flag("strict")} if inner.has("strict") else {})}
    inner.close()
    return read


def _policies(reader: Reader | None) -> Policies:
    if reader is None:
        return Policies()
    usual = asdict(Policies())
    said: Any = {k: reader.choice(k, choices, usual[k]) for k, choices in _choices(Policies).items()}
    found = Policies(**said)
    reader.close()
    return found


def _choices(of: type) -> dict[str, tuple[str, ...]]:
    """The fields that take one of a few words, with these."""
    hints = {name: _words(hint) for name, hint in get_type_hints(of).items()}
    return {name: words for name, words in hints.items() if words}


def _words(hint: Any) -> tuple[str, ...]:
    """The words a type allows: `Literal["a", "b"] | None`."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(word for part in get_args(hint) for word in _words(part))
