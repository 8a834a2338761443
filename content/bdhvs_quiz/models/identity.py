"""Ids of parts that editors write as plain text: they stay when a part is reworded, moved or translated.

A block of a stream has an id of its own. What is written in a line does not: its id is kept beside it, by its text and
its place. Why not an id that follows from the text? Because a mended spelling would make another answer of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db import models

from bdhvs_quiz.models.bank import Question

Places = Mapping[str, Sequence[str]]
"""Place to (text, id)."""


def carried(before: Places, now: Mapping[str, str], fresh: Callable[[str, int], str]) -> dict[str, list[str]]:
    """Return ids of these texts by place, each once. The same text keeps its id, wherever it stands; another text at
    the same
    place takes the id of what stood there, if that is gone; what is new gets `fresh(text, try)`. Pure."""
    kept: dict[str, str] = {
        place: before[place][1] for place, text in now.items() if place in before and before[place][0] == text
    }
    taken = set(kept.values())
    for place, text in now.items():
        if place in kept:
            continue
        found = next((known for old, known in before.values() if old == text and known not in taken), None)
        if found is not None:
            kept[place] = found
            taken.add(found)
    for place, text in now.items():
        if place not in kept:
            known = before[place][1] if place in before else ""
            tries = 0
            while not known or known in taken:
                known = fresh(text, tries)
                tries += 1
            kept[place] = known
            taken.add(known)
    return {place: [text, kept[place]] for place, text in now.items()}


class IdsField(models.JSONField):
    """A field set to the row's `identified()` whenever it is written."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        setattr(model_instance, self.attname, model_instance.identified())  # type: ignore[attr-defined]
        return getattr(model_instance, self.attname)

    def deconstruct(self) -> Any:
        # The column is a plain one: migrations need nothing of ours.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class QuestionWithIds(Question):
    """A question with parts that have no block of their own. `ids`: group to place to [text, id]."""

    ids = IdsField(editable=False, default=dict)

    class Meta:
        abstract = True

    def parts(self) -> dict[str, dict[str, str]]:
        """Return group to place to text: what needs an id."""
        raise NotImplementedError

    def identified(self) -> dict[str, dict[str, list[str]]]:
        """Return `ids` for the question's present texts."""
        return {group: self.known(group, texts) for group, texts in self.parts().items()}

    def known(self, group: str, texts: Mapping[str, str]) -> dict[str, list[str]]:
        return carried(self.ids.get(group, {}), texts, self._fresh(group))

    def _fresh(self, group: str) -> Callable[[str, int], str]:
        # Of the question's own key, and not of what is right: nothing follows from it.
        return lambda text, tries: str(uuid.uuid5(self.translation_key, f"{group}/{tries}/{text}"))

    # A draft goes on from the draft before it.
    def serializable_data(self) -> dict[str, Any]:
        return {**super().serializable_data(), "ids": self.identified()}
