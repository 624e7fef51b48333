"""Codes of the intake in words: why rows were left out, what was found in the data, what a table is called."""

from __future__ import annotations

import re
from decimal import Decimal

from keguan.engine.intake.inspection import Finding, finding_codes, reason_label
from keguan.engine.tables import logical_tables
from keguan.insight.quality import Noted
from keguan.reports.words import Words

_MONEY = re.compile(r"-?\d+\.\d{2,4}")


def reason_words(reason: str, words: Words) -> str:
    """Why a row was left out."""
    return reason_label(reason, words.lang)


def table_words(table: str | None, words: Words) -> str:
    """A logical table's name; the table itself when it is none of ours."""
    known = logical_tables()
    return known[table].labels[words.lang] if table is not None and table in known else str(table or "–")


def short_name(source: str) -> str:
    """A source without the folders it lay in: a report is passed on, the paths of a machine are nobody's business."""
    return source.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1] or source


def policy_words(policy: tuple[str, str], words: Words) -> tuple[str, str]:
    """A policy and what was chosen; the codes themselves where a newer run knows more."""
    name, choice = policy
    said = f"{name}_{choice}"
    return words.known("policies", name), words.t(f"policies.{said}") if words.has(
        f"policies.{said}"
    ) else choice


def noted_sentence(noted: Noted, words: Words) -> str | None:
    """What the intake noted; None for a code this version has no sentence for, or one whose values do not fill it."""
    if noted.code not in finding_codes():
        return None
    values = {
        k: Decimal(v) if isinstance(v, str) and _MONEY.fullmatch(v) else v for k, v in noted.values.items()
    }
    named = values.get("source")
    if isinstance(named, str):
        values["source"] = short_name(named)
    source = short_name(noted.source) if noted.source else None
    try:
        return Finding(noted.code, source, values).sentence(words.lang)
    except KeyError:
        return None
