"""Actions as files and on the screen: CSV, Excel, a calendar that reads back, and the command."""

from __future__ import annotations

import csv
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from python_calamine import CalamineWorkbook

from keguan.cli.running import run as type_words
from keguan.core.errors import KeguanError
from keguan.core.languages import LANGUAGES
from keguan.reports.calendar import escaped, folded

pytestmark = pytest.mark.slow


def read_calendar(content: str) -> list[dict[str, str]]:
    """The entries of a calendar as RFC 5545 reads them: lines unfolded, texts without escapes."""
    assert content.endswith("\r\n") and "\n" not in content.replace("\r\n", "")
    entries: list[dict[str, str]] = []
    for one in content.replace("\r\n ", "").split("\r\n"):
        name, _, value = one.partition(":")
        if one == "BEGIN:VEVENT":
            entries.append({})
        elif entries and name != "END":
            entries[-1][name] = plain(value)
    return entries


def plain(value: str) -> str:
    result, rest = "", iter(value)
    for character in rest:
        if character == "\\":
            character = {"n": "\n"}.get(following := next(rest), following)
        result += character
    return result


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc")) | st.just("\n"), max_size=300))
def test_any_text_comes_back_from_a_calendar_line(value):
    parts = list(folded(f"SUMMARY:{escaped(value)}"))
    assert all(len(p.encode()) <= 75 for p in parts)
    assert plain("".join([parts[0], *(p[1:] for p in parts[1:])]).removeprefix("SUMMARY:")) == value


def test_every_planned_action_is_an_entry_of_the_calendar_and_nothing_else_is(shop_run, tmp_path):
    found = shop_run.actions(tmp_path / "next.ics", hours=1, lang="zh-Hans")
    content = (tmp_path / "next.ics").read_bytes().decode()
    entries = read_calendar(content)
    planned = found.with_status("planned").to_pylist()
    assert [e["DTSTART;VALUE=DATE"] for e in entries] == [f"{r['planned_on']:%Y%m%d}" for r in planned]
    assert all(e["SUMMARY"].endswith(r["name"]) for e, r in zip(entries, planned, strict=True))
    assert len({e["UID"] for e in entries}) == len(entries)
    shop_run.actions(tmp_path / "again.ics", hours=1, lang="zh-Hans")
    assert (tmp_path / "again.ics").read_bytes().decode() == content


@pytest.mark.row("P:industry-sector")
@pytest.mark.row("S:industry-sector")
def test_the_three_openings_of_government_customers_are_planned_around_festivals(known):
    from keguan.playbooks.asks import Wish, asks_of

    labels = {"zh-Hans": "政府", "zh-Hant": "政府", "en": "government"}
    scheme = {
        "id": "industry-sector",
        "dimension": None,
        "labels": labels,
        "classes": [{"code": "government", "labels": labels}],
    }
    found = asks_of({"schemes": [scheme]}, known, Wish(), date(2026, 9, 1))
    assert [a.line.action.do for a in found if a.line.action] == ["festival", "offer", "plan"]
    assert (found[0].day, found[0].end) == (date(2026, 9, 18), date(2026, 10, 18))  # the Double Ninth of 2026
    spring = asks_of({"schemes": [scheme]}, known, Wish(), date(2026, 12, 1))[0]
    assert (spring.day, spring.end) == (date(2027, 1, 7), date(2027, 2, 6))


