"""What the kind `cues` promises: no class from one cue, none without a clear lead, none from looks."""

from decimal import Decimal
from typing import Any

import pytest

from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.kinds.registry import kind
from keguan.language.evaluate import evaluate
from tests.fixtures.workbench import read

FOUR = """
cues: [{code: orders}, {code: short}, {code: loud}, {code: forceful}, {code: wide},
  {code: halting}, {code: mild}, {code: back-and-forth}, {code: wandering},
  {code: asks}, {code: exact}, {code: quiet}, {code: calm}, {code: detail}, {code: no-talk}]
decide: {minimum: 2, share: 50%, lead: 20%}
classes:
  - {code: dominant, cues: [orders, short, loud, forceful, wide]}
  - {code: amiable, cues: [halting, mild, back-and-forth, wandering]}
  - {code: analytical, cues: [asks, exact, quiet, calm, detail, no-talk]}
  - {code: undetermined, otherwise: true}
"""


def told(text: str, *seen: str, **counts: int) -> tuple[str | None, str]:
    """Class and reason of somebody of whom some cues were seen (once, or as often as `counts` says)."""
    spec = read("cues", text)
    cuts = kind("cues").fit(spec, None, [type("Tally", (), {"n": 1})()])  # type: ignore[arg-type]
    names = kind("cues").inputs(spec).required
    times = {**dict.fromkeys(seen, 1), **counts}
    values: dict[str, Any] = {n: times.get(n.partition(":")[2], 0) for n in names}
    assignment = kind("cues").assign(spec, cuts)
    outcome = assignment.outcomes[int(str(evaluate(assignment.index, values)))]
    assert outcome.status == "classified"
    return outcome.code, outcome.reason


def test_most_of_the_cues_of_a_class_and_a_clear_lead_decide() -> None:
    assert told(FOUR, "orders", "short", "loud") == ("dominant", "cues")
    assert told(FOUR, "asks", "exact", "quiet", "calm", "loud") == ("analytical", "cues")


def test_two_against_two_is_undetermined() -> None:
    assert told(FOUR, "orders", "short", "halting", "mild") == ("undetermined", "no-clear-lead")


def test_one_cue_tells_nothing_however_often_it_was_seen() -> None:
    assert told(FOUR, "loud") == ("undetermined", "too-few-cues")
    assert told(FOUR, loud=9) == ("undetermined", "too-few-cues")
    assert told(FOUR) == ("undetermined", "nothing-seen")


def test_the_lead_is_exact_where_the_classes_have_different_numbers_of_cues() -> None:
    """3 of 5 against 2 of 5 leads by exactly a fifth; 3 of 6 against 1 of 4 by a quarter, against 2 of 4 by nothing."""
    even = FOUR.replace(
        "halting, mild, back-and-forth, wandering", "halting, mild, back-and-forth, wandering, calm"
    )
    assert told(even, "orders", "short", "loud", "halting", "mild") == ("dominant", "cues")
    assert told(FOUR, "asks", "exact", "quiet", "halting")[0] == "analytical"
    assert told(FOUR, "asks", "exact", "quiet", "halting", "mild")[0] == "undetermined"
    stricter = FOUR.replace("lead: 20%", "lead: 26%")
    assert told(stricter, "asks", "exact", "quiet", "halting")[0] == "undetermined"


def test_cues_are_counted_in_the_window_of_the_scheme() -> None:
    assert kind("cues").inputs(read("cues", FOUR)).required[0] == "n_cues_12m:orders"


def test_evidence_is_named_after_its_cue() -> None:
    labels = "{zh-Hans: 嗓门大, zh-Hant: 嗓門大, en: loud voice}"
    spec = read("cues", FOUR.replace("{code: loud}", f"{{code: loud, labels: {labels}}}"))
    assert kind("cues").evidence(spec)["n_cues_12m:loud"]["zh-Hant"] == "嗓門大"


def problems(text: str) -> list[str]:
    with pytest.raises(KeguanError) as error:
        read("cues", text)
    assert all(p.render(lang) for p in error.value.problems for lang in LANGUAGES)
    return [p.code for p in error.value.problems]


@pytest.mark.row("gr-appearance")
@pytest.mark.parametrize(
    "cue",
    ["{code: well-dressed}", "{code: x, labels: {zh-Hans: 穿着讲究}}", "{code: x, labels: {zh-Hant: 外表體面}}", "{code: x, labels: {en: handsome}}"],
)  # fmt: skip
def test_a_cue_from_looks_cannot_be_added(cue: str) -> None:
    assert problems(FOUR.replace("{code: loud}", f"{{code: loud}}, {cue}")) == ["KG460"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("minimum: 2", "minimum: 1", "KG404"),
        ("  - {code: undetermined, otherwise: true}\n", "", "KG457"),
        ("cues: [halting, mild, back-and-forth, wandering]", "otherwise: true", "KG457"),
        ("[halting, mild", "[stammers, mild", "KG458"),
        ("[halting, mild, back-and-forth, wandering]", "[halting]", "KG459"),
    ],
)
def test_what_could_type_somebody_hastily_or_nobody_at_all_is_refused(old: str, new: str, code: str) -> None:
    assert code in problems(FOUR.replace(old, new))


def test_shares_survive_as_exact_decimals() -> None:
    spec = read("cues", FOUR)
    assert (spec.share, spec.lead) == (Decimal("0.5"), Decimal("0.2"))
