"""Type a word or two."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField

from bdhvs_quiz.folding import Folding
from bdhvs_quiz.models.attempts import MAX_TYPED
from bdhvs_quiz.models.bank import AFTERWARDS, ASKED, Question

MAX_ACCEPTED = 20


class AcceptedBlock(blocks.StreamBlock):
    answer = blocks.CharBlock(label=_("Accepted answer"), max_length=MAX_TYPED)

    class Meta:
        required = False


class ShortTextQuestion(Question):
    """Type a word or two; several answers can be right."""

    kind = "bdhvs_quiz.short_text"

    accepted = StreamField(AcceptedBlock(), verbose_name=_("accepted answers"), blank=True)
    ignore_case = models.BooleanField(
        _("ignore upper and lower case"), default=True, help_text=_("Example: “Otp” equals “OTP”.")
    )
    ignore_diacritics = models.BooleanField(
        _("ignore diacritics"), default=True, help_text=_("Example: “mat khau” equals “mật khẩu”.")
    )
    ignore_spacing = models.BooleanField(
        _("ignore spaces and punctuation"), default=True, help_text=_("Example: “1 1 5.” equals “115”.")
    )

    problems_at = "accepted"
    panels: ClassVar[list[Any]] = [
        ASKED,
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "Add every correct answer. Example: “115”, “một một năm”. “hòa” "
                        "and “hoà” always count as the same."
                    )
                ),
                FieldPanel("accepted"),
                FieldPanel("ignore_case"),
                FieldPanel("ignore_diacritics"),
                FieldPanel("ignore_spacing"),
            ],
            heading=_("Correct answers"),
        ),
        AFTERWARDS,
    ]

    class Meta:
        verbose_name = _("short text question")
        verbose_name_plural = _("short text questions")

    @property
    def folding(self) -> Folding:
        return Folding(case=self.ignore_case, diacritics=self.ignore_diacritics, spacing=self.ignore_spacing)

    def problems(self) -> list[str]:
        folding = self.folding
        texts = [str(block.value or "") for block in self.accepted or []]
        if not any(folding(text) for text in texts):
            return [str(_("Add an accepted answer. Without one, every answer would be incorrect."))]
        problems = []
        if len(texts) > MAX_ACCEPTED:
            problems.append(str(_("Use at most %(count)s accepted answers.") % {"count": MAX_ACCEPTED}))
        seen: dict[str, str] = {}
        for text in texts:
            if folding(text) in seen:
                values = {"one": seen[folding(text)], "other": text}
                problems.append(
                    str(_("“%(one)s” and “%(other)s” are the same answer with these settings. Remove one.") % values)
                )
            seen.setdefault(folding(text), text)
        return problems

    def searched(self) -> Iterable[str]:
        return (*super().searched(), *(str(block.value) for block in self.accepted))
