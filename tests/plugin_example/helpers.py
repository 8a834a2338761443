"""Rows that the tests of the example plugin share."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from plugin_example.models import NumberQuestion
from wagtail.models import Locale


def number(
    prompt: str = "Gọi công an thì bấm số nào?", *, answer: Any = "113", live: bool = True, **values: Any
) -> Any:
    """A question of the bank, published unless told otherwise."""
    row = NumberQuestion(
        prompt=prompt,
        answer=None if answer is None else Decimal(answer),
        explanation=values.pop("explanation", "Số này gọi không mất tiền."),
        live=False,
        locale=Locale.get_default(),
        **values,
    )
    row.save()
    row.save_revision(clean=False)
    if live:
        row.latest_revision.publish()
    return NumberQuestion.objects.get(pk=row.pk)
