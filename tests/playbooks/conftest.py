"""The playbooks that come with Keguan, and a shop whose customers have owners, wishes and facts on file."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml

import keguan as kg
from keguan.book.run import Run
from keguan.playbooks.library import Library, library

AS_OF = date(2026, 6, 30)


@pytest.fixture(scope="session")
def known() -> Library:
    """All built-in playbooks, our proposals not accepted."""
    return library()


@pytest.fixture(scope="session")
def expected() -> dict[str, dict[str, list[str]]]:
    """What the sources instruct, by set."""
    return yaml.safe_load((Path(__file__).parent / "instructions.yaml").read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def shop_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """100 customers, c000 the largest; c001 and c091 opted out; c002 was last contacted yesterday, c003 99 days ago; the lost
    ones, last seen three years ago, are c090 to c099, and only for c090 is it on file why it left."""
    folder = tmp_path_factory.mktemp("planning")
    orders = ["customer_id,ordered_at,amount"]
    people = ["customer_id,name,party_kind,owner,opt_out,contacted_on,leaving_reason"]
    for i in range(100):
        day = AS_OF - timedelta(days=1100 if i >= 90 else i % 50)
        orders += [f"c{i:03},{day - timedelta(days=40 * k)},{1000 - 9 * i}.00" for k in range(3)]
        contact = {2: AS_OF - timedelta(days=1), 3: AS_OF - timedelta(days=99)}.get(i, "")
        said = ("yes" if i in (1, 91) else "no", contact, "moved away" if i == 90 else "")
        people.append(
            f"c{i:03},=Shop; {i},organisation,{'Li' if i % 2 else 'Wang'},{said[0]},{said[1]},{said[2]}"
        )
    (folder / "orders.csv").write_text("\n".join(orders) + "\n", encoding="utf-8")
    (folder / "customers.csv").write_text("\n".join(people) + "\n", encoding="utf-8")
    book = kg.open(
        orders=folder / "orders.csv", customers=folder / "customers.csv", currency="CNY", tz="Asia/Shanghai"
    )
    schemes = ("value-pyramid", "loyalty-quadrant", "value-three-band", "rfm")
    return book.classify(*schemes, as_of=AS_OF.isoformat(), purpose="what to do next", out=folder / "run")