def test_csv_has_every_action_in_words_and_nothing_a_spreadsheet_runs(shop_run, tmp_path):
    found = shop_run.actions(tmp_path / "next.csv", hours=1, lang="en")
    with (tmp_path / "next.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == found.table.num_rows
    assert {r["Status"] for r in rows} <= {"planned", "no time left", "later", "held"}
    assert not any(r["Name"].startswith("=") for r in rows)
    first = next(r for r in rows if r["Customer"] == "c000" and r["What to do"] == "Call")
    assert "Customer value pyramid A · VIP" in first["Why"] and "close ties" in first["Instruction"]


@pytest.mark.row("P:value-pyramid")
def test_the_workbook_shows_counts_actions_and_every_line_with_where_it_comes_from(shop_run, tmp_path):
    shop_run.actions(tmp_path / "next.xlsx", hours=1, lang="en")
    book = CalamineWorkbook.from_path(str(tmp_path / "next.xlsx"))
    summary, actions, lines = (book.get_sheet_by_name(n).to_python() for n in book.sheet_names)
    said = " ".join(str(c) for row in summary for c in row)
    assert "no time left" in said and "not dropped" in said and "do not wish to be contacted" in said
    assert "Day" in actions[0] and len(actions) > 10
    by_class = [(r[0], r[2], r[-1]) for r in lines[1:]]
    assert ("Customer value pyramid B · Major", "our proposal; it counts once accepted") in [
        (a, c) for a, _, c in by_class
    ]
    assert any(a == "For every customer" and "at once" in b for a, b, _ in by_class)
    assert any(
        "given in the sources 000:35" in c for a, _, c in by_class if a.startswith("Customer value pyramid A")
    )


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_list_is_printed_large_enough_to_read_and_cut_nowhere(shop_run, tmp_path, lang):
    shop_run.actions(tmp_path / "next.xlsx", hours=1, lang=lang)
    sheet = load_workbook(tmp_path / "next.xlsx").worksheets[1]
    assert sheet.print_title_rows == "$1:$1" and sheet.page_setup.orientation == "landscape"
    _, _, last, bottom = range_boundaries(sheet.print_area.split("!")[-1])
    assert bottom == sheet.max_row and last < sheet.max_column
    printed = [sheet.cell(2, i) for i in range(1, last + 1)]
    widths = [sheet.column_dimensions[c.column_letter].width for c in printed]
    inches = 11.69 - sheet.page_margins.left - sheet.page_margins.right
    assert 10 * inches * 96 / (7 * sum(widths)) > 6.5  # points, of a ten-point font
    assert all(c.alignment.wrap_text or c.is_date or c.value is None for c in printed)


@pytest.mark.parametrize(("name", "code"), [("next.txt", "KG610"), ("there.csv", "KG611")])
def test_a_file_that_cannot_be_written_is_refused(shop_run, tmp_path, name, code):
    (tmp_path / "there.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(KeguanError) as wrong:
        shop_run.actions(tmp_path / name)
    assert [p.code for p in wrong.value.problems] == [code]
    assert (tmp_path / "there.csv").read_text(encoding="utf-8") == "mine"


def test_a_calendar_nobody_could_read_is_refused(shop_run, tmp_path, monkeypatch):
    monkeypatch.setattr("keguan.reports.calendar.MOST_ENTRIES", 5)
    with pytest.raises(KeguanError) as wrong:
        shop_run.actions(tmp_path / "next.ics")
    assert [p.code for p in wrong.value.problems] == ["KG654"]


def typed(capsys, *words):
    capsys.readouterr()
    code = type_words([str(w) for w in words])
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.mark.parametrize(
    ("lang", "title"), [("zh-Hans", "接下来做什么"), ("zh-Hant", "接下來做什麼"), ("en", "What to do next")]
)
def test_the_command_lists_what_to_do_in_every_language(shop_run, capsys, lang, title):
    code, out, _ = typed(capsys, "actions", shop_run.folder, "--hours", "2", "--lang", lang)
    assert code == 0 and out.startswith(title) and "c003" in out


def test_the_command_as_json_has_codes_lines_and_counts(shop_run, capsys):
    code, out, _ = typed(
        capsys, "actions", shop_run.folder, "--event", "2026-07-05", "--scheme", "value-pyramid", "--json"
    )
    found = json.loads(out)
    assert code == 0 and found["counts"]["planned"]["actions"] == len(
        [a for a in found["actions"] if a["status"] == "planned"]
    )
    assert {a["scheme"] for a in found["asks"]} == {"value-pyramid"}
    assert any(a["deed"] == "invite" for a in found["actions"])


@pytest.mark.parametrize(
    ("words", "code"),
    [(("--hours", "many"), "KG650"), (("--event", "soon"), "KG652"), (("--playbooks", "nowhere"), "KG653")],
)
def test_what_was_typed_wrongly_is_said_with_its_code(shop_run, capsys, words, code):
    left, out, err = typed(capsys, "actions", shop_run.folder, *words, "--lang", "en")
    assert left == 1 and code in out + err


@pytest.mark.row("P:*", "gr-sincere-all")
def test_explain_shows_the_lines_of_the_class_and_those_for_everybody_with_their_marks(shop_run, capsys):
    _, high, _ = typed(
        capsys, "explain", shop_run.folder, "c000", "--scheme", "value-pyramid", "--lang", "en"
    )
    _, low, _ = typed(capsys, "explain", shop_run.folder, "c095", "--scheme", "value-pyramid", "--lang", "en")
    assert "Keep very close ties" in high and "[given]" in high and "Try to grow them" in low
    marker = "For every customer"
    assert high[high.index(marker) :] == low[low.index(marker) :]
    for words in ("Answer any problem at once", "full respect", "Once it is solved"):
        assert words in low


def test_the_report_has_a_fold_per_scheme_with_lines_and_marks(shop_run, tmp_path):
    page = shop_run.report(tmp_path / "report.html", lang="zh-Hans").read_text(encoding="utf-8")
    assert (
        'id="playbook"' in page and "怎样对待各类客户" in page and "开通绿色通道" in page and "建议" in page
    )
