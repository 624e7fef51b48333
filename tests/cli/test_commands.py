"""Each command does its job, in words and as JSON, in three languages."""

from __future__ import annotations

import csv
import json
import tomllib
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from keguan.book.settings import read_settings

LANGUAGES = ("zh-Hans", "zh-Hant", "en")


def test_inspect_reconciles_rows_and_money(typed, shop):
    said = typed("inspect", shop / "orders.csv", "--json")
    source = said.json["inspection"]["sources"][0]
    assert said.code == 0
    assert source["file"] == {"rows": 61, "money": "18305.00"}
    assert source["kept"] == {"rows": 60, "money": "18300.00"}
    assert "value-pyramid" in said.json["schemes"]["computable"]
    lacking = {s["id"]: s["why"] for s in said.json["schemes"]["skipped"]}
    assert lacking["telecom-value"] == "profile"


@pytest.mark.parametrize(("lang", "word"), [("zh-Hans", "对账"), ("zh-Hant", "對帳"), ("en", "Reconciled")])
def test_inspect_speaks_the_chosen_language(typed, shop, lang, word):
    said = typed("inspect", shop / "orders.csv", "--lang", lang)
    assert said.code == 0
    assert word in said.out
    assert "customer_id" in said.out


def test_language_may_stand_before_the_command(typed, shop):
    assert "对账" in typed("--lang", "zh-Hans", "inspect", shop / "orders.csv").out
    assert "对账" in typed("--lang=zh-Hans", "inspect", shop / "orders.csv").out


