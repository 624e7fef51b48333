"""Names of families of measures: `n_cues_12m:loud+wide-gestures` is a head with the values that count."""

from __future__ import annotations

_ESCAPES = (("%", "%25"), ("+", "%2B"))
"""Inside a name; the first stands for itself, so it is written first and read last."""


def family_name(head: str, values: tuple[str, ...]) -> str:
    """The name of the member of a family that counts these values.

    >>> family_name("n_cues_24m", ("loud", "1+1"))
    'n_cues_24m:loud+1%2B1'
    """
    escaped = []
    for value in values:
        for plain, coded in _ESCAPES:
            value = value.replace(plain, coded)
        escaped.append(value)
    return f"{head}:{'+'.join(escaped)}" if values else head


def family_parts(name: str) -> tuple[str, tuple[str, ...]]:
    """Head and values of a name; one that is of no family has no values.

    >>> family_parts("n_tags:vip+1%2B1"), family_parts("recency_days")
    (('n_tags', ('vip', '1+1')), ('recency_days', ()))
    """
    head, colon, listed = name.partition(":")
    if not colon:
        return head, ()
    values = listed.split("+")
    for plain, coded in reversed(_ESCAPES):
        values = [v.replace(coded, plain) for v in values]
    return head, tuple(values)
