"""Words of the language that error sentences show in the reader's own language."""

from __future__ import annotations

from keguan.core.languages import check_language
from keguan.core.texts import entries


class Label(str):
    """The key `<group>.<word>` of a text in `locale/language.yaml`; error sentences say `{value:en}`.

    A word without a text (a unit only this vocabulary has) is shown as it is.

    >>> f"{Label('types.date'):en}", f"{Label('units.furlongs'):en}"
    ('a date', 'furlongs')
    """

    def __format__(self, lang: str) -> str:
        if not lang:
            return str(self)
        group, _, word = self.partition(".")
        known = entries("language")[group].get(word)
        return str(known[check_language(lang)]) if known else word
