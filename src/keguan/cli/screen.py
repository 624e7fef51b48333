"""What a command says and how: sentences, aligned tables, progress, or JSON instead of all of it. Knows no data."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from typing import TYPE_CHECKING, Any

from keguan.core.languages import Lang, system_language
from keguan.core.texts import entries, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

LANGUAGE: ContextVar[Lang | None] = ContextVar("LANGUAGE", default=None)
"""The language heard on the command line before its command is known: `keguan --lang en inspect …`."""

PIPE_WIDTH = 160
"""Columns when nobody's terminal says how wide it is: wide enough that tables in a file or pipe are not folded."""


class Screen:
    """Where one command speaks. `quiet` keeps remarks back, never the answer; with `as_json` only JSON is printed."""

    def __init__(self, lang: Lang | None = None, quiet: bool = False, as_json: bool = False) -> None:
        self.lang: Lang = lang or LANGUAGE.get() or system_language()
        self.quiet = quiet
        self.as_json = as_json

    @cached_property
    def _out(self) -> Console:
        from rich.console import Console

        width = None if sys.stdout.isatty() else PIPE_WIDTH
        return Console(width=width, highlight=False, emoji=False, markup=False)

    def words(self, key: str, **values: object) -> str:
        """A sentence of `locale/cli.yaml`."""
        return text(f"cli.{key}", self.lang, **values)

    def joined(self, items: Sequence[str]) -> str:
        """A list in words."""
        return text("core.list_separator", self.lang).join(items)

    def answer(self, sentence: str = "", style: str | None = None) -> None:
        """Print what was asked for."""
        if not self.as_json:
            self._out.print(sentence, style=style, soft_wrap=True)

    def remark(self, sentence: str) -> None:
        """Print something good to know; not with `--quiet`."""
        if not self.quiet:
            self.answer(sentence, style="dim")

    def heading(self, sentence: str) -> None:
        """Print the head of a part."""
        self.answer()
        self.answer(sentence, style="bold")

    def table(
        self, heads: Sequence[str], rows: Sequence[Sequence[object]], right: Sequence[int] = ()
    ) -> None:
        """Print a table; `right` are the places of the columns with figures. Chinese characters count two columns."""
        if self.as_json:
            return
        from rich import box
        from rich.table import Table

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, header_style="bold")
        for place, head in enumerate(heads):
            table.add_column(head, justify="right" if place in right else "left", no_wrap=place in right)
        for row in rows:
            table.add_row(*("" if cell is None else str(cell) for cell in row))
        self._out.print(table)

    def data(self, content: Mapping[str, Any] | Sequence[Any]) -> None:
        """Print the answer as JSON when that was asked for."""
        if self.as_json:
            print(json.dumps(content, ensure_ascii=False, indent=1, default=str))

    @contextmanager
    def progress(self) -> Iterator[Callable[[str], None]]:
        """Tells which step is running, on a terminal and once a second has passed; hands out `tell(step)`."""
        if self.quiet or self.as_json or not sys.stderr.isatty():
            yield lambda step: None
            return
        from rich.console import Console
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
        bar = Progress(*columns, console=Console(stderr=True), transient=True)
        task = bar.add_task(self._step("start"), total=None)
        timer = threading.Timer(1.0, bar.start)
        timer.daemon = True
        timer.start()
        try:
            yield lambda step: bar.update(task, description=self._step(step))
        finally:
            timer.cancel()
            bar.stop()

    def _step(self, step: str) -> str:
        return self.words(f"steps.{step}") if step in entries("cli")["steps"] else step
