"""A real PostgreSQL server is read exactly and never changed."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

pytestmark = [pytest.mark.postgres, pytest.mark.xdist_group("postgres")]

INSTALL = "apt-get install -y --no-install-recommends postgresql"


def programs() -> Path:
    """The folder of the newest server's programs."""
    homes = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    on_path = shutil.which("initdb")
    if homes:
        return homes[-1].parent
    if on_path:
        return Path(on_path).parent
    pytest.fail(f"no PostgreSQL server here; install it with: {INSTALL}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a throw-away server on loopback."""
    home, bin_folder, port = Path(tempfile.mkdtemp(prefix="kgpg")), programs(), free_port()
    user: dict[str, Any] = {"user": "postgres"} if os.geteuid() == 0 else {}
    if user:
        shutil.chown(home, "postgres")
    data = str(home / "data")
    subprocess.run(
        [bin_folder / "initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "-N"],
        check=True, capture_output=True, cwd=home, **user,
    )  # fmt: skip
    options = ["-c", "fsync=off", "-c", "listen_addresses=127.0.0.1", "-k", str(home), "-p", str(port)]
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [bin_folder / "postgres", "-D", data, *options], stdout=log, stderr=log, cwd=home, **user
        )
    url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
    try:
        wait_for(url, process, home / "log")
        yield url
    finally:
        process.terminate()
        process.wait(30)
        shutil.rmtree(home)


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the server answers; its log in the failure when it does not."""
    end = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < end:
        try:
            psycopg.connect(url).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.1)
    pytest.fail(log.read_text())


@pytest.fixture(scope="module")
def shop(server: str) -> str:
    with psycopg.connect(server, autocommit=True) as con:
        con.execute(
            "CREATE TABLE orders(id bigint, customer text, day date, at timestamp, instant timestamptz, "
            "amount numeric, price numeric(12,4), wild numeric, paid boolean, tags text[])"
        )
        con.execute(
            "INSERT INTO orders VALUES (1, '甲', '2024-03-05', '2024-03-05 08:26', '2024-03-05 08:26+08', "
            "12345678901234567890.12, 1.5, 'NaN', true, '{a,b}'), (2, NULL, NULL, NULL, NULL, -0.005, NULL, 2, NULL, NULL)"
        )
        con.execute("CREATE TABLE stuff(x int)")
    return server


def test_recognised_tables_are_read_exactly(shop: str, see: Any) -> None:
    (seen,) = see(shop)
    assert seen.raw.table == "orders"
    types = ["number", "text", "date", "timestamp", "text", "number", "number", "text", "flag", "text"]
    assert [c.type for c in seen.raw.columns] == types
    moment = dt.datetime(2024, 3, 5, 8, 26)
    assert seen.rows[0] == (
        1, "甲", moment.date(), moment, "2024-03-05 00:26:00.000000+00:00",
        Decimal("12345678901234567890.120"), Decimal("1.5000"), "nan", True, "[a, b]",
    )  # fmt: skip
    assert seen.rows[1][5] == Decimal("-0.005")


def test_query_may_read_but_not_write(shop: str, see: Any, refused: Any) -> None:
    (seen,) = see(
        shop, "customers=SELECT customer AS 客户, sum(amount) AS s FROM orders WHERE id = 2 GROUP BY 1"
    )
    assert (seen.raw.table, seen.headers, seen.rows) == (
        "customers",
        ["客户", "s"],
        [(None, Decimal("-0.005"))],
    )
    assert refused(shop, "orders=SELECT nothing FROM orders") == "KG161"
    assert refused(shop, "orders=WITH x AS (DELETE FROM orders RETURNING id) SELECT * FROM x") == "KG161"
    with psycopg.connect(shop) as con:
        assert con.execute("SELECT count(*) FROM orders").fetchone() == (2,)


def test_empty_result_is_a_table_without_rows(shop: str, see: Any) -> None:
    (seen,) = see(shop, "orders=SELECT id, amount FROM orders WHERE false")
    assert (seen.headers, seen.rows) == (["id", "amount"], [])


def test_unreachable_server_is_an_error_without_the_password(refused: Any, see: Any) -> None:
    from keguan.core.errors import KeguanError

    url = f"postgresql://me:secret@127.0.0.1:{free_port()}/x"
    with pytest.raises(KeguanError) as caught:
        see(url)
    assert caught.value.problems[0].code == "KG162"
    assert "secret" not in caught.value.render("en")
