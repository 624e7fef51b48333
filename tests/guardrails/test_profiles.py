"""A profile's numbers with their strictness, the name its trade has for the day that counts, and what does not apply there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from keguan.schemes.catalogue import builtin_profile, builtin_profiles, find_profile
from keguan.schemes.loader import load_scheme
from keguan.schemes.profile import load_profile
from tests.guardrails.conftest import AS_OF, Classified, Type, assigned, write

HEAD = "profile: own\nlabels: {zh-Hans: 自家, zh-Hant: 自家, en: Own}\n"
EXACT = "customer_id,ordered_at,amount\n" + "".join(
    f"{who},2026-0{month}-10,{amount}\n"
    for who, amount in (("at", "5000.00"), ("above", "5000.01"))
    for month in (4, 5, 6)
)


def threshold(strict: str) -> str:
    return f"{HEAD}parameters:\n  key-account:\n    threshold: {{value: 5000, unit: money{strict}}}\n"


@pytest.mark.row("gr-no-one-size", "num-5")
@pytest.mark.parametrize(
    ("strict", "at"), [("", "key"), (", strict: false", "key"), (", strict: true", "ordinary")]
)
def test_a_threshold_comes_with_its_strictness(
    classified: Classified, tmp_path: Path, strict: str, at: str
) -> None:
    (tmp_path / "own.yaml").write_text(threshold(strict), encoding="utf-8")
    data = write(tmp_path / "data", orders=EXACT)
    words = ("--scheme", "key-account", "--profile", tmp_path / "own.yaml")
    run = classified(data, *words)
    assert {c: r["key-account"] for c, r in assigned(run).items()} == {"at": at, "above": "key"}
    # The cuts keep it: the same boundary for customers not seen before.
    again = classified(data, "--cuts", run, name="again")
    assert {c: r["key-account"] for c, r in assigned(again).items()} == {"at": at, "above": "key"}


def test_a_book_may_move_a_bound_with_its_strictness(typed: Type, tmp_path: Path) -> None:
    book = tmp_path / "book"
    write(book / "data", orders=EXACT)
    (book / "keguan.toml").write_text(
        'currency = "CNY"\n[parameters.key-account]\nthreshold = {value = 5000, strict = true}\n',
        encoding="utf-8",
    )
    said = typed(
        "classify",
        book,
        "--scheme",
        "key-account",
        "--purpose",
        "p",
        "--as-of",
        AS_OF,
        "--out",
        tmp_path / "run",
    )
    assert said.code == 0, said.err
    assert assigned(tmp_path / "run")["at"]["key-account"] == "ordinary"
    kept = json.loads((tmp_path / "run" / "cuts" / "key-account.json").read_text(encoding="utf-8"))[
        "parameters"
    ]
    assert kept["threshold"] == {"value": 5000, "strict": True}
    rule = typed("explain", tmp_path / "run", "above", "--json", "--lang", "en").json["schemes"][0]
    assert (rule["class"] == "key" and "5,000" in rule["rule"]) or "5000" in rule["rule"]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("parameters:\n  database-worthines:\n    least: 5\n", "KG658"),
        ("without:\n  no-such-scheme: {zh-Hans: 无, zh-Hant: 無, en: None}\n", "KG658"),
        (
            "parameters:\n  key-account:\n    provisional_days: {value: 30, unit: days, strict: true}\n",
            "KG657",
        ),
        ("parameters:\n  key-account:\n    limit: 5\n", "KG427"),
    ],
)
def test_what_a_profile_cannot_say_is_refused_with_its_line(
    typed: Type, tmp_path: Path, written: str, code: str
) -> None:
    (tmp_path / "own.yaml").write_text(HEAD + written, encoding="utf-8")
    data = write(tmp_path / "data", orders=EXACT)
    said = typed(
        "classify", data, "--scheme", "key-account", "--profile", tmp_path / "own.yaml", "--purpose", "p", "--as-of",
        AS_OF, "--out", tmp_path / "run",
    )  # fmt: skip
    assert said.code == 1 and code in said.err and "own.yaml:" in said.err
    if code == "KG658":
        linted = typed("lint", tmp_path / "own.yaml")
        assert linted.code == 1 and code in linted.out and "own.yaml:" in linted.out


def test_the_event_is_called_what_the_trade_calls_it(
    typed: Type, classified: Classified, tmp_path: Path
) -> None:
    leads = "lead_id,customer_id,opened_at,need,wanted_on\nL1,a,2026-06-01,拍照,2026-08-20\n"
    run = classified(
        write(tmp_path / "data", leads=leads),
        "--subject",
        "lead",
        "--scheme",
        "intent-horizon",
        "--profile",
        "bridal",
    )
    assert assigned(run)["L1"]["intent-horizon"] == "A"
    assert "距需要日期月数（婚期）" in typed("explain", run, "L1", "--lang", "zh-Hans").out
    assert "Months until the event (the wedding)" in typed("explain", run, "L1", "--lang", "en").out


@pytest.mark.parametrize("name", builtin_profiles())
def test_every_number_of_a_built_in_profile_has_its_source_and_its_scheme(name: str) -> None:
    source = builtin_profile(name)
    profile = load_profile(source.text(), source.file)
    assert find_profile(name) == profile and profile.references
    for scheme, parameters in profile.parameters.items():
        from keguan.schemes.catalogue import builtin

        own = {p.name: p for p in load_scheme(builtin(scheme).text(), scheme, profile=profile).parameters}
        for parameter, value in parameters.items():
            assert value.given or value.is_default, (scheme, parameter)
            assert own[parameter].source == "profile"
    assert profile.event is None or all(profile.event.values())
