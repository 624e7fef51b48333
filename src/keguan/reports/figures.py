"""How numbers are written for people: counts, shares, money short and exact, in three languages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from keguan.core.languages import Lang

_SYMBOLS = {
    "CNY": "¥",
    "USD": "$",
    "GBP": "£",
    "EUR": "€",
    "JPY": "¥",
    "HKD": "HK$",
    "TWD": "NT$",
    "KRW": "₩",
    "INR": "₹",
    "MOP": "MOP$",
}
# From which size on an amount is shortened, by what it is divided, and the name of that.
_STEPS: dict[Lang, tuple[tuple[int, int, str], ...]] = {
    "zh-Hans": ((10**8, 10**8, "亿"), (10**4, 10**4, "万")),
    "zh-Hant": ((10**8, 10**8, "億"), (10**4, 10**4, "萬")),
    "en": ((10**9, 10**9, "bn"), (10**6, 10**6, "M"), (10**4, 10**3, "k")),
}
_MINUS = "−"
NOTHING = "–"


@dataclass(frozen=True)
class Figures:
    """Numbers as text in one language and one currency (None: no currency is known)."""

    lang: Lang
    currency: str | None

    @property
    def symbol(self) -> str:
        """What stands before an amount."""
        return "" if self.currency is None else _SYMBOLS.get(self.currency, f"{self.currency} ")

    @property
    def excel_money(self) -> str:
        """A workbook's number format for exact amounts."""
        symbol = self.symbol.replace('"', "")
        return f'"{symbol}"#,##0.00;-"{symbol}"#,##0.00'

    def count(self, n: int) -> str:
        """`2,345`."""
        return f"{n:,}".replace("-", _MINUS)

    def share(self, share: Decimal | None, places: int = 1) -> str:
        """`76.0%`; a share too small to show is `<0.1%`, never a false 0."""
        if share is None:
            return NOTHING
        least = Decimal(1).scaleb(-places)
        percent = (share * 100).quantize(least, ROUND_HALF_UP)
        if percent == 0 and share != 0:
            return f"<{least}%" if share > 0 else f"≈{percent:f}%"
        return f"{percent}%".replace("-", _MINUS)

    def money(self, amount: Decimal | None) -> str:
        """The exact amount with at least two places: `¥182,340.00`."""
        if amount is None:
            return NOTHING
        exact = f"{abs(amount):,.4f}".rstrip("0")
        whole, _, fraction = exact.partition(".")
        return f"{self._sign(amount)}{self.symbol}{whole}.{fraction.ljust(2, '0')}"

    def amount(self, amount: Decimal | None) -> str:
        """An exact amount for a column whose head names the currency."""
        return (
            NOTHING
            if amount is None
            else self.money(amount).replace(self.symbol, "", 1)
            if self.symbol
            else self.money(amount)
        )

    def in_cents(self, amount: Decimal | None) -> str:
        """An amount that was divided and has no exact end, to the cent."""
        return self.amount(None if amount is None else amount.quantize(Decimal("0.01")))

    def short(self, amount: Decimal | None) -> str:
        """The amount for a summary: `¥2,207.2万`, `$22.1M`; below ten thousand in whole units."""
        if amount is None:
            return NOTHING
        size = abs(amount)
        for least, unit, name in _STEPS[self.lang]:
            if size >= least - Decimal("0.5"):
                scaled = size / unit
                places = Decimal("0.01") if scaled < 10 else Decimal("0.1")
                return f"{self._sign(amount)}{self.symbol}{scaled.quantize(places, ROUND_HALF_UP):,}{name}"
        return f"{self._sign(amount)}{self.symbol}{size.quantize(Decimal(1), ROUND_HALF_UP):,}"

    def number(self, value: Decimal | float | int | None) -> str:
        """A plain number with at most two places and no empty ones."""
        if value is None:
            return NOTHING
        text = f"{Decimal(str(value)).quantize(Decimal('0.01'), ROUND_HALF_UP):,}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        return text.replace("-", _MINUS)

    def day(self, day: date | str | None) -> str:
        """A day: `2026-06-30` everywhere, the form no reader can misread."""
        return NOTHING if day is None else str(day)

    @staticmethod
    def _sign(amount: Decimal) -> str:
        return _MINUS if amount < 0 else ""
