"""YAML documents written by people: every value knows its line, every problem is collected, nothing is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

import yaml

from keguan.core.errors import KeguanError, Place, Problem
from keguan.core.languages import LANGUAGES

MISSING: Any = object()


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Located:
    """A YAML value with the place it was written at; mappings and lists hold `Located` values."""

    value: Any
    place: Place


def load(content: str, file: str) -> Located:
    """The one document in `content`. Raises KG401 (not YAML), KG402 (a key twice)."""
    problems: list[Problem] = []
    try:
        node = yaml.compose(content, Loader=_LOADER)
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        place = Place(file, mark.line + 1 if mark else None, mark.column + 1 if mark else None)
        raise KeguanError(Problem("KG401", place, {"detail": getattr(wrong, "problem", "") or ""})) from None
    except RecursionError:
        raise KeguanError(Problem("KG401", Place(file), {"detail": "too deep"})) from None
    located = _located(node, file, problems, 0) if node is not None else Located({}, Place(file, 1))
    if problems:
        raise KeguanError(problems)
    return located


def _located(node: yaml.Node, file: str, problems: list[Problem], depth: int) -> Located:
    place = Place(file, node.start_mark.line + 1, node.start_mark.column + 1)
    if depth > 32:
        problems.append(Problem("KG401", place, {"detail": "too deep"}))
        return Located(None, place)
    if isinstance(node, yaml.MappingNode):
        mapping: dict[str, Located] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in mapping:
                at = Place(file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
                problems.append(Problem("KG402", at, {"key": key}))
            mapping[key] = _located(value_node, file, problems, depth + 1)
        return Located(mapping, place)
    if isinstance(node, yaml.SequenceNode):
        return Located([_located(n, file, problems, depth + 1) for n in node.value], place)
    return Located(_scalar(node) if isinstance(node, yaml.ScalarNode) else None, place)


def _scalar(node: yaml.ScalarNode) -> Any:
    """Numbers stay text until someone asks for a number, so that `1.10` is exact; only booleans and null are read."""
    if not node.style and node.tag == "tag:yaml.org,2002:null":
        return None
    if not node.style and node.tag == "tag:yaml.org,2002:bool":
        return str(node.value).lower() in ("true", "yes", "on")
    return str(node.value)


class Reader:
    """Reads one mapping of a document, collecting problems (KG403 missing, KG404 wrong shape, KG405 unknown key).

    A getter given a default returns it when the key is absent; without one it reports the key as missing and returns a
    harmless value, so that all problems of a file come out at once. `context` is handed on to nested readers.
    """

    def __init__(
        self,
        located: Located,
        problems: list[Problem],
        context: dict[str, Any] | None = None,
    ) -> None:
        self.problems = problems
        self.context = {} if context is None else context
        self.place = located.place
        self._mapping: dict[str, Located] = located.value if isinstance(located.value, dict) else {}
        self._used: set[str] = set()
        if not isinstance(located.value, dict):
            self.report("KG404", located.place, expected="mapping", found=_shown(located.value))

    def report(self, code: str, place: Place | None = None, /, **values: object) -> None:
        """Note a problem, by default at this mapping."""
        self.problems.append(Problem(code, place or self.place, dict(values)))

    def has(self, key: str) -> bool:
        """Whether the key is written."""
        return key in self._mapping

    def place_of(self, key: str) -> Place:
        """Where a key's value stands; the mapping's own place when it is absent."""
        return self._mapping[key].place if key in self._mapping else self.place

    def keys(self) -> list[str]:
        """All keys as written."""
        return list(self._mapping)

    def raw(self, key: str, default: Any = MISSING) -> Any:
        """The plain value, lists and mappings unpacked."""
        found = self._get(key, default)
        return _plain(found) if isinstance(found, Located) else found

    def text(self, key: str, default: Any = MISSING) -> Any:
        """A text or number as written."""
        return self._scalar(key, default, "", "text", lambda v: v if isinstance(v, str) else None)

    def flag(self, key: str, default: Any = MISSING) -> Any:
        """true or false."""
        return self._scalar(
            key,
            default,
            False,
            "true/false",
            lambda v: v if isinstance(v, bool) else None,
        )

    def whole(self, key: str, default: Any = MISSING) -> Any:
        """A whole number."""
        return self._scalar(key, default, 0, "whole number", _as_whole)

    def number(self, key: str, default: Any = MISSING) -> Any:
        """An exact number."""
        return self._scalar(key, default, Decimal(0), "number", _as_number)

    def share(self, key: str, default: Any = MISSING) -> Any:
        """A share written `20%`, `0.2` or `1/3`, as an exact decimal between 0 and 1 (thirds to 28 places)."""
        return self._scalar(key, default, Decimal(0), "share (20%, 0.2, 1/3)", as_share)

    def mapping(self, key: str, default: Any = MISSING) -> Any:
        """A nested mapping as a `Reader`."""
        found = self._get(key, default)
        return Reader(found, self.problems, self.context) if isinstance(found, Located) else found

    def items(self, key: str, default: Any = MISSING) -> list[Reader]:
        """A list of mappings."""
        return [Reader(item, self.problems, self.context) for item in self._list(key, default)]

    def texts(self, key: str, default: Any = MISSING) -> list[str]:
        """A list of texts; a single text counts as a list of one."""
        result: list[str] = []
        for item in self._list(key, default):
            if isinstance(item.value, str):
                result.append(item.value)
            else:
                self.report("KG404", item.place, expected="text", found=_shown(item.value))
        return result

    def labels(self, key: str = "labels") -> dict[str, str]:
        """A label in each of the three languages (KG406 when one is absent)."""
        inner = self.mapping(key, None)
        found: dict[str, str] = (
            {lang: inner.text(lang, "") for lang in LANGUAGES} if isinstance(inner, Reader) else {}
        )
        for lang in LANGUAGES:
            if not found.get(lang):
                self.report("KG406", self.place_of(key), key=key, language=lang)
                found[lang] = ""
        return found

    def choice(self, key: str, allowed: tuple[str, ...], default: Any = MISSING) -> str:
        """One of a few words."""
        value: str = self.text(key, default)
        if value not in allowed and value is not default:
            self.report("KG404", self.place_of(key), expected=" | ".join(allowed), found=value)
        return value

    def close(self, *extra: str) -> None:
        """Report every key nobody asked for (KG405), except `extra`."""
        for key, located in self._mapping.items():
            if key not in self._used and key not in extra:
                self.report("KG405", located.place, key=key, known=", ".join(sorted(self._used)))

    def _get(self, key: str, default: Any) -> Any:
        self._used.add(key)
        if key in self._mapping:
            return self._mapping[key]
        if default is not MISSING:
            return default
        self.report("KG403", key=key)
        return None

    def _scalar(self, key: str, default: Any, harmless: Any, expected: str, read: Any) -> Any:
        found = self._get(key, default)
        if not isinstance(found, Located):
            return harmless if found is None and default is MISSING else found
        value = read(found.value)
        if value is None:
            self.report("KG404", found.place, expected=expected, found=_shown(found.value))
            return harmless
        return value

    def _list(self, key: str, default: Any) -> Iterator[Located]:
        found = self._get(key, default)
        if not isinstance(found, Located):
            return
        if isinstance(found.value, list):
            yield from found.value
        elif isinstance(found.value, str):
            yield found
        else:
            self.report("KG404", found.place, expected="list", found=_shown(found.value))


def as_share(value: Any) -> Decimal | None:
    """`20%`, `0.2` or `1/3` as a decimal in 0..1; None when it is none of these."""
    text = str(value).strip()
    try:
        if text.endswith("%"):
            share = Decimal(text[:-1].strip()) / 100
        elif re.fullmatch(r"\d+/\d+", text):
            fraction = Fraction(text)
            share = Decimal(fraction.numerator) / Decimal(fraction.denominator)
        else:
            share = Decimal(text)
    except (InvalidOperation, ZeroDivisionError):
        return None
    return share if share.is_finite() and 0 <= share <= 1 else None


def _as_whole(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and re.fullmatch(r"[+-]?\d{1,18}", value) else None


def _as_number(value: Any) -> Decimal | None:
    if not isinstance(value, str) or not re.fullmatch(r"[+-]?\d[\d_]*(\.\d+)?", value):
        return None
    return Decimal(value.replace("_", ""))


def _plain(located: Located) -> Any:
    if isinstance(located.value, dict):
        return {k: _plain(v) for k, v in located.value.items()}
    if isinstance(located.value, list):
        return [_plain(v) for v in located.value]
    return located.value


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return "mapping"
    return "list" if isinstance(value, list) else str(value)[:60]
