"""Named, single-use SQL steps: rendered as one statement, or run one by one so that each table can be looked at."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp


@dataclass(frozen=True)
class Step:
    """One named relation of a pipeline; `query` may read the names of earlier steps."""

    name: str
    query: exp.Query


class Pipeline:
    """Steps in order. A pipeline renders once: a second use would hide state, so it is refused."""

    def __init__(self) -> None:
        self._steps: list[Step] = []
        self._spent = False

    def add(self, name: str, query: exp.Query) -> str:
        """Queue a step and return its name for later steps to read."""
        self._steps.append(Step(name, query))
        return name

    def render(self) -> exp.Query:
        """All steps as one `WITH … SELECT`; the last step is the result."""
        steps = self.steps()
        final = steps[-1].query
        for step in steps[:-1]:
            name = exp.to_identifier(step.name, quoted=True)
            final = final.with_(name, as_=step.query, copy=False)
        return final

    def steps(self) -> list[Step]:
        """The steps, to be run one by one."""
        if self._spent:
            raise RuntimeError("a pipeline renders once")
        self._spent = True
        return self._steps
