"""From the text of a playbook to a `Playbook`, or to every problem of the file with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any

from keguan.core.document import Reader
from keguan.core.errors import KeguanError, Problem
from keguan.core.languages import LANGUAGES
from keguan.core.yaml import load_plain
from keguan.playbooks import keys
from keguan.playbooks.document import Action, Instruction, Playbook, Target
from keguan.playbooks.festivals import festivals
from keguan.schemes.tree import distinct, read_tree

_TIMINGS = ("every_days", "within_days", "on")


def load_playbook(text: str, file: str) -> Playbook:
    """The playbook a document describes. Raises `KeguanError` with every problem, each with its line."""
    playbook, problems = read_playbook(text, file)
    if problems:
        raise KeguanError(problems)
    return playbook


def read_playbook(text: str, file: str) -> tuple[Playbook, list[Problem]]:
    """The playbook as far as it can be read, with all that is wrong with it. Raises KG401, KG402, KG407, KG408."""
    problems: list[Problem] = []
    reader = Reader(read_tree(text, file), problems)
    identity = _name(reader, "playbook", keys.ID)
    lines = [_instruction(r) for r in reader.items("instructions", None)]
    for line, written in zip(lines, reader.items("instructions", None), strict=True):
        if line.id and [other.id for other in lines].count(line.id) > 1:
            written.report("KG641", written.place_of("id"), id=line.id)
    named = [t.scheme for line in lines for t in line.targets if t.scheme]
    found = Playbook(
        id=identity,
        version=_version(reader),
        labels=reader.labels(),
        schemes=tuple(dict.fromkeys([*named, *reader.texts("schemes", None)])),
        instructions=tuple(lines),
        off=tuple(reader.texts("off", None)),
        accept=tuple(reader.texts("accept", None)),
        places={key: reader.place_of(key) for key in ("off", "accept")},
        file=file,
    )
    reader.close()
    return found, distinct(problems)


def _name(reader: Reader, key: str, pattern: str) -> str:
    found: str = reader.text(key)
    if found and not re.match(pattern, found):
        reader.report("KG423", reader.place_of(key), key=key, found=found)
    return found


def _version(reader: Reader) -> int:
    version: int = reader.whole("version")
    if reader.has("version") and version < 1:
        reader.report("KG404", reader.place_of("version"), expected="1, 2, 3 …", found=version)
    return version


def _instruction(reader: Reader) -> Instruction:
    targets = tuple(_targets(reader))
    given = reader.text("given", None)
    action = reader.mapping("action", None)
    found = Instruction(
        id=_name(reader, "id", keys.INSTRUCTION_ID),
        targets=targets,
        kind=reader.choice("kind", keys.KINDS),
        text=_text(reader),
        given=given,
        ours=reader.flag("ours", False),
        courtesy=reader.flag("courtesy", False),
        service=_word(reader, "service", keys.SERVICE),
        price=_word(reader, "price", keys.PRICES),
        who=_word(reader, "who", keys.RECEIVERS),
        action=_action(action) if action is not None else None,
        place=reader.place,
    )
    _check_conduct(reader, found)
    reader.close()
    return found


def _targets(reader: Reader) -> Iterator[Target]:
    written = reader.texts("for")
    for one in written:
        scheme, _, code = one.partition(":")
        if not re.match(keys.TARGET, one):
            reader.report("KG640", reader.place_of("for"), found=one)
        else:
            yield Target(None) if one == keys.EVERYONE else Target(scheme, code)
    if reader.has("for") and not written:
        reader.report("KG640", reader.place_of("for"), found="–")


def _word(reader: Reader, key: str, allowed: tuple[str, ...]) -> str | None:
    return reader.choice(key, allowed, None)


def _text(reader: Reader) -> dict[str, str]:
    """The line in three languages; none may belittle the customer it is about (KG647)."""
    found = reader.labels("text")
    inner = reader.mapping("text", None)
    for lang in LANGUAGES:
        for word in belittling(found[lang]):
            place = inner.place_of(lang) if isinstance(inner, Reader) else None
            reader.report("KG647", place, word=word)
    return found


def belittling(text: str) -> list[str]:
    """Words in a text that talk a customer down."""
    lists = _belittling()
    words = set(re.findall(r"[a-z]+", text.lower()))
    return [w for w in lists["words"] if w in words] + [p for p in lists["parts"] if p in text]


@cache
def _belittling() -> dict[str, Any]:
    source = files("keguan").joinpath("catalogue", "lint", "belittling.yaml")
    content: dict[str, Any] = load_plain(source.read_text(encoding="utf-8"))
    return content


def _action(reader: Reader) -> Action:
    timings = [k for k in _TIMINGS if reader.has(k)]
    if len(timings) != 1:
        reader.report("KG642", found=", ".join(timings) or "–", known=", ".join(_TIMINGS))
    found = Action(
        do=reader.choice("do", keys.DEEDS),
        channels=tuple(_words(reader, "channel", keys.CHANNELS)),
        every_days=_days(reader, "every_days", 1),
        since=_fact(reader, "from"),
        warn_days=_days(reader, "warn_days"),
        within_days=_days(reader, "within_days"),
        on=tuple(_words(reader, "on", (keys.EVENT, *festivals()))),
        lead_days=_days(reader, "lead_days") or 0,
        minutes=_days(reader, "minutes", 1) or Action.minutes,
        priority=_word(reader, "priority", keys.PRIORITIES) or Action.priority,
        needs=_fact(reader, "needs"),
        unless=_fact(reader, "unless"),
        given=tuple(_words(reader, "given", ("every_days", "warn_days", "within_days", "lead_days"))),
    )
    _check_window(reader, found, timings)
    reader.close()
    return found


def _words(reader: Reader, key: str, allowed: tuple[str, ...]) -> Iterator[str]:
    for one in reader.texts(key, None):
        if one not in allowed:
            reader.report("KG404", reader.place_of(key), expected=" | ".join(allowed), found=one)
        yield one


def _days(reader: Reader, key: str, least: int = 0) -> int | None:
    found: int | None = reader.whole(key, None)
    if found is not None and not least <= found <= keys.MOST_DAYS:
        reader.report("KG404", reader.place_of(key), expected=f"{least} … {keys.MOST_DAYS}", found=found)
    return found


def _fact(reader: Reader, key: str) -> str | None:
    found: str | None = reader.text(key, None)
    if found is not None and not re.match(keys.NAME, found):
        reader.report("KG423", reader.place_of(key), key=key, found=found)
    return found


def _check_window(reader: Reader, action: Action, timings: list[str]) -> None:
    """What belongs to a window stands beside one, and the warning comes before the end (KG643)."""
    for key, home in (("from", "within_days"), ("warn_days", "within_days"), ("lead_days", "on")):
        if reader.has(key) and home not in timings:
            reader.report("KG643", reader.place_of(key), key=key, home=home)
    if (
        action.warn_days is not None
        and action.within_days is not None
        and action.warn_days > action.within_days
    ):
        reader.report("KG643", reader.place_of("warn_days"), key="warn_days", home="within_days")


def _check_conduct(reader: Reader, line: Instruction) -> None:
    """Courtesy is for everybody; a better price is for key accounts; a discount to win back needs its reason on file."""
    if line.courtesy and not all(t.scheme is None for t in line.targets):
        reader.report("KG644", reader.place_of("courtesy"))
    strangers = [str(t) for t in line.targets if t.scheme != keys.PRICE_SCHEME]
    if line.price == "preferred" and strangers:
        reader.report("KG645", reader.place_of("price"), found=", ".join(strangers))
    if line.action and line.action.do == "discount" and line.action.needs is None and strangers:
        reader.report("KG646", reader.place_of("action"), found=", ".join(strangers))
