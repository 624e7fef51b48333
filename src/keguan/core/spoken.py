"""Texts of documents inside sentences of ours: what a user wrote in three languages, shown in the reader's own."""

from __future__ import annotations

from collections.abc import Mapping

from keguan.core.languages import check_language


class Spoken(str):
    """A text in three languages; sentences say `{reason:en}`. By itself it is English.

    >>> f"{Spoken.of({'zh-Hans': '是', 'zh-Hant': '是', 'en': 'yes'}):zh-Hans}"
    '是'
    """

    labels: Mapping[str, str]

    @classmethod
    def of(cls, labels: Mapping[str, str]) -> Spoken:
        """The text of some labels."""
        found = cls(labels["en"])
        found.labels = labels
        return found

    def __format__(self, lang: str) -> str:
        return self.labels[check_language(lang)] if lang else str(self)
