"""Delimited text comes back cell by cell, and no line is lost, however it is written."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any

import pytest

BODY = [("C1", "2024-03-05", "1.50"), ("C2", "2024-03-06", "20.00"), ("C3", "2024-03-07", "3.00")]
HEAD = ("customer_id", "ordered_at", "amount")


def table(delimiter: str = ",", end: str = "\n") -> str:
    return "".join(delimiter.join(row) + end for row in (HEAD, *BODY))


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "\x01", "\x1f", "^", "~", "，"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_end_are_found(tmp_path: Path, see: Any, delimiter: str, end: str) -> None:
    (tmp_path / "orders.csv").write_bytes(table(delimiter, end).encode())
    (seen,) = see(tmp_path / "orders.csv")
    assert (seen.headers, seen.rows, seen.records) == (list(HEAD), BODY, [1, 2, 3])
    assert seen.raw.lines([3, 1]) == [4, 2]
    assert seen.raw.table == "orders"
    assert seen.raw.facts["delimiter"] == delimiter


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "big5"]
)
def test_encoding_is_found(tmp_path: Path, see: Any, encoding: str) -> None:
    body = "客戶編號,名稱,金額\n" if encoding == "big5" else "客户编号,名称,金额\n"
    body += "1,臺北商店,3\n2,高雄公司,4\n" if encoding == "big5" else "1,上海商店,3\n2,深圳公司,4\n"
    (tmp_path / "t.csv").write_bytes(body.encode(encoding))
    (seen,) = see(tmp_path / "t.csv")
    lines = body.splitlines()
    assert seen.headers == lines[0].split(",")
    assert seen.rows == [tuple(line.split(",")) for line in lines[1:]]


def test_first_chinese_character_may_come_late(tmp_path: Path, see: Any) -> None:
    text = (
        "id,name\n"
        + "".join(f"{i},plain\n" for i in range(700_000))
        + "7,上海商店有限公司\n8,深圳商店有限公司\n"
    )
    (tmp_path / "t.csv").write_bytes(text.encode("gb18030"))
    (seen,) = see(tmp_path / "t.csv")
    assert seen.rows[-1] == ("8", "深圳商店有限公司")
    assert len(seen.rows) == 700_002


def test_gbk_or_big5_is_never_guessed(tmp_path: Path, refused: Any, see: Any) -> None:
    content = bytes([0xBF, 0xCD, 0xBB, 0xA7]) + b",1\n"
    (tmp_path / "t.csv").write_bytes(b"a,b\n" + content)
    if b"\xbf\xcd".decode("big5"):
        (seen,) = see(tmp_path / "t.csv")
        assert seen.rows == [("客户", "1")], "a known word in one reading alone is evidence"
    (tmp_path / "u.csv").write_bytes(b"a,b\n\xb0\xa1\xb0\xa2,1\n")
    assert refused(tmp_path / "u.csv") == "KG120"
    (seen,) = see(tmp_path / "u.csv", encoding="gbk")
    assert seen.rows == [("啊阿", "1")]
    assert seen.raw.facts["encoding"] == "gb18030"
    (seen,) = see(tmp_path / "u.csv", encoding="big5")
    assert seen.rows == [(b"\xb0\xa1\xb0\xa2".decode("big5"), "1")]


def test_named_encoding_is_obeyed_or_refused(tmp_path: Path, see: Any, refused: Any) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes("name,n\nCrème brûlée,1\n".encode("cp1252"))
    assert see(path, encoding="cp1252")[0].rows == [("Crème brûlée", "1")]
    assert refused(path) in ("KG121", "KG120")
    assert refused(path, encoding="utf-8") == "KG122"
    assert refused(path, encoding="klingon") == "KG123"
    assert refused(path, encoding="base64") == "KG123"


def test_damaged_utf8_names_the_line(tmp_path: Path, see: Any) -> None:
    from keguan.core.errors import KeguanError

    path = tmp_path / "t.csv"
    path.write_bytes("名,数\n甲乙,1\n丙丁,2\n".encode() + b"\xe4\xb8,3\n")
    with pytest.raises(KeguanError) as caught:
        see(path)
    assert (caught.value.problems[0].code, caught.value.problems[0].place.line) == ("KG122", 4)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_quoted_line_breaks_and_quotes_stay_in_their_cell(tmp_path: Path, see: Any, end: str) -> None:
    text = f'id,note,n{end}1,"two\nlines",a{end}2,"say ""hi"", ok",b{end}{end}3,"x",c{end}4,5" pipe,d{end}'
    (tmp_path / "t.csv").write_bytes(text.encode())
    (seen,) = see(tmp_path / "t.csv")
    assert seen.rows == [
        ("1", "two\nlines", "a"),
        ("2", 'say "hi", ok', "b"),
        ("3", "x", "c"),
        ("4", '5" pipe', "d"),
    ]
    assert seen.raw.lines([1, 2, 3, 4]) == [2, 4, 6, 7]


def test_backslash_escapes_are_understood(tmp_path: Path, see: Any) -> None:
    (tmp_path / "t.csv").write_text('id,note\n1,"say \\"hi\\", ok"\n2,"plain"\n')
    assert see(tmp_path / "t.csv")[0].rows == [("1", 'say "hi", ok'), ("2", "plain")]


def test_single_quotes_are_understood(tmp_path: Path, see: Any) -> None:
    (tmp_path / "t.csv").write_text("id,note\n'1','a, b'\n'2','c'\n")
    assert see(tmp_path / "t.csv")[0].rows == [("1", "a, b"), ("2", "c")]


def test_ragged_lines_are_counted_with_their_line_and_content(tmp_path: Path, see: Any) -> None:
    text = 'a,b,c\n1,2,3\n4,5\n6,"7\n7",8\n\n9,1,2,3\n1,1,1\n'
    (tmp_path / "t.csv").write_text(text)
    (seen,) = see(tmp_path / "t.csv")
    assert seen.rows == [("1", "2", "3"), ("6", "7\n7", "8"), ("1", "1", "1")]
    assert [(b.line, b.reason, b.content) for b in seen.raw.bad_lines] == [
        (3, "too-few-cells", "4,5"),
        (7, "too-many-cells", "9,1,2,3"),
    ]
    assert seen.raw.lines([1, 2, 3]) == [2, 4, 8]
    assert seen.raw.facts["reader"] == "parallel"


def test_ragged_lines_of_a_plain_file_push_later_records_down(tmp_path: Path, see: Any) -> None:
    (tmp_path / "t.csv").write_text("title\n\na,b\n" + "1,1\n2\n3,3\n4,4,4\n5,5\n")
    (seen,) = see(tmp_path / "t.csv")
    assert [b.line for b in seen.raw.bad_lines] == [5, 7]
    assert seen.raw.lines([1, 2, 3]) == [4, 6, 8]


def test_mixed_line_ends_lose_nothing(tmp_path: Path, see: Any) -> None:
    (tmp_path / "t.csv").write_bytes(b"a,b\r\n1,2\n3,4\r5,6\r\n7,8")
    (seen,) = see(tmp_path / "t.csv")
    assert seen.rows == [("1", "2"), ("3", "4"), ("5", "6"), ("7", "8")]
    assert seen.raw.lines([4]) == [5]
    assert seen.raw.facts["reader"] == "careful"


def test_quote_never_closed_spoils_only_its_line(tmp_path: Path, see: Any) -> None:
    text = 'a,b\n1,2\n3,"4\n' + "".join(f"{i},x\n" for i in range(2_000))
    (tmp_path / "t.csv").write_text(text)
    (seen,) = see(tmp_path / "t.csv")
    assert len(seen.rows) == 2_001
    assert [(b.line, b.reason, b.content) for b in seen.raw.bad_lines] == [(3, "open-quote", '3,"4')]
    assert seen.raw.lines([2]) == [4]


def test_trailing_delimiters_make_no_column(tmp_path: Path, see: Any) -> None:
    (tmp_path / "all.csv").write_text("a,b,\n1,2,\n3,4,\n")
    (tmp_path / "body.csv").write_text("a,b\n1,2,\n3,4,\n")
    (tmp_path / "some.csv").write_text("a,b\n1,2\n3,4,,\n5,6\n")
    for name in ("all", "body", "some"):
        (seen,) = see(tmp_path / f"{name}.csv")
        assert seen.headers == ["a", "b"]
        assert [row[0] for row in seen.rows] == (["1", "3", "5"] if name == "some" else ["1", "3"])
        assert seen.raw.bad_lines == ()


def test_empty_and_repeated_headers_are_told_apart(tmp_path: Path, see: Any) -> None:
    (tmp_path / "t.csv").write_text("id,,amount,amount\nx,y,1,2\nz,y,3,4\n")
    assert see(tmp_path / "t.csv")[0].headers == ["id", "column 2", "amount", "amount (2)"]


def test_preamble_is_passed_over(tmp_path: Path, see: Any) -> None:
    text = "销售报表\n导出时间：2024-03-05,,\n\n订单编号,客户,金额\n1,甲,2\n2,乙,3\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    (seen,) = see(tmp_path / "t.csv")
    assert seen.headers == ["订单编号", "客户", "金额"]
    assert (seen.raw.facts["header_line"], seen.raw.facts["preamble_lines"]) == (4, 3)
    assert seen.raw.lines([1, 2]) == [5, 6]


def test_file_without_header_keeps_its_first_line(tmp_path: Path, see: Any) -> None:
    (tmp_path / "t.csv").write_text("C1,2024-01-01,5.00\nC2,2024-01-02,6.00\n")
    (seen,) = see(tmp_path / "t.csv")
    assert seen.headers == ["column 1", "column 2", "column 3"]
    assert (len(seen.rows), seen.raw.facts["header_line"], seen.raw.lines([1])) == (2, 0, [1])


def test_columns_parted_by_blanks(tmp_path: Path, see: Any) -> None:
    (tmp_path / "t.txt").write_bytes(
        b" id  date n  value\r\n 00001 19970101  1   11.77\r\n 00002 19970112  5   77.00\r\n"
    )
    (seen,) = see(tmp_path / "t.txt")
    assert seen.headers == ["id", "date", "n", "value"]
    assert seen.rows == [("00001", "19970101", "1", "11.77"), ("00002", "19970112", "5", "77.00")]


def test_one_column_and_header_only_are_tables(tmp_path: Path, see: Any) -> None:
    (tmp_path / "one.csv").write_text("customer_id\nC1\nC2\n\nC3\n")
    (seen,) = see(tmp_path / "one.csv")
    assert (seen.headers, seen.rows) == (["customer_id"], [("C1",), ("C2",), ("C3",)])
    assert seen.raw.lines([3]) == [5]
    (tmp_path / "head.csv").write_text("customer_id,ordered_at,amount\n")
    (seen,) = see(tmp_path / "head.csv")
    assert (seen.headers, seen.rows) == (["customer_id", "ordered_at", "amount"], [])


def test_decimal_commas_do_not_pass_for_delimiters(tmp_path: Path, see: Any) -> None:
    (tmp_path / "t.csv").write_text("name;price;cost\na;1,50;2,25\nb;3,00;4,75\n")
    assert see(tmp_path / "t.csv")[0].rows == [("a", "1,50", "2,25"), ("b", "3,00", "4,75")]


def test_delimiter_can_be_said(tmp_path: Path, see: Any, refused: Any) -> None:
    (tmp_path / "t.csv").write_text("a:b\n1:2\n3:4\n")
    assert see(tmp_path / "t.csv", delimiter=":")[0].rows == [("1", "2"), ("3", "4")]
    assert refused(tmp_path / "t.csv", delimiter="::") == "KG130"


def test_names_with_pattern_characters_are_taken_literally(tmp_path: Path, see: Any) -> None:
    (tmp_path / "a[1]*?.csv").write_text("a,b\n1,2\n")
    (tmp_path / "a1xx.csv").write_text("c,d\n3,4\n")
    assert see(tmp_path / "a[1]*?.csv")[0].rows == [("1", "2")]


def test_mark_is_no_part_of_the_first_header(tmp_path: Path, see: Any) -> None:
    (tmp_path / "t.csv").write_bytes(codecs.BOM_UTF8 + b'"id",b\n1,2\n')
    assert see(tmp_path / "t.csv")[0].headers == ["id", "b"]


@pytest.mark.slow
def test_parallel_reader_keeps_file_order_over_many_buffers(tmp_path: Path, see: Any) -> None:
    rows = 400_000
    notes = ["", "line\n", "line\nline\n"]
    path = tmp_path / "t.csv"
    with path.open("w", newline="") as out:
        out.write("id,note,n\n")
        out.writelines(f'{i},"{notes[i % 3]}, x{i}",{i * 7}\n' for i in range(rows))
    (seen,) = see(path)
    assert seen.raw.facts["reader"] == "parallel"
    assert [row[0] for row in seen.rows] == [str(i) for i in range(rows)]
    assert seen.raw.lines([1, 2, 3, 4]) == [2, 3, 5, 8]
    assert seen.raw.lines([rows]) == [2 + sum(1 + i % 3 for i in range(rows - 1))]
