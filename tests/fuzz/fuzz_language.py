"""Coverage-guided fuzzing of the conditions language: `fuzz_language.py [-max_total_time=60] [folder]`.

Needs the package `atheris`. Whatever the text, the only error allowed is `KeguanError`; what is read must
be written as the same tree, checked, said in every language, and, when sound, evaluated.
"""

import sys

import atheris

with atheris.instrument_imports(include=["keguan.language"]):
    from keguan.core.errors import KeguanError
    from keguan.core.languages import LANGUAGES
    from keguan.language.checker import check
    from keguan.language.evaluate import evaluate
    from keguan.language.lower import expand_held_for
    from keguan.language.parser import Parsed, parse, parse_with_places
    from keguan.language.vocabulary import SchemeTerm, Term, Vocabulary
    from keguan.language.words import say
    from keguan.language.writer import write

VOCABULARY = Vocabulary(
    {
        term.name: term
        for term in [
            Term("sales", "money", "money"),
            Term("days", "number", "days"),
            Term("months", "number", "months"),
            Term("margin", "number", "share"),
            Term("since_on", "date"),
            Term("region", "text", closed=("east", "west")),
            Term("late", "flag", since="days"),
        ]
    },
    {
        "rfm": SchemeTerm("rfm", classes={None: {"A": {}, "B": {}}}),
        "ext": SchemeTerm("ext", classes={"of": {"A": {}}}),
    },
)
VALUES = {"sales": 1000, "days": 7, "margin": 0.25, "region": "east", "late": True}
_KEYWORDS = "and or not is in between missing for via true false"
_SIGNS = "min( max( abs( round( coalesce( ( ) , + - * / = != < >= ＞ ≤ （ ）"
_CONSTANTS = "rfm:A ext.of:A rfm:Z 1 0.5 20% ¥3 1.2万 7 days 12个月 2 orders 2026-06-30 “east” 'x' \"\""
WORDS = [*VOCABULARY.terms, *f"{_KEYWORDS} {_SIGNS} {_CONSTANTS}".split(" ")]


def text_from(data: bytes) -> str:
    """Half of the inputs are raw text, half are sequences of the language's own words."""
    provider = atheris.FuzzedDataProvider(data)
    if provider.ConsumeBool():
        return str(provider.ConsumeUnicode(provider.remaining_bytes()))
    return " ".join(provider.PickValueInList(WORDS) for _ in range(min(provider.remaining_bytes(), 200)))


def check_one(data: bytes) -> None:
    """Raises when a promise is broken."""
    try:
        parsed = parse_with_places(text_from(data))
    except KeguanError as error:
        for problem in error.problems:
            assert problem.place.line and all(problem.render(lang) for lang in LANGUAGES)
        return
    assert parse(write(parsed.node)) == parsed.node
    _use(parsed)


def _use(parsed: Parsed) -> None:
    assert all(say(parsed.node, VOCABULARY, lang) for lang in LANGUAGES)
    problems = check(parsed, VOCABULARY)
    for problem in problems:
        assert all(problem.render(lang) for lang in LANGUAGES)
    asks_classes = (
        "rfm:" in write(parsed.node) or "ext." in write(parsed.node) or " via " in write(parsed.node)
    )
    if not problems and not asks_classes:
        evaluate(expand_held_for(parsed.node, VOCABULARY), VALUES)


if __name__ == "__main__":
    atheris.Setup(sys.argv, check_one)
    atheris.Fuzz()
