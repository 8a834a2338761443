"""The model of questions with gaps in a text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel

from bdhvs_content.api import NfcTextField
from bdhvs_quiz.folding import Folding
from bdhvs_quiz.models.bank import AFTERWARDS, ASKED
from bdhvs_quiz.models.identity import QuestionWithIds
from question_files.brackets import Written, read

MAX_GAPS = 20
MAX_TEXT = 4000


class BlanksQuestion(QuestionWithIds):
    """A question with gaps in a text, filled by typing or from a list. `ids`: 'gaps' by their places, and below each
    gap's id
    those of its list."""

    kind = "bdhvs_quiz.blanks"

    text = NfcTextField(
        _("text with gaps"),
        blank=True,
        max_length=MAX_TEXT,
        help_text=_(
            "Example: “For an ambulance call [[115]], for the fire brigade [[114|one one four]], for the police "
            "[[*113|115|117]].”"
        ),
    )
    partial = models.BooleanField(
        _("each correct gap earns its share of the mark"),
        default=True,
        help_text=_("Otherwise the mark is earned only if every gap is correct. Learners are told which."),
    )
    ignore_case = models.BooleanField(
        _("ignore upper and lower case"), default=True, help_text=_("Example: “Otp” equals “OTP”.")
    )
    ignore_diacritics = models.BooleanField(
        _("ignore diacritics"), default=True, help_text=_("Example: “mat khau” equals “mật khẩu”.")
    )
    ignore_spacing = models.BooleanField(
        _("ignore spaces and punctuation"), default=True, help_text=_("Example: “1 1 5.” equals “115”.")
    )

    problems_at = "text"
    panels: ClassVar[list[Any]] = [
        ASKED,
        MultiFieldPanel(
            [
                HelpPanel(
                    content=_(
                        "Write the whole text and put what is correct in double brackets: a gap of its own. <br>"
                        "[[115|one one five]] both are accepted · [[*113|114|115]] a list, * marks the correct one · "
                        "[[=12,5 ± 0,5]] a number · [[115|%50%113#Nearly]] half of the mark, with feedback · "
                        "[[x2: 115]] counts twice · [[Aa: OTP]] capitals count · \\ before a sign that means itself."
                    )
                ),
                FieldPanel("text"),
                FieldPanel("partial"),
                FieldPanel("ignore_case"),
                FieldPanel("ignore_diacritics"),
                FieldPanel("ignore_spacing"),
            ],
            heading=_("Text with gaps"),
        ),
        AFTERWARDS,
    ]

    class Meta:
        verbose_name = _("fill-in question")
        verbose_name_plural = _("fill-in questions")

    @property
    def folding(self) -> Folding:
        return Folding(case=self.ignore_case, diacritics=self.ignore_diacritics, spacing=self.ignore_spacing)

    @property
    def written(self) -> Written:
        there = self.locale_id or "locale" in self._state.fields_cache
        return read(self.text, self.locale.language_code if there else "vi")

    def parts(self) -> dict[str, dict[str, str]]:
        return {"gaps": {str(place): gap.source for place, gap in enumerate(self.written.gaps)}}

    def identified(self) -> dict[str, dict[str, list[str]]]:
        """Return the ids of the gaps, then of each list's choices."""
        found = super().identified()
        for place, gap in enumerate(self.written.gaps):
            if gap.kind == "choice":
                group = found["gaps"][str(place)][1]
                found[group] = self.known(group, {str(row): one.text for row, one in enumerate(gap.answers)})
        return found

    def problems(self) -> list[str]:
        written = self.written
        if not written.gaps and not written.problems:
            return [str(_("The text has no gap. Put what is to be filled in into double brackets: [[115]]."))]
        problems = [*written.problems]
        if len(written.gaps) > MAX_GAPS:
            problems.append(str(_("Use at most %(count)s gaps.") % {"count": MAX_GAPS}))
        return problems

    def searched(self) -> Iterable[str]:
        return (*super().searched(), self.text)
