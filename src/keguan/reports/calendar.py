"""The planned actions as a calendar (RFC 5545): one all-day entry each, with ids that stay, so that a second import renews
the first. Knows nothing of how actions are found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from keguan.core.errors import fail
from keguan.core.languages import Lang
from keguan.playbooks.actions import Actions
from keguan.playbooks.words import say, table_for_people

MOST_ENTRIES = 5_000
"""More than this nobody reads in a calendar, and few calendars take it."""

_WIDTH = 75  # octets in a line, the break not counted
_PRIORITY = {"urgent": 1, "high": 3, "normal": 5, "low": 7}


def calendar_text(found: Actions, lang: Lang) -> str:
    """The calendar of everything planned within the hours; what does not fit is no appointment. Raises KG654."""
    planned = found.only(("planned",))
    if planned.table.num_rows > MOST_ENTRIES:
        raise fail("KG654", found=f"{planned.table.num_rows:,}", most=f"{MOST_ENTRIES:,}")
    rows = planned.table.select([*found.keys, "deed", "due", "priority"]).to_pylist()
    spoken = table_for_people(planned, lang).to_pylist()
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Keguan//Keguan//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ]
    lines.append(f"X-WR-CALNAME:{escaped(say('calendar', lang))}")
    for row, words in zip(rows, spoken, strict=True):
        lines += _event(found, row, words, lang)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def _event(found: Actions, row: dict[str, Any], words: dict[str, Any], lang: Lang) -> Iterator[str]:
    def of(name: str) -> Any:
        return words.get(say(f"columns.{name}", lang))

    day: date = of("planned_on")
    subject = "\x1f".join(str(row[k]) for k in found.keys)
    identity = sha256(f"{subject}\x1e{row['deed']}\x1e{row['due']}".encode()).hexdigest()[:32]
    told = [
        (n, of(n))
        for n in ("customer", "owner", "who", "channel", "deadline", "minutes", "why", "say", "avoid")
    ]
    colon = ": " if lang == "en" else "："
    notes = [f"{say(f'columns.{n}', lang)}{colon}{value}" for n, value in told if value not in (None, "")]
    yield "BEGIN:VEVENT"
    yield f"UID:{identity}@keguan"
    yield f"DTSTAMP:{found.run.as_of:%Y%m%d}T000000Z"  # the day of the run: equal runs give equal files
    yield f"DTSTART;VALUE=DATE:{day:%Y%m%d}"
    yield f"DTEND;VALUE=DATE:{day + timedelta(days=1):%Y%m%d}"
    yield f"SUMMARY:{escaped(of('deed'))} · {escaped(of('name') or of('customer'))}"
    yield f"DESCRIPTION:{escaped(chr(10).join(notes))}"
    yield f"CATEGORIES:{escaped(of('deed'))}"
    yield f"PRIORITY:{_PRIORITY[row['priority']]}"
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def escaped(value: str) -> str:
    """A text as a value: backslash, comma, semicolon and line break have their escapes; other control characters go."""
    plain = value.replace("\r\n", "\n").replace("\r", "\n")
    plain = "".join(c for c in plain if c == "\n" or (c >= " " and c != "\x7f"))
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def folded(line: str) -> Iterator[str]:
    """A line in parts of at most 75 octets, never within a character; each further part begins with a space."""
    part, room = "", _WIDTH
    for character in line:
        size = len(character.encode())
        if size > room:
            yield part
            part, room = " ", _WIDTH - 1
        part += character
        room -= size
    yield part
