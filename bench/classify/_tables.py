"""Markdown tables of what was measured, and their place in a page between two markers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

START, END = "<!-- classify: start -->", "<!-- classify: end -->"
TARGETS = {0: "1.4", 1: "1.9", 2: "4"}
PEERS = {"lifetimes, its summary alone": "at least 15", "pandas, with care": "at least 3"}

Summary = Mapping[str, Any]


def tables(found: Mapping[str, Any]) -> str:
    """Every table of one run of the bench."""
    by: dict[str, list[Summary]] = {}
    for line in found["lines"]:
        by.setdefault(line["table"], []).append(line)
    sizes = found["orders"]
    parts = [_floor(by["floor"], sizes["floor"], found["threads"]), _curve(by), _peers(by)]
    if "large" in by:
        parts.append(_large(by, sizes))
    if "spark" in by:
        parts.append(_spark(by["spark"], sizes["spark"]))
    return "\n\n".join(parts)


def put(page: Path, text: str, start: str = START, end: str = END) -> None:
    """Replace what stands between the markers of a page."""
    content = page.read_text(encoding="utf-8")
    before, opened, rest = content.partition(start)
    _, closed, after = rest.partition(end)
    if not opened or not closed:
        raise ValueError(f"{page} lacks the markers {start} and {end}")
    page.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """One table."""
    titles = list(head)
    listed = [titles, ["---"] * len(titles), *(list(r) for r in rows)]
    return "\n".join("| " + " | ".join(row) + " |" for row in listed)


def _load(lines: Iterable[Summary]) -> str:
    loads = [x for line in lines for x in line["load"]]
    return f"{min(loads):.1f} to {max(loads):.1f}"


def _floor(lines: list[Summary], orders: int, threads: int) -> str:
    one = lines[0]
    title = (
        f"**{orders:,} orders, {threads} threads**, medians of {one['rounds']} rounds, load average {_load(lines)}. "
        f"The floor took {one['floor_wall']:.2f} s ({one['floor_cpu']:.2f} processor seconds) and {one['floor_rss']:.2f} GB."
    )
    rows = [
        (
            line["label"], f"{line['wall']:.2f}", f"{line['cpu']:.2f}", f"{line['wall_ratio']:.2f}",
            f"{line['cpu_ratio']:.2f}", TARGETS.get(place, ""), f"{line['rss']:.2f}",
        )
        for place, line in enumerate(lines)
    ]  # fmt: skip
    head = ("", "wall s", "processor s", "× floor, wall", "× floor, processor", "wanted", "peak GB")
    return title + "\n\n" + table(head, rows)


def _curve(by: Mapping[str, list[Summary]]) -> str:
    points = [(int(line["label"]), line) for line in by["curve"]]
    points.append((int(by["floor"][2]["label"].split()[1]), by["floor"][2]))
    rows, before = [], None
    for n, line in points:
        further = "" if before is None else f"{(line['cpu_ratio'] - before[1]) / (n - before[0]):.2f}"
        rows.append(
            (str(n), f"{line['wall']:.2f}", f"{line['cpu']:.2f}", f"{line['cpu_ratio']:.2f}", further)
        )
        before = (n, line["cpu_ratio"])
    head = ("schemes", "wall s", "processor s", "× floor, processor", "each further scheme, × floor")
    return "What further schemes cost, run folder written:\n\n" + table(head, rows)


def _peers(by: Mapping[str, list[Summary]]) -> str:
    ours = by["floor"][0]
    rows = [
        (
            line["label"], f"{line['wall']:.2f}", f"{line['cpu']:.2f}", f"{line['wall'] / ours['wall']:.1f}",
            f"{line['wall_ratio'] / ours['wall_ratio']:.1f}", PEERS.get(line["label"], ""), f"{line['rss']:.2f}",
        )
        for line in by["peers"]
    ]  # fmt: skip
    head = (
        "",
        "wall s",
        "processor s",
        "× ours in the engine",
        "the same, each over its own floor",
        "wanted",
        "peak GB",
    )
    return "The same three answers by other means, from Parquet to a table in memory:\n\n" + table(head, rows)


def _large(by: Mapping[str, list[Summary]], sizes: Mapping[str, int]) -> str:
    times = sizes["large"] / sizes["floor"]
    rows = [
        (
            large["label"], f"{large['wall']:.1f}", f"{large['cpu']:.1f}", f"{large['cpu_ratio']:.2f}",
            f"{large['wall'] / times / small['wall']:.2f}", f"{large['cpu'] / times / small['cpu']:.2f}", "1.3",
            f"{large['rss']:.2f}",
        )
        for large, small in zip(by["large"], by["floor"], strict=False)
    ]  # fmt: skip
    title = f"**{sizes['large']:,} orders**, three schemes, one round, load average {_load(by['large'])}, within 4 GB:"
    head = (
        "",
        "wall s",
        "processor s",
        "× floor, processor",
        "per order × small, wall",
        "processor",
        "wanted",
        "peak GB",
    )
    return title + "\n\n" + table(head, rows)


def _spark(lines: list[Summary], orders: int) -> str:
    rows = [(line["label"], f"{line['wall']:.2f}") for line in lines]
    return f"For information, {orders:,} orders, three schemes, run folder written:\n\n" + table(
        ("", "wall s"), rows
    )