def test_inspect_of_what_is_no_table_says_what_is_missing(typed, tmp_path):
    (tmp_path / "x.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    said = typed("inspect", tmp_path / "x.csv", "--json")
    assert said.code == 0
    assert said.json["schemes"]["computable"] == []
    assert all(said.json["schemes"]["problems"])
    assert "a customer id, a date and an amount are needed" in typed("inspect", tmp_path / "x.csv").out


def test_classify_writes_a_whole_run_and_says_where(typed, shop, tmp_path):
    out = tmp_path / "run"
    said = typed("classify", shop / "orders.csv", "--purpose", "who gets a call", "--out", out)
    assert said.code == 0
    assert "Customer value pyramid" in said.out
    assert "2026-06-28 (the day of the newest order)" in said.out
    assert said.out.rstrip().endswith(f"Written to {out}")
    names = {p.name for p in out.iterdir()}
    assert names == {"assignments.parquet", "measures.parquet", "run.json", "cuts", "rejected.csv"}


def test_classify_as_json_is_the_record_of_the_run(typed, shop, tmp_path):
    words = ("--as-of", "2026-06-30", "--scheme", "value-pyramid", "--window", "24m", "--json")
    said = typed("classify", shop / "orders.csv", "--purpose", "test", "--out", tmp_path / "run", *words)
    record = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert said.json == {"folder": str(tmp_path / "run"), **record}
    assert record["as_of"] == "2026-06-30" and record["as_of_given"]
    assert record["window"] == "24m"
    assert [s["id"] for s in record["schemes"]] == ["value-pyramid"]


def test_quiet_keeps_the_answer_and_drops_remarks(typed, shop, tmp_path):
    words = ("classify", shop / "orders.csv", "--purpose", "test", "--dry-run")
    loud, quiet = typed(*words), typed(*words, "--quiet")
    assert "Customer value pyramid" in quiet.out
    assert "schemes were not computed" in loud.out
    assert "schemes were not computed" not in quiet.out


def test_existing_result_is_refused_and_swapped_only_with_force(typed, shop, made_run):
    words = ("classify", shop / "orders.csv", "--purpose", "again", "--out", made_run, "--scheme", "rfm")
    before = (made_run / "run.json").read_bytes()
    said = typed(*words)
    assert said.code == 1
    assert "KG505" in said.err
    assert (made_run / "run.json").read_bytes() == before


def test_kept_cuts_give_the_same_classes_without_refitting(typed, shop, made_run, tmp_path):
    words = ("--cuts", made_run, "--out", tmp_path / "again", "--currency", "GBP")
    said = typed("classify", shop / "orders.csv", "--purpose", "replay", *words)
    assert said.code == 0
    old, new = (pq.read_table(d / "assignments.parquet") for d in (made_run, tmp_path / "again"))
    assert old.equals(new)


def test_kept_cuts_of_a_scheme_that_was_not_there_are_refused(typed, shop, made_run):
    words = ("--cuts", made_run, "--dry-run", "--scheme", "pareto-abc")
    said = typed("classify", shop / "orders.csv", "--purpose", "replay", *words)
    assert said.code == 1
    assert "KG609" in said.err and "value-pyramid" in said.err


def test_dry_run_names_who_would_move_and_writes_nothing(typed, shop, made_run, tmp_path):
    content = (shop / "orders.csv").read_text(encoding="utf-8") + "c000,2026-06-03,9000.00\n"
    (tmp_path / "orders.csv").write_text(content, encoding="utf-8")
    words = ("classify", tmp_path / "orders.csv", "--purpose", "test", "--dry-run", "--against", made_run)
    before = set(tmp_path.rglob("*"))
    said = typed(*words, "--scheme", "value-pyramid", "--lang", "en")
    assert said.code == 0
    assert "c000" in said.out and "nothing was written" in said.out
    moves = typed(*words, "--scheme", "value-pyramid", "--json").json["moves"]
    assert {
        "customer_id": "c000",
        "scheme": "value-pyramid",
        "dimension": None,
        "before": "D",
        "after": "A",
    } in moves
    assert set(tmp_path.rglob("*")) == before


@pytest.mark.parametrize(
    ("lang", "word"), [("zh-Hans", "客户金字塔"), ("zh-Hant", "客戶金字塔"), ("en", "Customer value pyramid")]
)
def test_explain_speaks_three_languages(typed, made_run, lang, word):
    said = typed("explain", made_run, "c059", "--lang", lang)
    assert said.code == 0
    assert word in said.out


def test_explain_as_html_and_json(typed, made_run):
    html = typed("explain", made_run, "c059", "--html")
    assert html.out.startswith("<article") and "</article>" in html.out
    data = typed("explain", made_run, "c059", "--scheme", "value-pyramid", "--json").json
    assert [s["scheme"] for s in data["schemes"]] == ["value-pyramid"]
    assert data["schemes"][0]["class"] == "A"


def test_explain_of_somebody_unknown_names_near_ids(typed, made_run):
    said = typed("explain", made_run, "c0599")
    assert said.code == 1
    assert "KG507" in said.err and "c059" in said.err


def test_report_is_written_and_an_unknown_form_refused(typed, made_run, tmp_path):
    said = typed("report", made_run, "--out", tmp_path / "report.html", "--lang", "zh-Hans")
    assert said.code == 0
    assert "客户金字塔" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert said.out.rstrip().endswith(str(tmp_path / "report.html"))
    refused = typed("report", made_run, "--out", tmp_path / "report.docx")
    assert refused.code == 1
    assert refused.err.startswith("KG7")


def test_long_export_has_one_row_per_customer_and_scheme(typed, made_run, tmp_path):
    said = typed("export", made_run, "--long", "--out", tmp_path / "long.csv", "--json")
    with (tmp_path / "long.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert said.json["rows"] == len(rows) == 2 * 60
    assert {r["scheme"] for r in rows} == {"value-pyramid", "rfm"}
    top = next(r for r in rows if r["customer_id"] == "c059" and r["scheme"] == "value-pyramid")
    assert top["class"] == "A" and top["status"] == "classified"


@pytest.mark.parametrize("lang", LANGUAGES)
def test_wide_export_names_classes_in_the_chosen_language(typed, made_run, tmp_path, lang):
    label = {"zh-Hans": "A · VIP客户", "zh-Hant": "A · VIP客戶", "en": "A · VIP"}[lang]
    out = tmp_path / "wide.xlsx"
    assert typed("export", made_run, "--wide", "--out", out, "--lang", lang).code == 0
    sheet = openpyxl.load_workbook(out).active
    rows = list(sheet.iter_rows(values_only=True))
    assert len(rows) == 61
    assert len(set(rows[0])) == len(rows[0])
    assert label in next(r for r in rows if r[0] == "c059")


def test_wide_csv_opens_in_excel_and_runs_no_formula(typed, tmp_path):
    dangerous = "customer_id,ordered_at,amount\n=1+1,2026-06-01,5.00\n@x,2026-06-01,7.00\n"
    (tmp_path / "orders.csv").write_text(dangerous, encoding="utf-8")
    words = ("--purpose", "test", "--scheme", "value-pyramid", "--out", tmp_path / "run")
    assert typed("classify", tmp_path / "orders.csv", *words).code == 0
    assert typed("export", tmp_path / "run", "--wide", "--out", tmp_path / "wide.csv").code == 0
    content = (tmp_path / "wide.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    first = [row[0] for row in csv.reader(content.decode("utf-8-sig").splitlines())]
    assert first == ["customer_id", "'=1+1", "'@x"]


def test_parquet_export_keeps_exact_money(typed, made_run, tmp_path):
    assert typed("export", made_run, "--wide", "--out", tmp_path / "wide.parquet").code == 0
    table = pq.read_table(tmp_path / "wide.parquet")
    assert any(str(f.type).startswith("decimal") for f in table.schema)


def test_export_refuses_what_it_cannot_write(typed, made_run, tmp_path):
    assert "KG610" in typed("export", made_run, "--long", "--out", tmp_path / "x.doc").err
    (tmp_path / "x.csv").write_text("mine", encoding="utf-8")
    refused = typed("export", made_run, "--long", "--out", tmp_path / "x.csv")
    assert refused.code == 1 and "KG611" in refused.err
    assert (tmp_path / "x.csv").read_text(encoding="utf-8") == "mine"
    assert typed("export", made_run, "--long", "--out", tmp_path / "x.csv", "--force").code == 0


def test_diff_counts_and_names_moves(typed, shop, made_run, tmp_path):
    content = (shop / "orders.csv").read_text(
        encoding="utf-8"
    ) + "c000,2026-06-03,9000.00\nnew,2026-06-03,1.00\n"
    (tmp_path / "orders.csv").write_text(content, encoding="utf-8")
    words = (
        "--purpose",
        "test",
        "--scheme",
        "value-pyramid",
        "--out",
        tmp_path / "later",
        "--currency",
        "GBP",
    )
    assert typed("classify", tmp_path / "orders.csv", *words).code == 0
    found = typed("diff", made_run, tmp_path / "later", "--json").json
    assert found["arrived"] == 1 and found["left"] == 0
    assert found["moved"] == len(found["moves"])
    assert any(m["customer_id"] == "c000" for m in found["moves"])
    assert "c000" in typed("diff", made_run, tmp_path / "later", "--lang", "zh-Hans").out


def test_schemes_lists_all_and_shows_one(typed):
    listed = typed("schemes", "--json").json
    assert {"value-pyramid", "rfm", "pareto-abc"} <= {s["id"] for s in listed}
    shown = typed("schemes", "value-pyramid", "--lang", "zh-Hans")
    assert "客户金字塔" in shown.out and "VIP客户" in shown.out and "001:18" in shown.out
    data = typed("schemes", "value-pyramid", "--json").json
    assert [c["code"] for c in data["dimensions"][0]["classes"]] == ["A", "B", "C", "D"]


def test_scheme_with_the_numbers_of_a_profile(typed):
    plain = typed("schemes", "key-account", "--json").json
    assert plain["parameters"][0]["value"] is None
    assert typed("schemes", "key-account", "--profile", "nowhere").code == 1


def test_measures_can_be_searched_in_any_language(typed):
    everything = typed("measures", "--json").json
    found = typed("measures", "净销售额", "--json").json
    assert 0 < len(found) < len(everything)
    assert any(m["name"] == "net_sales_<window>" for m in found)
    assert "KG613" in typed("measures", "--subject", "planet").err


def test_new_scheme_passes_the_linter_at_once(typed, tmp_path):
    for kind in ("bands", "rank_share", "rules"):
        target = tmp_path / f"my-{kind.replace('_', '-')}.yaml"
        said = typed("new-scheme", target.stem, "--kind", kind, "--out", target, "--lang", "zh-Hans")
        assert said.code == 0, said.err
        assert typed("lint", target).code == 0
    refused = typed("new-scheme", "my-bands", "--kind", "bands", "--out", tmp_path / "my-bands.yaml")
    assert refused.code == 1 and "KG611" in refused.err


def test_lint_leaves_with_1_and_every_place(typed, tmp_path):
    (tmp_path / "bad.yaml").write_text("scheme: bad\nversion: x\nkind: nothing\n", encoding="utf-8")
    said = typed("lint", tmp_path / "bad.yaml")
    assert said.code == 1
    assert "bad.yaml:2" in said.out and "bad.yaml:3" in said.out
    [report] = typed("lint", tmp_path / "bad.yaml", "--json").json.values()
    assert report["findings"] and all(f["severity"] for f in report["findings"])


@pytest.mark.slow
@pytest.mark.parametrize("lang", LANGUAGES)
def test_init_makes_a_book_whose_template_is_understood(typed, tmp_path, lang):
    book = tmp_path / "book"
    said = typed(
        "init", book, "--lang", lang, "--currency", "TWD", "--tz", "Asia/Taipei", "--profile", "retail"
    )
    assert said.code == 0
    settings = tomllib.loads((book / "keguan.toml").read_text(encoding="utf-8"))
    assert settings["currency"] == "TWD" and settings["profile"] == "retail"
    assert read_settings(book).timezone == "Asia/Taipei"
    (template,) = book.glob("*.xlsx")
    template.rename(book / "data" / template.name)
    found = typed("inspect", book, "--json", "--lang", lang).json["inspection"]
    assert [s["table"] for s in found["sources"]] == ["orders", "customers", "order_lines", None]
    assert [s["unmapped"] for s in found["sources"][:3]] == [[], [], []]


def test_init_never_touches_an_existing_book(typed, tmp_path):
    (tmp_path / "keguan.toml").write_text("currency = 'CNY'", encoding="utf-8")
    said = typed("init", tmp_path)
    assert said.code == 1 and "KG614" in said.err
    assert (tmp_path / "keguan.toml").read_text(encoding="utf-8") == "currency = 'CNY'"


def test_book_remembers_its_schemes(typed, shop, tmp_path):
    book = tmp_path / "book"
    assert typed("init", book, "--lang", "en", "--currency", "GBP", "--tz", "Europe/London").code == 0
    (book / "data" / "orders.csv").write_bytes((shop / "orders.csv").read_bytes())
    settings = book / "keguan.toml"
    content = settings.read_text(encoding="utf-8").replace("schemes = []", 'schemes = ["value-pyramid"]')
    settings.write_text(content, encoding="utf-8")
    said = typed("classify", book, "--purpose", "test", "--dry-run", "--json").json
    assert [s["id"] for s in said["schemes"]] == ["value-pyramid"]
    assert said["currency"] == "GBP"


@pytest.mark.slow
def test_demo_classifies_cdnow_and_writes_its_report(typed, tmp_path):
    out = tmp_path / "demo"
    said = typed("demo", "--out", out, "--lang", "en")
    assert said.code == 0
    assert said.out.rstrip().endswith(f"The report is at {(out / 'report.html').absolute()}")
    assert (out / "report.html").stat().st_size > 50_000
    record = json.loads((out / "run" / "run.json").read_text(encoding="utf-8"))
    assert record["population"] == 23_570 and record["as_of"] == "1998-06-30"
    again = typed("demo", "--out", out, "--lang", "en")
    assert again.code == 1 and "KG505" in again.err


def test_map_takes_a_field_from_the_named_column(typed, tmp_path):
    path: Path = tmp_path / "orders.csv"
    path.write_text("客户编号,下单日期,金额,实收\na,2026-06-01,10,7\nb,2026-06-02,20,8\n", encoding="utf-8")
    words = ("--map", "orders.amount=实收", "--json")
    found = typed("inspect", path, *words).json["inspection"]["sources"][0]
    assert found["kept"]["money"] == "15.00"
    assert "KG607" in typed("inspect", path, "--map", "amount").err


def test_policy_changes_how_rows_are_cleaned(typed, tmp_path):
    path = tmp_path / "orders.csv"
    path.write_text("customer_id,ordered_at,amount\na,2026-06-01,0\nb,2026-06-02,20\n", encoding="utf-8")
    found = typed("inspect", path, "--policy", "zero-amounts=skip", "--json").json["inspection"]
    assert found["policies"]["zero_amounts"] == "skip"
    refused = typed("inspect", path, "--policy", "zero-amounts=perhaps")
    assert refused.code == 1 and "KG608" in refused.err


def test_every_type_of_a_field_has_its_word_on_the_screen() -> None:
    from typing import get_args

    from keguan.core.texts import entries
    from keguan.engine.tables.logical import FieldType

    assert set(get_args(FieldType)) <= set(entries("cli")["inspect"]["types"])


def test_the_command_compares_a_built_in_scheme_with_a_file(typed, tmp_path):
    from keguan.schemes.catalogue import builtin

    own = tmp_path / "own.yaml"
    own.write_text(builtin("value-pyramid").text().replace("up_to: 1%", "up_to: 3%"), encoding="utf-8")
    for lang, said in (("en", "from 1% to 3%"), ("zh-Hans", "从 1% 改为 3%"), ("zh-Hant", "從 1% 改為 3%")):
        shown = typed("diff", "value-pyramid", own, "--lang", lang)
        assert shown.code == 0 and said in shown.out
    data = typed("diff", own, "value-pyramid", "--json").json
    assert data["moves"] is True and [c["what"] for c in data["changes"]] == ["class_changed"]
    assert typed("diff", "value-pyramid", "value-pyramd").code == 1


def test_the_command_finds_schemes_of_the_book_by_id(typed, tmp_path, monkeypatch):
    from keguan.schemes.catalogue import builtin

    folder = tmp_path / "book" / "schemes" / "value"
    folder.mkdir(parents=True)
    changed = builtin("value-pyramid").text().replace("up_to: 1%", "up_to: 3%")
    (folder / "my-pyramid.yaml").write_text(changed.replace("value-pyramid", "my-pyramid"), encoding="utf-8")
    shown = typed("diff", "value-pyramid", "my-pyramid", "--book", tmp_path / "book", "--lang", "en")
    assert shown.code == 0 and "from 1% to 3%" in shown.out and "my-pyramid (1)" in shown.out
    assert typed("diff", "value-pyramid", "my-pyramid").code == 1
    monkeypatch.chdir(tmp_path / "book")
    assert "from 3% to 1%" in typed("diff", "my-pyramid", "value-pyramid", "--lang", "en").out


def test_an_own_version_of_a_built_in_scheme_is_compared_by_its_id_and_by_runs(typed, shop, tmp_path):
    from keguan.schemes.catalogue import builtin

    folder = tmp_path / "book" / "schemes"
    folder.mkdir(parents=True)
    own = folder / "value-pyramid.yaml"
    own.write_text(builtin("value-pyramid").text().replace("up_to: 1%", "up_to: 3%"), encoding="utf-8")
    words = ("diff", "value-pyramid", "value-pyramid", "--book", tmp_path / "book", "--lang", "en")
    assert "from 1% to 3%" in typed(*words).out
    assert "from 1% to 3%" in typed("diff", "value-pyramid", own, *words[3:]).out
    assert "from 3% to 1%" in typed("diff", own, "value-pyramid", *words[3:]).out
    for name, scheme in (("ours", own), ("theirs", "value-pyramid")):
        made = typed(
            "classify", shop / "orders.csv", "--purpose", "p", "--scheme", scheme, "--out", tmp_path / name
        )
        assert made.code == 0
    runs = ("diff", tmp_path / "ours", tmp_path / "theirs")
    for lang, said in (("en", "from 3% to 1%"), ("zh-Hans", "从 3% 改为 1%"), ("zh-Hant", "從 3% 改為 1%")):
        assert said in typed(*runs, "--lang", lang).out
    [sentence] = typed(*runs, "--json", "--lang", "en").json["changed_rules"]["value-pyramid"]
    assert "from 3% to 1%" in sentence


BASKETS = "订单号,商品,数量\n" + "".join(f"D{n},商品{n % 7},{n % 3 + 1}\n" for n in range(200))


def test_data_that_feed_no_scheme_are_told_what_each_of_them_lacks(typed, tmp_path):
    (tmp_path / "篮子.csv").write_bytes(BASKETS.encode("gb18030"))
    said = typed("inspect", tmp_path / "篮子.csv", "--lang", "en")
    assert said.code == 0 and "holds baskets without customers" in said.out
    assert "No scheme can be computed from these data." in said.out
    assert "no table Campaigns (campaigns)" in said.out and "campaigns.campaign" not in said.out
    missing = said.out[said.out.index("What is missing") :]
    assert "value-pyramid" in missing and "lacks Customer id (customer_id)" in missing
    (tmp_path / "words.txt").write_text("甲\n乙\n丙\n", encoding="utf-8")
    words = ("classify", tmp_path / "words.txt", "--purpose", "p", "--out", tmp_path / "run")
    for lang, needed in (("en", "a customer id, a date and an amount"), ("zh-Hans", "客户编号、日期、金额")):
        refused = typed(*words, "--lang", lang)
        assert refused.code == 1 and "KG662" in refused.err and needed in refused.err


def test_inspect_says_how_dates_and_numbers_are_written_as_people_write_it(typed, tmp_path):
    rows = "customer_id,ordered_at,amount\na,2026-05-01 08:26:00,1.50\nb,2026-05-02 09:00:00,2.00\n"
    (tmp_path / "orders.csv").write_text(rows, encoding="utf-8")
    for lang, date, money in (
        ("en", "date and time: YYYY-MM-DD hh:mm:ss", "money: decimal point"),
        ("zh-Hans", "日期和时间：YYYY-MM-DD hh:mm:ss", "金额：小数点“.”"),
    ):
        said = typed("inspect", tmp_path / "orders.csv", "--lang", lang).out
        assert date in said and money in said and "%Y" not in said


def test_a_scheme_is_shown_with_who_takes_part_in_words(typed):
    for scheme, who in (("campaign-target", "Who: All customers"), ("tag", "Who: All customers")):
        shown = typed("schemes", scheme, "--lang", "en").out
        assert who in shown and "…\n" not in shown
    assert "全部客户" in typed("schemes", "tag", "--lang", "zh-Hans").out


def test_chinese_help_has_no_blank_before_a_bracket(typed):
    told = typed("classify", "--help", "--lang", "zh-Hans").out
    assert "（必填）" in told and " （" not in told


def test_bare_letters_stop_inspect_and_classify_until_the_scheme_is_said(typed, shop, tmp_path):
    people = tmp_path / "customers.csv"
    people.write_text("customer_id,Customer class\nc1,A\nc2,b\n", encoding="utf-8")
    asked = ("inspect", shop / "orders.csv", people)
    for lang, word in (
        ("en", "Which scheme is meant?"),
        ("zh-Hans", "哪一个方案"),
        ("zh-Hant", "哪一個方案"),
    ):
        said = typed(*asked, "--lang", lang)
        assert said.code == 1 and "KG470" in said.err and word in said.err and "customers.csv" in said.err
    assert typed("classify", *asked[1:], "--purpose", "x", "--out", tmp_path / "run").code == 1
    assert typed(*asked, "--policy", "letters=value-pyramid").code == 0
    assert "KG608" in typed(*asked, "--policy", "letters=rfm").err
