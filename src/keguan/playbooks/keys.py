"""The words a playbook is written in, and its keys as JSON Schema fragments for editors."""

from __future__ import annotations

from typing import Any

from keguan.schemes.keys import CODE, ID, LABELS, NAME, TEXTS

KINDS = (
    "level", "price", "after", "channel", "cadence", "priority", "who", "say", "avoid", "offer", "resource", "info", "cultivate", "cue-use",
)  # fmt: skip
TREATMENT = frozenset({"level", "price", "after", "cadence", "priority", "who", "resource"})
"""Kinds that say how well a class is served: where these are equal for all classes, the scheme makes no difference."""

CONTACT = (
    "call", "message", "visit", "invite", "offer", "inform", "survey", "gift", "reward", "discount", "disclose", "festival", "close", "introduce",
    "ask-reason", "confirm",
)  # fmt: skip
INSIDE = ("plan", "review", "assign", "win-back")
DEEDS = (*CONTACT, *INSIDE)
"""What can be done: in touch with the customer, then inside the house."""

CHANNELS = ("phone", "sms", "online", "email", "letter", "visit")
RECEIVERS = ("owner", "account-manager", "manager", "executive")  # low to high
PRIORITIES = ("urgent", "high", "normal", "low")
SERVICE = ("top", "raised", "standard", "basic")
PRICES = ("preferred", "standard")
PRICE_SCHEME = "key-account"
"""The one scheme whose class may carry a better price."""

MOST_DAYS = 3660
MOST_HOURS = 100_000
EVENT = "event"
EVERYONE = "everyone"
INSTRUCTION_ID = r"^[A-Za-z0-9]+(?:[-_.][A-Za-z0-9]+)*$"
TARGET = rf"^(?:{EVERYONE}|{ID[1:-1]}:(?:\*|{CODE[1:-1]}))$"

_DAYS = {"type": "integer", "minimum": 0, "maximum": MOST_DAYS}
ACTION: dict[str, Any] = {
    "type": "object",
    "required": ["do"],
    "properties": {
        "do": {"enum": list(DEEDS)},
        "channel": {"type": "array", "items": {"enum": list(CHANNELS)}},
        "every_days": {**_DAYS, "minimum": 1, "description": "days from one contact to the next"},
        "from": {"type": "string", "pattern": NAME, "description": "the date from which the window counts"},
        "warn_days": _DAYS,
        "within_days": _DAYS,
        "on": TEXTS,
        "lead_days": _DAYS,
        "minutes": {**_DAYS, "minimum": 1},
        "priority": {"enum": list(PRIORITIES)},
        "needs": {"type": "string", "pattern": NAME, "description": "a fact that must be on file first"},
        "unless": {"type": "string", "pattern": NAME, "description": "a fact that makes it needless"},
        "given": {**TEXTS, "description": "the numbers the source gives"},
    },
    "additionalProperties": False,
    "oneOf": [{"required": ["every_days"]}, {"required": ["within_days"]}, {"required": ["on"]}],
}
INSTRUCTION: dict[str, Any] = {
    "type": "object",
    "required": ["id", "for", "kind", "text"],
    "properties": {
        "id": {"type": "string", "pattern": INSTRUCTION_ID},
        "for": {
            "anyOf": [
                {"type": "string", "pattern": TARGET},
                {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": TARGET}},
            ]
        },
        "kind": {"enum": list(KINDS)},
        "text": LABELS,
        "given": {"type": "string", "description": "where the sources say so: seed:line and a few words"},
        "ours": {"type": "boolean", "description": "a proposal of ours, off until the business accepts it"},
        "courtesy": {"type": "boolean", "description": "the floor of service, the same for everybody"},
        "service": {"enum": list(SERVICE)},
        "price": {"enum": list(PRICES)},
        "who": {"enum": list(RECEIVERS)},
        "action": ACTION,
    },
    "additionalProperties": False,
}
DOCUMENT: dict[str, Any] = {
    "playbook": {"type": "string", "pattern": ID},
    "version": {"type": "integer", "minimum": 1},
    "labels": LABELS,
    "schemes": {**TEXTS, "description": "schemes it speaks of beyond those its instructions name"},
    "instructions": {"type": "array", "items": INSTRUCTION},
    "off": {**TEXTS, "description": "instructions this business does without"},
    "accept": {**TEXTS, "description": "proposals of ours that this business accepts"},
}
REQUIRED = ("playbook", "version", "labels")

__all__ = [
    "ACTION", "CHANNELS", "CONTACT", "DEEDS", "DOCUMENT", "EVENT", "EVERYONE", "ID", "INSIDE", "INSTRUCTION", "INSTRUCTION_ID", "KINDS", "MOST_DAYS", "MOST_HOURS", "NAME",
    "PRICES", "PRICE_SCHEME", "PRIORITIES", "RECEIVERS", "REQUIRED", "SERVICE", "TARGET", "TREATMENT",
]  # fmt: skip
