"""The model of questions answered by a word or two."""

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
from bdhvs_quiz.types.layout import ROW, on_demand
from bdhvs_quiz.types.numbers import ShareBlock, share_of
from bdhvs_quiz.types.options import MAX_FEEDBACK
from bdhvs_quiz.types.words import folded, in_words, literal

MAX_ACCEPTED = 20


class AnswerBlock(blocks.StructBlock):
    """An accepted answer. Until 0.1.0 it was a text alone: it is read as one, and a star in it is a star."""

    text = blocks.CharBlock(
        label=_("Accepted answer"),
        max_length=MAX_TYPED,
        help_text=_("* stands for any letters: “mật*”. A star is written \\*."),
    )
    credit = ShareBlock(label=_("Share of the mark"), help_text=_("Empty: all of it. Example: “50 %”."))
    feedback = blocks.CharBlock(label=_("Feedback"), required=False, default="", max_length=MAX_FEEDBACK)

    class Meta:
        icon = "keyboard"
        label = _("Accepted answer")
        form_classname = ROW
        form_layout = on_demand("text", more=["credit", "feedback"])

    @staticmethod
    def _whole(value: Any) -> Any:
        return {"text": literal(value)} if isinstance(value, str) else value

    def to_python(self, value: Any) -> Any:
        return super().to_python(self._whole(value))

    def bulk_to_python(self, values: Any) -> Any:
        return super().bulk_to_python([self._whole(value) for value in values])

    def normalize(self, value: Any) -> Any:
        return super().normalize(self._whole(value))


class AcceptedBlock(blocks.StreamBlock):
    answer = AnswerBlock()

    class Meta:
        required = False


class ShortTextQuestion(Question):
    """A question answered by a word or two; several answers can be right."""

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
                        "Add every correct answer, the usual one first. Example: “115”, “một một năm”. “hòa” and "
                        "“hoà” always count as the same. Of several that fit the one that earns most counts."
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

    def rows(self) -> list[dict[str, str]]:
        """Return {"text" (a pattern), "credit" ('1/2'), "feedback"}, in order."""
        return [
            {
                "text": str(block.value.get("text") or ""),
                "credit": str(share_of(block.value)),
                "feedback": str(block.value.get("feedback") or ""),
            }
            for block in self.accepted or []
        ]

    def problems(self) -> list[str]:
        folding = self.folding
        rows = self.rows()
        if not any(folded(row["text"], folding) for row in rows):
            return [str(_("Add an accepted answer. Without one, every answer would be incorrect."))]
        problems = []
        if len(rows) > MAX_ACCEPTED:
            problems.append(str(_("Use at most %(count)s accepted answers.") % {"count": MAX_ACCEPTED}))
        if not any(row["credit"] == "1" for row in rows):
            problems.append(str(_("No answer earns the whole mark. Leave the share of one of them empty.")))
        seen: dict[str, str] = {}
        for row in rows:
            same = folded(row["text"], folding)
            if same in seen:
                values = {"one": in_words(seen[same]), "other": in_words(row["text"])}
                problems.append(
                    str(_("“%(one)s” and “%(other)s” are the same answer with these settings. Remove one.") % values)
                )
            seen.setdefault(same, row["text"])
        return problems

    def searched(self) -> Iterable[str]:
        return (*super().searched(), *(in_words(row["text"]) for row in self.rows()))
