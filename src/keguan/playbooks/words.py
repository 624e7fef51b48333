"""Playbooks in words: a line with its timing and its mark, and the list of actions as a table for people."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from keguan.core.languages import Lang
from keguan.core.texts import text
from keguan.playbooks.actions import Actions
from keguan.playbooks.asks import Ask
from keguan.playbooks.document import Action, Instruction
from keguan.playbooks.festivals import festivals
from keguan.playbooks.keys import EVENT
from keguan.runs.explanation import class_words

SHOWN = (
    "planned_on", "status", "customer", "name", "owner", "deed", "channel", "who", "due", "deadline", "overdue_days", "minutes", "priority",
    "value", "why", "say", "avoid",
)  # fmt: skip
"""The columns of the table for people, in order."""

_OPTIONAL = frozenset({"name", "owner", "channel", "who", "deadline", "avoid"})
"""The columns that are left out where nothing stands in them."""

_CODED = {"status": "statuses", "deed": "deeds", "who": "receivers", "priority": "priorities"}


def say(key: str, lang: Lang, /, **values: object) -> str:
    """A sentence of `locale/playbooks.yaml`."""
    return text(f"playbooks.{key}", lang, **values)


def listed(items: Sequence[str], lang: Lang) -> str:
    """Items as a list in a sentence."""
    return text("core.list_separator", lang).join(items)


def line_text(line: Instruction, lang: Lang) -> str:
    """What a line says; a better price never stands without its note that the customer must know."""
    said = line.text[lang]
    if line.price != "preferred":
        return said
    return f"{said}{' ' if lang == 'en' else ''}{say('disclosure', lang)}"


def origin_note(line: Instruction, lang: Lang) -> str:
    """Where a line comes from, in full."""
    return say(f"origin_notes.{line.origin}", lang, given=line.given or "")


def timing(action: Action, lang: Lang) -> str:
    """`every 30 days (default)`: when, and whether the number is the source's."""

    def basis(key: str) -> str:
        return say("timing.given" if key in action.given else "timing.default", lang)

    if action.every_days is not None:
        return say("timing.every", lang, n=action.every_days, basis=basis("every_days"))
    if action.within_days is not None:
        warned = f"{action.warn_days}–" if action.warn_days is not None else ""
        return say("timing.within", lang, n=f"{warned}{action.within_days}", basis=basis("within_days"))
    days = [say("timing.event", lang) if d == EVENT else festivals()[d].labels[lang] for d in action.on]
    return say("timing.before", lang, days=listed(days, lang), n=action.lead_days, basis=basis("lead_days"))


def line_dict(line: Instruction, lang: Lang) -> dict[str, Any]:
    """A line as plain data, its sentence in `lang`."""
    action = line.action
    return {
        "id": line.id,
        "kind": line.kind,
        "courtesy": line.courtesy,
        "text": line_text(line, lang),
        "origin": line.origin,
        "given": line.given,
        "service": line.service,
        "price": line.price,
        "who": line.who,
        "do": action.do if action else None,
        "channels": list(action.channels) if action else [],
        "timing": timing(action, lang) if action else None,
    }


def table_for_people(found: Actions, lang: Lang) -> pa.Table:
    """Every action with words instead of codes and heads in `lang`; optional columns in which nothing stands are left out."""
    table, asks = found.table, found.asks
    columns: dict[str, Any] = {n: table[n] for n in table.column_names}
    columns["customer"] = table[found.keys[0]]
    for name, group in _CODED.items():
        columns[name] = _translated(table[name], group, lang)
    columns["say"] = _joined(table["asks"], lambda n: line_text(asks[n].line, lang), " / ")
    columns["why"] = _joined(table["asks"], lambda n: _class_of(asks[n], lang), " / ")
    columns["channel"] = _joined(table["asks"], lambda n: _channels(asks[n], lang), " / ")
    columns["avoid"] = _joined(table["avoid"], lambda n: line_text(asks[n].line, lang), " / ")
    kept = [n for n in SHOWN if n not in _OPTIONAL or columns[n].null_count < table.num_rows]
    return pa.table([columns[n] for n in kept], names=[say(f"columns.{n}", lang) for n in kept])


def _class_of(ask: Ask, lang: Lang) -> str:
    return f"{ask.labels[lang]} {class_words(ask.code, dict(ask.class_labels), lang)}"


def _channels(ask: Ask, lang: Lang) -> str:
    channels = ask.line.action.channels if ask.line.action else ()
    return listed([say(f"channels.{c}", lang) for c in channels], lang)


def _translated(column: pa.ChunkedArray, group: str, lang: Lang) -> pa.Array:
    """A dictionary column with its few codes as words."""
    coded = column.combine_chunks()
    words = pa.array([say(f"{group}.{code}", lang) for code in coded.dictionary.to_pylist()], pa.string())
    return words.take(coded.indices)


def _joined(column: pa.ChunkedArray, word: Callable[[int], str], between: str) -> pa.Array:
    """Lists of numbers as words: each different list is put into words once."""
    lists = column.combine_chunks().cast(pa.list_(pa.string()))
    coded = pc.binary_join(lists, " ").dictionary_encode()
    said = [
        between.join(dict.fromkeys(w for n in one.split() if (w := word(int(n))))) or None
        for one in coded.dictionary.to_pylist()
    ]
    return pa.array(said, pa.string()).take(coded.indices)
