"""What a scores scheme says: measures with a letter and a good direction, and classes as conditions on the letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from keguan.core.document import Reader
from keguan.kinds.base import Inputs, read_condition
from keguan.kinds.scoring import Score, read_score
from keguan.language import ast
from keguan.language.evaluate import holds

KEYS = {
    "bins": {"type": "integer", "minimum": 2, "maximum": 10},
    "scores": {
        "type": "array",
        "minItems": 1,
        "maxItems": 4,
        "items": {
            "type": "object",
            "required": ["letter", "measure"],
            "properties": {
                "letter": {"type": "string", "pattern": "^[A-Za-z]$"},
                "measure": {"type": "string"},
                "good": {"enum": ["high", "low"]},
                "bins": {"type": "integer", "minimum": 2, "maximum": 10},
            },
        },
    },
}
CLASS_KEYS = {
    "when": {
        "type": "string",
        "description": "condition on the letters: r >= 4 and f >= 4",
    }
}


@dataclass(frozen=True)
class ScoreClass:
    code: str
    when: ast.Node


@dataclass(frozen=True)
class Scores:
    """The scores in code order and the classes in testing order."""

    scores: tuple[Score, ...]
    classes: tuple[ScoreClass, ...]
    subject: str

    def cells(self) -> Iterator[tuple[tuple[int, ...], str | None]]:
        """Every code and its class (None: no class claims it), in the order of the code."""
        for cell in product(*(range(1, s.bins + 1) for s in self.scores)):
            letters = dict(zip((s.name for s in self.scores), cell, strict=True))
            yield (
                cell,
                next((c.code for c in self.classes if holds(c.when, letters)), None),
            )


def parse(reader: Reader) -> Scores:
    """The scores of a scheme document; a code no class claims is a problem (KG411)."""
    bins = reader.whole("bins", 5)
    scores = tuple(read_score(s, "letter", bins) for s in reader.items("scores"))
    classes = tuple(ScoreClass(c.text("code"), read_condition(c, "when")) for c in reader.items("classes"))
    found = Scores(scores, classes, reader.text("subject", "customer"))
    letters = {s.name for s in scores}
    for one in classes:
        for name in ast.names(one.when):
            if name not in letters:
                reader.report(
                    "KG412",
                    reader.place_of("classes"),
                    code=one.code,
                    name=name,
                    known=", ".join(letters),
                )
    if not reader.problems:
        open_cells = ["".join(map(str, cell)) for cell, code in found.cells() if code is None]
        if open_cells:
            reader.report(
                "KG411",
                reader.place_of("classes"),
                cells=", ".join(open_cells[:5]),
                n=len(open_cells),
            )
    return found


def inputs(spec: Scores) -> Inputs:
    """Every scored measure."""
    return Inputs(tuple(dict.fromkeys(s.measure for s in spec.scores)))
