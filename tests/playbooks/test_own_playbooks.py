"""A business's own playbooks: every fault of a file with its line, and what may be added, replaced, accepted or left out."""

from __future__ import annotations

import pytest

from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.playbooks.library import library
from keguan.playbooks.loader import read_playbook

HEAD = "playbook: ours\nversion: 1\nlabels: {zh-Hans: 自家, zh-Hant: 自家, en: Ours}\n"
TEXT = "    text: {zh-Hans: 打电话, zh-Hant: 打電話, en: Call them}\n"


def line(body: str, target: str = "value-pyramid:A", name: str = "X1", text: str = TEXT) -> str:
    return f"  - id: {name}\n    for: {target}\n    kind: offer\n{text}{body}"


def problems(content: str):
    return [(p.code, p.place.line) for p in read_playbook(content, "ours.yaml")[1]]


WRONG = {
    "KG640": line("", target="value-pyramid"),
    "KG641": line("") + line(""),
    "KG642": line("    action: {do: call, every_days: 3, within_days: 2}\n"),
    "KG643": line("    action: {do: call, within_days: 3, warn_days: 5}\n"),
    "KG644": line("    courtesy: true\n"),
    "KG645": line("    price: preferred\n", target="temperament-four:lively"),
    "KG646": line("    action: {do: discount, within_days: 3}\n"),
    "KG647": line("", text="    text: {zh-Hans: 穷客户, zh-Hant: 打電話, en: Call the loser}\n"),
    "KG404": line("    action: {do: dance, every_days: 3}\n"),
    "KG405": line("    colour: red\n"),
}


@pytest.mark.parametrize("code", WRONG)
def test_a_fault_is_reported_with_its_code_and_line(code):
    found = problems(f"{HEAD}instructions:\n{WRONG[code]}")
    assert code in [c for c, _ in found]
    assert all(place is not None and place > 3 for c, place in found if c == code)


def test_all_faults_of_a_file_come_at_once_and_read_well_in_every_language():
    body = "".join(WRONG[c].replace("X1", f"X{n}") for n, c in enumerate(WRONG))
    found = read_playbook(f"{HEAD}instructions:\n{body}", "ours.yaml")[1]
    assert {"KG640", "KG642", "KG643", "KG644", "KG645", "KG646", "KG647"} <= {p.code for p in found}
    for lang in LANGUAGES:
        assert all(p.render(lang).startswith(f"{p.code} ours.yaml:") for p in found)


@pytest.fixture
def write(tmp_path):
    def write_playbook(content: str):
        (tmp_path / "ours.yaml").write_text(HEAD + content, encoding="utf-8")
        return tmp_path

    return write_playbook


def test_a_new_line_is_added_and_marked_as_the_businesss_own(write):
    found = library([write("instructions:\n" + line("", target="payment-behaviour:bad"))])
    assert [(i.id, i.origin) for i in found.of_class("payment-behaviour", "bad")] == [("X1", "own")]


def test_a_line_with_a_known_id_replaces_it_and_off_takes_one_away(write):
    found = library([write("off: [P015]\ninstructions:\n" + line("", name="P013"))])
    lines = {i.id: i for i in found.of_class("value-pyramid", "A")}
    assert "P015" not in lines and lines["P013"].text["en"] == "Call them" and lines["P013"].origin == "own"


def test_proposals_count_only_once_accepted(write):
    proposal = next(i for i in library().instructions if i.id == "P017")
    assert not library().is_on(proposal)
    assert library([write("accept: [P017]\n")]).is_on(proposal)
    assert library(accept_ours=True).is_on(proposal)


@pytest.mark.row("gr-no-snobbery", "gr-sincere-all")
@pytest.mark.parametrize("content", ["off: [P003]\n", "instructions:\n" + line("", name="P003")])
def test_courtesy_can_neither_be_taken_away_nor_kept_for_some(write, content):
    with pytest.raises(KeguanError) as wrong:
        library([write(content)])
    assert [p.code for p in wrong.value.problems] == ["KG649"]


def test_unknown_ids_are_named_with_the_nearest_known_one(write):
    with pytest.raises(KeguanError) as wrong:
        library([write("off: [P9999]\naccept: [P017x]\n")])
    assert [p.code for p in wrong.value.problems] == ["KG648", "KG648"]
    assert "P017" in wrong.value.problems[1].do("en")


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(KeguanError) as wrong:
        library([tmp_path / "nowhere"])
    assert [p.code for p in wrong.value.problems] == ["KG653"]


def test_the_folder_playbooks_of_a_book_is_read(tmp_path):
    inner = tmp_path / "playbooks"
    inner.mkdir()
    (inner / "a.yaml").write_text(HEAD + "off: [P015]\n", encoding="utf-8")
    assert "P015" not in {i.id for i in library([tmp_path]).instructions}
