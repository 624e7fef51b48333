"""What a user may point at becomes the right list of sources, and every mistake is named at once."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from keguan.core.errors import KeguanError
from keguan.engine.intake.readers import find_sources
from keguan.engine.intake.readers.names import guess_table, table_named, tables
from keguan.engine.tables import logical_tables


def write(path: Path, text: str = "a,b\n1,2\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def codes(*inputs: Any) -> list[str]:
    with pytest.raises(KeguanError) as caught:
        find_sources(list(inputs))
    return [problem.code for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("name", "table"),
    [
        ("orders", "orders"),
        ("订单", "orders"),
        ("訂單", "orders"),
        ("2024年客户订单(1)", "orders"),
        ("order_items_2024", "order_lines"),
        ("订单明细", "order_lines"),
        ("客户资料", "customers"),
        ("客戶", "customers"),
        ("ＯＲＤＥＲＳ", "orders"),
        ("CustomerOrders", "orders"),
        ("Sheet1", None),
        ("borders", None),
        ("", None),
    ],
)
def test_table_is_guessed_from_the_name(name: str, table: str | None) -> None:
    assert guess_table(name) == table


def test_every_table_answers_to_its_own_name() -> None:
    assert {table_named(table) for table in tables()} == set(tables())
    assert set(tables()) <= set(logical_tables())


def test_folder_gives_its_tables_sorted_and_nothing_else(tmp_path: Path) -> None:
    for name in (
        "orders.csv",
        "customers.csv.gz",
        "notes.md",
        ".hidden.csv",
        "~$x.xlsx",
        "_SUCCESS",
        "sub/2024.csv",
    ):
        write(tmp_path / name)
    write(tmp_path / "invoices" / "part-0.csv")
    found = [(Path(s.name).name, s.table, s.given) for s in find_sources([str(tmp_path)])]
    assert found == [
        ("customers.csv.gz", "customers", False),
        ("orders.csv", "orders", False),
        ("part-0.csv", "invoices", False),
        ("2024.csv", None, False),
    ]


def test_folder_named_like_a_file_is_a_folder(tmp_path: Path) -> None:
    write(tmp_path / "orders.csv" / "part-0.csv")
    assert [s.table for s in find_sources([tmp_path / "orders.csv"])] == ["orders"]
    (tmp_path / "empty.csv").mkdir()
    assert codes(tmp_path / "empty.csv") == ["KG104"]


def test_glob_and_table_equals_path(tmp_path: Path) -> None:
    write(tmp_path / "a1.csv")
    write(tmp_path / "a2.csv")
    assert [Path(s.name).name for s in find_sources([str(tmp_path / "a*.csv")])] == ["a1.csv", "a2.csv"]
    assert {s.table for s in find_sources([f"订单={tmp_path}/a*.csv"])} == {"orders"}
    odd = write(tmp_path / "x=y.csv")
    assert [s.path for s in find_sources([str(odd)])] == [odd]


def test_all_mistakes_are_reported_at_once(tmp_path: Path) -> None:
    assert codes(
        str(tmp_path / "none.csv"), str(tmp_path / "*.csv"), f"nonsense={tmp_path}", "orders=SELECT 1", "http://x/y.csv",
        {"orders": 3},
    ) == ["KG101", "KG104", "KG105", "KG106", "KG107", "KG108"]  # fmt: skip


def test_circular_links_and_broken_links_are_errors(tmp_path: Path, refused: Any) -> None:
    loop = tmp_path / "loop.csv"
    loop.symlink_to(loop)
    assert refused(loop) == "KG103"
    (tmp_path / "broken.csv").symlink_to(tmp_path / "gone.csv")
    assert refused(tmp_path / "broken.csv") == "KG101"
    write(tmp_path / "tree" / "orders.csv")
    (tmp_path / "tree" / "again").symlink_to(tmp_path / "tree")
    assert len(find_sources([tmp_path / "tree"])) == 1


def test_query_belongs_to_the_database_before_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    (source,) = find_sources([url, "orders=SELECT * FROM o"])
    assert (source.url, source.query, source.table, source.given) == (url, "SELECT * FROM o", "orders", True)


def test_password_is_never_shown() -> None:
    (source,) = find_sources(["postgresql://me:secret@localhost/shop?password=secret"])
    assert "secret" not in source.name + repr(source)


def test_sqlite_tables_and_queries(tmp_path: Path, see: Any, refused: Any) -> None:
    path = tmp_path / "shop #1?.db"
    con = sqlite3.connect(path)
    con.executescript(
        "CREATE TABLE orders(id INTEGER, amount REAL, day TEXT, blob BLOB, mixed);"
        "INSERT INTO orders VALUES (1, 2.5, '2024-01-02', x'ff00', 3), (2, 3, NULL, x'61', 'x');"
        "CREATE TABLE stuff(x);"
    )
    con.close()
    (seen,) = see(path)
    assert seen.raw.table == "orders"
    assert [c.type for c in seen.raw.columns] == ["number", "number", "text", "text", "text"]
    assert seen.rows == [(1, 2.5, "2024-01-02", "ff00", "3"), (2, 3.0, None, "a", "x")]
    url = "sqlite:///" + str(path).replace("?", "%3F")
    (seen,) = see(url, "customers=SELECT id AS 客户 FROM orders WHERE id > 1")
    assert (seen.raw.table, seen.headers, seen.rows) == ("customers", ["客户"], [(2,)])
    assert refused(url, "orders=SELECT nothing FROM orders") == "KG161"
    assert refused(url, "orders=WITH x AS (SELECT 1) DELETE FROM orders") == "KG161"
    assert refused(f"sqlite:///{tmp_path}/none.db") == "KG101"


def test_broken_or_strange_sqlite_is_an_error(tmp_path: Path, refused: Any) -> None:
    (tmp_path / "x.db").write_bytes(b"SQLite format 3\0" + b"\1" * 2000)
    assert refused(tmp_path / "x.db") == "KG160"
    con = sqlite3.connect(tmp_path / "y.db")
    con.executescript("CREATE TABLE zzz(x)")
    con.close()
    assert refused(tmp_path / "y.db") == "KG164"


def test_unreadable_file_is_an_error(tmp_path: Path, refused: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "t.csv")
    path.chmod(0)
    if os.geteuid() == 0:  # root reads everything: let the system refuse in its place
        real = Path.open

        def refuse(self: Path, *arguments: Any, **named: Any) -> Any:
            if self == path:
                raise PermissionError(13, "Permission denied", str(self))
            return real(self, *arguments, **named)

        monkeypatch.setattr(Path, "open", refuse)
    assert refused(path) == "KG102"


def test_names_are_as_short_as_the_user_gave_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("shop/2024/orders.csv", "shop/2025/orders.csv", "shop/customers.csv"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        write(tmp_path / name)
    inside = ["2024/orders.csv", "2025/orders.csv"]
    everything = ["customers.csv", *inside]
    assert [s.name for s in find_sources([tmp_path / "shop"])] == everything
    assert [s.name for s in find_sources([str(tmp_path / "shop" / "*" / "*.csv")])] == inside
    assert [s.name for s in find_sources([tmp_path / "shop" / "customers.csv"])] == ["customers.csv"]
    monkeypatch.chdir(tmp_path)
    assert [s.name for s in find_sources(["shop/customers.csv"])] == ["shop/customers.csv"]
    assert [s.name for s in find_sources(["shop"])] == everything


def test_two_files_of_one_name_are_told_apart(tmp_path: Path) -> None:
    for name in ("a/orders.csv", "b/orders.csv"):
        (tmp_path / name).parent.mkdir()
        write(tmp_path / name)
    both = [tmp_path / "a" / "orders.csv", tmp_path / "b" / "orders.csv"]
    assert [s.name for s in find_sources(both)] == ["orders.csv", "orders.csv (2)"]


def test_a_database_file_is_named_without_its_folders(tmp_path: Path) -> None:
    path = tmp_path / "shop.db"
    sqlite3.connect(path).close()
    (source,) = find_sources([f"sqlite:///{path}", "orders=SELECT 1"])
    assert source.name == "sqlite:///shop.db [orders]"
    assert str(tmp_path) not in source.name
