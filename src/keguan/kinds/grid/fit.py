"""Fitting a grid: nothing but who takes part, and the map of cells as it was."""

from __future__ import annotations

from collections.abc import Sequence

from keguan.engine.aggregates import Answer, Tally
from keguan.kinds.base import Cuts, Setting
from keguan.kinds.grid.spec import Grid


def requests(spec: Grid, setting: Setting) -> Sequence[Tally]:
    """How many take part."""
    return [Tally((), setting.population)]


def fit(spec: Grid, setting: Setting, answers: Sequence[Answer]) -> Cuts:
    """The cuts record: the map of cells."""
    [tally] = answers
    cells = {"/".join(cell): code for cell, code in spec.cells()}
    return {"population": tally.n, "cells": cells, "ties_at_cut": 0}
