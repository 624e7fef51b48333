"""Coverage-guided fuzzing of documents people write: `fuzz_documents.py [-max_total_time=60] [folder]`.

Needs the package `atheris`. A real scheme, cases file, profile or playbook has pieces cut out and put in; whatever comes out, the only
error allowed is `KeguanError`, every problem with a code, a line and words in three languages, and the linter never fails.
"""

import sys

import atheris

with atheris.instrument_imports(
    include=["keguan.schemes", "keguan.playbooks", "keguan.core", "keguan.kinds"]
):
    from importlib.resources import files

    from keguan.core.errors import KeguanError
    from keguan.core.languages import LANGUAGES
    from keguan.playbooks.loader import load_playbook
    from keguan.schemes.cases import load_cases
    from keguan.schemes.catalogue import (
        builtin,
        builtin_cases,
        builtin_ids,
        builtin_profile,
        builtin_profiles,
    )
    from keguan.schemes.linter import lint
    from keguan.schemes.loader import load_scheme
    from keguan.schemes.profile import load_profile

PLAYBOOKS = sorted(files("keguan").joinpath("catalogue", "playbooks").iterdir(), key=lambda f: f.name)
DOCUMENTS = [
    *((load_scheme, builtin(i).text()) for i in builtin_ids()),
    *((load_cases, c.text()) for c in map(builtin_cases, builtin_ids()) if c),
    *((load_profile, builtin_profile(i).text()) for i in builtin_profiles()),
    *((load_playbook, f.read_text(encoding="utf-8")) for f in PLAYBOOKS),
]
PIECES = [
    *"{}[]:#\"'&*|>%~\n\t",
    "- ", "  ", "!!x", "1e999", "-1", "1/0", "true", "null", "is a:b", "for 7 days", "客户", "\u202e", "\ufeff", "[" * 40,
]  # fmt: skip


def mutated(provider: atheris.FuzzedDataProvider, text: str) -> str:
    """The text with up to six pieces replaced."""
    for _ in range(provider.ConsumeIntInRange(1, 6)):
        start = provider.ConsumeIntInRange(0, len(text))
        length = provider.ConsumeIntInRange(0, 40)
        raw = provider.ConsumeUnicodeNoSurrogates(8)
        piece = raw if provider.ConsumeBool() else provider.PickValueInList(PIECES)
        text = text[:start] + piece + text[start + length :]
    return text


def check_one(data: bytes) -> None:
    """Raises when a promise is broken."""
    provider = atheris.FuzzedDataProvider(data)
    load, original = provider.PickValueInList(DOCUMENTS)
    text = mutated(provider, original)
    try:
        load(text, "own.yaml")
    except KeguanError as wrong:
        for problem in wrong.problems:
            assert problem.place.file == "own.yaml" and (problem.place.line or problem.code == "KG401")
            assert all(problem.render(lang) for lang in LANGUAGES)
    if load is load_scheme:
        assert all(finding.render(lang) for finding in lint(text, file="own.yaml") for lang in LANGUAGES)


if __name__ == "__main__":
    atheris.Setup(sys.argv, check_one)
    atheris.Fuzz()
