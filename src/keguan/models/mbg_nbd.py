"""MBG/NBD: the BG/NBD in which a customer may leave already after the first purchase (Batislam, Denizel & Filiztekin 2007).

Empirical validation and comparison of models for customer base analysis. Int. J. of Research in Marketing 24(3), 201-209.
Found at the same time by Hoppe & Wagner (2007), Marketing JRM 3(2), 75-90, as the CBG/NBD.
"""

from __future__ import annotations

from typing import ClassVar

from keguan.models.bg_nbd import BgNbd


class MbgNbd(BgNbd):
    """As BG/NBD, but with one more toss at the first purchase; everything else follows from that."""

    NAME: ClassVar[str] = "mbg-nbd"
    AT_START: ClassVar[bool] = True
