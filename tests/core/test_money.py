"""Money is exact: four places, rounded half up, written without losing anything."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keguan.core.money import PRECISION, SCALE, exact, plain

AMOUNTS = st.decimals(-(10 ** (PRECISION - SCALE)), 10 ** (PRECISION - SCALE), places=8, allow_nan=False)


@given(AMOUNTS)
def test_rounding_is_half_up_away_from_zero_at_the_fourth_place(amount: Decimal) -> None:
    scaled = abs(Fraction(amount)) * 10**SCALE
    whole = int(scaled + Fraction(1, 2))
    assert abs(Fraction(exact(amount))) * 10**SCALE == whole
    assert exact(amount) == 0 or (exact(amount) < 0) is (amount < 0)


@given(AMOUNTS)
def test_what_is_written_reads_back_as_the_same_amount(amount: Decimal) -> None:
    written = plain(amount)
    assert Decimal(written) == exact(amount)
    assert len(written.partition(".")[2]) in (2, 3, 4)


@pytest.mark.parametrize(
    ("amount", "written"),
    [
        (Decimal("0"), "0.00"),
        (5, "5.00"),
        (Decimal("1E+3"), "1000.00"),
        (Decimal("-3.10"), "-3.10"),
        (Decimal("8300065.8140"), "8300065.814"),
        (Decimal("0.00005"), "0.0001"),
        (Decimal("99999999999999.9999"), "99999999999999.9999"),
    ],
)
def test_amounts_are_written_short_and_with_two_places(amount: Decimal | int, written: str) -> None:
    assert plain(amount) == written


def test_text_is_taken_as_written_not_through_a_float() -> None:
    assert exact("0.1") * 3 == exact("0.3")
