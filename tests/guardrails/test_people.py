"""Where people judge, haste is held back: one cue types nobody, a flag is only a proposal, and every decision can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from keguan.book.run import Run
from tests.guardrails.conftest import AS_OF, Classified, Type, assigned, customers, orders, write

pytestmark = pytest.mark.slow  # whole runs through commands and reports; what they rest on has quick tests

HEAD = "customer_id,scheme,class,reason,by,from_on,to_on\n"


def seen(*cues: tuple[str, str]) -> str:
    return "customer_id,cue,at\n" + "".join(f"c05,{cue},{day}\n" for cue, day in cues)


@pytest.mark.row("gr-hasty")
def test_one_cue_without_a_note_types_nobody_and_a_later_change_keeps_what_was(
    typed: Type, classified: Classified, tmp_path: Path
) -> None:
    scheme = ("--scheme", "disposition-four-types")
    one = write(tmp_path / "one", orders=orders(), observations=seen(("loud", "2026-06-01")))
    row = assigned(classified(one, *scheme, name="one-run"))["c05"]
    assert (row["disposition-four-types"], row["disposition-four-types.reason"]) == (
        "undetermined",
        "too-few-cues",
    )
    # A person may say so all the same, but only with a note.
    other = "c06,disposition-four-types,amiable,说话温和,王五,2026-06-01,\n"
    silent = HEAD + other + "c05,disposition-four-types,dominant,,王五,2026-06-01,\n"
    noted = HEAD + "c05,disposition-four-types,dominant,三次会谈都很强势,王五,2026-06-01,\n"
    refused = classified(write(one, overrides=silent), *scheme, name="silent")
    assert assigned(refused)["c05"]["disposition-four-types"] == "undetermined"
    assert "missing-reason" in (refused / "rejected.csv").read_text(encoding="utf-8")
    decided = classified(write(one, overrides=noted), *scheme, name="noted")
    assert assigned(decided)["c05"]["disposition-four-types"] == "dominant"
    assert "三次会谈都很强势" in typed("explain", decided, "c05").out
    # More is seen: the class changes from that day on, and what was said before stays as it was.
    cues = (("imperatives", "2026-05-01"), ("short-sentences", "2026-05-02"), ("loud", "2026-05-03"))
    calm = tuple(
        (c, "2026-06-20")
        for c in ("asks-questions", "wants-exact-data", "asks-every-detail", "hides-feelings")
    )
    later = write(tmp_path / "later", orders=orders(), observations=seen(*cues, *calm))
    out = tmp_path / "may"
    said = typed(
        "classify",
        later,
        *scheme,
        "--purpose",
        "p",
        "--as-of",
        "2026-05-31",
        "--currency",
        "CNY",
        "--out",
        out,
    )
    assert said.code == 0
    june = classified(later, *scheme, name="june")
    classes = [assigned(r)["c05"]["disposition-four-types"] for r in (out, june)]
    assert classes[0] == "dominant" and classes[1] != "dominant"
    assert "c05" in typed("diff", out, june, "--json").out or "dominant" in typed("diff", out, june).out


def drain(folder: Path, overrides: str | None = None) -> Path:
    """c39 costs far more than it brings."""
    tables = {
        "orders": orders(), "customers": customers(),
        "costs": "customer_id,on,amount,kind\nc39,2026-05-03,9000,service\nc00,2026-05-03,1,service\n",
    }  # fmt: skip
    return write(folder, **tables, **({"overrides": overrides} if overrides else {}))


@pytest.mark.row("gr-junk-human", "S:junk-customer")
def test_a_drain_is_only_proposed_until_a_named_person_decides_and_that_can_be_undone(
    typed: Type, classified: Classified, tmp_path: Path
) -> None:
    words = ("--scheme", "junk-customer", "--scheme", "value-pyramid")

    def status(run: Path) -> tuple[object, object]:
        row = assigned(run)["c39"]
        return row["junk-customer"], row["junk-customer.status"]

    proposed = classified(drain(tmp_path / "data"), *words, name="proposed")
    assert status(proposed) == ("junk", "proposed")
    deeds = {
        r["deed"] for r in Run(proposed).actions(days=400).table.to_pylist() if r["customer_id"] == "c39"
    }
    assert "review" in deeds and "message" in deeds  # looked at, and upkeep goes on as before
    assert "proposals that a person must confirm" in typed(
        "classify", tmp_path / "data", *words, "--purpose", "p", "--as-of", AS_OF, "--out", tmp_path / "again",
        "--lang", "en",
    ).out  # fmt: skip
    approved = classified(
        drain(tmp_path / "data", HEAD + "c39,junk-customer,junk,两次沟通没有改善,王五,2026-06-15,2026-12-31\n"), *words,
        name="approved",
    )  # fmt: skip
    assert status(approved) == ("junk", "classified") and assigned(approved)["c39"]["value-pyramid"] == "D"
    assert "两次沟通没有改善" in typed("explain", approved, "c39", "--lang", "en").out
    ended = HEAD + "c39,junk-customer,junk,两次沟通没有改善,王五,2026-06-15,2026-06-20\n"
    undone = classified(drain(tmp_path / "data", ended), *words, name="undone")
    assert status(undone) == ("junk", "proposed")
    spared = HEAD + "c39,junk-customer,not-junk,已签新合同,王五,2026-06-15,\n"
    assert status(classified(drain(tmp_path / "data", spared), *words, name="spared")) == (
        "not-junk",
        "classified",
    )
