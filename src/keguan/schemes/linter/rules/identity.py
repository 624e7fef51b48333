"""Rules about codes, ids and names."""

from __future__ import annotations

from collections.abc import Iterator

from keguan.core.document import Located
from keguan.schemes.catalogue import builtin, builtin_ids
from keguan.schemes.linter.draft import Draft
from keguan.schemes.linter.finding import Finding
from keguan.schemes.linter.rule import Rule
from keguan.schemes.tree import list_of, mapping_of, text_of


class Codes(Rule):
    """Ids and codes have a form the conditions language can name."""

    id = "codes"
    covers = ("KG422", "KG423")


class Unique(Rule):
    """Ids and codes are used once."""

    id = "unique"
    covers = ("KG421",)

    def check(self, draft: Draft) -> Iterator[Finding]:
        name = draft.text("scheme")
        place = draft.place("scheme")
        if name in builtin_ids() and builtin(name).file != place.file:
            yield self.finding(place, code=name)
        for part in draft.parts():
            for one in part.classes:
                yield from self._details(list_of(mapping_of(one).get("details")))

    def _details(self, details: list[Located]) -> Iterator[Finding]:
        seen: set[str] = set()
        for detail in details:
            code = mapping_of(detail).get("code")
            name = text_of(code)
            if code is not None and name is not None:
                if name in seen:
                    yield self.finding(code.place, "twice", code=name)
                seen.add(name)


class Reserved(Rule):
    """No dimension is called like a column of the result."""

    id = "reserved"
    covers = ("KG424",)
