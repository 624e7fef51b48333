"""Texts that people write in many ways made comparable: full-width forms plain, letters small, spaces and hyphens gone.

One table of single characters, so that Python and every engine do exactly the same.
"""

from __future__ import annotations

_PLAIN = "".join(map(chr, range(0x21, 0x7F)))
_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F)))
GONE = " \t\r\n\u00a0\u2009\u202f\u3000-_\u2010\u2011\u2012\u2013\u2014\u00b7\uff0d\uff3f"
"""Characters that do not count."""

_PAIRS = {
    c: to.lower()
    for c, to in zip(_PLAIN + _WIDE, _PLAIN * 2, strict=True)
    if c not in GONE and c != to.lower()
}
FROM = "".join(_PAIRS) + GONE
TO = "".join(_PAIRS.values())
"""`translate(text, FROM, TO)`: what has no partner in TO is dropped."""

ODD = f"[{FROM.replace('-', '')}-]"
"""A pattern for any character that folding changes: most texts have none, and looking is much cheaper than translating."""

_TABLE = str.maketrans({**_PAIRS, **dict.fromkeys(GONE)})


def fold(value: str) -> str:
    """`value` in the form in which texts are compared.

    >>> fold("Ｂ２Ｂ 客户"), fold("End-User")
    ('b2b客户', 'enduser')
    """
    return value.translate(_TABLE)
