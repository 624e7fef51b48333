"""What changes the meaning of a scheme and what only changes how it reads."""

from __future__ import annotations

import pytest

from keguan.schemes.catalogue import builtin
from keguan.schemes.loader import load_scheme
from keguan.schemes.profile import load_profile
from tests.schemes.documents import PROFILE, PYRAMID, RULES, changed


def hashes(text: str, **arguments: object) -> tuple[str, str]:
    scheme = load_scheme(text, "own.yaml", **arguments)  # type: ignore[arg-type]
    return scheme.meaning, scheme.presentation


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("en: VIP", "en: Best"),
        ('given: "001:18"', "default: true"),
        ("defaults: [all numbers]", "defaults: [nothing]"),
        ("line: 18", "line: 19"),
        ("version: 1", "version: 2"),
        ("defaults:", "notices: [coarse]\ndefaults:"),
        ("defaults:", "display: [D, C, B, A]\ndefaults:"),
    ],
)
def test_what_people_read_does_not_change_the_meaning(old: str, new: str) -> None:
    before, after = hashes(PYRAMID), hashes(changed(PYRAMID, (old, new)))
    assert before[0] == after[0]
    assert before[1] != after[1]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("up_to: 5%", "up_to: 6%"),
        ("net_sales_12m", "gross_profit_12m"),
        ("n_orders_total >= 1", "n_orders_total >= 2"),
        ("code: A", "code: S"),
        ("ties: exact", "ties: together"),
    ],
)
def test_what_could_move_somebody_changes_the_meaning(old: str, new: str) -> None:
    assert hashes(PYRAMID)[0] != hashes(changed(PYRAMID, (old, new)))[0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("up_to: 5%", "up_to: 0.05"),
        ("up_to: 20%", "up_to: 1/5"),
        ("n_orders_total >= 1", "n_orders_total>=1"),
        ("ties: exact", "ties: exact  # a comment"),
    ],
)
def test_another_spelling_is_the_same_meaning(old: str, new: str) -> None:
    assert hashes(PYRAMID)[0] == hashes(changed(PYRAMID, (old, new)))[0]


def test_the_order_of_keys_does_not_matter_and_that_of_classes_does() -> None:
    moved = changed(PYRAMID, ("ties: exact\n", ""), ("measure:", "ties: exact\nmeasure:"))
    assert hashes(PYRAMID) == hashes(moved)
    lines = RULES.splitlines(keepends=True)
    first = next(i for i, text in enumerate(lines) if "code: important" in text)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    assert hashes(RULES)[0] != hashes("".join(lines))[0]


def test_windows_and_the_numbers_of_a_profile_are_part_of_the_meaning() -> None:
    assert hashes(RULES)[0] != hashes(RULES, window="6m")[0]
    assert hashes(RULES)[0] != hashes(RULES, profile=load_profile(PROFILE, "shop.yaml"))[0]
    assert hashes(RULES)[0] == hashes(RULES, parameters={"quiet_after": "180 days"})[0]


def test_the_meaning_of_the_pyramid_is_pinned() -> None:
    assert hashes(PYRAMID)[0] == "sha256:4114480506aab26743255ede966a477437725566ca68e298aa9f0f171dd4a944"


def pattern_hashes(scheme: str, *changes: tuple[str, str]) -> tuple[str, str]:
    return hashes(changed(builtin(scheme).text(), *changes))


@pytest.mark.parametrize(
    ("scheme", "old", "new"),
    [
        ("tag", "most: 60", "most: 10"),
        ("tag", "values_of: tags.tag", "values_of: observations.cue"),
        ("tag", "most: 60", "most: 60\n  most_values: 5"),
        ("field-segmentation", "  opened_by: ", "  # opened_by: "),
        ("campaign-target", "texts: [name]", "texts: [campaign]"),
    ],
)
def test_where_the_data_say_the_dimensions_and_how_many_count_is_meaning(
    scheme: str, old: str, new: str
) -> None:
    before, after = pattern_hashes(scheme), pattern_hashes(scheme, (old, new))
    assert before[0] != after[0] and before[1] != after[1]


def test_the_usual_number_of_dimensions_written_out_is_the_same_meaning() -> None:
    assert pattern_hashes("tag")[0] == pattern_hashes("tag", ("  most: 60\n", ""))[0]


def test_the_words_of_bands_found_in_data_are_only_read() -> None:
    before = pattern_hashes("field-segmentation")
    after = pattern_hashes("field-segmentation", ('en: "below {high}"', 'en: "under {high}"'))
    assert before[0] == after[0] and before[1] != after[1]
