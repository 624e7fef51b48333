"""Exact money: decimals with four places, never floats, and how a sum is written for people."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

SCALE = 4
PRECISION = 18
_QUANTUM = Decimal(1).scaleb(-SCALE)


def exact(value: Decimal | int | str) -> Decimal:
    """`value` rounded half up to four places, the precision of every amount in canonical facts."""
    with localcontext() as ctx:
        ctx.prec = 38
        return Decimal(value).quantize(_QUANTUM, rounding=ROUND_HALF_UP)


def plain(value: Decimal | int) -> str:
    """Shortest exact text with at least two places: `182340.00`, `8300065.814`.

    >>> plain(Decimal("182340.0000")), plain(Decimal("1.2345"))
    ('182340.00', '1.2345')
    """
    digits = f"{exact(value):f}"
    whole, _, fraction = digits.partition(".")
    return f"{whole}.{fraction.rstrip('0').ljust(2, '0')}"
