"""What is known of the subject an attribute points to, laid beside a subject's own measures: one self join per link.

One step deep: what the other one has through a link of its own is not looked at.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from keguan.engine.compile import column

_PREFIX = "via:"


def linked(link: str, name: str) -> str:
    """The column with `name` of the subject that the attribute `link` points to."""
    return f"{_PREFIX}{link}:{name}"


def link_of(column_name: str) -> tuple[str, str] | None:
    """(link, name) of such a column; None for any other."""
    if not column_name.startswith(_PREFIX):
        return None
    link, _, name = column_name.removeprefix(_PREFIX).partition(":")
    return link, name


def with_linked(source: str, key: str, kept: Sequence[str], wanted: Sequence[tuple[str, str]]) -> exp.Select:
    """The rows of `source` with its columns `kept` and one column for each wanted (link, name)."""
    links = list(dict.fromkeys(link for link, _ in wanted))
    alias = {link: f"linked{place}" for place, link in enumerate(links)}
    shown = [exp.column(c, table="own", quoted=True) for c in (key, *kept)]
    others = [
        exp.alias_(exp.column(name, table=alias[link], quoted=True), linked(link, name), quoted=True)
        for link, name in wanted
    ]
    query = exp.select(*shown, *others).from_(exp.to_table(source, quoted=True).as_("own"))
    for link in links:
        needed = dict.fromkeys([key, *(name for of, name in wanted if of == link)])
        rows = exp.select(*map(column, needed)).from_(exp.to_table(source, quoted=True)).subquery(alias[link])
        same = exp.EQ(
            this=exp.column(link, table="own", quoted=True),
            expression=exp.column(key, table=alias[link], quoted=True),
        )
        query = query.join(rows, on=same, join_type="left")
    return query
